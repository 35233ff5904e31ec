"""Reading drafts: lists, one draft with all that belongs to it, its files; each filtered by who asks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import GedError, NotFound
from ged.mail.access import Actor
from ged.mail.circuit_template import CircuitTemplate
from ged.mail.draft import Attachment, Draft, DraftListing, DraftPage, Version
from ged.mail.draft_acts import DraftStep
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.links import Linked
from ged.mail.lists import Term, TermList
from ged.ports import Vault
from ged.services.beside import told_digest
from ged.services.circuit import opened_by
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A draft and all that belongs to it, as one reader may see it.

    Attributes:
        answered: The letters it answers that the reader may read.
        letter: What it became, once signed, for a reader of that letter.
    """

    draft: Draft
    versions: tuple[Version, ...]
    steps: tuple[DraftStep, ...]
    answered: tuple[Letter, ...]
    letter: Letter | None

    @property
    def standing(self) -> Version:
        """The version that stands."""
        return self.versions[-1]

    def version(self, number: int) -> Version:
        """Return one version.

        Raises:
            NotFound: `draft.version`.
        """
        found = next((one for one in self.versions if one.number == number), None)
        if found is None:
            raise NotFound("draft.version", "Ce projet n'a pas de version de ce numéro. Choisissez-en une de la liste.")
        return found


@dataclass(frozen=True, slots=True)
class Relations:
    """What a letter is bound to, and the drafts that are to answer it."""

    links: tuple[Linked, ...]
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class Formulas:
    """What a draft's screens choose from beside the house's lists: circuits, and stock words of return and note."""

    circuits: tuple[CircuitTemplate, ...]
    refusals: tuple[Term, ...]
    annotations: tuple[Term, ...]


def formulas(*, store: Store, actor: Actor) -> Formulas:
    """Return the circuits of the actor's tenant and the stock words."""
    with store.unit() as unit:
        return Formulas(
            unit.circuits.of(actor.post.tenant_id),
            unit.lists.terms(TermList.REFUSAL),
            unit.lists.terms(TermList.ANNOTATION),
        )


def drafts(
    listing: DraftListing, *, store: Store, actor: Actor, limit: int = 25, offset: int = 0, queue: bool = False
) -> DraftPage:
    """Return one page of a list; as a `queue`, with what the actor set aside behind the others."""
    person_id = actor.person_id if queue else None
    with store.unit() as unit:
        return unit.drafts.page(listing, actor.tokens(), limit=limit, offset=offset, person_id=person_id)


def draft_counts(listings: Sequence[DraftListing], *, store: Store, actor: Actor) -> tuple[int, ...]:
    """Count several lists, each as the list itself counts."""
    with store.unit() as unit:
        return unit.drafts.counts(listings, actor.tokens())


def draft(draft_id: str, *, store: Store, actor: Actor) -> Draft:
    """Return a draft's own line, as lists show it.

    Raises:
        NotFound: `draft.unknown`.
    """
    with store.unit() as unit:
        return unit.drafts.get(draft_id, actor.tokens())


def draft_file(draft_id: str, *, store: Store, actor: Actor, clock: Clock) -> DraftFile:
    """Return a draft with all that belongs to it, and write in the journal that it was read.

    Raises:
        NotFound: `draft.unknown`, there is none, or none that the actor may read.
    """
    now = clock()
    with store.unit() as unit:
        draft = unit.drafts.get(draft_id, actor.tokens())
        steps = opened_by(unit, draft, actor, now)
        unit.journal.write(now, Act.DRAFT_READ, actor, draft=draft.id)
        answered = [_readable(unit, letter_id, actor) for letter_id in draft.answers]
        found = DraftFile(
            draft=draft,
            versions=unit.drafts.versions(draft.id),
            steps=steps,
            answered=tuple(letter for letter in answered if letter is not None),
            letter=_readable(unit, draft.letter_id, actor) if draft.letter_id else None,
        )
        unit.commit()
    return found


def attached(
    draft_id: str, digest: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Draft, Attachment, AbstractContextManager[BinaryIO]]:
    """Open a file of any version of a draft, and write in the journal that it was read.

    Raises:
        NotFound: `draft.unknown`; `draft.file`, no version holds that file.
    """
    with store.unit() as unit:
        draft = unit.drafts.get(draft_id, actor.tokens())
        for version in reversed(unit.drafts.versions(draft.id)):
            content = version.content
            for one in (content.file, *content.attachments):
                if one is not None and one.digest == digest:
                    told = told_digest(digest, draft.confidentiality, "file")
                    if one.letter_id:
                        lent = unit.letters.get(one.letter_id, actor.tokens())
                        told = told and told_digest(digest, lent.confidentiality, "file")
                    unit.journal.write(clock(), Act.DRAFT_READ, actor, one.letter_id, draft=draft.id, **told)
                    unit.commit()
                    return draft, one, vault.open(digest)
    raise NotFound("draft.file", "Ce projet ne porte pas ce fichier. Rechargez la page.")


def relations(letter_id: str, *, store: Store, actor: Actor) -> Relations:
    """Return what a letter is bound to, on both sides, as far as the actor may read it.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        found = unit.drafts.page(DraftListing(answering=letter.id), actor.tokens(), limit=20)
        return Relations(unit.links.of(letter.id, actor.tokens()), found.rows)


def _readable(unit: Unit, letter_id: str, actor: Actor) -> Letter | None:
    try:
        return unit.letters.get(letter_id, actor.tokens())
    except GedError:
        return None
