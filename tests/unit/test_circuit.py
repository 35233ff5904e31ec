"""Circuits: what is refused before it starts, where a draft waits, what a refusal and a new text take away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ged.errors import Conflict, Forbidden, GedError, Refused
from ged.mail.access import Actor, Capacity
from ged.mail.circuit import Said, Stage, StageKind
from ged.mail.draft import Content, Draft, Version, readers_of_draft, refuse_faulty, refuse_unfinished
from ged.mail.draft_acts import DraftAct, DraftOrder, DraftStep, open_acts
from ged.mail.draft_outcome import outcome
from ged.mail.item import Confidentiality, Direction, State
from ged.mail.markup import Enumeration, Heading, Paragraph, Run, Table, blocks
from rooms.circuits import AROUND, NOW, TEXT, a_draft, advice, at, signature, somebody, visa


def do(draft: Draft, who: str | Actor, act: DraftAct, **more: Any) -> Draft:
    order = DraftOrder(act, draft.revision, draft.digest, **more)
    actor = somebody(who) if isinstance(who, str) else who
    return outcome(draft, order, None, actor=actor, around=AROUND)[0]


def rewritten(draft: Draft, text: str = "Autre texte.") -> Draft:
    content = replace(TEXT, text=text)
    number = draft.version + 1
    return draft.written(Version(draft.id, number, NOW, "cpt", "M. CPT", "CPT", "", content, content.digest))


def code_of(refused: pytest.ExceptionInfo[GedError]) -> str:
    assert refused.value.sentence.endswith(".")
    return refused.value.code


def test_stages_follow_each_other_and_the_last_one_signs() -> None:
    draft = do(a_draft(visa("DAF1", days=2), visa("SG1"), signature()), "CPT", DraftAct.START)
    assert (draft.state, draft.waiting, draft.due_date) == (State.TO_APPROVE, (at("DAF1"),), date(2026, 11, 26))
    draft = do(draft, "DAF1", DraftAct.APPROVE)
    assert (draft.state, draft.waiting, draft.due_date) == (State.TO_APPROVE, (at("SG1"),), None)
    draft = do(draft, "SG1", DraftAct.APPROVE)
    assert (draft.state, draft.waiting) == (State.TO_SIGN, (at("MIN"),))
    draft = do(draft, "MIN", DraftAct.SIGN)
    assert (draft.state, draft.waiting) == (State.TO_DISPATCH, ())
    assert [one.visas[0].said for one in draft.circuit.stages] == [Said.APPROVED, Said.APPROVED, Said.SIGNED]


def test_a_parallel_stage_passes_when_all_have_approved_and_their_screens_stay_good() -> None:
    sent = do(a_draft(visa("DAF1", "DAJ1"), signature()), "CPT", DraftAct.START)
    half = do(sent, "DAJ1", DraftAct.APPROVE)
    assert (half.waiting, half.revision) == ((at("DAF1"),), sent.revision)
    seen_before = DraftOrder(DraftAct.APPROVE, sent.revision, sent.digest)
    assert outcome(half, seen_before, None, actor=somebody("DAF1"), around=AROUND)[0].state is State.TO_SIGN


def test_a_refusal_ends_a_parallel_stage_and_goes_where_its_author_says() -> None:
    sent = do(a_draft(visa("SG1"), visa("DAF1", "DAJ1"), signature()), "CPT", DraftAct.START)
    half = do(do(sent, "SG1", DraftAct.APPROVE), "DAJ1", DraftAct.APPROVE)
    back = do(half, "DAF1", DraftAct.REFUSE, text="Le montant est faux.")
    assert (back.state, back.waiting) == (State.TO_APPROVE, (at("SG1"),))
    again = do(back, "SG1", DraftAct.APPROVE)
    assert set(again.waiting) == {at("DAF1"), at("DAJ1")}
    home = do(half, "DAF1", DraftAct.REFUSE, text="Le montant est faux.", to_author=True)
    assert (home.state, home.waiting) == (State.APPROVAL_REFUSED, ())
    assert set(do(home, "CPT", DraftAct.START).waiting) == {at("DAF1"), at("DAJ1")}


def test_a_new_text_goes_round_again_and_says_who_had_approved_another() -> None:
    draft = do(do(a_draft(visa("DAF1"), visa("SG1"), signature()), "CPT", DraftAct.START), "DAF1", DraftAct.APPROVE)
    refused = do(draft, "SG1", DraftAct.REFUSE, text="À revoir.", to_author=True)
    changed = do(rewritten(refused), "CPT", DraftAct.START)
    assert changed.waiting == (at("DAF1"),)
    assert [one.name for one in changed.circuit.outdated(changed.digest)] == ["M. DAF1"]
    as_it_was = do(rewritten(refused, TEXT.text), "CPT", DraftAct.START)
    assert as_it_was.waiting == (at("SG1"),)


def test_a_stage_added_before_mine_comes_first() -> None:
    draft = do(do(a_draft(visa("DAF1"), signature()), "CPT", DraftAct.START), "DAF1", DraftAct.APPROVE)
    more = do(draft, "MIN", DraftAct.INSERT, stage=advice("DAJ1"))
    assert (more.state, more.waiting) == (State.TO_APPROVE, (at("DAJ1"),))
    with pytest.raises(Refused) as refused:
        do(more, "DAJ1", DraftAct.ADVISE, said=Said.UNFAVOURABLE)
    assert code_of(refused) == "draft.no_advice"
    after = do(more, "DAJ1", DraftAct.ADVISE, said=Said.UNFAVOURABLE, text="Sans base légale.")
    assert (after.state, after.waiting) == (State.TO_SIGN, (at("MIN"),))
    with pytest.raises(Refused) as refused:
        do(draft, "MIN", DraftAct.INSERT, stage=visa("DAF1"))
    assert code_of(refused) == "circuit.circular"
    with pytest.raises(Refused) as refused:
        do(draft, "MIN", DraftAct.INSERT, stage=signature("SG1"))
    assert code_of(refused) == "circuit.empty"


def test_who_leads_passes_over_an_absent_one_with_a_reason_and_nobody_else() -> None:
    sent = do(a_draft(visa("DAF1"), signature()), "CPT", DraftAct.START)
    passed = do(sent, "SG1", DraftAct.SKIP, text="En mission jusqu'au 3.", approver=at("DAF1"))
    assert (passed.state, passed.circuit.stages[0].visas[0].said) == (State.TO_SIGN, Said.SKIPPED)
    for other in ("DAJ1", "CPT", "DAF1"):
        with pytest.raises(Forbidden):
            do(sent, other, DraftAct.SKIP, text="Absent.")
    with pytest.raises(Refused) as refused:
        do(sent, "SG1", DraftAct.SKIP)
    assert code_of(refused) == "draft.no_reason"
    with pytest.raises(Refused) as refused:
        do(passed, "SG1", DraftAct.SKIP, text="Absent.")
    assert code_of(refused) == "draft.state"


def test_the_author_takes_it_back_until_somebody_opened_it() -> None:
    sent = do(a_draft(visa("DAF1"), signature()), "CPT", DraftAct.START)
    start = DraftStep(
        1, sent.id, DraftAct.START, NOW, "cpt", "M. CPT", "CPT", Capacity.HOLDER, "", 1, None, None, "", None, None
    )
    order = DraftOrder(DraftAct.WITHDRAW, sent.revision)
    author = somebody("CPT")
    assert DraftAct.WITHDRAW in open_acts(author, sent, start)
    assert outcome(sent, order, start, actor=author, around=AROUND)[0].state is State.IN_PROGRESS
    opened = replace(start, opened_at=NOW, opened_by="M. DAF1")
    assert DraftAct.WITHDRAW not in open_acts(author, sent, opened)
    with pytest.raises(Conflict) as late:
        outcome(sent, order, opened, actor=author, around=AROUND)
    assert code_of(late) == "draft.opened"


def test_two_at_once_for_the_same_post_and_the_second_is_told_who_was_first() -> None:
    sent = do(a_draft(visa("DAF1", "DAJ1"), signature()), "CPT", DraftAct.START)
    first = do(sent, somebody("DAF1", login="interim"), DraftAct.APPROVE)
    with pytest.raises(Conflict) as second:
        do(first, "DAF1", DraftAct.APPROVE)
    assert code_of(second) == "draft.stale"
    assert "M. DAF1" in second.value.sentence
    gone_on = do(first, "DAJ1", DraftAct.APPROVE)
    with pytest.raises(Conflict) as stale:
        outcome(gone_on, DraftOrder(DraftAct.SIGN, sent.revision), None, actor=somebody("MIN"), around=AROUND)
    assert code_of(stale) == "draft.stale"


def test_a_delegation_limited_to_some_kinds_signs_no_other() -> None:
    sent = do(a_draft(visa("DAF1"), signature(), kind="decision"), "CPT", DraftAct.START)
    ready = do(sent, "DAF1", DraftAct.APPROVE)
    delegate = somebody("MIN", login="dircab")
    limited = replace(delegate.posts[0], capacity=Capacity.DELEGATE, instrument="n° 12", kinds=("lettre",))
    with pytest.raises(Forbidden) as beyond:
        do(ready, replace(delegate, posts=(limited,)), DraftAct.SIGN)
    assert code_of(beyond) == "draft.delegation"
    within = replace(limited, kinds=("lettre", "decision"))
    signed = do(ready, replace(delegate, posts=(within,)), DraftAct.SIGN)
    last = signed.circuit.stages[-1].visas[-1]
    assert (last.capacity, last.instrument, last.login) == (Capacity.DELEGATE, "n° 12", "dircab")


@pytest.mark.parametrize(
    ("stages", "level", "code"),
    [
        ((), "interne", "circuit.empty"),
        ((Stage(StageKind.VISA, ()), signature()), "interne", "circuit.empty"),
        ((visa("DAF1"),), "interne", "circuit.last"),
        ((signature("DAF1"), signature()), "interne", "circuit.last"),
        ((Stage(StageKind.SIGNATURE, (at("MIN"), at("SG1"))),), "interne", "circuit.signer"),
        ((visa("DAF1"), signature("CPT")), "interne", "circuit.signer"),
        ((visa("DAF1"), visa("SG1"), visa("DAF1"), signature()), "interne", "circuit.circular"),
        ((visa("MIN"), signature()), "interne", "circuit.circular"),
        ((visa("DAF1"),) * 20 + (signature(),), "interne", "circuit.long"),
        ((signature("CPT"),), "interne", "circuit.self"),
        ((visa("VIDE"), signature()), "interne", "circuit.no_holder"),
        ((visa("DAF1"), signature()), "secret", "circuit.clearance"),
        ((Stage(StageKind.VISA, (replace(at("DAF1"), entity_id="DAJ"),)), signature()), "interne", "circuit.unknown"),
    ],
)
def test_a_circuit_that_cannot_be_gone_through_is_refused_with_a_sentence(
    stages: tuple[Stage, ...], level: str, code: str
) -> None:
    author = somebody("CPT")
    author = replace(author, posts=(replace(author.posts[0], clearance=Confidentiality.SECRET),))
    with pytest.raises(Refused) as refused:
        do(a_draft(*stages, confidentiality=Confidentiality(level)), author, DraftAct.START)
    assert code_of(refused) == code


def test_a_draft_is_its_unit_s_until_it_is_sent_and_then_the_circuit_s_as_well() -> None:
    draft = a_draft(visa("DAF1"), signature())
    assert readers_of_draft(draft) == {"svc:COMPTA:interne"}
    sent = do(draft, "CPT", DraftAct.START)
    assert readers_of_draft(sent) == {"svc:COMPTA:interne", "svc:DAF:interne", "svc:MME:interne"}


def test_what_cannot_be_signed_is_not_sent_round() -> None:
    for content in (replace(TEXT, subject=" "), replace(TEXT, recipients=("",)), replace(TEXT, text="\n")):
        with pytest.raises(Refused) as refused:
            refuse_unfinished(content, Direction.OUTGOING)
        assert code_of(refused) == "draft.unfinished"
    refuse_unfinished(replace(TEXT, recipients=()), Direction.INTERNAL)
    with pytest.raises(Refused) as refused:
        refuse_faulty(replace(TEXT, subject="x" * 501))
    assert code_of(refused) == "draft.long"


def test_a_digest_is_of_every_word_and_file() -> None:
    changes: list[dict[str, object]] = [{"subject": "X"}, {"recipients": ("Y",)}, {"template": "Z"}, {"text": "T"}]
    digests = {replace(TEXT, **each).digest for each in changes}  # type: ignore[arg-type]
    assert len(digests | {TEXT.digest}) == 5
    assert TEXT.digest == Content(TEXT.subject, TEXT.recipients, TEXT.text).digest


def test_the_markup_keeps_every_word_and_knows_no_html() -> None:
    text = "# Note\n\nMonsieur **le Ministre**,\nligne *deux* <b>x</b>\n- un\n- deux\n\n1. a\n2) b\n\n"
    text += "|A|B|\n|--|--|\n|1|\n3 * 4"
    heading, paragraph, bullets, numbers, table, rest = blocks(text)
    assert heading == Heading(1, (Run("Note"),))
    assert isinstance(paragraph, Paragraph)
    assert paragraph.lines[1] == (Run("ligne "), Run("deux", italic=True), Run(" <b>x</b>"))
    assert bullets == Enumeration(ordered=False, items=((Run("un"),), (Run("deux"),)))
    assert numbers == Enumeration(ordered=True, items=((Run("a"),), (Run("b"),)))
    assert table == Table(headed=True, rows=(((Run("A"),), (Run("B"),)), ((Run("1"),), ())))
    assert rest == Paragraph(((Run("3 * 4"),),))
