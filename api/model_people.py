"""Posts, who acts for whom and who is away, in the folder: a grant is checked by the rule that the screen goes by."""

from __future__ import annotations

from collections.abc import Iterator

from api.model_rows import Fault, Faulty, Row, choice, day, day_or_none, given, member
from ged.errors import Refused
from ged.mail.access import ACTING, Role
from ged.mail.delegation import Ground, check
from ged.mail.item import Confidentiality
from ged.mail.organisation import Grant, Leave, Organisation, Position


def read_position(row: Row) -> Position:
    """Return the post that a line gives."""
    role = member(row, "role", Role)
    if row["autorite"] and role is not Role.SECRETARY:
        raise Faulty(f"« autorite » est réservé au rôle {Role.SECRETARY}.")
    return Position(
        id=given(row, "code"),
        entity_id=given(row, "entite"),
        title=given(row, "intitule"),
        role=role,
        clearance=member(row, "habilitation", Confidentiality),
        authority_id=row["autorite"] or None,
    )


def wrongly_attached(rows: list[Row], found: Organisation) -> Iterator[Fault]:
    """Say which secretaries are attached to a post that is no authority of their own organisation."""
    positions = {position.id: position for position in found.positions}
    tenants = {entity.id: entity.tenant_id for entity in found.entities}
    for row in rows:
        authority = positions.get(row["autorite"])
        if authority is None:
            continue
        if authority.role is not Role.HEAD:
            yield Fault(row.file, row.line, f"« {authority.id} » n'est pas un poste de rôle {Role.HEAD}.")
        if tenants.get(authority.entity_id) != tenants.get(row["entite"]):
            yield Fault(row.file, row.line, f"« {authority.id} » est d'une autre organisation.")


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
