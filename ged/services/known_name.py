"""A name that was misread, as the directory writes it: one correspondent alone is that name but for a letter or two."""

from __future__ import annotations

from ged.mail.correspondent import name_key
from ged.mail.folding import within
from ged.store.unit import Unit

_LONG, _BEGINNING, _MOST = 4, 3, 60
_SHORT_NAME = 8


def known_name(unit: Unit, tenant_id: str, name: str) -> str:
    """Return the label of the one correspondent that a name misreads; the name as it is when it leads to one or none.

    Every word is the same but for one letter, two in all, and short names are left alone: « Lawson » is not « Dawson ».
    """
    key = name_key(name)
    if len(key) < _SHORT_NAME or unit.correspondents.matching(tenant_id, key):
        return name
    words = key.split()
    found: dict[str, str] = {}
    for word in sorted({each for each in words if len(each) >= _LONG}, key=lambda each: -len(each))[:2]:
        near, _ = unit.correspondents.search(tenant_id, [word[:_BEGINNING]], limit=_MOST)
        found |= {one.id: one.card.label for one in near if _misread(words, name_key(one.card.label).split())}
    return next(iter(found.values())) if len(found) == 1 else name


def _misread(read: list[str], known: list[str]) -> bool:
    """Whether the words are those of a name, at most two of them one letter off."""
    if len(read) != len(known):
        return False
    off = [(one, other) for one, other in zip(read, known, strict=True) if one != other]
    return len(off) <= 2 and all(len(one) >= _LONG and within(one, other, 1) for one, other in off)
