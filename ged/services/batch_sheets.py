"""Sheets for the scanner: separators, one code for each entity and kind, and the sheet that announces a lot."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.batch_sheet import BatchSheet, SheetSort
from ged.services.add_to_batch import batch_registers
from ged.services.capture import registering_post
from ged.services.open_batch import LABEL_LENGTH
from ged.store.unit import Store


def separators(
    wanted: Sequence[tuple[str, str]], *, store: Store, actor: Actor, clock: Clock
) -> tuple[BatchSheet, ...]:
    """Return a separator for each (entity, kind), "" for none said; one printed before is the same sheet.

    Raises:
        Forbidden: `access.right`.
        Refused: `batch.no_separator`.
    """
    post = registering_post(actor)
    now = clock()
    with store.unit() as unit:
        entities = {one.id for one in unit.organisation.entities(tenant_id=post.tenant_id, open_on=now.date())}
        kinds = {kind.code for kind in unit.organisation.kinds()}
        if not wanted or any(
            (entity and entity not in entities) or (kind and kind not in kinds) for entity, kind in wanted
        ):
            raise Refused("batch.no_separator", "Choisissez un service ou une nature de la liste.")
        found = []
        for entity, kind in wanted:
            sheet = unit.batches.sheets.separator(post.register_id, entity, kind)
            if sheet is None:
                sheet = BatchSheet(
                    secrets.token_urlsafe(16),
                    SheetSort.SEPARATOR,
                    post.register_id,
                    entity_id=entity,
                    kind=kind,
                    printed_at=now,
                    printed_by=actor.name,
                )
                unit.batches.sheets.add(sheet)
            found.append(sheet)
        unit.commit()
    return tuple(found)


def announce_lot(
    label: str, letters: int | None, pages: int | None, *, store: Store, actor: Actor, clock: Clock
) -> BatchSheet:
    """Return the sheet of a lot that is still paper: scanned on top of it, it says what was counted by hand.

    Raises:
        Forbidden: `access.right`.
    """
    post = registering_post(actor)
    sheet = BatchSheet(
        secrets.token_urlsafe(16),
        SheetSort.LOT,
        post.register_id,
        label=" ".join(label.split())[:LABEL_LENGTH],
        letters=letters,
        pages=pages,
        printed_at=clock(),
        printed_by=actor.name,
    )
    with store.unit() as unit:
        unit.batches.sheets.add(sheet)
        unit.commit()
    return sheet


def printed_sheets(codes: Sequence[str], *, store: Store, actor: Actor) -> tuple[BatchSheet, ...]:
    """Return sheets of the actor's registers, in the order asked for.

    Raises:
        NotFound: `batch.no_sheet`.
    """
    with store.unit() as unit:
        found = unit.batches.sheets.by_codes(codes, batch_registers(actor))
    if not codes or any(code not in found for code in codes):
        raise NotFound("batch.no_sheet", "Cette feuille n'existe pas, ou elle n'est pas de votre registre.")
    return tuple(found[code] for code in codes)
