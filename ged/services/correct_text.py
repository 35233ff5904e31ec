"""Correcting what was read on a page: a version more, found by the search from now on; what was read stays."""

from __future__ import annotations

from dataclasses import dataclass

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.page import Page
from ged.mail.page_text import TextVersion, may_correct_text, tidy
from ged.mail.said import Said
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class PageText:
    """A page, its text as it was read and as it stands, and the versions between."""

    letter: Letter
    page: Page
    read: str
    versions: tuple[TextVersion, ...]

    @property
    def version(self) -> int:
        """The version that stands, 0 for the text as it was read."""
        return self.versions[-1].version if self.versions else 0


def page_text(letter_id: str, number: int, *, store: Store, actor: Actor, clock: Clock) -> PageText:
    """Return a page's text with its versions, for whoever may correct it; it is journaled as a reading.

    Raises:
        NotFound: `letter.unknown`, `page.unknown`.
        Forbidden: `text.party`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        found = _page(unit, letter, number, actor)
        unit.journal.write(clock(), Act.READ, actor, letter.id)
        unit.commit()
    return found


def correct_text(
    letter_id: str, number: int, text: str, version: int, *, store: Store, actor: Actor, clock: Clock
) -> PageText:
    """Write a text in place of the one that stands as `version`, 0 for the text as it was read.

    Raises:
        NotFound: `letter.unknown`, `page.unknown`.
        Forbidden: `text.party`.
        Refused: `text.too_long`, `text.nothing`.
        Conflict: `text.version`, somebody corrected it meanwhile.
    """
    now, wanted = clock(), tidy(text)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        before = _page(unit, letter, number, actor)
        if before.version != version:
            raise Conflict(
                "text.version",
                Said(
                    "%(name)s a changé ce texte pendant que vous le corrigiez. Rien n'a été écrit : comparez les deux "
                    "versions.",
                    name=before.versions[-1].name if before.versions else Said("Une nouvelle lecture"),
                ),
            )
        if wanted == tidy(before.page.text):
            raise Refused("text.nothing", "Rien n'est changé : ce texte est celui qui est gardé.", field="texte")
        unit.page_texts.add(letter.id, TextVersion(number, version + 1, wanted, now, actor.name), actor, now)
        changed = unit.letters.change(letter)
        unit.journal.write(
            now, Act.TEXT_CORRECTED, actor, letter.id, page=number, version=version + 1, reason=f"Page {number}"
        )
        unit.outbox.add(letter.id, now)
        after = _page(unit, changed, number, actor)
        unit.commit()
    return after


def _page(unit: Unit, letter: Letter, number: int, actor: Actor) -> PageText:
    if not may_correct_text(actor, letter):
        raise Forbidden("text.party", "Le texte se corrige au bureau d'ordre, ou par celui qui détient ce courrier.")
    pages = {page.number: page for page in unit.pages.of(letter.id)}
    read = {page.number: page for page in unit.pages.as_read(letter.id)}
    if number not in pages:
        raise NotFound("page.unknown", "Cette page n'a pas été lue. Attendez la fin de la lecture.")
    return PageText(letter, pages[number], read[number].text, unit.page_texts.of(letter.id, number))
