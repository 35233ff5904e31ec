"""Reading: lists, one letter with all that belongs to it, and its files; each filtered by who asks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.anchor import DOCUMENTS, Stamp
from ged.mail.arrived_signature import Judgement
from ged.mail.correspondent import Named
from ged.mail.disposal import refuse_destroyed
from ged.mail.entity_names import EntityNames
from ged.mail.filing import Facts, Hold, Kind
from ged.mail.item import Letter, Reading
from ged.mail.journal import Act, JournalEntry
from ged.mail.listing import Cursor, LetterPage, Listing, Neighbours
from ged.mail.lists import Letterhead, ReplyTemplate, Term, TermList
from ged.mail.moves import OPEN, Step
from ged.mail.note import Note
from ged.mail.opinion import Opinion
from ged.mail.organisation import Entity, Mention, Seat
from ged.mail.page import IMAGE_TYPE, Page
from ged.mail.qualification import DecisionRecord, Field, Proposal
from ged.mail.said import Said
from ged.mail.schedule import PlanLine
from ged.mail.team import Member, head_post, team_of
from ged.ports import Vault
from ged.services.arrived_signatures import judged_on_arrival
from ged.services.route import steps_opened
from ged.store.arrivals import ArrivalRecord
from ged.store.pages import PageImage, Rendition
from ged.store.seals import SealRecord
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A letter and all that belongs to it, as one reader may see it; `progress`: pages (read, drawn) until all are."""

    letter: Letter
    pages: tuple[Page, ...]
    progress: tuple[int, int]
    images: tuple[PageImage, ...]
    rendition: Rendition | None
    proposals: dict[Field, Proposal]
    decisions: tuple[DecisionRecord, ...]
    arrivals: tuple[ArrivalRecord, ...]
    seal: SealRecord | None
    stamp: Stamp | None
    signatures: Judgement | None
    retention: Facts
    journal: tuple[JournalEntry, ...]
    steps: tuple[Step, ...]
    opinions: tuple[Opinion, ...]
    notes: tuple[Note, ...]
    followed: bool
    aside_until: date | None

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The holds that stand on it."""
        return self.retention.holds


@dataclass(frozen=True, slots=True)
class Lists:
    """What forms choose from: entities, posts, letterheads, templates of the actor's tenant, and the shared lists."""

    entities: tuple[Entity, ...]
    seats: tuple[Seat, ...]
    kinds: tuple[Kind, ...]
    mentions: tuple[Mention, ...]
    delivery_modes: tuple[Term, ...]
    transmittal_kinds: tuple[Term, ...]
    letterheads: tuple[Letterhead, ...]
    templates: tuple[ReplyTemplate, ...]
    names: EntityNames

    @property
    def known(self) -> dict[str, Entity]:
        """Every entity by id, also those that receive no letter any more: old letters name them."""
        return {each.id: each for each in self.names.entities}


@dataclass(frozen=True, slots=True)
class SearchLists:
    """What a search may name: kinds, every entity that ever was in the actor's tenant, lines of the plan in force."""

    kinds: tuple[Kind, ...]
    entities: tuple[Entity, ...]
    plan: tuple[PlanLine, ...]

    @property
    def known(self) -> dict[str, Entity]:
        """Every entity by id."""
        return {each.id: each for each in self.entities}


def letters(
    listing: Listing, *, store: Store, actor: Actor, limit: int = 25, offset: int = 0, after: Cursor | None = None
) -> LetterPage:
    """Return one page of a list, counting and showing only what the actor may read."""
    with store.unit() as unit:
        return unit.letters.page(listing, actor.tokens(), limit=limit, offset=offset, after=after)


def neighbours(letter_id: str, listing: Listing, *, store: Store, actor: Actor) -> Neighbours:
    """Return where a letter stands in the list it was opened from."""
    with store.unit() as unit:
        return unit.letters.neighbours(letter_id, listing, actor.tokens())


def lists(*, store: Store, actor: Actor, clock: Clock) -> Lists:
    """Return what forms choose from."""
    with store.unit() as unit:
        known, tenant_id = unit.organisation, actor.post.tenant_id
        return Lists(
            known.entities(tenant_id=tenant_id, open_on=clock().date()),
            known.seats(tenant_id, clock().date()),
            known.kinds(),
            known.mentions(),
            unit.lists.terms(TermList.DELIVERY),
            unit.lists.terms(TermList.TRANSMITTAL),
            unit.lists.letterheads(tenant_id=tenant_id),
            unit.lists.templates(tenant_id=tenant_id),
            known.names(tenant_id),
        )


def search_lists(*, store: Store, actor: Actor, clock: Clock) -> SearchLists:
    """Return what a search may name."""
    with store.unit() as unit:
        tenant_id = actor.post.tenant_id
        return SearchLists(
            unit.organisation.kinds(),
            unit.organisation.every_entity(tenant_id=tenant_id),
            unit.schedules.plan_in_force(tenant_id, clock().date()),
        )


def counts(listings: Sequence[Listing], *, store: Store, actor: Actor) -> tuple[int, ...]:
    """Count several lists, each as the list itself counts."""
    with store.unit() as unit:
        return unit.letters.counts(listings, actor.tokens())


def team(lists: Lists, *, store: Store, actor: Actor, clock: Clock) -> tuple[Member, ...]:
    """Return the team of the unit that the actor heads, with what each has in hand; empty for whoever heads none."""
    post = head_post(actor)
    if post is None:
        return ()
    with store.unit() as unit:
        loads = unit.letters.loads(OPEN, post.reach, clock().date(), actor.tokens())
    return team_of(post, lists.entities, lists.seats, loads)


def last_steps(letter_ids: Sequence[str], *, store: Store, actor: Actor) -> dict[str, int]:
    """Return the last step of each of several letters that the actor may still read."""
    with store.unit() as unit:
        seen = [each for each in letter_ids if unit.letters.seen(each, actor.tokens())]
        return unit.steps.last_ids(seen)


def reading_progress(letters: Sequence[Letter], *, store: Store) -> dict[str, tuple[int, int]]:
    """Return how many pages are (read, drawn) of those among some letters of the asker's list that are being read."""
    with store.unit() as unit:
        return unit.pages.count_parts([each.id for each in letters if each.reading is Reading.PENDING])


def letter_file(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> LetterFile:
    """Return a letter with all that belongs to it, and write in the journal that it was read.

    Raises:
        NotFound: `letter.unknown`, there is none, or none that the actor may read.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        unit.journal.write(clock(), Act.READ, actor, letter.id)
        steps = steps_opened(unit, letter, actor, clock())
        proposals = unit.proposals.of(letter.id)
        kind = letter.kind or (proposals[Field.KIND].value if Field.KIND in proposals else None)
        found = LetterFile(
            letter=letter,
            pages=unit.pages.of(letter.id),
            progress=unit.pages.count_parts([letter.id]).get(letter.id, (0, 0)),
            images=unit.pages.images(letter.id),
            rendition=unit.pages.rendition(letter.id),
            proposals=proposals,
            decisions=unit.proposals.decisions(letter.id),
            arrivals=unit.arrivals.of(letter.id),
            seal=(seal := unit.seals.of(letter.id)),
            stamp=unit.anchors.stamp_of(DOCUMENTS, seal.leaf_index) if seal else None,
            signatures=judged_on_arrival(unit, letter.id),
            retention=unit.retention.of([replace(letter, kind=kind)], clock().date())[letter.id],
            journal=unit.journal.of(letter.id),
            steps=steps,
            opinions=unit.opinions.of(letter.id),
            notes=unit.notes.of(letter.id, actor.login),
            followed=unit.notes.follows(letter.id, actor.person_id),
            aside_until=unit.asides.until(letter.id, actor.person_id, clock().date()),
        )
        unit.commit()
    return found


def letter(letter_id: str, *, store: Store, actor: Actor) -> Letter:
    """Return a letter's own line, as lists show it.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        return unit.letters.get(letter_id, actor.tokens())


def named(letter_id: str, *, store: Store, actor: Actor) -> tuple[Named, ...]:
    """Return the names on a letter, senders first, with the correspondents that they lead to.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        return unit.parties.of(unit.letters.get(letter_id, actor.tokens()).id)


def by_number(number: str, *, store: Store, actor: Actor) -> Letter:
    """Return the letter of a printed number.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        found = unit.letters.by_number(number, actor.tokens())
    if not found:
        raise NotFound(
            "letter.unknown",
            Said("Aucun courrier ne porte le numéro %(number)s, ou il n'est pas ouvert à votre poste.", number=number),
        )
    return found[0]


def page_image(
    letter_id: str, number: int, width_px: int, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Letter, str, AbstractContextManager[BinaryIO]]:
    """Open the image of a page, the one nearest to the width asked for, and say its media type.

    The letter was read: the journal says so, once for all its images.

    Raises:
        NotFound: `letter.unknown`, or `page.unknown` when the letter has no such image (yet).
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        images = [image for image in unit.pages.images(letter.id) if image.number == number]
        if not images:
            raise NotFound("page.unknown", "Cette page n'a pas encore d'image. La lecture est en cours.")
        unit.journal.write_once(clock(), Act.READ, actor, letter.id, letter.id, file="images")
        unit.commit()
    nearest = min(images, key=lambda image: abs(image.width_px - width_px))
    return letter, IMAGE_TYPE, vault.open(nearest.digest)


def original(
    letter_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Letter, AbstractContextManager[BinaryIO]]:
    """Open the original as it came, and write in the journal that it was read.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        unit.journal.write(clock(), Act.ORIGINAL_READ, actor, letter.id)
        unit.commit()
    return letter, vault.open(letter.original)


def searchable(
    letter_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Letter, AbstractContextManager[BinaryIO]]:
    """Open the searchable copy, and write in the journal that the letter was read.

    Raises:
        NotFound: `letter.unknown`, or `rendition.unknown` when the copy is not made yet.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        rendition = unit.pages.rendition(letter.id)
        if rendition is None:
            raise NotFound(
                "rendition.unknown", "La copie consultable n'est pas encore prête. L'original peut être ouvert."
            )
        unit.journal.write(clock(), Act.READ, actor, letter.id, file="copie")
        unit.commit()
    return letter, vault.open(rendition.digest)
