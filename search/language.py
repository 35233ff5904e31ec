"""The language of searches: words as people type them, and `field:value` as people guess them, French and English.

    transformateur -devis "mise en service" de:ceet objet:panne réf:123/2026 nature:facture cote:D1 depuis:mars

Reading never fails: what is not understood stays words, and a remark says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from ged.mail.item import Direction, State
from search.period import period
from search.plan import FIELDS, PIECE, name_of
from search.port import Query


class RemarkKind(StrEnum):
    """What a person is told of a search that was read otherwise than typed."""

    NO_FIELD = "champ"
    NO_DATE = "date"
    NO_VALUE = "valeur"
    EMPTY = "vide"
    NOT_IN_PLAN = "plan"
    NOT_EXCLUDED = "exclusion"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was not understood: the field as typed, "" for none, and its value."""

    kind: RemarkKind
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that stand for values of the lists: folded, with hyphens, to codes; the first of a code writes it.

    Attributes:
        under: For each file code (cote), itself and all that the plan has under it.
    """

    words: Mapping[str, Mapping[str, str]]
    under: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def code(self, name: str, value: str) -> str | None:
        """Return the code that a typed value means."""
        return self.words.get(name, {}).get(hyphened(value))

    def word(self, name: str, code: str) -> str:
        """Return how a code is typed."""
        return next((word for word, meant in self.words.get(name, {}).items() if meant == code), code)

    def branches(self, value: str) -> tuple[str, ...]:
        """Return the file codes that a typed one means: itself, or the highest of those that begin so; () for none."""
        whole = self.code("cote", value)
        if whole is not None:
            return (whole,)
        begun = [code for code in self.under if hyphened(value) and hyphened(code).startswith(hyphened(value))]
        return self.highest(begun)

    def filed(self, value: str) -> tuple[str, ...]:
        """Return all codes of which a letter carries one that is filed under a typed one.

        One that the plan in force lacks stands for itself: older letters carry it.
        """
        found = [low for code in self.branches(value) for low in self.under.get(code, (code,))]
        return tuple(dict.fromkeys(found or (value, value.upper())))

    def highest(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return file codes without those that lie under another of them."""
        below = {low for code in codes for low in self.under.get(code, ()) if low != code}
        return tuple(code for code in codes if code not in below)

    def lowest(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return file codes without those under which another of them lies."""
        return tuple(code for code in codes if not set(self.under.get(code, ())) & set(codes) - {code})


@dataclass(frozen=True, slots=True)
class Understood:
    """A search taken apart: what is left in `text` is words and fields of text, which `search.plan` reads.

    Attributes:
        codes: File codes as they are asked for; `filed` all under which a letter may be filed to be found.
    """

    text: str
    kinds: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    directions: tuple[Direction, ...] = ()
    codes: tuple[str, ...] = ()
    filed: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    remarks: tuple[Remark, ...] = field(default=())

    def query(self, **asked: object) -> Query:
        """Return the query, with what is not typed (`sort`, `limit`, `after`, `counted`)."""
        names = ("text", "kinds", "services", "states", "directions", "since", "until")
        query = Query(codes=self.filed, **{name: getattr(self, name) for name in names})
        return replace(query, **asked)  # type: ignore[arg-type]


LISTED = {
    "nature": "nature", "kind": "nature", "type": "nature",
    "service": "service", "entite": "service",
    "etat": "etat", "state": "etat", "status": "etat", "statut": "etat",
    "registre": "registre", "register": "registre", "sens": "registre",
    "cote": "cote", "code": "cote", "classement": "cote", "file-code": "cote",
}  # fmt: skip
"""The names that a list is called by, folded, and the list."""
DATED = {
    "depuis": "since", "since": "since", "du": "since", "from-date": "since",
    "apres": "after", "after": "after",
    "jusqu'a": "until", "jusqua": "until", "until": "until", "au": "until",
    "avant": "before", "before": "before",
    "le": "on", "on": "on", "en": "on", "in": "on", "date": "on", "annee": "on", "year": "on",
}  # fmt: skip
"""The names of dates, folded, and what they bound."""
_KNOWN = FIELDS.keys() | LISTED.keys() | DATED.keys()
_SPACED = re.compile(r"(?<!\S)(-?[^\W\d_][\w'’-]*)[\u00a0\u202f ]?:[\u00a0\u202f ]+(?=\S)")
_WHOLE_NUMBER = re.compile(r"(?<!\S)n\s?[°º]\s*(?=\d+(?:[/-][^\W_]+){2,})", re.IGNORECASE)
"""What stands before a reference that says enough by itself: letters that quote it are found too."""
_CODE = re.compile(r'[^\s"«»“”]{1,20}')
_RANGE = re.compile(r"(?P<first>[^\s.]*)\.\.(?P<last>[^\s.]*)")


def hyphened(text: str) -> str:
    """Return a value as it is compared and typed: folded, its words joined by hyphens."""
    return "-".join(re.findall(r"[^\W_]+", name_of(text)))


def understood(text: str, today: date, vocabulary: Vocabulary) -> Understood:
    """Return what was typed, taken apart. A field may be followed by a space; of two dates the narrower counts."""
    found = Understood("")
    kept: list[str] = []
    for piece in PIECE.finditer(_closed_up(text)):
        name, value = name_of(piece["name"] or ""), (piece["phrase"] or piece["word"] or "").strip()
        bounds = _RANGE.fullmatch(value) if not name else None
        if bounds is not None:
            found, left = _ranged(found, bounds, today)
            kept += left
        elif not name and value.endswith(":") and name_of(value[:-1].lstrip("-")) in _KNOWN:
            found = _remarked(found, RemarkKind.EMPTY, value[:-1].lstrip("-"), "")
        elif name not in LISTED and name not in DATED:
            kept.append(piece.group())
        elif piece["minus"]:
            found = _remarked(found, RemarkKind.NOT_EXCLUDED, piece["name"], value)
        elif LISTED.get(name) == "cote" and value:
            found = _filed(found, piece["name"], value, vocabulary)
        elif name in LISTED:
            found = _listed(found, LISTED[name], piece["name"], value, vocabulary)
        else:
            found = _dated(found, DATED[name], piece["name"], value, today)
    remarks = [*found.remarks, *_unknown_fields(kept)]
    return replace(found, text=" ".join(kept), remarks=tuple(dict.fromkeys(remarks)))


def without_each(text: str, most: int) -> tuple[tuple[str, str], ...]:
    """Return (what is left out, the search without it) for each of the first things that a search asks for.

    Nothing is left out where the rest would ask for nothing but to exclude.
    """
    asked = _closed_up(text)
    pieces = list(PIECE.finditer(asked))
    wanted = [piece for piece in pieces if not piece["minus"]]
    parts = [piece for piece in pieces if wanted not in ([], [piece])]
    return tuple(
        (piece.group(), " ".join(f"{asked[: piece.start()]} {asked[piece.end() :]}".split())) for piece in parts[:most]
    )


def written(one: Understood, vocabulary: Vocabulary) -> str:
    """Return a search as it is typed: reading it again gives the same."""
    parts = [one.text] if one.text else []
    parts += [f"nature:{vocabulary.word('nature', code)}" for code in one.kinds]
    parts += [f"service:{vocabulary.word('service', code)}" for code in one.services]
    parts += [f"état:{vocabulary.word('etat', code)}" for code in one.states]
    parts += [f"registre:{vocabulary.word('registre', code)}" for code in one.directions]
    parts += [f"cote:{code}" for code in one.codes]
    if one.since:
        parts.append(f"depuis:{one.since:%d/%m/%Y}")
    if one.until:
        parts.append(f"jusqu'à:{one.until:%d/%m/%Y}")
    return " ".join(parts)


def _closed_up(text: str) -> str:
    """Take away the space after the colon of a field that is known, and write « n° 12 » as a field."""
    text = _WHOLE_NUMBER.sub("", text)
    text = re.sub(r"(?<!\S)(-?)n\s?[°º]\s*(?=\d)", r"\1n°:", text, flags=re.IGNORECASE)
    return _SPACED.sub(lambda match: f"{match[1]}:" if name_of(match[1].lstrip("-")) in _KNOWN else match[0], text)


def _listed(found: Understood, name: str, typed: str, value: str, vocabulary: Vocabulary) -> Understood:
    if not value:
        return _remarked(found, RemarkKind.EMPTY, typed, value)
    code = vocabulary.code(name, value)
    if code is None:
        return _remarked(found, RemarkKind.NO_VALUE, typed, value)
    match name:
        case "nature":
            return replace(found, kinds=tuple(dict.fromkeys((*found.kinds, code))))
        case "service":
            return replace(found, services=tuple(dict.fromkeys((*found.services, code))))
        case "etat":
            return replace(found, states=tuple(dict.fromkeys((*found.states, State(code)))))
        case _:
            return replace(found, directions=tuple(dict.fromkeys((*found.directions, Direction(code)))))


def _filed(found: Understood, typed: str, value: str, vocabulary: Vocabulary) -> Understood:
    """Read a file code, or its beginning; one that the plan in force lacks is looked for: older letters carry it."""
    codes = vocabulary.branches(value)
    if not codes:
        if not _CODE.fullmatch(value):
            return _remarked(found, RemarkKind.NO_VALUE, typed, value)
        codes, found = (value,), _remarked(found, RemarkKind.NOT_IN_PLAN, typed, value)
    return replace(
        found,
        codes=tuple(dict.fromkeys((*found.codes, *codes))),
        filed=tuple(dict.fromkeys((*found.filed, *vocabulary.filed(value)))),
    )


def _dated(found: Understood, bound: str, typed: str, value: str, today: date) -> Understood:
    days = period(value, today) if value else None
    if days is None:
        return _remarked(found, RemarkKind.NO_DATE if value else RemarkKind.EMPTY, typed, value)
    first, last = days
    match bound:
        case "since":
            return _within(found, first, None)
        case "after":
            return _within(found, last + timedelta(days=1), None)
        case "until":
            return _within(found, None, last)
        case "before":
            return _within(found, None, first - timedelta(days=1))
        case _:
            return _within(found, first, last)


def _ranged(found: Understood, bounds: re.Match[str], today: date) -> tuple[Understood, list[str]]:
    """Read `2024..2026`, `mars..`, `..15/06`; dots that are no range of dates stay words."""
    first, last = (period(bounds[end], today) if bounds[end] else None for end in ("first", "last"))
    if (bounds["first"] and first is None) or (bounds["last"] and last is None) or (first is None and last is None):
        return found, [bounds.group()]
    return _within(found, first[0] if first else None, last[1] if last else None), []


def _within(found: Understood, since: date | None, until: date | None) -> Understood:
    starts = [day for day in (found.since, since) if day is not None]
    ends = [day for day in (found.until, until) if day is not None]
    return replace(found, since=max(starts, default=None), until=min(ends, default=None))


def _unknown_fields(kept: list[str]) -> list[Remark]:
    """Say of `mot:valeur` that no field is called so; hours, addresses and references are no fields."""
    pieces = [re.fullmatch(r"-?([^\W\d_]{2,20}):(?!/)(\S+)", piece) for piece in kept]
    return [
        Remark(RemarkKind.NO_FIELD, match[1], match[2])
        for match in pieces
        if match is not None and name_of(match[1]) not in FIELDS
    ]


def _remarked(found: Understood, kind: RemarkKind, name: str, value: str) -> Understood:
    return replace(found, remarks=(*found.remarks, Remark(kind, name, value)))
