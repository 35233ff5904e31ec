"""Interims and delegations: what can be granted, and by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from api.model_folder import read_folder
from ged.errors import Forbidden, Refused
from ged.mail.access import Actor, Capacity, Post, Role
from ged.mail.delegation import Delegation, Ground, check, may_grant, require_grant
from ged.mail.organisation import Grant
from rooms.house import PILOT

DAY = date(2026, 11, 24)
PILOT_MINISTRY = read_folder(PILOT)
GROUND = Ground(
    {one.id: one for one in PILOT_MINISTRY.positions},
    {one.id: one.tenant_id for one in PILOT_MINISTRY.entities},
    PILOT_MINISTRY.holdings,
    (),
)
INTERIM = Grant("SG-1", "dircab", Capacity.INTERIM, DAY, DAY + timedelta(days=6), "012/2026", ())


def post(position_id: str, **changes: object) -> Post:
    one = GROUND.positions[position_id]
    values = {"reach": (one.entity_id,), "register_id": "MME", "tenant_id": "MME"} | changes
    return Post(one.id, one.title, one.role, one.clearance, entity_id=one.entity_id, **values)  # type: ignore[arg-type]


def actor(*posts: Post) -> Actor:
    return Actor("1", "x", "X", "fr", posts)


def test_an_interim_by_an_act_until_a_day_is_granted() -> None:
    check(INTERIM, GROUND, "Y. Amouzou")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"capacity": Capacity.HOLDER}, "delegation.kind"),
        ({"instrument": "  "}, "delegation.no_instrument"),
        ({"until": DAY - timedelta(days=1)}, "delegation.dates"),
        ({"until": None}, "delegation.dates"),
        ({"login": "sg"}, "delegation.self"),
        ({"login": "ceetdg"}, "delegation.stranger"),
        ({"login": "daf"}, "delegation.clearance"),
        ({"login": "dircab", "since": date(2020, 1, 1), "until": date(2020, 2, 1)}, "delegation.stranger"),
    ],
)
def test_what_cannot_be_granted_is_refused_with_its_reason(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as error:
        check(replace(INTERIM, **changes), GROUND, "Quelqu'un")  # type: ignore[arg-type]
    assert error.value.code == code


@pytest.mark.parametrize("capacity", [Capacity.DELEGATE, Capacity.BY_ORDER])
def test_a_delegation_or_an_order_may_have_no_end(capacity: Capacity) -> None:
    check(replace(INTERIM, capacity=capacity, until=None), GROUND, "Y. Amouzou")


def test_a_post_has_one_interim_at_a_time() -> None:
    with pytest.raises(Refused) as error:
        check(replace(INTERIM, login="audit"), replace(GROUND, standing=(INTERIM,)), "J. Wilson")
    assert error.value.code == "delegation.overlap"
    later = replace(INTERIM, login="audit", since=DAY + timedelta(days=7), until=DAY + timedelta(days=9))
    check(later, replace(GROUND, standing=(INTERIM,)), "J. Wilson")


def test_a_chain_that_comes_back_is_refused_only_while_it_would_turn() -> None:
    chain = (INTERIM, replace(INTERIM, position_id="DIRCAB", login="audit", instrument="13"))
    closing = replace(INTERIM, position_id="AUD-1", login="sg", instrument="14")
    with pytest.raises(Refused) as error:
        check(closing, replace(GROUND, standing=chain), "P. Tchalla")
    assert error.value.code == "delegation.circle"
    check(closing, replace(GROUND, standing=chain[:1]), "P. Tchalla")
    later = replace(closing, since=DAY + timedelta(days=7), until=DAY + timedelta(days=9))
    check(later, replace(GROUND, standing=chain), "P. Tchalla")


def test_the_holder_and_the_head_above_grant_and_nobody_else() -> None:
    secretary_general = GROUND.positions["SG-1"]
    minister = post("MIN", reach=("MME", "SG", "CAB"))
    assert may_grant(actor(post("SG-1")), secretary_general)
    assert may_grant(actor(minister), secretary_general)
    assert not may_grant(actor(post("DIRCAB", reach=("CAB", "BOC"))), secretary_general)
    assert not may_grant(actor(post("DAF-1")), secretary_general)
    assert not may_grant(actor(post("SG-1", reach=("SG", "DAF"))), GROUND.positions["MIN"])


def test_a_delegation_is_not_itself_delegable() -> None:
    acting = replace(post("SG-1", reach=("SG", "DAF")), capacity=Capacity.INTERIM, instrument="012/2026")
    for position in ("SG-1", "DAF-1"):
        with pytest.raises(Forbidden) as error:
            require_grant(actor(post("DIRCAB"), acting), GROUND.positions[position])
        assert error.value.code == "delegation.not_yours"


def test_one_head_does_not_give_away_the_post_of_another_in_the_same_unit() -> None:
    peer = replace(GROUND.positions["DIRCAB"], id="CHEF-CAB")
    assert not may_grant(actor(post("DIRCAB")), peer)
    assert may_grant(actor(post("DIRCAB")), replace(peer, role=Role.OFFICER))


@pytest.mark.parametrize(
    ("since", "until", "ended", "stands"),
    [(0, 0, False, True), (-3, None, False, True), (1, 3, False, False), (-3, -1, False, False), (0, 3, True, False)],
)
def test_it_gives_rights_on_its_days_and_no_longer(since: int, until: int | None, ended: bool, stands: bool) -> None:
    grant = replace(
        INTERIM, since=DAY + timedelta(days=since), until=None if until is None else DAY + timedelta(days=until)
    )
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert Delegation("1", grant, "Y", "P", now, now if ended else None).stands_on(DAY) is stands
