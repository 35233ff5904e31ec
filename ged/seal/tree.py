"""Merkle trees: hashes, proofs, and their verification; pure.

Source: RFC 9162, sections 2.1.1 (hashes), 2.1.3 (inclusion), 2.1.4 (consistency).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

H = TypeVar("H")
EMPTY = hashlib.sha256(b"").digest()
Subtree = Callable[[int, int], bytes]
"""Gives the hash of the leaves in [start, end)."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """Return the largest power of two strictly below `size` (2 at least)."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, computed plainly."""
    level = list(hashes)
    if not level:
        return EMPTY
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def root_over(rows: Sequence[Sequence[bytes]]) -> bytes:
    """Return the root over the tiles that are not full, one or none a level: each stands for one node of the next."""
    found: list[bytes] = []
    for row in rows:
        whole = [*row, *found]
        found = [root_of(whole)] if whole else []
    return found[0] if found else EMPTY


def inclusion(index: int, start: int, end: int, subtree: Callable[[int, int], H]) -> list[H]:
    """Return the audit path of a leaf among [start, end), leaf side first, each hash as `subtree` gives it."""
    path = list[H]()
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency(older: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the proof that the tree of `older` leaves is a prefix of the one of `size`."""
    if older in {0, size}:
        return []
    return _consistency(older, 0, size, subtree, whole=True)


def _consistency(older: int, start: int, end: int, subtree: Subtree, *, whole: bool) -> list[bytes]:
    size = end - start
    if older == size:
        return [] if whole else [subtree(start, end)]
    middle = split(size)
    if older <= middle:
        return [
            *_consistency(older, start, start + middle, subtree, whole=whole),
            subtree(start + middle, end),
        ]
    return [
        *_consistency(older - middle, start + middle, end, subtree, whole=False),
        subtree(start, start + middle),
    ]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that the leaf hash stands at `index` in the tree of that root."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def check_consistency(older: int, size: int, proof: Sequence[bytes], older_root: bytes, root: bytes) -> bool:
    """Whether a proof shows that the tree of `older` leaves is a prefix of the one of `size`."""
    if older in {0, size}:
        return not proof and (older == 0 or older_root == root)
    if older > size or not proof:
        return False
    path = list(proof) if older & (older - 1) else [older_root, *proof]
    node, last = older - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == older_root and new == root
