"""Each entry of the log of documents leads to an object of its size, a signature of its digest, a proof that holds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ged.mail.audit import Finding, Weight
from ged.mail.said import Said
from ged.seal.leaf import DISPOSAL, Leaf, blind
from ged.seal.note import Checkpoint
from ged.seal.tiles import WIDTH
from ged.services.audit.ground import Ground, Step
from ged.services.audit.in_order import in_order
from ged.services.audit.judge import Entry, Judge, leaf_of, original_of
from ged.services.audit.leaves import Leaves
from ged.services.audit.trust import ProvedTimes
from ged.services.audit.veiled import lacking, sealed_sizes
from ged.services.beside import SALT, salt_of

_HANDFUL = 32
"""Entries that are judged together."""
_EVERY = "tous"
"""Kept among blinded digests once every salt of the vault is there; no digest is written so."""
_BLINDED = b'"blinded_sha256":'
"""In the bytes of each blinded leaf: only those are read here, the others by who judges them."""
_MOMENT_S = 0.5
"""What the sealing of one original takes at most between its entry and its proof."""


def check_seals(ground: Ground, position: str) -> Iterator[Step]:
    """Look at every entry and what it leads to."""
    try:
        head = ground.documents.head()
    except ValueError:
        return  # told by the check of heads: there is nothing to hold a proof against
    if ground.store is None and not position:
        with Leaves(ground.folder) as known:
            known.mask_anew()
    if ground.veiled:
        yield from _check_veiled(ground, head, position)
        return
    judged = list[tuple[Entry, list[Finding]]]()
    handfuls = _handfuls(ground, head, int(position or 0))
    for (some, step), found in in_order(Judge(ground, head).every, handfuls, ground.readers):
        judged += zip(some, found, strict=True)
        if step:
            told = named(ground, _told_again(ground, judged))
            yield Step(str(step), len(judged), total=head.size, findings=told)
            judged = []


def _handfuls(ground: Ground, head: Checkpoint, since: int) -> Iterator[tuple[tuple[list[Entry], int], list[Entry]]]:
    """Give entries by the handful: with the last of a bundle, the index after it; 0 with the others."""
    times = ProvedTimes(ground)
    for first, entries in ground.documents.bundles(head.size, since=since):
        every = sealed_entries(ground, times, first, entries or ())
        for at in range(0, len(every) or 1, _HANDFUL):
            some, last = every[at : at + _HANDFUL], at + _HANDFUL >= len(every)
            yield (some, min(first + WIDTH, head.size) if last else 0), some


def _check_veiled(ground: Ground, head: Checkpoint, position: str) -> Iterator[Step]:
    """Judge the entries whose original lies in plain, and count the others against the ciphertexts; in one go."""
    if position:
        return
    judge, times = Judge(ground, head), ProvedTimes(ground)
    needed, found = Counter[int](), list[Finding]()
    with Leaves(ground.folder) as known:
        known.count_anew()
        for first, entries in ground.documents.bundles(head.size):
            for one in sealed_entries(ground, times, first, entries or ()):
                leaf = leaf_of(one)
                original = "" if leaf is None else original_of(one, leaf)
                if leaf is None or (original and ground.vault.stat(original) is not None):
                    found += judge.findings(one)
                elif leaf.event == DISPOSAL or judge.disposed_after(one.index, leaf) is not None:
                    continue
                elif known.first_time(leaf.sha256):
                    needed[leaf.size] += 1
    found += lacking(needed, sealed_sizes(ground.vault))
    yield Step("fini", head.size, total=head.size, findings=tuple(found))


def _told_again(ground: Ground, judged: list[tuple[Entry, list[Finding]]]) -> list[Finding]:
    """Return the faults of entries that have them still a moment later: one just logged gets its proof then."""
    wrong = [entry for entry, found in judged if any(each.weight is Weight.FAULT for each in found)]
    if not wrong:
        return [each for _, found in judged for each in found]
    time.sleep(_MOMENT_S)
    judge = Judge(ground, ground.documents.head())
    remarks = [each for entry, found in judged if entry not in wrong for each in found]
    return [*remarks, *(each for entry in wrong for each in judge.findings(entry))]


def sealed_entries(ground: Ground, times: ProvedTimes, first: int, data: Sequence[bytes]) -> list[Entry]:
    """Return entries with the objects that they are of, and when they were vouched for."""
    read = {n: leaf_of(Entry(n, each)) for n, each in enumerate(data, first) if _BLINDED in each}
    masked = _unmasked(ground, {n: leaf for n, leaf in read.items() if leaf is not None and leaf.blinded})
    return [Entry(n, each, masked.get(n, ""), times.at(n)) for n, each in enumerate(data, first)]


def _unmasked(ground: Ground, leaves: dict[int, Leaf]) -> dict[int, str]:
    """Return, by entry, the object whose salt gives its blinded digest."""
    if not leaves:
        return {}
    if ground.store is None:
        with Leaves(ground.folder) as known:
            if not known.masked(_EVERY):  # walks every name of the vault: many houses have no blinded leaf
                _keep_salts(ground, known)
            return {index: found for index, leaf in leaves.items() if (found := known.masked(leaf.sha256))}
    with ground.store.unit() as unit:
        rows = unit.audits.sealed_between(min(leaves), max(leaves) + 1)
    candidates = [(index, row.sha256) for index in leaves for row in rows.get(index, ())]
    return {index: digest for index, digest in candidates if leaves[index].is_of(digest, salt_of(digest, ground.vault))}


def _keep_salts(ground: Ground, known: Leaves) -> None:
    """Keep which object each salt of the vault blinds, where no database says it."""
    for one in ground.vault.objects():
        if one.suffix == SALT and one.latest and not one.delete_marker:
            known.mask(blind(one.digest, salt_of(one.digest, ground.vault)), one.digest)
    known.mask(_EVERY, _EVERY)


def named(ground: Ground, found: list[Finding]) -> tuple[Finding, ...]:
    """Return findings with the number of the letter that each document is, or belongs to, where that is known."""
    if ground.store is None or not found:
        return tuple(found)
    documents = {each.about.rpartition(", ")[2] for each in found}
    with ground.store.unit() as unit:
        numbers = unit.audits.numbers(sorted(documents))
    return tuple(_with_number(each, numbers) for each in found)


def _with_number(finding: Finding, numbers: dict[str, str]) -> Finding:
    about = finding.about
    number = numbers.get(about.rpartition(", ")[2])
    if number is None or not isinstance(about, Said):
        return finding
    shown = Said("%(number)s, inscription n° %(index)s", number=number, index=about.values["index"])
    return replace(finding, about=shown)
