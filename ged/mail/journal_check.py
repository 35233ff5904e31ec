"""What comparing the journal with its log tells: which lines are not what was inscribed, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ged.mail.said import Said


class Tampering(StrEnum):
    """How a line differs from what the log holds.

    ADDED is a line put where none could appear any more; MOVED one that says what another line said; TWICE one that
    the log holds in two versions, as after a restore; MARK one whose mark does not lead to its entry.
    """

    ALTERED = "modifiee"
    REMOVED = "supprimee"
    ADDED = "ajoutee"
    MOVED = "deplacee"
    TWICE = "inscrite_deux_fois"
    MARK = "repere"
    STRANGE = "illisible"


@dataclass(frozen=True, slots=True)
class JournalFault:
    """One line, by its id, that is not what was inscribed.

    Attributes:
        position: Of its entry in the log, from 0; None for a line that no entry tells of.
        differs: The names of what differs, as the entry calls them; for a line that moved, the id of the other.
    """

    kind: Tampering
    line: int
    position: int | None
    differs: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Return the fault in words."""
        what = Said(WORDS[self.kind], said=", ".join(self.differs))
        if self.position is None:
            return Said("Ligne %(line)s : %(what)s", line=self.line, what=what)
        return Said(
            "Ligne %(line)s (inscription n° %(index)s) : %(what)s", line=self.line, index=self.position, what=what
        )


@dataclass(frozen=True, slots=True)
class JournalCheck:
    """A journal compared with its log, whole.

    Attributes:
        entries: Of the log; `lines` of the table.
        waiting: Lines that are not inscribed yet, `oldest_waiting` the instant of the first of them.
        fault_count: Every fault; `faults` are the first of them.
    """

    entries: int
    lines: int
    waiting: int
    oldest_waiting: datetime | None
    fault_count: int
    faults: tuple[JournalFault, ...]

    @property
    def sound(self) -> bool:
        """Whether the table says what was inscribed, of every line that was."""
        return self.fault_count == 0


def compare(said: Mapping[str, object], found: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of what differs between an entry and a line."""
    return tuple(sorted(name for name in said.keys() | found.keys() if said.get(name) != found.get(name)))


def moved(
    faults: Sequence[JournalFault], said: Mapping[int, object], found: Mapping[int, object]
) -> tuple[JournalFault, ...]:
    """Return the faults, an altered line that says what was inscribed for another told as moved.

    Args:
        faults: As they were met, line by line.
        said: By line, what the log holds of it, without its id.
        found: By line, what the table does.
    """
    lines = {_key(content): line for line, content in said.items()}
    return tuple(
        replace(fault, kind=Tampering.MOVED, differs=(str(other),))
        if fault.kind in {Tampering.ALTERED, Tampering.ADDED}
        and (other := lines.get(_key(found.get(fault.line)))) is not None
        else fault
        for fault in faults
    )


def _key(content: object) -> str:
    return repr(content)


WORDS = {
    Tampering.ALTERED: "modifiée depuis son inscription : %(said)s.",
    Tampering.REMOVED: "supprimée de la base.",
    Tampering.ADDED: "ajoutée après coup, ou jamais inscrite.",
    Tampering.MOVED: "dit ce qui fut inscrit pour la ligne %(said)s.",
    Tampering.TWICE: "inscrite deux fois, avec des contenus différents.",
    Tampering.MARK: "son repère ne mène pas à son inscription.",
    Tampering.STRANGE: "inscription illisible.",
}
