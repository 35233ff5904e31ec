"""Any moves by anybody in any order: no letter is lost or doubled, each lies in one basket until it is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from ged.clock import system_clock
from ged.errors import GedError, NotFound
from ged.mail.access import ACTING, Actor, Capacity
from ged.mail.item import Confidentiality, Priority, State
from ged.mail.moves import Destination, Move, Order, open_moves
from ged.mail.opinion import OpinionVerdict
from ged.mail.organisation import Grant
from ged.mail.qualification import Decision
from ged.services import delegate, opinion
from ged.services.qualify import qualify
from ged.services.route import move
from ged.services.sign_in import actor_of
from ged.store.unit import Store
from properties.test_register import assert_whole, register_one
from rooms.house import driver_url

LOGINS = (
    "kossi",
    "lawson",
    "ministre",
    "adjovi",
    "dircab",
    "sg",
    "daf",
    "comptable",
    "drh",
    "cadastre",
    "audit",
    "ceet",
)
UNITS = ("CAB", "SG", "DAF", "DAF-COMPTA", "DRH", "DGMG", "CEET-DG", "NULLE-PART")
SEATS = {"MIN": "MME", "DAF-1": "DAF", "DAF-A1": "DAF-COMPTA", "DRH-1": "DRH", "SG-1": "SG", "ARCH-1": "DSID"}
POSITIONS = (None, *SEATS)
REGISTRY = ("recu", "a_qualifier", "retourne")
INTERNAL, RESTRICTED = Confidentiality.INTERNAL, Confidentiality.RESTRICTED
OVER = ("traite", "suivi", "sans_suite", "annule")


@dataclass
class World:
    store: Store
    url: str
    seen: psycopg.Connection


@pytest.fixture
def world(database: str) -> Iterator[World]:
    store = Store(database)
    with psycopg.connect(driver_url(database), autocommit=True) as seen:
        yield World(store, database, seen)
    store.close()


@settings(max_examples=10, stateful_step_count=35, deadline=None, suppress_health_check=list(HealthCheck))
class Office(RuleBasedStateMachine):
    """A few letters in a ministry where everybody tries everything."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[str] = []
        self.days = 0
        self.actors: dict[str, Actor] = {}
        for _ in range(2):
            self.arrive()

    @rule(unit=st.sampled_from(UNITS[:6]), level=st.sampled_from([INTERNAL, INTERNAL, RESTRICTED]))
    def arrive(self, unit: str = "DAF", level: Confidentiality = INTERNAL) -> None:
        """A letter is registered, read, and qualified by the clerk."""
        clerk, store = self.who("kossi"), self.world.store
        receipt = register_one(store, clerk, uuid4().bytes)
        with store.unit() as opened:
            letter = opened.letters.get(receipt.letter_id, None, lock=True)
            opened.letters.change(letter, state=State.TO_QUALIFY)
            opened.commit()
        decision = Decision(99, "X", "", "Objet", "", None, None, "demande", unit, level, Priority.URGENT)
        qualify(receipt.letter_id, decision, store=store, actor=clerk, clock=self.clock)
        self.letters.append(receipt.letter_id)

    @rule(
        which=st.integers(0, 9),
        chosen=st.integers(0, 200),
        sensible=st.sampled_from([True] * 7 + [False]),
        to=st.tuples(st.sampled_from(UNITS), st.sampled_from(POSITIONS)),
        text=st.sampled_from(["", "Parce que", "Pour suite"]),
        stale=st.sampled_from([False] * 9 + [True]),
        due=st.sampled_from([None, None, -1, 20]),
    )
    def act(
        self,
        which: int,
        chosen: int,
        sensible: bool,
        to: tuple[str, str | None],
        text: str,
        stale: bool,
        due: int | None,
    ) -> None:
        """Somebody tries something: what the screen offers to somebody, seven times in eight, else anything."""
        letter_id, (unit, position) = self.pick(which), to
        with self.world.store.unit() as opened:
            last, letter = opened.steps.last(letter_id), opened.letters.get(letter_id, None)
        offered = [(login, each) for login in LOGINS for each in open_moves(self.who(login), letter, last)]
        wild = [(login, each) for login in LOGINS for each in Move if each not in {Move.ADVISE, Move.WITHDRAW}]
        likely = offered if sensible and offered else wild
        login, act = likely[chosen % len(likely)]
        order = Order(
            act,
            -1 if stale else (last.id if last else None),
            Destination(SEATS.get(position, unit) if position else unit, position),
            text=text,
            due_date=None if due is None else self.clock().date() + timedelta(days=due),
        )
        self.attempt(
            letter_id, lambda: move(letter_id, order, store=self.world.store, actor=self.who(login), clock=self.clock)
        )

    @rule(which=st.integers(0, 9), login=st.sampled_from(LOGINS), verdict=st.sampled_from(OpinionVerdict))
    def answer(self, which: int, login: str, verdict: OpinionVerdict) -> None:
        letter_id = self.pick(which)
        with self.world.store.unit() as unit:
            asked = [each for each in unit.opinions.of(letter_id) if each.awaited]
        if asked:
            self.attempt(
                letter_id,
                lambda: opinion.give(
                    letter_id,
                    asked[0].id,
                    verdict,
                    "Vu",
                    store=self.world.store,
                    actor=self.who(login),
                    clock=self.clock,
                ),
            )

    @rule(which=st.integers(0, 9), login=st.sampled_from(["kossi", "lawson", "daf"]), unit=st.sampled_from(UNITS[:6]))
    def qualify_anew(self, which: int, login: str, unit: str) -> None:
        """Somebody qualifies a letter, which only the registry may, and only one that came back to it."""
        letter_id, store = self.pick(which), self.world.store
        decision = Decision(10**6, "Y", "", "Autre objet", "", None, None, "demande", unit, INTERNAL, Priority.NORMAL)
        actor = self.who(login)
        self.attempt(letter_id, lambda: qualify(letter_id, decision, store=store, actor=actor, clock=system_clock))

    def pick(self, which: int) -> str:
        return self.letters[which % len(self.letters)]

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        self.days += days
        self.actors.clear()

    @rule(
        by=st.sampled_from(("ministre", "ministre", "sg", *LOGINS)),
        position=st.sampled_from(["SG-1", "DAF-1", "DAF-A1", "DRH-1", "BOC-1"]),
        login=st.sampled_from(("dircab", "audit", "lawson", *LOGINS)),
        capacity=st.sampled_from(ACTING),
        since=st.integers(-3, 3),
        length=st.integers(0, 4),
    )
    def have_somebody_act(
        self, by: str, position: str, login: str, capacity: Capacity, since: int, length: int
    ) -> None:
        """Anybody gives any post to anybody, for some days near today, or is refused with a sentence."""
        first = self.clock().date() + timedelta(days=since)
        grant = Grant(position, login, capacity, first, first + timedelta(days=length), "1/2026", ())
        with suppress(GedError):
            delegate.grant(grant, store=self.world.store, actor=self.who(by), clock=self.clock)
        self.actors.clear()

    @rule(by=st.sampled_from(LOGINS), which=st.integers(0, 9))
    def end_one(self, by: str, which: int) -> None:
        with self.world.store.unit() as unit:
            known = unit.delegations.standing(self.clock().date())
        if known:
            with suppress(GedError):
                one = known[which % len(known)]
                delegate.end(one.id, store=self.world.store, actor=self.who(by), clock=self.clock)
        self.actors.clear()

    def clock(self) -> datetime:
        return system_clock() + timedelta(days=self.days)

    def who(self, login: str) -> Actor:
        if login not in self.actors:
            self.actors[login] = actor_of(login, store=self.world.store, clock=self.clock)
        return self.actors[login]

    def attempt(self, letter_id: str, act: Callable[[], object]) -> None:
        """Do it, or see it refused with a sentence and nothing changed; a stranger is not told that it is there."""
        before = self.row(letter_id)
        try:
            act()
        except GedError as refusal:
            sentence = refusal.sentence
        else:
            sentence = ""
        assert (self.row(letter_id) == before) is bool(sentence)
        if not sentence:
            self.assert_lawful(letter_id)

    def assert_lawful(self, letter_id: str) -> None:
        """The post that acted was its author's on that day, and has the letter, keeps its register or is above."""
        with self.world.store.unit() as unit:
            step = unit.steps.of(letter_id)[-1]
        posts = self.world.seen.execute(
            """SELECT p.id FROM holding h JOIN person q ON q.id = h.person_id JOIN position p ON p.id = h.position_id
               WHERE q.login = %(login)s AND h.since <= %(day)s AND coalesce(h.until, 'infinity') >= %(day)s
               UNION SELECT position_id FROM delegation d JOIN person q ON q.id = d.person_id
               WHERE q.login = %(login)s AND since <= %(day)s AND coalesce(until, 'infinity') >= %(day)s
               AND ended_at IS NULL""",
            {"login": step.login, "day": self.clock().date()},
        ).fetchall()
        assert step.position_id in {row[0] for row in posts}
        if step.move in {Move.RECALL, Move.ADVISE}:
            return
        found = self.world.seen.execute("SELECT entity_id, role FROM position WHERE id = %s", [step.position_id])
        entity, role = found.fetchone() or ("", "")
        service, position = step.before.service_id, step.before.position_id
        keeps = step.before.state in REGISTRY and role in {"bureau_ordre", "superviseur"}
        leads = role == "responsable" and entity in self.above(service)
        assert keeps or leads or position == step.position_id or (position is None and service == entity)

    def above(self, entity: str | None) -> set[str]:
        rows = self.world.seen.execute(
            """WITH RECURSIVE up AS (SELECT id, parent_id FROM entity WHERE id = %s
               UNION SELECT e.id, e.parent_id FROM entity e JOIN up ON e.id = up.parent_id) SELECT id FROM up""",
            [entity],
        )
        return {row[0] for row in rows}

    def row(self, letter_id: str) -> tuple[object, ...]:
        seen = self.world.seen
        found = seen.execute("SELECT * FROM letter WHERE id = %s", [letter_id]).fetchone()
        steps = seen.execute("SELECT count(*) FROM step WHERE letter_id = %s", [letter_id]).fetchone()
        assert found is not None
        assert steps is not None
        return (*found, *steps)

    @invariant()
    def each_letter_lies_in_one_basket_until_it_is_over(self) -> None:
        seen = self.world.seen
        rows = seen.execute("SELECT id, state, service_id, position_id, suspended_on, closed_on FROM letter").fetchall()
        seats: dict[str, str] = dict(seen.execute("SELECT id, entity_id FROM position").fetchall())
        awaited = {
            row[0]
            for row in seen.execute("SELECT letter_id FROM opinion WHERE given_at IS NULL AND withdrawn_at IS NULL")
        }
        assert set(self.letters) <= {row[0] for row in rows}
        for letter_id, state, service, position, suspended, closed in rows:
            if state in REGISTRY:
                assert position is None
            elif state not in OVER:
                assert service is not None
                assert position is None or seats[position] == service
            assert (closed is not None) == (state in {"traite", "suivi", "sans_suite"})
            assert (suspended is not None) == (state == "en_attente")
            assert state != "avis_demande" or letter_id in awaited

    def teardown(self) -> None:
        assert_whole(self.world.url)
        stranger = self.who("ceet")
        for letter_id in self.letters:
            with self.world.store.unit() as unit, pytest.raises(NotFound):
                unit.letters.get(letter_id, stranger.tokens())


def test_whatever_is_tried_no_letter_is_lost(world: World) -> None:
    run_state_machine_as_test(type("Office", (Office,), {"world": world}))
