"""Printing a register: its lines in number order over a period, as a PDF/A that is kept with its digest."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor, Right, require
from ged.mail.journal import Act
from ged.mail.register_book import RegisterPrint, RegisterQuery, RegisterSheet, level_of
from ged.mail.said import Said
from ged.ports import Vault
from ged.services.register_book import lines_of, register_of
from ged.store.unit import Store, Unit

Render = Callable[[RegisterSheet], bytes]
"""Makes the PDF of a sheet; the edge brings it."""

MAX_LINES = 2000
"""More lines than this on one print, and it is asked for a shorter period: a sheet of 25 lines takes about 0.2 s."""


def print_register(
    query: RegisterQuery, *, render: Render, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> RegisterPrint:
    """Print the lines registered from one day to another, both in, and keep the print byte for byte.

    Raises:
        Forbidden: `access.right`.
        NotFound: `register.unknown`.
        Refused: `register.period` when it ends before it begins, `register.too_long` over 2,000 lines.
    """
    require(actor, Right.PRINT_REGISTER)
    now = clock()
    since, until = query.since or now.date().replace(month=1, day=1), query.until or now.date()
    if until < since:
        raise Refused("register.period", "La période finit avant de commencer. Corrigez l'une des deux dates.")
    with store.unit() as unit:
        sheet = _sheet(unit, replace(query, since=since, until=until, newest_first=False), actor, now)
    made = keep(sheet, render(sheet), vault=vault, actor=actor)
    with store.unit() as unit:
        record_print(unit, made, sheet, actor)
        unit.commit()
    return made


def _sheet(unit: Unit, query: RegisterQuery, actor: Actor, now: datetime) -> RegisterSheet:
    office = register_of(unit, query.register_id, actor)
    entries, total = unit.books.entries(replace(query, register_id=office.id), limit=MAX_LINES)
    if total > MAX_LINES:
        raise Refused(
            "register.too_long",
            Said(
                "Cette période compte %(count)s lignes ; une impression en porte %(most)s au plus. Choisissez une "
                "période plus courte.",
                count=total,
                most=MAX_LINES,
            ),
        )
    assert query.since is not None  # noqa: S101 - `print_register` has set both
    assert query.until is not None  # noqa: S101
    return RegisterSheet(
        reference=secrets.token_urlsafe(16),
        office=office,
        direction=query.direction,
        since=query.since,
        until=query.until,
        lines=lines_of(unit, entries, actor),
        acronyms={one.id: one.acronym for one in unit.organisation.entities(tenant_id=office.tenant_id)},
        printed_at=now,
        printed_by=actor.name,
    )


def keep(sheet: RegisterSheet, pdf: bytes, *, vault: Vault, actor: Actor) -> RegisterPrint:
    """Make a print durable and return what is to be remembered of it."""
    stored = vault.put(BytesIO(pdf), media_type="application/pdf", tenant_id=actor.tenant_id)
    return RegisterPrint(
        id=sheet.reference,
        register_id=sheet.office.id,
        direction=sheet.direction,
        since=sheet.since,
        until=sheet.until,
        first_number=sheet.lines[0].entry.number if sheet.lines else "",
        last_number=sheet.lines[-1].entry.number if sheet.lines else "",
        line_count=len(sheet.lines),
        level=level_of(sheet.lines),
        printed_at=sheet.printed_at,
        login=actor.login,
        name=actor.name,
        sha256=stored.digest,
        size=stored.size,
    )


def record_print(unit: Unit, made: RegisterPrint, sheet: RegisterSheet, actor: Actor) -> None:
    """Remember a print, in the caller's transaction."""
    unit.register_prints.add(made, sheet.office.tenant_id)
    unit.journal.write(
        made.printed_at,
        Act.REGISTER_PRINTED,
        actor,
        print=made.id,
        since=made.since.isoformat(),
        until=made.until.isoformat(),
        sha256=made.sha256,
    )


def kept_prints(
    *, store: Store, actor: Actor, limit: int = 50, offset: int = 0
) -> tuple[tuple[RegisterPrint, ...], int]:
    """Return the prints that the actor may open, newest first, and how many there are in all.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.PRINT_REGISTER)
    with store.unit() as unit:
        return unit.register_prints.page(actor.tokens(), limit=limit, offset=offset)


def open_print(
    print_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[RegisterPrint, AbstractContextManager[BinaryIO]]:
    """Open a kept print as it was made, and write in the journal that it was.

    Raises:
        Forbidden: `access.right`.
        NotFound: `register.no_print`.
    """
    require(actor, Right.PRINT_REGISTER)
    with store.unit() as unit:
        found = unit.register_prints.get(print_id, actor.tokens())
        unit.journal.write_about(clock(), Act.PRINT_READ, actor, found.id)
        unit.commit()
    return found, vault.open(found.sha256)
