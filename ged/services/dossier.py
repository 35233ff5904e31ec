"""Dossiers: opened, corrected, closed; letters put in and taken out; each act in the journal."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor, Right, require
from ged.mail.dossier import Dossier, dossier_faults, tidy_parts
from ged.mail.folding import folded_words
from ged.mail.journal import Act, JournalEntry
from ged.mail.listing import LetterPage, Listing
from ged.mail.said import Said
from ged.store.dossiers import unknown_dossier
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class DossierFile:
    """A dossier with its letters in the order of their registration, those that the reader may open."""

    dossier: Dossier
    letters: LetterPage
    journal: tuple[JournalEntry, ...]


def found(
    text: str, *, store: Store, actor: Actor, limit: int = 25, offset: int = 0, only_open: bool = False
) -> tuple[tuple[Dossier, ...], int]:
    """Return one page of the dossiers that the actor sees, whose words begin as those typed.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        words = folded_words(text[:200])[:8]
        return unit.dossiers.search(words, actor, limit=limit, offset=offset, only_open=only_open)


def dossier_file(dossier_id: str, *, store: Store, actor: Actor, limit: int = 25, offset: int = 0) -> DossierFile:
    """Return a dossier with the letters that the actor may read.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        seen = unit.dossiers.get(dossier_id, actor)
        listing = Listing(dossier=seen.id, newest_first=False)
        letters = unit.letters.page(listing, actor.tokens(), limit=limit, offset=offset)
        return DossierFile(seen, letters, unit.journal.about(seen.id))


def holding(letter_id: str, *, store: Store, actor: Actor) -> tuple[Dossier, ...]:
    """Return the dossiers that a letter lies in, of those that the actor sees.

    Raises:
        NotFound: `letter.unknown`.
    """
    if not actor.has(Right.SEE_DOSSIERS):
        return ()
    with store.unit() as unit:
        return unit.dossiers.holding(unit.letters.get(letter_id, actor.tokens()).id, actor)


def begin(
    code: str,
    title: str,
    owner_id: str,
    units: tuple[str, ...],
    parts: tuple[str, ...] = (),
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> Dossier:
    """Open a dossier; without a code it gets the next of its owner and year, `2026-DAF-004`.

    Raises:
        Forbidden: `access.right`.
        Refused: `dossier.faulty`; diagnostics `faults` gives a French sentence for each field.
        Conflict: `dossier.code`.
    """
    require(actor, Right.KEEP_DOSSIERS)
    now, tenant_id = clock(), actor.post.tenant_id
    code, title = " ".join(code.split()), " ".join(title.split())
    with store.unit() as unit:
        parts = tidy_parts(parts)
        _refuse_faulty(unit, code, title, (owner_id, *units), parts, tenant_id=tenant_id)
        owner = unit.organisation.entity(owner_id)
        code = code or unit.dossiers.next_code(tenant_id, f"{now.year}-{owner.acronym}-")
        shared = tuple(dict.fromkeys((owner_id, *units)))
        opened = Dossier(secrets.token_urlsafe(16), tenant_id, code, title, owner_id, shared, None, 1, now, parts)
        unit.dossiers.add(opened, actor)
        unit.journal.write_about(now, Act.DOSSIER_OPENED, actor, opened.id, code=code)
        unit.commit()
    return opened


def correct(
    dossier_id: str,
    code: str,
    title: str,
    units: tuple[str, ...],
    parts: tuple[str, ...],
    *,
    revision: int,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> None:
    """Give a dossier another code, title, parts, or other units that see it; its owner stays.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
        Refused: `dossier.faulty`.
        Conflict: `dossier.revision`, `dossier.code`.
    """
    require(actor, Right.KEEP_DOSSIERS)
    code, title = " ".join(code.split()), " ".join(title.split())
    with store.unit() as unit:
        current = unit.dossiers.get(dossier_id, actor, lock=True)
        unit.holds.catch_inside_before(current.id)
        parts = tidy_parts(parts)
        used = {each.part for each in unit.dossier_pieces.of(current.id) if each.part}
        _refuse_faulty(unit, code or current.code, title, units, parts, tenant_id=current.tenant_id, used=used)
        stale = Dossier(**{name: getattr(current, name) for name in Dossier.__slots__} | {"revision": revision})
        shared = tuple(dict.fromkeys((current.owner_id, *units)))
        unit.dossiers.change(stale, code=code or current.code, title=title, units=shared, parts=parts)
        unit.outbox.add_pieces_of(current.id, clock())
        changes = {
            "code": [current.code, code or current.code],
            "title": [current.title, title],
            "parts": [", ".join(current.parts), ", ".join(parts)],
        }
        differs = {name: values for name, values in changes.items() if values[0] != values[1]}
        unit.journal.write_about(clock(), Act.DOSSIER_CHANGED, actor, current.id, changes=differs, units=list(shared))
        unit.commit()


def close(dossier_id: str, *, closing: bool, store: Store, actor: Actor, clock: Clock) -> None:
    """Close a dossier, after which nothing goes in or out, or open it again.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
    """
    require(actor, Right.KEEP_DOSSIERS)
    now = clock()
    with store.unit() as unit:
        current = unit.dossiers.get(dossier_id, actor, lock=True)
        if bool(current.closed_on) is not closing:
            unit.dossiers.close(current, now.date() if closing else None)
            act = Act.DOSSIER_CLOSED if closing else Act.DOSSIER_REOPENED
            unit.journal.write_about(now, act, actor, current.id)
            unit.queue.defer("note_terms", dossier_id=current.id)
        unit.commit()


def named(text: str, *, store: Store, actor: Actor) -> Dossier:
    """Return the dossier that a field names: by its code, alone or before its title, or by words of one alone.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
        Refused: `dossier.several`, the words are those of several.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        exact = unit.dossiers.by_code(text.partition("·")[0], actor)
        if exact is not None:
            return exact
        rows, total = unit.dossiers.search(folded_words(text)[:8], actor, limit=1, only_open=True)
    if not text.strip() or not rows:
        raise unknown_dossier()
    if total > 1:
        raise Refused("dossier.several", "Plusieurs dossiers répondent à ces mots. Écrivez le code du bon.")
    return rows[0]


def put_in(dossier_id: str, letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Put a letter in a dossier; nothing happens when it is there already.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `letter.unknown`.
        Refused: `dossier.closed`.
    """
    _move(dossier_id, letter_id, Act.FILED, store=store, actor=actor, clock=clock)


def take_out(dossier_id: str, letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Take a letter out of a dossier; nothing happens when it is not there.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`, `letter.unknown`.
        Refused: `dossier.closed`.
    """
    _move(dossier_id, letter_id, Act.UNFILED, store=store, actor=actor, clock=clock)


def _move(dossier_id: str, letter_id: str, act: Act, *, store: Store, actor: Actor, clock: Clock) -> None:
    require(actor, Right.KEEP_DOSSIERS)
    now = clock()
    with store.unit() as unit:
        current = unit.dossiers.get(dossier_id, actor, lock=True)
        letter = unit.letters.get(letter_id, actor.tokens())
        if current.closed_on is not None:
            raise Refused(
                "dossier.closed", Said("Le dossier %(code)s est clos. Rouvrez-le pour y toucher.", code=current.code)
            )
        if act is Act.FILED:
            moved = unit.dossiers.put(current.id, letter.id, actor, now)
            unit.holds.catch([letter.id], now)
        else:
            unit.holds.catch_inside_before(current.id)
            moved = unit.dossiers.take(current.id, letter.id)
        if moved:
            unit.journal.write(now, act, actor, letter.id, dossier=current.id)
            unit.journal.write_about(now, act, actor, current.id, letter=letter.id)
            unit.queue.defer("note_term", letter_id=letter.id)
        unit.commit()


def _refuse_faulty(
    unit: Unit,
    code: str,
    title: str,
    units: tuple[str, ...],
    parts: tuple[str, ...],
    *,
    tenant_id: str,
    used: Collection[str] = (),
) -> None:
    faults = dossier_faults(code, title, parts)
    lost = sorted(set(used) - set(parts))
    if lost:
        faults["parts"] = f"La partie « {lost[0]} » contient des pièces : rangez-les ailleurs avant de l'ôter."
    known = {each.id for each in unit.organisation.entities(tenant_id=tenant_id)}
    if not known.issuperset(units):
        faults["owner"] = "Ce service n'existe pas dans votre organisation. Choisissez-en un autre."
    if faults:
        raise Refused("dossier.faulty", "Corrigez les champs signalés, puis enregistrez.", faults=faults)
