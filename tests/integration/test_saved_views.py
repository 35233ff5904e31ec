"""Filters and saved views: a count is its list's, an address is the whole state, a view is its owner's alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from api.views.menu import menu_of
from api.views.sieve import Filters, filters_in, listing_of
from api.wiring import House
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.sieve import MOST_VIEWS
from ged.services import consult, saved_views
from rooms.letters import decide, letter_pdf, send

Who = Callable[[str], Actor]


@pytest.fixture
def letters(house: House, kossi: Actor) -> list[str]:
    """Three letters in the finance department's basket."""
    said = (
        {"sender": "Mairie de Kpalimé", "priority": "urgent", "kind": "demande"},
        {"sender": "ÉLECTRICITÉ du Bénin", "kind": "facture", "priority": "normal"},
        {"sender": "Mairie de Lomé", "kind": "demande", "priority": "tres_urgent"},
    )
    return [
        decide(house, kossi, send(house, kossi, letter_pdf(reference=str(n))).letter_id, **one).id
        for n, one in enumerate(said)
    ]


def listed(house: House, actor: Actor, query: str, slug: str = "a-affecter") -> list[str]:
    listing = listing_of(slug, filters_in(query), actor, house.clock().date())
    page = consult.letters(listing, store=house.store, actor=actor)
    assert page.total == len(page.rows)
    return [row.letter.id for row in page.rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2]),
        ("nature=demande", [0, 2]),
        ("priorite=urgent", [0]),
        ("filtre=urgent", [0, 2]),
        ("expediteur=mairie", [0, 2]),
        ("expediteur=electricite", [1]),
        ("expediteur=kpal+MAIRIE", [0]),
        ("expediteur=100%25", []),
        ("service=DRH", []),
        ("echeance_au=aujourd'hui", []),
        ("echeance_du=aujourd'hui&nature=facture", [1]),
        ("echeance_du=pas+une+date", [0, 1, 2]),
        ("priorite=inconnue&autre=chose", [0, 1, 2]),
    ],
)
def test_a_basket_is_narrowed_by_its_address(
    house: House, letters: list[str], who: Who, query: str, expected: list[int]
) -> None:
    assert listed(house, who("daf"), query) == [letters[at] for at in expected]


def test_a_view_counts_what_its_list_shows_and_follows_it(
    house: House, letters: list[str], kossi: Actor, who: Who
) -> None:
    chief = who("daf")
    own = {"store": house.store, "actor": chief, "clock": house.clock}
    saved_views.save("  Mairies   urgentes ", "a-affecter", "filtre=urgent&expediteur=mairie", **own)  # type: ignore[arg-type]
    (kept,) = menu_of(house, chief, house.clock().date()).views
    assert (kept.view.name, kept.count) == ("Mairies urgentes", 2)
    assert kept.address == "/b/a-affecter?filtre=urgent&expediteur=mairie"
    decide(house, kossi, send(house, kossi, letter_pdf(reference="9")).letter_id, sender="La mairie", priority="urgent")
    (kept,) = menu_of(house, chief, house.clock().date()).views
    assert kept.count == len(listed(house, chief, kept.view.query)) == 3
    saved_views.save("Départs", "registre-depart", "", store=house.store, actor=kossi, clock=house.clock)
    saved_views.save("Arrivées", "registre-arrivee", "n=2", store=house.store, actor=kossi, clock=house.clock)
    counts = [(one.view.name, one.count) for one in menu_of(house, kossi, house.clock().date()).views]
    assert counts == [("Arrivées", 1), ("Départs", 0)]


def test_a_view_is_its_owners_alone_and_of_a_list_no_longer_open_it_shows_no_count(
    house: House, letters: list[str], who: Who
) -> None:
    chief, other = who("daf"), who("drh")
    own = {"store": house.store, "actor": chief, "clock": house.clock}
    view = saved_views.save("Urgents", "a-affecter", "filtre=urgent", **own)  # type: ignore[arg-type]
    saved_views.save("Ailleurs", "a-qualifier", "", **own)  # type: ignore[arg-type]
    assert saved_views.mine(store=house.store, actor=other) == ()
    with pytest.raises(NotFound):
        saved_views.rename(view.id, "À moi", store=house.store, actor=other)
    with pytest.raises(NotFound):
        saved_views.drop(view.id, store=house.store, actor=other)
    saved_views.rename(view.id, "Très urgents", store=house.store, actor=chief)
    counts = [(one.view.name, one.count) for one in menu_of(house, chief, house.clock().date()).views]
    assert counts == [("Ailleurs", None), ("Très urgents", 2)]
    saved_views.drop(view.id, store=house.store, actor=chief)
    assert len(saved_views.mine(store=house.store, actor=chief)) == 1


def test_a_view_without_a_name_and_one_too_many_are_refused(house: House, who: Who) -> None:
    own = {"store": house.store, "actor": who("daf"), "clock": house.clock}
    for name in ("  ", "x" * 61):
        with pytest.raises(Refused):
            saved_views.save(name, "a-affecter", "", **own)  # type: ignore[arg-type]
    for number in range(MOST_VIEWS):
        saved_views.save(f"Vue {number}", "a-affecter", "", **own)  # type: ignore[arg-type]
    with pytest.raises(Refused) as many:
        saved_views.save("Une de trop", "a-affecter", "", **own)  # type: ignore[arg-type]
    assert many.value.code == "view.many"


def test_filters_come_back_from_their_own_address() -> None:
    filters = Filters(filtre="urgent", expediteur="Mairie & Cie", echeance_du="16/11")
    assert filters_in(filters.query) == filters
    assert filters.narrowing == 2
