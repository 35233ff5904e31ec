"""Reading a register: every number of it, and of each letter what the reader may know."""

from __future__ import annotations

from dataclasses import replace

from ged.errors import NotFound
from ged.mail.access import Actor, Right, readable, require
from ged.mail.listing import ListedLetter
from ged.mail.organisation import Entity
from ged.mail.register_book import RegisterEntry, RegisterLine, RegisterPage, RegisterQuery, open_registers
from ged.store.unit import Store, Unit


def registers_of(*, store: Store, actor: Actor) -> tuple[Entity, ...]:
    """Return the entities whose registers the actor may open, parents before children.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_REGISTER)
    with store.unit() as unit:
        return open_registers(actor, unit.organisation.entities())


def register_of(unit: Unit, register_id: str, actor: Actor) -> Entity:
    """Return one of the registers that the actor may open; with "", the first.

    Raises:
        NotFound: `register.unknown`.
    """
    found = open_registers(actor, unit.organisation.entities())
    for each in found:
        if register_id in {"", each.id}:
            return each
    raise NotFound("register.unknown", "Ce registre n'existe pas, ou n'est pas ouvert à votre poste.")


def read_register(
    query: RegisterQuery, *, store: Store, actor: Actor, limit: int = 50, offset: int = 0
) -> RegisterPage:
    """Return some lines of a register; with no `register_id`, of the actor's first.

    Raises:
        Forbidden: `access.right`.
        NotFound: `register.unknown`.
    """
    require(actor, Right.SEE_REGISTER)
    with store.unit() as unit:
        office = register_of(unit, query.register_id, actor)
        found, total = unit.books.entries(replace(query, register_id=office.id), limit=limit, offset=offset)
        return RegisterPage(lines_of(unit, found, actor), total)


def lines_of(unit: Unit, entries: list[RegisterEntry], actor: Actor) -> tuple[RegisterLine, ...]:
    """Return entries as the actor may read them."""
    ids = [entry.letter_id for entry in entries if entry.letter_id is not None]
    letters = {letter.id: letter for letter in readable(actor, unit.letters.many(ids))}
    proposals = unit.proposals.of_letters(list(letters))
    rows = {key: ListedLetter(letter, proposals.get(key, {})) for key, letter in letters.items()}
    reasons = unit.books.reasons(ids)
    second = unit.second_numbers.of_letters(list(letters))
    found = []
    for entry in entries:
        key = entry.letter_id or ""
        found.append(RegisterLine(entry, rows.get(key), reasons.get(key, entry.reason), second.get(key, ())))
    return tuple(found)
