"""Acknowledging receipt: a paper for the bearer, and a public page that confirms it without content."""

from __future__ import annotations

import secrets

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import KEEPS_REGISTER, Actor, Right, may_read, require, unknown_letter
from ged.mail.acknowledgement import Acknowledgement, PublicReceipt
from ged.mail.item import Letter, State
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
        letter = unit.letters.get(letter_id, None)
        if not (may_read(actor, letter) or _took_in(actor, letter)):
            raise unknown_letter()
        made = unit.acknowledgements.keep(Acknowledgement(secrets.token_urlsafe(16), letter.id, now, actor.name))
        unit.journal.write(now, Act.ACKNOWLEDGED, actor, letter.id)
        unit.commit()
    return letter, made


def _took_in(actor: Actor, letter: Letter) -> bool:
    """Whether the actor keeps the register of a sealed envelope: its bearer is given a receipt, though not read to."""
    kept = (post.register_id for post in actor.posts if post.role in KEEPS_REGISTER)
    return letter.state is State.RECEIVED and letter.register_id in kept


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
