"""Any acts by anybody in any order on a draft: it waits for its author or one stage, and is signed as it was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from ged.errors import GedError
from ged.mail.access import Capacity
from ged.mail.circuit import Circuit, Said, Stage, StageKind
from ged.mail.draft import IN_CIRCUIT, OVER, WITH_AUTHOR, Draft, Version
from ged.mail.draft_acts import DRAFT_RULES, DraftAct, DraftOrder, DraftStep, acting, open_acts
from ged.mail.draft_outcome import allowed, outcome
from ged.mail.item import State
from rooms.circuits import AROUND, NOW, POSTS, TEXT, a_draft, at, signature, somebody

NAMES = sorted(POSTS)
STAGES = st.lists(
    st.builds(
        Stage,
        st.sampled_from([StageKind.VISA, StageKind.VISA, StageKind.ADVICE]),
        st.lists(st.sampled_from(["DAF1", "DAJ1", "SG1", "DIRCAB"]).map(at), min_size=1, max_size=2).map(tuple),
    ),
    max_size=3,
).map(lambda stages: (*stages, signature()))


@settings(max_examples=60, stateful_step_count=40, deadline=None)
class Rounds(RuleBasedStateMachine):
    """One draft at a time, in a ministry where everybody tries everything."""

    def __init__(self) -> None:
        super().__init__()
        self.draft = a_draft()
        self.last: DraftStep | None = None
        self.texts = 1

    @precondition(lambda self: self.draft.state in {*WITH_AUTHOR, *OVER})
    @rule(stages=STAGES)
    def compose(self, stages: tuple[Stage, ...]) -> None:
        """The author chooses a circuit; after a draft is over the next one is begun."""
        self.draft = replace(self.draft if self.draft.state in WITH_AUTHOR else a_draft(), circuit=Circuit(stages))

    @rule(who=st.sampled_from([*NAMES, "CPT", "CPT"]), text=st.integers(0, 2))
    def write(self, who: str, text: int) -> None:
        order = DraftOrder(DraftAct.WRITE, self.draft.revision)
        if self.tried(lambda: allowed(self.draft, order, self.last, actor=somebody(who))):
            assert self.draft.state in WITH_AUTHOR
            assert who == "CPT"
            content = replace(TEXT, text=f"Texte {text}")
            number = self.draft.version + 1
            self.draft = self.draft.written(Version("draft", number, NOW, who, who, who, "", content, content.digest))
            self.note(DraftAct.WRITE, who)

    @rule(
        who=st.sampled_from(NAMES),
        act=st.sampled_from([each for each in DraftAct if each not in {DraftAct.NOTE, DraftAct.WRITE}]),
        sensible=st.sampled_from([True, True, True, False]),
        chosen=st.integers(0, 50),
        text=st.sampled_from(["", "Parce que", "Parce que"]),
        stale=st.sampled_from([0, 0, 0, 0, 1]),
        to_author=st.booleans(),
        passed=st.sampled_from(["DAF1", "DAJ1", "SG1", "DIRCAB"]),
    )
    def act(
        self,
        who: str,
        act: DraftAct,
        sensible: bool,
        chosen: int,
        text: str,
        stale: int,
        to_author: bool,
        passed: str,
    ) -> None:
        """Somebody tries something: what a screen offers, three times in four, else anything."""
        draft = self.draft
        offered = [(n, a) for n in NAMES for a in open_acts(somebody(n), draft, self.last) if a is not DraftAct.WRITE]
        if sensible and offered:
            who, act = offered[chosen % len(offered)]
        stage = Stage(StageKind.VISA, (at(passed),))
        order = DraftOrder(
            act, draft.revision - stale, draft.digest, text, None, to_author, stage, at(passed) if chosen % 2 else None
        )
        found: list[Draft] = []
        if not self.tried(
            lambda: found.append(outcome(draft, order, self.last, actor=somebody(who), around=AROUND)[0])
        ):
            return
        assert not stale
        assert draft.state in DRAFT_RULES[act].sources
        self.draft = found[0]
        if act is DraftAct.SIGN:
            self.whole()
        self.note(act, who)

    @rule(who=st.sampled_from(NAMES))
    def open(self, who: str) -> None:
        if self.last and self.last.opened_at is None and acting(somebody(who), self.draft):
            self.last = replace(self.last, opened_at=NOW, opened_by=who)

    def tried(self, act: Callable[[], object]) -> bool:
        """Do it, or see it refused with a sentence; values do not change by themselves."""
        before, sentence = self.draft, "."
        try:
            act()
        except GedError as refusal:
            sentence = refusal.sentence
        else:
            return True
        assert sentence.endswith(".")
        assert self.draft is before
        return False

    def note(self, act: DraftAct, who: str) -> None:
        self.last = DraftStep(1, "draft", act, NOW, who, who, who, Capacity.HOLDER, "", 1, None, None, "", None, None)

    def whole(self) -> None:
        """What is signed was agreed to by everybody, each on the digest that is signed."""
        for stage in self.draft.circuit.stages:
            agreed = [v for v in stage.visas if not v.void and v.digest == self.draft.digest]
            spoken = {v.approver for v in agreed if v.said is not Said.REFUSED}
            assert spoken == set(stage.approvers)

    @invariant()
    def it_waits_for_its_author_or_for_exactly_one_stage(self) -> None:
        draft = self.draft
        stages = draft.circuit.stages
        if draft.state in IN_CIRCUIT:
            index = draft.circuit.at(draft.digest)
            assert draft.waiting
            assert set(draft.waiting) <= set(stages[index].approvers)
            assert (draft.state is State.TO_SIGN) == (stages[index].kind is StageKind.SIGNATURE)
            assert all(not stage.waiting(draft.digest) for stage in stages[:index])
        else:
            assert draft.waiting == ()
            assert draft.state in {*WITH_AUTHOR, *OVER}

    @invariant()
    def nothing_said_is_forgotten_and_each_word_names_its_digest(self) -> None:
        for stage in self.draft.circuit.stages:
            assert all(len(one.digest) == 64 and one.version <= self.draft.version for one in stage.visas)

    @invariant()
    def somebody_can_always_go_on(self) -> None:
        """No draft is stuck: while it is not over, some screen offers an act."""
        if self.draft.state not in OVER:
            assert any(open_acts(somebody(name), self.draft, self.last) for name in NAMES)


def test_whatever_is_tried_a_draft_waits_for_somebody_and_is_signed_as_it_was_seen() -> None:
    run_state_machine_as_test(Rounds)
