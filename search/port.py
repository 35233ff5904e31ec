"""The port of the index, fulfilled by two engines that pass one contract suite (tests/contract/test_search.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from typing import Protocol

from ged.errors import Refused
from ged.mail.item import Direction, State
from search.document import Document
from search.meaning import Vector
from search.synonyms import NO_SYNONYMS, Synonyms

OUTDATED = "L'index date d'une version précédente : le travailleur le refait, ou « ged rebuild-index »."
"""What is said of an index that is to be made anew."""


class Sort(StrEnum):
    """In what order hits come."""

    RELEVANCE = "pertinence"
    NEWEST = "date"


class Reach(IntEnum):
    """How far from what is typed a word may be; each holds the ones before, and costs more."""

    WRITTEN = 0
    """Its inflections and other names, no more."""
    NEAR = 1
    """Within an edit or two."""
    DAMAGED = 2
    """Whatever reading left of it (`search.damaged`), below all else."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. Text as a person types it: words, "exact phrases", -exclusions; it is never an error.

    Attributes:
        since: Registration day of the oldest letter wanted; `until` of the newest, that day included.
        service: Id of the entity in charge.
        codes: File codes, of which a letter must carry one; what lies under a code is named as well.
        after: Cursor of the previous page, as `Hits.following` gave it.
        counted: Whether facets are wanted.
        synonyms: The other names of things, as the asker's organisation lists them.
        begins: Folded beginning of a word that the letter must hold; "" asks for none.
        like: Stems of which the letters must hold some; the more and the rarer, the better.
        among: Ids of the only letters that are looked at; none restricts nothing.
        reach: How far from what is typed a word may be.
        held: `Hits.held` of the same question as written: what enough letters hold is looked for no further.
    """

    text: str = ""
    directions: tuple[Direction, ...] = ()
    states: tuple[State, ...] = ()
    kinds: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    sort: Sort = Sort.RELEVANCE
    limit: int = 20
    after: str | None = None
    counted: bool = False
    synonyms: Synonyms = NO_SYNONYMS
    begins: str = ""
    like: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    reach: Reach = Reach.NEAR
    held: tuple[int, ...] = ()

    @property
    def by_date(self) -> bool:
        """Whether the newest letter comes first: when it is asked for, or nothing says which is best."""
        return self.sort is Sort.NEWEST or not (self.text.strip() or self.like)


@dataclass(frozen=True, slots=True)
class Hit:
    """One letter found. The index keeps no text: whoever shows a hit reads the letter from the store."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of hits, best first; `facets` gives for each field the count of each value.

    Attributes:
        whole: How many of all the letters found hold all that is looked for, as written; `total` where they must, and
            where near words were asked for.
        held: How many hold each thing looked for, as written; () where all must hold it, and where near words were
            asked for.
    """

    hits: tuple[Hit, ...]
    total: int
    following: str | None
    whole: int
    held: tuple[int, ...] = ()
    facets: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What the status page says of the index; `outdated` when an earlier version made it, and it is to be rebuilt."""

    kind: str
    place: str
    documents: int
    reachable: bool
    remark: str
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that an engine will not take, whatever the number of tries; `reason` tells nothing of its content."""

    id: str
    reason: str


Put = Callable[[Sequence[Document]], Sequence[Refusal]]


@dataclass(frozen=True, slots=True)
class Renewal:
    """A new index being filled beside the one that answers.

    Attributes:
        put: Writes documents into the new index alone, or keeps them until there are enough; gives those refused.
        flush: Writes what was kept.
        count: Counts what the new index holds.
        adopt: Makes it the index that answers, in one step; without it the new index is thrown away.
    """

    put: Put
    flush: Callable[[], Sequence[Refusal]]
    count: Callable[[], int]
    adopt: Callable[[], None]


class SearchIndex(Protocol):
    """Letters as words. Every method raises `Unavailable` (`search.unavailable`) when the engine does not answer."""

    def put(self, documents: Sequence[Document], *, at_once: bool = True) -> Sequence[Refusal]:
        """Write documents and return those refused; one older than what is there is no news.

        They are searchable on return, or within a second when that need not be `at_once`: more are to follow.
        """
        ...

    def remove(self, letter_ids: Sequence[str]) -> None:
        """Remove letters, whatever their revision; those that are not there are no error."""
        ...

    def revisions(self, letter_ids: Sequence[str]) -> dict[str, int]:
        """Return the revision of each of these letters that the index has, as written a moment ago."""
        ...

    def walk(self) -> Iterator[Sequence[str]]:
        """Yield the ids of all letters, some thousand at a time; what is written meanwhile may be missing."""
        ...

    def search(self, query: Query, readers: frozenset[str]) -> Hits:
        """Return what matches among the letters that these tokens open; with none, nothing.

        Raises:
            Refused: `search.cursor`, the cursor is not one that this index gave for this query.
        """
        ...

    def nearest(
        self, query: Query, vector: Vector, readers: frozenset[str], limit: int, least: float
    ) -> tuple[Hit, ...]:
        """Return the letters that mean nearly what a vector means, of those that the words of a query do not find.

        The filters of the query hold, and the rights. The nearest come first, at most `limit`, and none whose cosine
        is below `least`. An engine without vectors finds none.
        """
        ...

    def renew(self) -> AbstractContextManager[Renewal]:
        """Begin a new index; while it is open `put` writes both, and searches are answered by the old one."""
        ...

    def compact(self) -> None:
        """Put together what many writes left in pieces, for searches to be fast; they and writes go on meanwhile."""
        ...

    def report(self) -> IndexReport:
        """Say where the index is and how it stands. Never raises."""
        ...


def bad_cursor() -> Refused:
    """Return the answer to a cursor that is not ours."""
    return Refused("search.cursor", "La suite de cette recherche n'est plus disponible. Recommencez la recherche.")
