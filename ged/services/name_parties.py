"""Naming: the senders and recipients of a letter as they are written, each led to its correspondent."""

from __future__ import annotations

import secrets
from datetime import datetime

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import Actor, Right, require
from ged.mail.correspondent import Side, enters_directory, name_key, names_in, written_as
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.store.unit import Store, Unit


def name_parties(unit: Unit, letter: Letter, actor: Actor, now: datetime) -> None:
    """Write the names that a letter carries, as it stands after a decision, in the caller's transaction.

    A name that leads to nobody is entered in the directory where `enters_directory` says so; it is never refused.
    """
    for side, text in ((Side.SENDER, letter.sender), (Side.RECIPIENT, letter.recipient)):
        names = names_in(text or "")
        enters = enters_directory(letter.direction, side, letter.confidentiality)
        if enters:
            for key in sorted({name_key(name) for name in names}):
                unit.correspondents.hold_name(letter.tenant_id, key)
        led = [(name, _leads_to(unit, letter, name, actor, now, enters=enters)) for name in names]
        unit.parties.write(letter.id, side, led)


def enter_party(letter_id: str, side: Side, rank: int, *, store: Store, actor: Actor, clock: Clock) -> str:
    """Enter a name of a letter in the directory, or link it to who has that name now; return the correspondent.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`, `correspondent.unknown`.
    """
    require(actor, Right.KEEP_CORRESPONDENTS)
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        found = [each for each in unit.parties.of(letter.id) if (each.side, each.rank) == (side, rank)]
        if not found:
            raise NotFound("correspondent.unknown", "Ce nom ne figure plus sur le courrier. Rechargez la page.")
        unit.correspondents.hold_name(letter.tenant_id, name_key(found[0].name))
        led = _leads_to(unit, letter, found[0].name, actor, now, enters=True)
        if led is None:
            raise NotFound(
                "correspondent.unknown",
                "Plusieurs correspondants portent ce nom. Complétez-le comme il est suggéré, avec l'organisme.",
            )
        unit.parties.link(letter.id, side, rank, led)
        unit.holds.catch([letter.id], now)
        unit.journal.write(now, Act.CORRESPONDENT_LINKED, actor, letter.id, side=side, correspondent=led)
        unit.commit()
    return led


def _leads_to(unit: Unit, letter: Letter, name: str, actor: Actor, now: datetime, *, enters: bool) -> str | None:
    key = name_key(name)
    found = unit.correspondents.matching(letter.tenant_id, key)
    if len(found) > 1 or not key:
        return None
    if found or not enters:
        return next(iter(found), None)
    added = unit.correspondents.add(secrets.token_urlsafe(16), letter.tenant_id, written_as(name), actor, now)
    unit.journal.write_about(now, Act.CORRESPONDENT_ENTERED, actor, added.id, letter=letter.id)
    return added.id
