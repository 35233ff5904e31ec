"""The menu of every page: who reads it decides what it holds, and each count is its list's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from api.views.register_query import asked_in
from api.views.sieve import filters_in, listing_of
from api.views.words import BASKETS as NAMES
from api.views.words import _
from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor, Right
from ged.mail.baskets import BASKETS, baskets_for, draft_baskets_for
from ged.mail.item import Direction
from ged.mail.listing import Listing
from ged.mail.lists import Term
from ged.mail.saved_search import PLACE as SEARCH
from ged.mail.sieve import SavedView
from ged.services.menu import Counted, count_menu
from ged.services.quarantine import administered
from ged.services.register_book import read_register

REGISTER = "registre-"
"""What stands before the direction in the place of a register's view."""
QUIET = frozenset({"mis-de-cote", "fiches-revenues", "plis-fermes", "papier-a-remettre", "papier-a-rendre"})
"""Lists that one looks for only when something is in them."""
_KEEPING = ("/conservation/", "/gels", "/versements", "/eliminations", "/archives-papier")
_SCHEDULE = ("/referentiel/", "/tableau-de-gestion", "/plan-de-classement/")
_PAPER = ("papier-a-remettre", "papier-a-rendre")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: where it leads, its name, its icon, its count.

    Attributes:
        own: Whether the name is somebody's own words, and not translated.
        quiet: Whether the line is shown only when there is something in its list, or one is there.
        within: How the addresses of the pages that belong to it begin.
    """

    address: str
    name: str
    icon: str
    count: int | None = None
    own: bool = False
    quiet: bool = False
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountedView:
    """A saved view as its page shows it; no count for a search, nor where its list is no longer open to its owner."""

    view: SavedView
    address: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Menu:
    """What every page shows of the lists: groups of lines under a heading, and what some pages show again."""

    groups: tuple[tuple[str, tuple[Entry, ...]], ...] = ()
    baskets: tuple[tuple[str, int], ...] = ()
    drafts: tuple[tuple[str, int], ...] = ()
    views: tuple[CountedView, ...] = ()
    levels: tuple[tuple[str, Term], ...] = ()
    unread: int = 0


def menu_of(house: House, actor: Actor, today: date) -> Menu:
    """Return the menu of somebody, counted in one transaction, and one more for each view of a register."""
    mine, written = baskets_for(actor), draft_baskets_for(actor)
    listed = [basket.listing(actor, today) for basket in mine]

    def asked(views: Sequence[SavedView]) -> list[Listing]:
        kept = (_listing(view, actor, today) for view in views)
        return [*listed, *(listing for listing in kept if listing is not None)]

    counted = count_menu(asked, [basket.listing(actor, today) for basket in written], store=house.store, actor=actor)
    views = _views(counted, counted.letters[len(listed) :], house, actor, today)
    baskets = tuple((basket.slug, count) for basket, count in zip(mine, counted.letters, strict=False))
    drafts = tuple((basket.slug, count) for basket, count in zip(written, counted.drafts, strict=True))
    groups = (
        (_("Mes bannettes"), tuple(_baskets(baskets, counted, actor))),
        (_("Projets"), tuple(_drafts(drafts))),
        (_("Mes vues"), tuple(_kept(views))),
        (_("Papier"), tuple(_paper(baskets, actor))),
        (_("Registres"), tuple(_registers(actor))),
        (_("Consulter"), tuple(_consulted(actor))),
        (_("Piloter"), tuple(_steered(actor))),
    )
    shown = tuple((heading, entries) for heading, entries in groups if entries)
    return Menu(shown, baskets, drafts, views, tuple(counted.levels.items()), counted.unread)


def _views(counted: Counted, counts: Sequence[int], house: House, actor: Actor, today: date) -> tuple[CountedView, ...]:
    left = iter(counts)
    return tuple(
        CountedView(
            view,
            address_of(view.place, view.query),
            next(left) if _listing(view, actor, today) is not None else _lines(view, house, actor, today),
        )
        for view in counted.views
    )


def _baskets(baskets: Sequence[tuple[str, int]], counted: Counted, actor: Actor) -> Iterator[Entry]:
    for slug, count in baskets:
        if slug not in _PAPER:
            yield _basket("/b/", slug, count)
    if counted.files:
        yield Entry("/retours", _("Retours à vérifier"), "scan-line", counted.files)
    if counted.messages:
        yield Entry("/courriels-ecartes", _("Courriels écartés"), "mail", counted.messages)
    if actor.has(Right.CAPTURE):
        yield Entry("/lots", _("Lots à préparer"), "file-stack", counted.lots)
    if actor.has(Right.CAPTURE_INTERNAL):
        yield Entry("/numeriser", _("Numériser"), "scan-line")


def _drafts(drafts: Sequence[tuple[str, int]]) -> Iterator[Entry]:
    for slug, count in drafts:
        yield _basket("/projets/", slug, count)
    if drafts:
        yield Entry("/parapheur", _("Parapheur"), "book-open")
        yield Entry("/projet/nouveau", _("Nouveau projet"), "plus")


def _kept(views: Sequence[CountedView]) -> Iterator[Entry]:
    for one in views:
        if one.count is not None or one.view.place == SEARCH:
            yield Entry(one.address, one.view.name, "search", one.count, own=True)
    if views:
        yield Entry("/vues", _("Gérer mes vues"), "file-text")


def _paper(baskets: Sequence[tuple[str, int]], actor: Actor) -> Iterator[Entry]:
    for slug, count in baskets:
        if slug in _PAPER:
            yield _basket("/b/", slug, count)
    if actor.posts:
        yield Entry("/bordereaux", _("Bordereaux"), "files")


def _registers(actor: Actor) -> Iterator[Entry]:
    if actor.has(Right.SEE_REGISTER):
        yield Entry("/registres/arrivee", _("Arrivée"), "arrow-down-left")
        yield Entry("/registres/depart", _("Départ"), "arrow-up-right")
        yield Entry("/registres/interne", _("Interne"), "arrow-left-right")
    if actor.has(Right.CAPTURE):
        yield Entry("/plis-fermes", _("Plis fermés"), "lock")
    if actor.has(Right.RESERVE_NUMBERS):
        yield Entry("/numeros-reserves", _("Numéros réservés"), "stamp")
    if actor.has(Right.SEE_REGISTER):
        yield Entry("/controle", _("Contrôle du registre"), "shield-check")
    if actor.has(Right.PRINT_REGISTER):
        yield Entry("/impressions", _("Impressions"), "file-text")


def _consulted(actor: Actor) -> Iterator[Entry]:
    yield Entry("/recherche", _("Recherche"), "search")
    if actor.has(Right.SEE_CORRESPONDENTS):
        yield Entry("/correspondants", _("Correspondants"), "user", within=("/correspondants/",))
    if actor.has(Right.SEE_DOSSIERS):
        yield Entry("/dossiers", _("Dossiers"), "archive", within=("/dossiers/",))
    if actor.posts:
        yield Entry("/plan-de-classement", _("Plan de classement"), "archive")
    yield Entry("/verifier", _("Vérifier"), "shield-check")
    if actor.has(Right.AUDIT):
        yield Entry("/integrite", _("Chaîne d'intégrité"), "lock")
        yield Entry("/audits", _("Audits"), "gauge")


def _steered(actor: Actor) -> Iterator[Entry]:
    if actor.has(Right.SEE_JOURNAL):
        yield Entry("/journal", _("Journal"), "book-open")
    if actor.has(Right.SEE_RETENTION):
        yield Entry("/conservation", _("Conservation"), "archive", within=_KEEPING)
    else:
        if actor.has(Right.APPROVE_TRANSFERS):
            yield Entry("/versements", _("Versements"), "send", within=("/versements/",))
        if actor.has(Right.APPROVE_DISPOSAL):
            yield Entry("/eliminations", _("Éliminations"), "archive", within=("/eliminations/",))
    if actor.has(Right.SEE_RETENTION) or actor.has(Right.APPROVE_SCHEDULE):
        yield Entry("/referentiel", _("Plan et tableau"), "book-open", within=_SCHEDULE)
    if actor.has(Right.SEE_QUALITY):
        yield Entry("/qualite", _("Qualité de lecture"), "scan-line")
        yield Entry("/modeles", _("Modèles"), "sparkles")
    if actor.posts:
        yield Entry("/delegations", _("Délégations"), "user-plus")
    if administered(actor):
        yield Entry("/quarantaine", _("Quarantaine"), "shield-check")
    yield Entry("/etat", _("État du système"), "gauge")


def _basket(before: str, slug: str, count: int) -> Entry:
    name, icon = NAMES[slug]
    return Entry(before + slug, name, icon, count, quiet=slug in QUIET)


def address_of(place: str, query: str) -> str:
    """Return where a list is."""
    if place == SEARCH:
        path = "/recherche"
    else:
        path = f"/b/{place}" if place in BASKETS else f"/registres/{place.removeprefix(REGISTER)}"
    return f"{path}?{query}" if query else path


def _listing(view: SavedView, actor: Actor, today: date) -> Listing | None:
    try:
        return listing_of(view.place, filters_in(view.query), actor, today)
    except GedError:
        return None


def _lines(view: SavedView, house: House, actor: Actor, today: date) -> int | None:
    """Count the lines of a register's view; None for a list that is not, or no longer, open to its owner."""
    direction = view.place.removeprefix(REGISTER)
    if direction not in set(Direction):
        return None
    try:
        query = asked_in(view.query).query(Direction(direction), today)
        return read_register(query, store=house.store, actor=actor, limit=1).total
    except GedError:
        return None
