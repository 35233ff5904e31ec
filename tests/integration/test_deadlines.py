"""Certificates that end: shown, and told to administrators a year ahead, once at each stage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.config import AuthoritySettings, Settings
from api.schemas.answers import state_of
from api.wiring import House, open_house
from engines.time_authority import answering, make_authority
from ged.mail.access import Actor
from ged.mail.anchor import DOCUMENTS
from ged.seal.deadline import Deadline
from ged.services.anchor import anchor
from ged.services.notices import mine
from ged.services.sign_in import actor_of
from ged.services.tell_deadlines import tell_deadlines

NOW = datetime(2026, 11, 28, 5, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "stage"), [(366, None), (365, 365), (200, 365), (180, 180), (31, 90), (7, 7), (1, 1), (0, 0), (-40, 0)]
)
def test_a_deadline_is_said_a_year_ahead_and_again_as_it_comes_near(days: int, stage: int | None) -> None:
    assert Deadline("Certificat du cachet", "CN=essai", NOW + timedelta(days=days)).stage(NOW) == stage


def test_administrators_alone_are_told_once_a_stage(house: House, who: Callable[[str], Actor]) -> None:
    ends = NOW + timedelta(days=100)
    deadlines = [
        Deadline("Certificat du cachet", "CN=essai", ends),
        Deadline("Autorité", "CN=a", ends + timedelta(days=999)),
    ]
    for at in (NOW, NOW + timedelta(hours=3), NOW + timedelta(days=1), NOW + timedelta(days=15)):
        tell_deadlines(deadlines, store=house.store, clock=lambda at=at: at)  # type: ignore[misc]
    told = [each.notice for each in mine(store=house.store, actor=who("admin"))]
    assert [(each.kind, each.by, each.day, each.link) for each in told] == [
        ("certificat_fin", "CN=essai", ends.date(), "/etat")
    ] * 2
    assert mine(store=house.store, actor=who("kossi")) == ()


def test_the_status_shows_the_seal_and_its_authority(house: House, kossi: Actor) -> None:
    shown = state_of(house, kossi)["deadlines"]
    assert [each["what"] for each in shown] == ["Certificat du cachet", "Autorité du cachet"]
    assert not any(each["near"] for each in shown)
    assert 3640 < shown[0]["days"] < 3660


def test_what_stamps_the_heads_ends_too_and_administrators_are_told_a_year_ahead(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    with answering(make_authority(tmp_path / "tsa", days=300)) as authority:
        asked = AuthoritySettings(name="première", url=authority.url, ca_file=authority.ca_file)
        seal = settings.seal.model_copy(update={"authorities": (asked,)})
        with open_house(settings.model_copy(update={"seal": seal})) as other:
            before = [each.what for each in other.deadlines]
            other.ledger.append([b"an entry"])
            anchor(DOCUMENTS, ledger=other.ledger, outside=other.outside, store=other.store, clock=other.clock)
            kossi, admin = (actor_of(name, store=other.store, clock=other.clock) for name in ("kossi", "admin"))
            shown = state_of(other, kossi)["deadlines"]
            tell_deadlines(other.deadlines, store=other.store, clock=other.clock)
            told = {each.notice.by for each in mine(store=other.store, actor=admin)}
    assert before == ["Autorité d'horodatage", "Certificat du cachet", "Autorité du cachet"]
    assert {each["what"] for each in shown if each["near"]} == {"Autorité d'horodatage", "Certificat d'horodatage"}
    assert [each["what"] for each in shown][2:] == ["Certificat du cachet", "Autorité du cachet"]
    assert told == {"première", *(each["name"] for each in shown if each["what"] == "Autorité d'horodatage")}
    assert [each.what for each in house.deadlines] == ["Certificat du cachet", "Autorité du cachet"]
