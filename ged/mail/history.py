"""History: what happened to a letter, one event for each line of the journal, with what was said and changed.

The journal says that something happened; steps, decisions, opinions and notes, written in the same transaction and
therefore at the same instant, say what. Events are facts: the words for them are the edge's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ged.mail.access import Capacity
from ged.mail.journal import Act, JournalEntry
from ged.mail.moves import Move, Step
from ged.mail.note import Note
from ged.mail.opinion import Opinion, OpinionVerdict
from ged.mail.qualification import DecisionRecord, Field, Proposal

READINGS = frozenset({Act.READ, Act.ORIGINAL_READ, Act.STAGE_DONE, Act.PROPOSED, Act.DRAFT_READ, Act.HISTORY_EXPORTED})
"""Acts that change nothing: kept and exported like the others, folded on the page."""
_PROPOSED = {
    "sender": Field.SENDER,
    "recipient": Field.RECIPIENT,
    "subject": Field.SUBJECT,
    "sender_reference": Field.SENDER_REFERENCE,
    "letter_date": Field.LETTER_DATE,
    "kind": Field.KIND,
    "service_id": Field.SERVICE,
    "file_code": Field.FILE_CODE,
}
_DECIDED = (*_PROPOSED, "due_date", "confidentiality", "priority")


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after: text, dates in ISO 8601, choices by code; "" for none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        by: Name of whoever did it; `title` the post it was done in, `capacity`, `instrument` and `holder` by what
            title, by which act and for whom, where a step says so.
        move: The move made, for acts of routing.
        to: (unit, position) that the letter was sent to, by an assignment.
        text: What was said: instruction, question, answer, reason, note.
        opened: Who opened the letter after the move, and when; None while nobody has.
        undone_at: When its author went back on the move.
    """

    id: int
    at: datetime
    act: Act
    by: str
    login: str
    title: str = ""
    capacity: Capacity = Capacity.HOLDER
    instrument: str = ""
    holder: str = ""
    move: Move | None = None
    to: tuple[str, str | None] | None = None
    mention: str = ""
    verdict: OpinionVerdict | None = None
    text: str = ""
    copies: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    opened: tuple[str, datetime] | None = None
    undone_at: datetime | None = None

    @property
    def reading(self) -> bool:
        """Whether nothing was changed by it."""
        return self.act in READINGS


def events(
    journal: Iterable[JournalEntry],
    *,
    steps: Sequence[Step],
    opinions: Sequence[Opinion],
    notes: Sequence[Note],
    decisions: Sequence[DecisionRecord],
    proposals: dict[Field, Proposal],
) -> tuple[Event, ...]:
    """Return what happened, in order. `notes` are those that the reader may see: another's private note is left out."""
    moved = {(step.at, step.login): step for step in steps}
    given = {each.given_at: each for each in opinions if each.given_at is not None}
    noted = {(note.at, note.login): note for note in notes}
    changed = {taken.at: (taken, changes) for taken, changes in _changes(decisions, proposals)}
    found = []
    for line in journal:
        facts: dict[str, Any] = {"text": str(line.details.get("reason", ""))}
        step, note = moved.get((line.at, line.actor_login)), noted.get((line.at, line.actor_login))
        if line.act is Act.NOTED:
            if note is None:
                continue
            facts = {"text": note.text}
        elif line.act in {Act.QUALIFIED, Act.CORRECTED} and line.at in changed:
            taken, changes = changed[line.at]
            facts = {"text": str(taken.values.get("reason", "")), "changes": changes}
        elif line.act in {Act.MOVED, Act.OPINION_GIVEN, Act.OPINION_WITHDRAWN} and step is not None:
            facts = _said(step)
            if line.act is Act.OPINION_GIVEN and line.at in given:
                facts["verdict"] = given[line.at].verdict
        found.append(Event(line.id, line.at, line.act, line.actor_name, line.actor_login, **facts))
    return tuple(found)


def chain(letter_id: str, original: str, told: Iterable[Event]) -> tuple[str, ...]:
    """Return a digest for each event: SHA-256 of the one before it, a line feed, and the event as canonical JSON.

    The first follows the SHA-256 of « letter id, line feed, SHA-256 of the original ». Whoever has the events can
    compute it again; one value altered, one event less, and every later digest differs.
    """
    last = hashlib.sha256(f"{letter_id}\n{original}".encode()).hexdigest()
    found = []
    for event in told:
        last = hashlib.sha256(f"{last}\n{canonical(event)}".encode()).hexdigest()
        found.append(last)
    return tuple(found)


def canonical(event: Event) -> str:
    """Return an event as JSON with sorted keys, no spaces, instants in ISO 8601."""
    return json.dumps(asdict(event), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _said(step: Step) -> dict[str, Any]:
    sent = step.move in {Move.ASSIGN, Move.SUBMIT}
    return {
        "title": step.title,
        "capacity": step.capacity,
        "instrument": step.instrument,
        "holder": step.holder,
        "move": step.move,
        "to": (step.after.service_id or "", step.after.position_id) if sent else None,
        "mention": step.mention,
        "text": step.text,
        "copies": step.copies,
        "opened": (step.opened_by or "", step.opened_at) if step.opened_at else None,
        "undone_at": step.undone_at,
    }


def _changes(
    decisions: Sequence[DecisionRecord], proposals: dict[Field, Proposal]
) -> list[tuple[DecisionRecord, tuple[Change, ...]]]:
    """Return each decision with what it changed: the first, of what was proposed; the others, of the one before."""
    before = {name: proposals[field].value for name, field in _PROPOSED.items() if field in proposals}
    found = []
    for taken in decisions:
        after = {name: str(taken.values.get(name) or "") for name in _DECIDED}
        differ = (Change(name, before.get(name, ""), after[name]) for name in _DECIDED)
        found.append((taken, tuple(each for each in differ if each.before != each.after)))
        before = after
    return found
