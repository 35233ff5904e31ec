"""The circuits of the configuration folder: each a line that is read whole, its approvers known."""

from __future__ import annotations

from collections.abc import Iterator

from api.model_rows import Fault, Faulty, Row, given
from ged.mail.circuit_template import CHIEF, CircuitTemplate, StageKind, read_stages


def read_circuit(row: Row) -> CircuitTemplate:
    """Return the circuit that a line describes."""
    try:
        stages = read_stages(given(row, "etapes"))
    except ValueError as error:
        raise Faulty(str(error)) from error
    label = given(row, "libelle_fr")
    return CircuitTemplate(
        given(row, "code"), given(row, "racine"), label, row["libelle_en"] or label, stages, row.rank
    )


def unknown_approvers(circuits: list[Row], positions: list[Row], entities: list[Row]) -> Iterator[Fault]:
    """Yield each approver that is no post nor unit of the folder, and a signature that is not a post's."""
    posts = {row["code"] for row in positions}
    known = posts | {row["code"] for row in entities} | {CHIEF}
    under = {row["code"] for row in entities if row["parent"]}
    for row in circuits:
        if row["racine"] in under:
            yield Fault(row.file, row.line, f"« {row['racine']} » n'est pas une racine : son circuit ne servirait pas.")
        try:
            stages = read_stages(row["etapes"])
        except ValueError:
            continue  # said already, where the line is read
        for code in (code for stage in stages for code in stage.who if code not in known):
            yield Fault(row.file, row.line, f"« {code} » n'est ni un poste de postes.csv ni une entité.")
        for code in (code for stage in stages if stage.kind is StageKind.SIGNATURE for code in stage.who):
            if code in known and code not in posts:
                yield Fault(row.file, row.line, f"« {code} » signe : donnez un poste, et non une entité.")
