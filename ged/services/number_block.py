"""Numbers set apart for paper: reserved before an outage, entered afterwards one by one, the rest cancelled."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor, Right, require
from ged.mail.item import Direction
from ged.mail.journal import Act
from ged.mail.organisation import Entity
from ged.mail.register import Block, Series, format_number, number_done
from ged.mail.register_book import BlockNumber, open_registers
from ged.mail.said import Said
from ged.services.capture import registering_post
from ged.store.unit import Store, Unit

MOST = 200
"""Numbers in one block: what a mail office writes by hand in some days."""


@dataclass(frozen=True, slots=True)
class BlockFile:
    """A block with its numbers and the entity whose register it is of."""

    block: Block
    office: Entity
    numbers: tuple[BlockNumber, ...]


def reserve(direction: Direction, count: int, reason: str, *, store: Store, actor: Actor, clock: Clock) -> Block:
    """Set numbers apart for paper, in the year of today: they are taken now, whatever becomes of them.

    Raises:
        Forbidden: `access.right`.
        Refused: `register.block_count`, `register.no_reason`, `register.closed`.
    """
    require(actor, Right.RESERVE_NUMBERS)
    post = registering_post(actor, direction)
    now = clock()
    if not 1 <= count <= MOST:
        raise Refused(
            "register.block_count", Said("Réservez de 1 à %(most)s numéros à la fois.", most=MOST), field="nombre"
        )
    _refuse_silent(reason)
    with store.unit() as unit:
        office = unit.organisation.entity(post.register_id)
        series = Series(office.id, direction, now.year)
        first, at = unit.registers.take(series, now, count)
        block = Block(
            id=secrets.token_urlsafe(16),
            series=series,
            first=first,
            last=first + count - 1,
            reserved_at=at,
            login=actor.login,
            name=actor.name,
            reason=reason.strip(),
            closed_at=None,
        )
        numbers = [
            format_number(office.number_pattern, series, sequence, acronym=office.acronym)
            for sequence in range(first, first + count)
        ]
        unit.number_blocks.add(block, numbers)
        unit.journal.write(now, Act.NUMBERS_RESERVED, actor, block=block.id, first=numbers[0], last=numbers[-1])
        unit.commit()
    return block


def cancel_numbers(
    block_id: str, sequence: int | None, reason: str, *, store: Store, actor: Actor, clock: Clock
) -> None:
    """Cancel a number of a block that was never used; with None, all that wait. The block closes with its last number.

    Raises:
        Forbidden: `access.right`.
        NotFound: `register.no_block`.
        Refused: `register.no_reason`.
        Conflict: `register.number_done`.
    """
    require(actor, Right.RESERVE_NUMBERS)
    _refuse_silent(reason)
    now = clock()
    with store.unit() as unit:
        block = unit.number_blocks.get(block_id, _kept(unit, actor), lock=True)
        waiting = [one for one in unit.number_blocks.numbers(block.id) if one.done_at is None]
        chosen = [one for one in waiting if sequence in {None, one.sequence}]
        if not chosen:
            raise number_done()
        unit.number_blocks.cancel(block.id, [one.sequence for one in chosen], now, actor.name, reason.strip())
        unit.number_blocks.close_if_done(block.id, now)
        unit.journal.write(
            now,
            Act.NUMBERS_CANCELLED,
            actor,
            block=block.id,
            numbers=[one.number for one in chosen],
            reason=reason.strip(),
        )
        unit.commit()


def blocks(*, store: Store, actor: Actor, limit: int = 50, offset: int = 0) -> tuple[list[tuple[Block, int]], int]:
    """Return the blocks of the registers that the actor may open, open ones first, each with how many numbers wait.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_REGISTER)
    with store.unit() as unit:
        return unit.number_blocks.page(_kept(unit, actor), limit=limit, offset=offset)


def block_file(block_id: str, *, store: Store, actor: Actor) -> BlockFile:
    """Return a block with its numbers.

    Raises:
        Forbidden: `access.right`.
        NotFound: `register.no_block`.
    """
    require(actor, Right.SEE_REGISTER)
    with store.unit() as unit:
        block = unit.number_blocks.get(block_id, _kept(unit, actor))
        office = unit.organisation.entity(block.series.register_id)
        return BlockFile(block, office, unit.number_blocks.numbers(block.id))


def _kept(unit: Unit, actor: Actor) -> list[str]:
    return [one.id for one in open_registers(actor, unit.organisation.entities())]


def _refuse_silent(reason: str) -> None:
    if not reason.strip():
        raise Refused(
            "register.no_reason",
            "Indiquez le motif : il reste au registre, par exemple « Panne de courant ».",
            field="motif",
        )
