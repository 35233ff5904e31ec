"""What the configuration folder says of dossiers: kinds of pieces, what is to be known of each, structures."""

from __future__ import annotations

import re

from api.model_rows import Faulty, Row, choice, given, member
from ged.mail.dossier import dossier_faults, tidy_parts
from ged.mail.dossier_piece import DossierTemplate, FieldType, PieceField, PieceKind

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_piece_kind(row: Row) -> PieceKind:
    """Return the kind of a line."""
    return PieceKind(_code(row), given(row, "libelle_fr"), row["libelle_en"] or row["libelle_fr"])


def read_piece_field(row: Row) -> PieceField:
    """Return the field of a line."""
    sort = member(row, "type", FieldType)
    choices = tidy_parts(row["valeurs"].split("|"))
    if (sort is FieldType.CHOICE) is not bool(choices):
        raise Faulty("« valeurs » porte les choix d'un champ de type « choix », séparés par |, et de lui seul.")
    return PieceField(
        kind=given(row, "piece"),
        code=_code(row),
        label_fr=given(row, "libelle_fr"),
        label_en=row["libelle_en"] or row["libelle_fr"],
        type=sort,
        required=choice(row, "obligatoire", {"oui": True, "non": False}),
        choices=choices,
    )


def read_dossier_template(row: Row) -> DossierTemplate:
    """Return the structure of a line."""
    parts = tidy_parts(given(row, "parties").split("|"))
    if fault := dossier_faults("", "x", parts).get("parts"):
        raise Faulty(fault)
    return DossierTemplate(_code(row), given(row, "libelle_fr"), row["libelle_en"] or row["libelle_fr"], parts)


def _code(row: Row) -> str:
    if not _CODE.fullmatch(row["code"]):
        raise Faulty(f"« {row['code']} » dans « code » : minuscules sans accent, chiffres et _, 40 caractères au plus.")
    return row["code"]
