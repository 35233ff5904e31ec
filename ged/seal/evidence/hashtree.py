"""The tree of hashes of an evidence record: one root over many digests, and for each the way to it.

Source: RFC 4998, 4.2 (reduced hash-trees) and 4.3 (their verification).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from ged.mail.said import Said

Reduced = tuple[tuple[bytes, ...], ...]
"""Partial hash-trees, from the digest up: the first holds the digest, each next lacks the hash of those before it."""


def grow(
    digests: Sequence[bytes], algorithm: str, beside: Mapping[bytes, tuple[bytes, ...]] | None = None
) -> tuple[bytes, dict[bytes, Reduced]]:
    """Return the root over digests, and the reduced tree of each; a lone digest is its own root and needs none.

    What is to be beside a digest stands with it in its first partial tree, and is under the root as it is.
    """
    groups = {each: (each, *(beside or {}).get(each, ())) for each in sorted(set(digests))}
    level = [(_joined(group, algorithm) if len(group) > 1 else each, [each]) for each, group in groups.items()]
    reduced = {each: [tuple(sorted(group))] if len(group) > 1 else [] for each, group in groups.items()}
    while len(level) > 1:
        above: list[tuple[bytes, list[bytes]]] = []
        for (left, under_left), (right, under_right) in zip(level[::2], level[1::2], strict=False):
            for own, other, leaves in ((left, right, under_left), (right, left, under_right)):
                for leaf in leaves:
                    reduced[leaf].append((other,) if reduced[leaf] else tuple(sorted((own, other))))
            above.append((_joined((left, right), algorithm), under_left + under_right))
        level = above + (level[-1:] if len(level) % 2 else [])
    return level[0][0], {leaf: tuple(groups) for leaf, groups in reduced.items()}


def climb(digest: bytes, reduced: Reduced, algorithm: str) -> bytes:
    """Return the root that a digest leads to.

    Raises:
        ValueError: the first partial tree does not hold the digest.
    """
    found = digest
    for number, group in enumerate(reduced):
        if number == 0 and found not in group:
            raise ValueError(Said("l'empreinte n'est pas dans l'arbre"))
        members = set(group) | {found}
        found = _joined(tuple(members), algorithm) if len(members) > 1 else found
    return found


def _joined(members: Sequence[bytes], algorithm: str) -> bytes:
    return hashlib.new(algorithm, b"".join(sorted(members))).digest()
