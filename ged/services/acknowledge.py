"""Acknowledging receipt: a paper for the bearer, and a public page that confirms it without content."""

from __future__ import annotations

import secrets

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor, Right, require
from ged.mail.acknowledgement import Acknowledgement, PublicReceipt
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.store.unit import Store


def acknowledge(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> tuple[Letter, Acknowledgement]:
    """Return the acknowledgement of a letter, made now if nobody asked for it before; each print is journaled.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
    """
    require(actor, Right.ACKNOWLEDGE)
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        made = unit.acknowledgements.keep(Acknowledgement(secrets.token_urlsafe(16), letter.id, now, actor.name))
        unit.journal.write(now, Act.ACKNOWLEDGED, actor, letter.id)
        unit.commit()
    return letter, made


def public_receipt(token: str, *, store: Store) -> PublicReceipt:
    """Return what a token confirms, to anybody.

    Raises:
        NotFound: `receipt.unknown`.
    """
    with store.unit() as unit:
        letter_id = unit.acknowledgements.letter_of(token)
        if letter_id is None:
            raise NotFound(
                "receipt.unknown", "Aucun accusé de réception ne porte ce code. Vérifiez l'adresse, ou le papier."
            )
        letter = unit.letters.get(letter_id, None)
        office = unit.organisation.entity(letter.tenant_id)
    return PublicReceipt(
        number=letter.number,
        registered_at=letter.registered_at,
        page_count=letter.page_count,
        digest=letter.original,
        due_date=letter.due_date,
        office=office.name_fr,
        office_en=office.name_en,
    )
