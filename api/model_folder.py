"""The configuration folder of an organisation: CSV files read whole, checked whole, every fault by file and line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from ged.errors import Refused
from ged.mail.access import Role
from ged.mail.calendar import DAYS, Holiday
from ged.mail.filing import Disposition, Kind, RetentionRule, Start
from ged.mail.item import Confidentiality, Priority
from ged.mail.organisation import (
    Delay,
    Entity,
    Holding,
    Mention,
    Organisation,
    Person,
    Position,
    TenantCalendar,
)
from ged.mail.register import check_pattern

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)

COLUMNS = {
    "entites.csv": "code parent sigle nom_fr nom_en registre modele_numero mots",
    "postes.csv": "code entite intitule role habilitation",
    "personnes.csv": "identifiant nom langue",
    "affectations.csv": "identifiant poste depuis jusqu_au",
    "natures.csv": "code libelle_fr libelle_en regle",
    "conservation.csv": "code libelle duree_annees depart sort fondement",
    "mentions.csv": "code libelle_fr libelle_en agir",
    "feries.csv": "pays jour nom",
    "calendriers.csv": "racine pays jours_ouvres",
    "delais.csv": "priorite jours_ouvres",
}


_KEYS = {"affectations.csv": ["identifiant", "poste", "depuis"], "feries.csv": ["pays", "jour"]}
"""The columns that make a line unique, where the first is not enough."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where, and what to do."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}, ligne {self.line} : {self.sentence}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of one file."""

    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


class _Faulty(Exception):  # noqa: N818 - never leaves this file: it carries one fault to the list
    """One cell that cannot be read."""


def read_folder(folder: Path) -> Organisation:
    """Return the organisation that a folder describes; nothing is returned if any line of it is wrong.

    Raises:
        Refused: `organisation.faulty`; diagnostics `faults` holds every fault, by file and line.
    """
    faults: list[Fault] = []
    rows = {name: _rows(folder / name, columns.split(), faults) for name, columns in COLUMNS.items()}
    entities = _each(rows["entites.csv"], _entity, faults)
    organisation = Organisation(
        entities=tuple(_with_tenants(entities)),
        positions=tuple(_each(rows["postes.csv"], _position, faults)),
        people=tuple(_each(rows["personnes.csv"], _person, faults)),
        holdings=tuple(_each(rows["affectations.csv"], _holding, faults)),
        kinds=tuple(_each(rows["natures.csv"], _kind, faults)),
        rules=tuple(_each(rows["conservation.csv"], _rule, faults)),
        mentions=tuple(_each(rows["mentions.csv"], _mention, faults)),
        holidays=tuple(_each(rows["feries.csv"], _holiday, faults)),
        calendars=tuple(_each(rows["calendriers.csv"], _calendar, faults)),
        delays=tuple(_each(rows["delais.csv"], _delay, faults)),
    )
    faults += _references(rows)
    faults += _cycles(rows["entites.csv"])
    if faults:
        ordered = sorted(faults, key=lambda fault: (fault.file, fault.line))
        raise Refused(
            "organisation.faulty",
            f"Le dossier {folder.name} porte {len(faults)} erreurs. Rien n'a été changé : corrigez-les, puis relancez.",
            faults=[str(fault) for fault in ordered],
        )
    return organisation


def _rows(path: Path, columns: list[str], faults: list[Fault]) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        faults.append(Fault(path.name, 1, "Ce fichier manque, ou n'est pas en UTF-8."))
        return []
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        faults.append(Fault(path.name, 1, "Ce fichier est vide."))
        return []
    separator = ";" if lines[0][1].count(";") >= lines[0][1].count(",") else ","
    parsed = list(csv.reader((line for _, line in lines), delimiter=separator))
    header = [cell.strip() for cell in parsed[0]]
    missing = [name for name in columns if name not in header]
    if missing:
        faults.append(Fault(path.name, lines[0][0], f"Il manque les colonnes {', '.join(missing)}."))
        return []
    found: list[Row] = []
    seen: dict[str, int] = {}
    for (number, _), cells in zip(lines[1:], parsed[1:], strict=False):
        if len(cells) != len(header):
            faults.append(Fault(path.name, number, f"{len(cells)} cases au lieu de {len(header)}."))
            continue
        row = Row(path.name, number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
        key = " ".join(row[name] for name in _KEYS.get(path.name, columns[:1]))
        if key in seen:
            faults.append(Fault(path.name, number, f"« {key} » est déjà à la ligne {seen[key]}."))
        seen[key] = number
        found.append(row)
    return found


def _each(rows: list[Row], make: Callable[[Row], Value], faults: list[Fault]) -> list[Value]:
    found: list[Value] = []
    for row in rows:
        try:
            found.append(make(row))
        except _Faulty as fault:
            faults.append(Fault(row.file, row.line, str(fault)))
    return found


def _entity(row: Row) -> Entity:
    keeps = _choice(row, "registre", {"oui": True, "non": False})
    if not row["parent"] and not keeps:
        raise _Faulty("Une racine tient un registre : mettez « oui » dans « registre ».")
    if keeps:
        try:
            check_pattern(row["modele_numero"])
        except Refused as error:
            raise _Faulty(error.sentence) from error
    words = tuple(word.strip() for word in row["mots"].split("|") if word.strip())
    return Entity(
        id=_given(row, "code"),
        tenant_id=row["code"],
        parent_id=row["parent"] or None,
        acronym=_given(row, "sigle"),
        name_fr=_given(row, "nom_fr"),
        name_en=row["nom_en"] or row["nom_fr"],
        keeps_register=keeps,
        number_pattern=row["modele_numero"],
        words=words,
    )


def _with_tenants(entities: list[Entity]) -> Iterator[Entity]:
    by_id = {each.id: each for each in entities}
    for each in entities:
        root, steps = each, 0
        while root.parent_id in by_id and steps <= len(by_id):
            root, steps = by_id[root.parent_id], steps + 1
        values = {name: getattr(each, name) for name in Entity.__slots__}
        yield Entity(**(values | {"tenant_id": root.id}))


def _position(row: Row) -> Position:
    return Position(
        id=_given(row, "code"),
        entity_id=_given(row, "entite"),
        title=_given(row, "intitule"),
        role=_member(row, "role", Role),
        clearance=_member(row, "habilitation", Confidentiality),
    )


def _person(row: Row) -> Person:
    language = _choice(row, "langue", {"fr": "fr", "en": "en"})
    return Person(_given(row, "identifiant"), _given(row, "nom"), language)


def _holding(row: Row) -> Holding:
    since = _date(row, "depuis")
    until = _date(row, "jusqu_au") if row["jusqu_au"] else None
    if until is not None and until < since:
        raise _Faulty("« jusqu_au » précède « depuis ».")
    return Holding(_given(row, "identifiant"), _given(row, "poste"), since, until)


def _kind(row: Row) -> Kind:
    return Kind(_given(row, "code"), _given(row, "libelle_fr"), row["libelle_en"] or row["libelle_fr"], row["regle"])


def _rule(row: Row) -> RetentionRule:
    years = row["duree_annees"]
    if not years.isdigit() or not 1 <= int(years) <= 200:
        raise _Faulty(f"« {years} » n'est pas une durée de 1 à 200 ans.")
    start, disposition = _member(row, "depart", Start), _member(row, "sort", Disposition)
    return RetentionRule(
        _given(row, "code"), _given(row, "libelle"), int(years), start, disposition, _given(row, "fondement")
    )


def _mention(row: Row) -> Mention:
    must_act = _choice(row, "agir", {"oui": True, "non": False})
    return Mention(
        _given(row, "code"), _given(row, "libelle_fr"), row["libelle_en"] or row["libelle_fr"], must_act, row.line
    )


def _holiday(row: Row) -> Holiday:
    return Holiday(_given(row, "pays"), _date(row, "jour"), _given(row, "nom"))


def _calendar(row: Row) -> TenantCalendar:
    words = row["jours_ouvres"].split()
    if not words or any(word not in DAYS for word in words):
        raise _Faulty(f"« {row['jours_ouvres']} » dans « jours_ouvres » : attendu des mots parmi {', '.join(DAYS)}.")
    return TenantCalendar(
        _given(row, "racine"), _given(row, "pays"), tuple(sorted({DAYS.index(word) for word in words}))
    )


def _delay(row: Row) -> Delay:
    days = row["jours_ouvres"]
    if not days.isdigit() or not 1 <= int(days) <= 365:
        raise _Faulty(f"« {days} » n'est pas un délai de 1 à 365 jours ouvrés.")
    return Delay(_member(row, "priorite", Priority), int(days))


def _references(rows: dict[str, list[Row]]) -> Iterator[Fault]:
    known = {name: {row[COLUMNS[name].split()[0]] for row in found} for name, found in rows.items()}
    links = (
        ("entites.csv", "parent", "entites.csv", "entité"),
        ("postes.csv", "entite", "entites.csv", "entité"),
        ("affectations.csv", "identifiant", "personnes.csv", "personne"),
        ("affectations.csv", "poste", "postes.csv", "poste"),
        ("natures.csv", "regle", "conservation.csv", "règle de conservation"),
        ("calendriers.csv", "racine", "entites.csv", "entité"),
    )
    for name, column, target, what in links:
        for row in rows[name]:
            if row[column] and row[column] not in known[target]:
                yield Fault(name, row.line, f"« {row[column]} » n'est pas une {what} de {target}.")


def _cycles(rows: list[Row]) -> Iterator[Fault]:
    parents = {row["code"]: row["parent"] for row in rows}
    for row in rows:
        seen, each = set(), row["code"]
        while each and each not in seen:
            seen.add(each)
            each = parents.get(each, "")
        if each:
            yield Fault(row.file, row.line, f"« {row['code']} » est sous elle-même : suivez ses parents.")


def _given(row: Row, column: str) -> str:
    if not row[column]:
        raise _Faulty(f"« {column} » est vide.")
    return row[column]


def _choice(row: Row, column: str, choices: dict[str, Value]) -> Value:
    if row[column] not in choices:
        raise _Faulty(f"« {row[column]} » dans « {column} » : attendu {', '.join(choices)}.")
    return choices[row[column]]


def _member(row: Row, column: str, kind: type[Choice]) -> Choice:
    return _choice(row, column, {str(member): member for member in kind})


def _date(row: Row, column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError as error:
        raise _Faulty(f"« {row[column]} » dans « {column} » n'est pas une date AAAA-MM-JJ.") from error
