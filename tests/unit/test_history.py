"""A letter's history: each line of the journal once, with what was said, and digests that betray a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ged.mail.access import Capacity
from ged.mail.history import Change, Event, chain, events
from ged.mail.item import State
from ged.mail.journal import Act, JournalEntry
from ged.mail.moves import Move, Standing, Step
from ged.mail.note import Note
from ged.mail.opinion import Opinion, OpinionVerdict
from ged.mail.qualification import DecisionRecord, Field, Proposal
from rooms.values import a_letter

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def line(number: int, act: Act, login: str = "kossi", **details: object) -> JournalEntry:
    return JournalEntry(number, at(number), act, login, login.title(), "letter", details)


def a_step(number: int, move: Move, login: str, **said: Any) -> Step:
    before = Standing.of(a_letter(state=State.ASSIGNED))
    after = replace(before, service_id="DAF", position_id="DAF-1")
    values: dict[str, Any] = {"mention": "", "text": "", "due_date": None, "copies": ()}
    left = {"opened_at": None, "opened_by": None, "undone_at": None}
    return Step(
        1,
        "letter",
        move,
        at(number),
        login,
        login.title(),
        "Poste",
        "P",
        Capacity.HOLDER,
        "",
        "",
        before,
        after,
        **(values | left | said),
    )


def told(journal: list[JournalEntry], **known: Any) -> tuple[Event, ...]:
    nothing: dict[str, Any] = {"steps": (), "opinions": (), "notes": (), "decisions": (), "proposals": {}}
    return events(journal, **(nothing | known))


def test_a_decision_shows_what_it_changed_of_the_proposal_and_a_correction_of_the_decision() -> None:
    values = {"subject": "Demande de stage", "sender": "CEET", "kind": "demande", "due_date": None}
    first = DecisionRecord(3, at(1), "kossi", "Kossi", values)
    second = DecisionRecord(5, at(2), "lawson", "Lawson", values | {"sender": "AT2ER", "reason": "Erreur"})
    proposals = {
        Field.SUBJECT: Proposal(Field.SUBJECT, "Demande de stge", 0.6, None, "rules 1"),
        Field.KIND: Proposal(Field.KIND, "demande", 0.9, None, "kinds 1"),
    }
    journal = [line(1, Act.QUALIFIED), line(2, Act.CORRECTED, "lawson")]
    qualified, corrected = told(journal, decisions=(first, second), proposals=proposals)
    assert qualified.changes == (Change("sender", "", "CEET"), Change("subject", "Demande de stge", "Demande de stage"))
    assert (corrected.changes, corrected.text) == ((Change("sender", "CEET", "AT2ER"),), "Erreur")


def test_a_move_says_where_to_who_opened_it_and_an_opinion_what_it_came_to() -> None:
    steps = (
        a_step(1, Move.ASSIGN, "daf", text="Pour suite", opened_at=at(2), opened_by="Comptable"),
        a_step(3, Move.ADVISE, "daj", text="En partie"),
    )
    opinion = Opinion(
        "o", "letter", "DAJ", None, "Est-ce dû ?", None, at(2), "Daf", at(3), "Daj", OpinionVerdict.RESERVED, "x", None
    )
    journal = [line(1, Act.MOVED, "daf"), line(2, Act.OPENED, "comptable"), line(3, Act.OPINION_GIVEN, "daj")]
    sent, opened, advised = told(journal, steps=steps, opinions=(opinion,))
    assert (sent.move, sent.to, sent.text, sent.title) == (Move.ASSIGN, ("DAF", "DAF-1"), "Pour suite", "Poste")
    assert sent.opened == ("Comptable", at(2))
    assert (opened.act, opened.move) == (Act.OPENED, None)
    assert (advised.verdict, advised.to, advised.text) == (OpinionVerdict.RESERVED, None, "En partie")


def test_anothers_private_note_is_not_told_nor_that_it_is_there() -> None:
    mine = Note("n", "letter", at(1), "kossi", "Kossi", True, "À moi")
    journal = [line(1, Act.NOTED, private=True), line(2, Act.NOTED, "daf", private=True), line(3, Act.HELD, reason="R")]
    assert [event.text for event in told(journal, notes=(mine,))] == ["À moi", "R"]


def test_one_value_altered_changes_every_digest_after_it() -> None:
    journal = [line(n, Act.READ) for n in range(1, 5)]
    whole = told(journal)
    digests = chain("letter", "0" * 64, whole)
    altered = (*whole[:1], replace(whole[1], by="Quelqu'un"), *whole[2:])
    other = chain("letter", "0" * 64, altered)
    assert len(set(digests)) == 4
    assert [one == two for one, two in zip(digests, other, strict=True)] == [True, False, False, False]
    assert chain("letter", "1" * 64, whole)[0] != digests[0]
    assert chain("letter", "0" * 64, whole[:1] + whole[2:])[-1] != digests[-1]
