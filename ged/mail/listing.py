"""Lists of letters: what a basket or a register asks for, and the rows that answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from ged.mail.custody import HandOver
from ged.mail.item import Direction, Letter, State
from ged.mail.qualification import Field, Proposal
from ged.mail.sieve import Sieve


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows; an empty choice means no restriction. `since` and `until` are registration days, both in.

    `baskets` and `opinion_of` are (positions, units): what lies with one of them, or in a unit's own basket; what one
    of them is asked an opinion on. `late_on` keeps what is due before a day; `followed_by` what a person follows.
    `escalated_to` adds to `services` or `baskets` what was brought before some positions.
    `by_due` puts the nearest deadline first, and is walked by offset. `newest_first` orders by registration; a
    register is always in number order within its year. `slips_of` is (positions, units of
    secretariats, registers): letters whose signed slip came back and waits for one of them. `paper_apart` is
    (positions, units): letters whose paper lies with one of them while the letter itself is with another unit, and
    nothing of it is on its way. `sealed_for` keeps the sealed envelopes that some positions were given and have
    neither opened nor put by. `paper_of` is (positions, units, registers): letters whose
    paper one of them must give back, or that one of the registers waits for, nearest day first.
    `paper_with` is (positions, units): letters whose paper stands with one of the positions, or with a unit as such.
    `aside_by` and `not_aside_by` are (person, day): only, or without, what the person set aside beyond that day.
    `dossier` keeps the letters put in one. `sieve` is what somebody filtered by, on top of the rest.
    `correspondent` keeps the letters that name one, or whoever was merged into it.
    `transferred` keeps those that an archive has taken, the last taken first.
    `held` keeps those on hold, `held_by` those that one hold has caught; `fallen_due` those of the last sweep that
    are not held, longest over first; `ruled` is (wanted, excluded), each (kinds, file codes): letters that a rule of
    the first governs and none of the second.
    """

    states: tuple[State, ...] = ()
    direction: Direction | None = None
    year: int | None = None
    urgent: bool = False
    being_read: bool = False
    since: date | None = None
    until: date | None = None
    newest_first: bool = True
    by_due: bool = False
    baskets: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    services: tuple[str, ...] = ()
    late_on: date | None = None
    escalated_to: tuple[str, ...] = ()
    followed_by: str | None = None
    opinion_of: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    slips_of: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None = None
    paper_apart: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    sealed_for: tuple[str, ...] | None = None
    paper_of: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None = None
    paper_with: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    correspondent: str | None = None
    dossier: str | None = None
    sieve: Sieve | None = None
    transferred: bool = False
    held: bool = False
    held_by: str | None = None
    fallen_due: bool = False
    ruled: tuple[tuple[tuple[str, ...], tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]] | None = None
    aside_by: tuple[str, date] | None = None
    not_aside_by: tuple[str, date] | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list stopped: the registration instant and id of the last letter shown."""

    registered_at: datetime
    letter_id: str


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """One row: the letter, what the machine proposes where nobody has decided, its last step, where its paper is.

    `escalated` says that it was brought before somebody above, for the deadline that stands.
    """

    letter: Letter
    proposals: dict[Field, Proposal] = field(default_factory=dict)
    last_step: int | None = None
    paper: HandOver | None = None
    escalated: bool = False

    def shown(self, name: Field) -> str:
        """Return what a list shows for a field: the decision if there is one, else the proposal, else ""."""
        letter = self.letter
        decided = {
            Field.SENDER: letter.sender,
            Field.RECIPIENT: letter.recipient,
            Field.SUBJECT: letter.subject,
            Field.SENDER_REFERENCE: letter.sender_reference,
            Field.LETTER_DATE: letter.letter_date.isoformat() if letter.letter_date else None,
            Field.KIND: letter.kind,
            Field.SERVICE: letter.service_id,
            Field.FILE_CODE: letter.file_code,
        }[name]
        if decided is not None:
            return decided
        proposal = self.proposals.get(name)
        return proposal.value if proposal else ""


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One page of a list: its rows, how many there are in all, and the cursor of the next page if there is one."""

    rows: tuple[ListedLetter, ...]
    total: int
    following: Cursor | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a letter stands in the list it was opened from: `position` counts from 1; 0 when it left the list."""

    position: int
    total: int
    previous_id: str | None
    following_id: str | None
