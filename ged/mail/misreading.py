"""Whether one name is another as OCR misreads it: letters that look alike, words torn or run together, links lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ged.mail.correspondent import LINKS
from ged.mail.folding import within

_ALIKE = str.maketrans("1l|j0q9568cz2", "iiiioggsgbess")
_LONG, _LONGER = 4, 9
"""Letters from which a word may be one edit off, and two."""
_LEAST, _LETTERS = 2, 8
"""A name may have two faults, and one for every eight letters where these are more."""


def misreading(read: Sequence[str], known: Sequence[str]) -> int | None:
    """Return how many faults make one name out of another, both as folded words; None where it is somebody else's."""
    most = max(_LEAST, sum(map(len, known)) // _LETTERS)

    @cache
    def faults(at: int, of: int) -> int:
        if at == len(read) and of == len(known):
            return 0
        ways = []
        if at < len(read) and of < len(known):
            ways.append((_off(read[at], known[of]), 1, 1))
            if at + 1 < len(read):
                ways.append((1 + _off(read[at] + read[at + 1], known[of]), 2, 1))
            if of + 1 < len(known):
                ways.append((1 + _off(read[at], known[of] + known[of + 1]), 1, 2))
        if at < len(read) and (read[at] in LINKS or len(read[at]) == 1) and not read[at].isdigit():
            ways.append((1, 1, 0))
        if of < len(known) and known[of] in LINKS:
            ways.append((1, 0, 1))
        return min((off + faults(at + here, of + there) for off, here, there in ways if off <= most), default=most + 1)

    found = faults(0, 0)
    return found if found <= most else None


def _off(read: str, known: str) -> int:
    """Return by how many faults a word is another; many where it is another word."""
    if read == known:
        return 0
    if read.isdigit() and known.isdigit():
        return 99
    one, other = read.translate(_ALIKE), known.translate(_ALIKE)
    if one == other:
        return 1
    allowed = (len(known) >= _LONG) + (len(known) >= _LONGER)
    return next((edits for edits in range(1, allowed + 1) if within(one, other, edits)), 99)
