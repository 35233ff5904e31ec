"""Drafts over the real database: an officer answers, chiefs approve and refuse, and only those concerned may read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.wiring import House
from ged.errors import Conflict, Forbidden, GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.circuit import Approver, Stage, StageKind
from ged.mail.draft import Attachment, Content, Draft, DraftListing
from ged.mail.draft_acts import DraftAct, DraftOrder
from ged.mail.item import Confidentiality, Direction, Letter, State
from ged.mail.journal import Act
from ged.mail.links import LinkKind
from ged.mail.moves import Destination, Move, Order
from ged.services import circuit, consult, read_draft
from ged.services.confirm import SITTING, confirm, confirmed
from ged.services.draft import Plan, annotate, begin, save
from ged.services.link import close_answered, link, unlink
from ged.services.route import move
from ged.services.sign_in import TRIES, set_password, sign_in, sign_out
from properties.test_register import register_one
from rooms.letters import decide, letter_pdf, read_all, send

Who = Callable[[str], Actor]
CHIEF, CABINET = Stage(StageKind.VISA, (Approver("DAF", "DAF-1"),)), Stage(StageKind.VISA, (Approver("CAB", "DIRCAB"),))
SIGNS = Stage(StageKind.SIGNATURE, (Approver("MME", "MIN"),))
TEXT = Content("Réponse à votre demande", ("Société des Carrières du Mono",), "Monsieur,\n\nC'est accordé.")


@pytest.fixture
def letter(house: House, kossi: Actor, who: Who) -> Letter:
    """A letter that the accountant has in hand."""
    receipt = send(house, kossi, letter_pdf())
    read_all(house)
    decide(house, kossi, receipt.letter_id)
    order = Order(Move.ASSIGN, None, to=Destination("DAF-COMPTA", "DAF-A1"))
    return move(receipt.letter_id, order, store=house.store, actor=who("daf"), clock=house.clock)


def do(house: House, actor: Actor, draft: Draft, act: DraftAct, **more: Any) -> Draft:
    order = DraftOrder(act, draft.revision, draft.digest, **more)
    return circuit.act(draft.id, order, store=house.store, actor=actor, clock=house.clock)


def waiting(house: House, actor: Actor, *positions: str) -> list[str]:
    found = read_draft.drafts(DraftListing(waiting_for=(positions, ())), store=house.store, actor=actor, queue=True)
    assert read_draft.draft_counts([DraftListing(waiting_for=(positions, ()))], store=house.store, actor=actor) == (
        found.total,
    )
    return [draft.id for draft in found.rows]


def written(house: House, actor: Actor, *stages: Stage, **plan: Any) -> Draft:
    made = Plan(stages=stages, **plan)
    return begin(made, TEXT, store=house.store, actor=actor, clock=house.clock)


def test_an_officer_answers_a_chief_approves_the_cabinet_refuses_and_it_is_signed(
    house: House, letter: Letter, who: Who, kossi: Actor
) -> None:
    officer, chief, cabinet, minister = who("comptable"), who("daf"), who("dircab"), who("ministre")
    draft = written(house, officer, CHIEF, CABINET, SIGNS, answers=(letter.id,))
    with pytest.raises(NotFound):
        read_draft.draft_file(draft.id, store=house.store, actor=cabinet, clock=house.clock)
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=cabinet)
    sent = do(house, officer, draft, DraftAct.START)
    assert consult.letter(letter.id, store=house.store, actor=cabinet).id == letter.id
    assert waiting(house, chief, "DAF-1") == [draft.id]
    assert waiting(house, minister, "MIN") == []
    with pytest.raises(NotFound):
        read_draft.draft_file(draft.id, store=house.store, actor=who("drh"), clock=house.clock)
    approved = do(house, chief, sent, DraftAct.APPROVE)
    refused = do(house, cabinet, approved, DraftAct.REFUSE, text="Citer le décret.", to_author=True)
    assert (refused.state, waiting(house, cabinet, "DIRCAB")) == (State.APPROVAL_REFUSED, [])

    better = replace(TEXT, text=TEXT.text + "\n\nVu le décret n° 2003-12.")
    plan = Plan(stages=(CHIEF, CABINET, SIGNS), answers=(letter.id,))
    ours: dict[str, Any] = {"store": house.store, "actor": officer, "clock": house.clock}
    second = save(draft.id, refused.revision, plan, better, comment="Décret cité", **ours)
    assert (second.version, second.digest) == (2, better.digest)
    unchanged = save(draft.id, second.revision, plan, better, **ours)
    assert unchanged == second
    with pytest.raises(Conflict) as stale:
        save(draft.id, refused.revision, plan, TEXT, **ours)
    assert stale.value.code == "draft.stale"
    again = do(house, officer, second, DraftAct.START)
    assert [one.name for one in again.circuit.outdated(again.digest)] == [chief.name]
    ready = do(house, cabinet, do(house, chief, again, DraftAct.APPROVE), DraftAct.APPROVE)
    assert (ready.state, waiting(house, minister, "MIN")) == (State.TO_SIGN, [draft.id])
    annotate(draft.id, "À lire avec la DAF.", store=house.store, actor=minister, clock=house.clock)

    receipt = register_one(house.store, kossi, b"the sealed reply")
    with house.store.unit() as unit:
        locked, version = circuit.to_sign(unit, draft.id, ready.digest, minister)
        reply = unit.letters.get(receipt.letter_id, None)
        post = circuit.signing_post(locked, minister)
        done = circuit.signed(unit, locked, reply, minister, house.clock())
        closed = close_answered(unit, reply, minister, house.clock())
        unit.commit()
    assert version.content == better
    assert post is not None
    assert (post.position_id, done.state, done.letter_id) == ("MIN", State.TO_DISPATCH, reply.id)
    assert [(one.id, one.state) for one in closed] == [(letter.id, State.DONE)]
    file = read_draft.draft_file(draft.id, store=house.store, actor=officer, clock=house.clock)
    assert [step.act for step in file.steps if step.act is not DraftAct.WRITE] == [
        "envoyer", "viser", "refuser", "envoyer", "viser", "viser", "annoter", "signer",
    ]  # fmt: skip
    assert [one.content.text for one in file.versions] == [TEXT.text, better.text]
    bound = read_draft.relations(letter.id, store=house.store, actor=who("audit"))
    assert [(one.kind, one.forward, one.letter_id) for one in bound.links] == [(LinkKind.ANSWERS, False, reply.id)]
    with house.store.unit() as unit, pytest.raises(Conflict):
        circuit.to_sign(unit, draft.id, "0" * 64, minister)


def test_two_people_act_at_once_and_one_is_told_who_was_first(house: House, who: Who) -> None:
    officer, chief = who("comptable"), who("daf")
    sent = do(house, officer, written(house, officer, CHIEF, SIGNS), DraftAct.START)

    def attempt(act: DraftAct) -> str:
        try:
            return str(do(house, chief, sent, act, text="Non.").state)
        except GedError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(attempt, [DraftAct.APPROVE, DraftAct.REFUSE]))
    assert said in (["a_signer", "draft.stale"], ["draft.stale", "refuse_visa"])


def test_what_is_set_aside_waits_behind_the_others(house: House, who: Who) -> None:
    officer, chief = who("comptable"), who("daf")
    ids = [do(house, officer, written(house, officer, CHIEF, SIGNS), DraftAct.START).id for _ in range(3)]
    assert waiting(house, chief, "DAF-1") == ids
    circuit.set_aside(ids[0], store=house.store, actor=chief, clock=house.clock)
    assert waiting(house, chief, "DAF-1") == [ids[1], ids[2], ids[0]]


def test_a_draft_is_taken_back_until_its_addressee_opened_it(house: House, who: Who) -> None:
    officer, chief = who("comptable"), who("daf")
    sent = do(house, officer, written(house, officer, CHIEF, SIGNS), DraftAct.START)
    back = do(house, officer, sent, DraftAct.WITHDRAW)
    assert back.state is State.IN_PROGRESS
    again = do(house, officer, back, DraftAct.START)
    read_draft.draft_file(again.id, store=house.store, actor=chief, clock=house.clock)
    with pytest.raises(Conflict) as late:
        do(house, officer, again, DraftAct.WITHDRAW)
    assert late.value.code == "draft.opened"


def test_nobody_writes_or_reads_beyond_their_post(house: House, letter: Letter, who: Who, kossi: Actor) -> None:
    officer = who("comptable")
    made: dict[str, Any] = {"store": house.store, "clock": house.clock}
    with pytest.raises(Forbidden) as clerk:
        begin(Plan(), TEXT, actor=kossi, **made)
    assert clerk.value.code == "draft.writing"
    with pytest.raises(NotFound):
        begin(Plan(answers=(letter.id,)), TEXT, actor=who("drh"), **made)
    with pytest.raises(Refused) as level:
        begin(Plan(confidentiality=Confidentiality.SECRET), TEXT, actor=officer, **made)
    assert level.value.code == "draft.level"
    with pytest.raises(Refused) as direction:
        begin(Plan(direction=Direction.INCOMING), TEXT, actor=officer, **made)
    assert direction.value.code == "draft.direction"
    joined = replace(TEXT, attachments=(Attachment("x", letter.original, "application/pdf", 1, letter.id),))
    draft = begin(Plan(stages=(CHIEF, SIGNS)), joined, actor=officer, **made)
    found, one, opened = read_draft.attached(
        draft.id, letter.original, store=house.store, vault=house.vault, actor=officer, clock=house.clock
    )
    with opened as stream:
        assert (found.id, one.letter_id, stream.read(4)) == (draft.id, letter.id, b"%PDF")
    for stranger in ("drh", "ceetdg", "audit"):
        with pytest.raises(NotFound):
            read_draft.attached(
                draft.id, letter.original, store=house.store, vault=house.vault, actor=who(stranger), clock=house.clock
            )


def test_letters_are_bound_by_number_and_each_side_shows_only_what_its_reader_may_see(
    house: House, letter: Letter, who: Who, kossi: Actor
) -> None:
    other = register_one(house.store, kossi, b"another")
    made: dict[str, Any] = {"store": house.store, "clock": house.clock}
    with pytest.raises(NotFound):
        link(letter.id, other.number, LinkKind.FOLLOWS, actor=who("comptable"), **made)
    link(letter.id, f" {other.number.lower()} ", LinkKind.FOLLOWS, actor=kossi, **made)
    with pytest.raises(Conflict) as twice:
        link(letter.id, other.number, LinkKind.FOLLOWS, actor=kossi, **made)
    with pytest.raises(Refused) as oneself:
        link(letter.id, letter.number, LinkKind.CITES, actor=kossi, **made)
    assert (twice.value.code, oneself.value.code) == ("link.exists", "link.self")
    seen = read_draft.relations(other.letter_id, store=house.store, actor=kossi).links
    assert [(one.kind, one.forward, one.number) for one in seen] == [(LinkKind.FOLLOWS, False, letter.number)]
    assert read_draft.relations(letter.id, store=house.store, actor=who("comptable")).links == ()
    unlink(letter.id, other.letter_id, LinkKind.FOLLOWS, actor=kossi, **made)
    with pytest.raises(NotFound):
        unlink(letter.id, other.letter_id, LinkKind.FOLLOWS, actor=kossi, **made)
    journal = consult.letter_file(letter.id, store=house.store, actor=kossi, clock=house.clock).journal
    assert [one.act for one in journal][-3:-1] == [Act.LINKED, Act.UNLINKED]


def test_a_confirmation_lasts_one_sitting_and_ends_with_the_session(house: House, who: Who) -> None:
    minister = who("ministre")
    set_password("ministre", "un mot de passe de ministre", store=house.store, clock=house.clock)
    session = sign_in("ministre", "un mot de passe de ministre", store=house.store, clock=house.clock)
    given: dict[str, Any] = {"store": house.store, "clock": house.clock}
    assert not confirmed(session.secret, **given)
    with pytest.raises(Forbidden) as wrong:
        confirm(session.secret, "un autre", actor=minister, **given)
    assert wrong.value.code == "session.not_confirmed"
    confirm(session.secret, "un mot de passe de ministre", actor=minister, **given)
    assert confirmed(session.secret, **given)
    now = house.clock()
    assert confirmed(session.secret, store=house.store, clock=lambda: now + SITTING - timedelta(seconds=5))
    assert not confirmed(session.secret, store=house.store, clock=lambda: now + SITTING + timedelta(seconds=5))
    sign_out(session.secret, actor=minister, **given)
    assert not confirmed(session.secret, **given)
    for _ in range(TRIES):
        with pytest.raises(Forbidden) as refused:
            confirm(session.secret, "un autre", actor=minister, **given)
    assert refused.value.code == "session.wait"
