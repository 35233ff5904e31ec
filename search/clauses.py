"""What an engine is asked: a tree of clauses that it only has to translate, and filters that do not score."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """The field holds exactly this word."""

    field: str
    word: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Near:
    """The field holds a word within some edits of this one; it scores `boost`, whatever the word."""

    field: str
    word: str
    edits: int
    boost: float


@dataclass(frozen=True, slots=True)
class Starts:
    """A value of the field starts with this; it scores `boost`."""

    field: str
    beginning: str
    boost: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """The field holds these words one after the other."""

    field: str
    words: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Best:
    """Any of these; the best one counts, the others a little."""

    clauses: tuple[Clause, ...]
    others: float = 0.2


@dataclass(frozen=True, slots=True)
class Group:
    """All of `must`, none of `never`, at least so many of `should`; scores add up."""

    must: tuple[Clause, ...] = ()
    should: tuple[Clause, ...] = ()
    never: tuple[Clause, ...] = ()
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Sure:
    """What this finds scores `boost`, whatever it holds."""

    clause: Clause
    boost: float


Clause = Term | Near | Starts | Phrase | Best | Group | Sure


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The field holds one of these values; with none, nothing passes."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The number is within bounds, both in; None is no bound."""

    field: str
    low: int | None
    high: int | None


Filter = AnyOf | Between


@dataclass(frozen=True, slots=True)
class Plan:
    """What an engine is asked: filters that do not score, and a clause that does (None: everything that passes).

    Attributes:
        found: Finds what `clause` finds, without what only says how well it fits: cheaper where letters are counted.
        things: All that is looked for together, then each of it: counted among the letters found (`Hits.held`).
    """

    clause: Clause | None
    filters: tuple[Filter, ...]
    found: Clause | None
    things: tuple[Clause, ...] = ()
