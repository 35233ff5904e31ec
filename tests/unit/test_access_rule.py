"""The one rule of who may read what, on the pilot ministry's tree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.errors import Forbidden
from ged.mail.access import SYSTEM, Actor, Authority, Post, Right, Role, may_read, reader_tokens, require
from ged.mail.dispatch import may_dispatch
from ged.mail.item import Confidentiality, State
from rooms.values import a_letter

LEVELS = list(Confidentiality)


def holder(role: Role, clearance: Confidentiality, *reach: str, tenant: str = "MME") -> Actor:
    post = Post("P", "Poste", role, clearance, tenant, reach[0], tenant, reach)
    return Actor("1", "x", "X", "fr", (post,))


@given(st.sampled_from(list(Role)), st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_nobody_reads_above_their_clearance(role: Role, clearance: Confidentiality, level: Confidentiality) -> None:
    letter = a_letter(service_id="DAF", confidentiality=level)
    if level.rank > clearance.rank:
        assert not may_read(holder(role, clearance, "DAF", "DAF-COMPTA"), letter)


@given(
    st.sampled_from(list(Role)), st.sampled_from(LEVELS), st.sampled_from(LEVELS), st.sampled_from(["DAF", "X", None])
)
def test_nobody_reads_across_tenants(
    role: Role, clearance: Confidentiality, level: Confidentiality, service: str | None
) -> None:
    letter = a_letter(service_id=service, confidentiality=level)
    stranger = holder(role, clearance, "CEET", "CEET-DG", tenant="CEET")
    assert not may_read(stranger, letter)


@pytest.mark.parametrize(
    ("role", "reach", "service", "opened"),
    [
        (Role.HEAD, ("DAF", "DAF-COMPTA"), "DAF-COMPTA", True),
        (Role.HEAD, ("DAF-COMPTA",), "DAF", False),
        (Role.OFFICER, ("DAF",), "DRH", False),
        (Role.OFFICER, ("DAF",), None, False),
        (Role.REGISTRAR, ("BOC",), "DRH", True),
        (Role.REGISTRAR, ("BOC",), None, True),
        (Role.SUPERVISOR, ("BOC",), "DRH", True),
        (Role.ARCHIVIST, ("DSID",), "DRH", True),
        (Role.AUDITOR, ("IG",), None, True),
        (Role.ADMINISTRATOR, ("MME", "DAF"), "DAF", False),
    ],
)
def test_each_role_sees_what_its_work_needs(
    role: Role, reach: tuple[str, ...], service: str | None, opened: bool
) -> None:
    assert may_read(holder(role, Confidentiality.CONFIDENTIAL, *reach), a_letter(service_id=service)) is opened


@pytest.mark.parametrize(
    ("letter", "opened"),
    [
        ({"service_id": "MME", "position_id": "MIN"}, True),
        ({"service_id": "DGE", "concerned": ("MME",)}, True),
        ({"service_id": "DGE"}, False),
        ({"service_id": "MME", "position_id": "MIN", "confidentiality": Confidentiality.SECRET}, False),
        ({"service_id": "MME", "position_id": "MIN", "confidentiality": Confidentiality.PERSONAL}, False),
        ({"position_id": "MIN"}, False),
    ],
)
def test_a_secretary_reads_what_her_authority_has_and_nothing_under_it(letter: dict[str, Any], opened: bool) -> None:
    levels = (Confidentiality.CONFIDENTIAL, Confidentiality.PERSONAL)
    own = Post("SP", "Secrétaire", Role.SECRETARY, levels[0], "MME", "CAB", "MME", ("CAB",))
    post = replace(own, authority=Authority("MIN", "MME"))
    secretary = Actor("1", "x", "X", "fr", (post,))
    assert may_read(secretary, a_letter(**letter)) is opened
    assert not may_read(Actor("1", "x", "X", "fr", (own,)), a_letter(**letter))
    cleared = Actor("1", "x", "X", "fr", (replace(post, clearance=levels[1]),))
    assert may_read(cleared, a_letter(**letter)) is (opened or letter.get("confidentiality") is Confidentiality.SECRET)


def test_a_secretary_sends_off_what_her_authoritys_unit_made_and_nothing_under_it() -> None:
    level = Confidentiality.CONFIDENTIAL
    own = Post("SP", "Secrétaire", Role.SECRETARY, level, "MME", "CAB", "MME", ("CAB",))
    post = replace(own, authority=Authority("MIN", "MME"))
    made = {unit: a_letter(service_id=unit, state=State.TO_DISPATCH) for unit in ("CAB", "MME", "DGE")}
    sent = {unit for unit, one in made.items() if may_dispatch(Actor("1", "x", "X", "fr", (post,)), one)}
    assert sent == {"CAB", "MME"}
    assert not may_dispatch(Actor("1", "x", "X", "fr", (own,)), made["MME"])


def test_a_letter_is_readable_exactly_when_tokens_meet() -> None:
    actor = holder(Role.HEAD, Confidentiality.INTERNAL, "DAF")
    letter = a_letter(service_id="DAF")
    tokens = reader_tokens(tenant_id="MME", register_id="MME", service_id="DAF", level=Confidentiality.INTERNAL)
    assert bool(tokens & actor.tokens()) is may_read(actor, letter) is True


def test_two_posts_open_what_either_opens() -> None:
    one, other = (
        holder(Role.OFFICER, Confidentiality.INTERNAL, "DAF"),
        holder(Role.OFFICER, Confidentiality.INTERNAL, "DRH"),
    )
    both = Actor("1", "x", "X", "fr", one.posts + other.posts)
    assert may_read(both, a_letter(service_id="DAF"))
    assert may_read(both, a_letter(service_id="DRH"))
    assert both.tokens() == one.tokens() | other.tokens()


def test_the_system_and_who_holds_no_post_read_nothing_and_may_nothing() -> None:
    for actor in (SYSTEM, Actor("1", "x", "X", "fr", ())):
        assert not may_read(actor, a_letter())
        for right in Right:
            with pytest.raises(Forbidden):
                require(actor, right)
    with pytest.raises(Forbidden) as error:
        _ = SYSTEM.post
    assert error.value.code == "access.no_post"


def test_a_clerk_captures_and_an_auditor_only_looks() -> None:
    clerk, auditor = (holder(role, Confidentiality.SECRET, "BOC") for role in (Role.REGISTRAR, Role.AUDITOR))
    assert clerk.has(Right.QUALIFY)
    assert not auditor.has(Right.QUALIFY)
    assert not auditor.has(Right.CAPTURE)
    assert auditor.has(Right.SEE_RETENTION)
