"""Who acts for whom and who is away, in the folder: each grant is checked by the rule that the screen goes by."""

from __future__ import annotations

from collections.abc import Iterator

from api.model_rows import Fault, Faulty, Row, choice, day, day_or_none, given
from ged.errors import Refused
from ged.mail.access import ACTING
from ged.mail.delegation import Ground, check
from ged.mail.organisation import Grant, Leave, Organisation


def read_grant(row: Row) -> Grant:
    """Return the interim, the delegation or the signature by order that a line gives."""
    acting = {str(each): each for each in ACTING}
    return Grant(
        position_id=given(row, "poste"),
        login=given(row, "identifiant"),
        capacity=choice(row, "type", acting),
        since=day(row, "depuis"),
        until=day_or_none(row, "jusqu_au"),
        instrument=given(row, "acte"),
        kinds=tuple(part.strip() for part in row["natures"].split("|") if part.strip()),
    )


def read_leave(row: Row) -> Leave:
    """Return the absence that a line gives."""
    leave = Leave(given(row, "identifiant"), day(row, "depuis"), day(row, "jusqu_au"))
    if leave.until < leave.since:
        raise Faulty("« jusqu_au » précède « depuis ».")
    return leave


def refused_grants(rows: list[Row], found: Organisation) -> Iterator[Fault]:
    """Say which lines cannot be granted, each beside those above it; every other line of the folder is right."""
    names = {person.login: person.name for person in found.people}
    kinds = {kind.code for kind in found.kinds}
    positions = {position.id: position for position in found.positions}
    tenants = {entity.id: entity.tenant_id for entity in found.entities}
    for number, (row, grant) in enumerate(zip(rows, found.grants, strict=True)):
        for unknown in sorted(set(grant.kinds) - kinds):
            yield Fault(row.file, row.line, f"« {unknown} » n'est pas une nature de natures.csv.")
        try:
            check(grant, Ground(positions, tenants, found.holdings, found.grants[:number]), names[grant.login])
        except Refused as error:
            yield Fault(row.file, row.line, error.sentence)
