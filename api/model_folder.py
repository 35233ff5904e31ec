"""The configuration folder of an organisation: CSV files read whole, checked whole, every fault by file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from api.model_circuits import read_circuit, unknown_approvers
from api.model_dossiers import read_dossier_template, read_piece_field, read_piece_kind
from api.model_lists import read_letterhead, read_templates, read_term
from api.model_notices import read_address, read_reminder, recipients_unknown
from api.model_people import read_grant, read_leave, read_position, refused_grants, wrongly_attached
from api.model_rows import Fault, Faulty, Row, choice, day, day_or_none, given, member, read_each, read_rows
from api.model_schedule import (
    SCHEDULE_COLUMNS,
    SCHEDULE_KEYS,
    read_schedules,
    wrong_schedules,
)
from api.model_stations import read_station, wrong_stations
from ged.errors import Refused
from ged.mail.calendar import DAYS, Holiday
from ged.mail.dossier_piece import DossierModel
from ged.mail.filing import Kind
from ged.mail.item import Confidentiality, Priority
from ged.mail.lists import TermList
from ged.mail.organisation import (
    Delay,
    Entity,
    Holding,
    Mention,
    Organisation,
    Person,
    TenantCalendar,
)
from ged.mail.register import check_pattern
from ged.mail.said import Said
from ged.mail.second_number import SecondPattern, check_second_pattern

COLUMNS: dict[str, str] = {
    "entites.csv": "code parent sigle nom_fr nom_en registre modele_numero mots depuis jusqu_au",
    "postes.csv": "code entite intitule role habilitation autorite",
    "personnes.csv": "identifiant nom langue",
    "affectations.csv": "identifiant poste depuis jusqu_au",
    "delegations.csv": "poste identifiant type depuis jusqu_au acte natures",
    "absences.csv": "identifiant depuis jusqu_au",
    "natures.csv": "code libelle_fr libelle_en regle mots",
    **{str(part): columns for part, columns in SCHEDULE_COLUMNS.items()},
    "mentions.csv": "code libelle_fr libelle_en agir",
    "feries.csv": "pays jour nom",
    "calendriers.csv": "racine pays jours_ouvres",
    "delais.csv": "priorite jours_ouvres",
    "numeros_service.csv": "entite modele",
    "acheminements.csv": "code libelle_fr libelle_en",
    "bordereaux.csv": "code libelle_fr libelle_en",
    "confidentialite.csv": "code libelle_fr libelle_en",
    "renvois.csv": "code libelle_fr libelle_en",
    "annotations.csv": "code libelle_fr libelle_en",
    "circuits.csv": "code racine libelle_fr libelle_en etapes",
    "entetes.csv": "entite lignes_fr lignes_en ville pied",
    "modeles.csv": "code libelle_fr libelle_en fichier nature entite",
    "rappels.csv": "code objet jours destinataires genre",
    "courriels.csv": "identifiant adresse",
    "stations.csv": "code libelle dossier poste registre acheminement nature",
    "pieces_dossier.csv": "code libelle_fr libelle_en",
    "champs_pieces.csv": "piece code libelle_fr libelle_en type obligatoire valeurs",
    "modeles_dossier.csv": "code libelle_fr libelle_en parties",
    "synonymes.csv": "noms",
}
"""Every file of a folder, and the columns of each; `modeles/` beside them holds the templates."""
KEYS: dict[str, list[str]] = {
    "absences.csv": ["identifiant", "depuis"],
    "affectations.csv": ["identifiant", "poste", "depuis"],
    "delegations.csv": ["poste", "identifiant", "type", "depuis"],
    "champs_pieces.csv": ["piece", "code"],
    "feries.csv": ["pays", "jour"],
    **{str(part): key for part, key in SCHEDULE_KEYS.items()},
}
"""The columns that make a line unique, where the first is not enough."""
TERMS = {
    "acheminements.csv": TermList.DELIVERY,
    "bordereaux.csv": TermList.TRANSMITTAL,
    "confidentialite.csv": TermList.LEVEL,
    "renvois.csv": TermList.REFUSAL,
    "annotations.csv": TermList.ANNOTATION,
}


def read_folder(folder: Path) -> Organisation:
    """Return the organisation that a folder describes; nothing is returned if any line of it is wrong.

    Raises:
        Refused: `organisation.faulty`; diagnostics `faults` holds every fault, by file and line.
    """
    faults: list[Fault] = []
    rows = {
        name: read_rows(folder / name, columns.split(), KEYS.get(name, columns.split()[:1]), faults)
        for name, columns in COLUMNS.items()
    }
    templates, files = read_templates(rows["modeles.csv"], folder / "modeles", faults)
    entities = read_each(rows["entites.csv"], _entity, faults)
    organisation = Organisation(
        entities=tuple(_with_tenants(entities)),
        positions=tuple(read_each(rows["postes.csv"], read_position, faults)),
        people=tuple(read_each(rows["personnes.csv"], _person, faults)),
        holdings=tuple(read_each(rows["affectations.csv"], _holding, faults)),
        kinds=tuple(read_each(rows["natures.csv"], _kind, faults)),
        schedules=read_schedules(rows, [each.id for each in entities if each.parent_id is None], faults),
        mentions=tuple(read_each(rows["mentions.csv"], _mention, faults)),
        holidays=tuple(read_each(rows["feries.csv"], _holiday, faults)),
        calendars=tuple(read_each(rows["calendriers.csv"], _calendar, faults)),
        delays=tuple(read_each(rows["delais.csv"], _delay, faults)),
        terms=tuple(each for name, which in TERMS.items() for each in read_each(rows[name], read_term(which), faults)),
        letterheads=tuple(read_each(rows["entetes.csv"], read_letterhead, faults)),
        templates=tuple(templates),
        reminders=tuple(read_each(rows["rappels.csv"], read_reminder, faults)),
        addresses=tuple(read_each(rows["courriels.csv"], read_address, faults)),
        circuits=tuple(read_each(rows["circuits.csv"], read_circuit, faults)),
        files=files,
        second_patterns=tuple(read_each(rows["numeros_service.csv"], _second_pattern, faults)),
        leaves=tuple(read_each(rows["absences.csv"], read_leave, faults)),
        grants=tuple(read_each(rows["delegations.csv"], read_grant, faults)),
        stations=tuple(read_each(rows["stations.csv"], read_station, faults)),
        dossiers=DossierModel(
            tuple(read_each(rows["pieces_dossier.csv"], read_piece_kind, faults)),
            tuple(read_each(rows["champs_pieces.csv"], read_piece_field, faults)),
            tuple(read_each(rows["modeles_dossier.csv"], read_dossier_template, faults)),
        ),
        synonyms=tuple(read_each(rows["synonymes.csv"], _synonyms, faults)),
    )
    faults += _references(rows)
    faults += recipients_unknown(rows["rappels.csv"], rows["postes.csv"])
    faults += unknown_approvers(rows["circuits.csv"], rows["postes.csv"], rows["entites.csv"])
    faults += wrongly_attached(rows["postes.csv"], organisation)
    faults += wrong_stations(rows["stations.csv"], organisation.positions)
    faults += _levels(rows["confidentialite.csv"])
    faults += _cycles(rows["entites.csv"])
    faults += _outliving(rows["entites.csv"], organisation.entities)
    if not faults:
        faults += wrong_schedules(organisation, rows)
        faults += refused_grants(rows["delegations.csv"], organisation)
    if faults:
        ordered = sorted(faults, key=lambda fault: (fault.file, fault.line))
        raise Refused(
            "organisation.faulty",
            Said(
                "Le dossier %(folder)s porte %(count)s erreurs. Rien n'a été changé : corrigez-les, puis relancez.",
                folder=folder.name,
                count=len(faults),
            ),
            faults=[str(fault) for fault in ordered],
        )
    return organisation


def _entity(row: Row) -> Entity:
    keeps = choice(row, "registre", {"oui": True, "non": False})
    if not row["parent"] and not keeps:
        raise Faulty("Une racine tient un registre : mettez « oui » dans « registre ».")
    if keeps:
        try:
            check_pattern(row["modele_numero"])
        except Refused as error:
            raise Faulty(error.sentence) from error
    since, until = day_or_none(row, "depuis"), day_or_none(row, "jusqu_au")
    if since is not None and until is not None and until < since:
        raise Faulty("« jusqu_au » précède « depuis ».")
    return Entity(
        id=given(row, "code"),
        tenant_id=row["code"],
        parent_id=row["parent"] or None,
        acronym=given(row, "sigle"),
        name_fr=given(row, "nom_fr"),
        name_en=row["nom_en"] or row["nom_fr"],
        keeps_register=keeps,
        number_pattern=row["modele_numero"],
        words=_words(row),
        since=since,
        until=until,
    )


def _with_tenants(entities: list[Entity]) -> Iterator[Entity]:
    by_id = {each.id: each for each in entities}
    for each in entities:
        root, steps = each, 0
        while root.parent_id in by_id and steps <= len(by_id):
            root, steps = by_id[root.parent_id], steps + 1
        values = {name: getattr(each, name) for name in Entity.__slots__}
        yield Entity(**(values | {"tenant_id": root.id}))


def _person(row: Row) -> Person:
    language = choice(row, "langue", {"fr": "fr", "en": "en"})
    return Person(given(row, "identifiant"), given(row, "nom"), language)


def _holding(row: Row) -> Holding:
    since = day(row, "depuis")
    until = day_or_none(row, "jusqu_au")
    if until is not None and until < since:
        raise Faulty("« jusqu_au » précède « depuis ».")
    return Holding(given(row, "identifiant"), given(row, "poste"), since, until)


def _kind(row: Row) -> Kind:
    label = given(row, "libelle_fr")
    return Kind(given(row, "code"), label, row["libelle_en"] or label, row["regle"], _words(row))


def _words(row: Row) -> tuple[str, ...]:
    return tuple(word.strip() for word in row["mots"].split("|") if word.strip())


def _mention(row: Row) -> Mention:
    must_act = choice(row, "agir", {"oui": True, "non": False})
    return Mention(
        given(row, "code"), given(row, "libelle_fr"), row["libelle_en"] or row["libelle_fr"], must_act, row.rank
    )


def _holiday(row: Row) -> Holiday:
    return Holiday(given(row, "pays"), day(row, "jour"), given(row, "nom"))


def _calendar(row: Row) -> TenantCalendar:
    words = row["jours_ouvres"].split()
    if not words or any(word not in DAYS for word in words):
        raise Faulty(f"« {row['jours_ouvres']} » dans « jours_ouvres » : attendu des mots parmi {', '.join(DAYS)}.")
    return TenantCalendar(given(row, "racine"), given(row, "pays"), tuple(sorted({DAYS.index(word) for word in words})))


def _delay(row: Row) -> Delay:
    days = row["jours_ouvres"]
    if not days.isdigit() or not 1 <= int(days) <= 365:
        raise Faulty(f"« {days} » n'est pas un délai de 1 à 365 jours ouvrés.")
    return Delay(member(row, "priorite", Priority), int(days))


def _synonyms(row: Row) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in row["noms"].split("|") if name.strip()))
    if len(names) < 2:
        raise Faulty(f"« {row['noms']} » : il faut au moins deux noms, séparés par |.")
    if any(not re.search(r"[^\W_]", name) for name in names):
        raise Faulty(f"« {row['noms']} » : un nom porte au moins une lettre ou un chiffre.")
    return names


def _second_pattern(row: Row) -> SecondPattern:
    try:
        check_second_pattern(row["modele"])
    except Refused as error:
        raise Faulty(error.sentence) from error
    return SecondPattern(given(row, "entite"), row["modele"])


def _references(rows: dict[str, list[Row]]) -> Iterator[Fault]:
    known = {str(name): {row[COLUMNS[name].split()[0]] for row in found} for name, found in rows.items()}
    links = (
        ("entites.csv", "parent", "entites.csv", "entité"),
        ("postes.csv", "entite", "entites.csv", "entité"),
        ("postes.csv", "autorite", "postes.csv", "poste"),
        ("affectations.csv", "identifiant", "personnes.csv", "personne"),
        ("affectations.csv", "poste", "postes.csv", "poste"),
        ("delegations.csv", "poste", "postes.csv", "poste"),
        ("delegations.csv", "identifiant", "personnes.csv", "personne"),
        ("absences.csv", "identifiant", "personnes.csv", "personne"),
        ("natures.csv", "regle", "conservation.csv", "règle de conservation"),
        ("calendriers.csv", "racine", "entites.csv", "entité"),
        ("numeros_service.csv", "entite", "entites.csv", "entité"),
        ("circuits.csv", "racine", "entites.csv", "entité"),
        ("entetes.csv", "entite", "entites.csv", "entité"),
        ("modeles.csv", "nature", "natures.csv", "nature"),
        ("modeles.csv", "entite", "entites.csv", "entité"),
        ("courriels.csv", "identifiant", "personnes.csv", "personne"),
        ("stations.csv", "poste", "postes.csv", "poste"),
        ("stations.csv", "acheminement", "acheminements.csv", "ligne"),
        ("stations.csv", "nature", "natures.csv", "nature"),
        ("champs_pieces.csv", "piece", "pieces_dossier.csv", "pièce"),
    )
    for name, column, target, what in links:
        for row in rows[name]:
            if row[column] and row[column] not in known[target]:
                yield Fault(name, row.line, f"« {row[column]} » n'est pas une {what} de {target}.")


def _levels(rows: list[Row]) -> Iterator[Fault]:
    """Each level must have its names: what may be read is decided by the level's rank, which no file changes."""
    missing = [level for level in Confidentiality if level not in {row["code"] for row in rows}]
    if rows and missing:
        yield Fault(rows[-1].file, rows[-1].line, f"Il manque les niveaux {', '.join(missing)}.")


def _outliving(rows: list[Row], entities: Sequence[Entity]) -> Iterator[Fault]:
    """A unit does not outlive the one above it: its letters would have nobody over them."""
    ends = {each.id: each.until for each in entities}
    for row in rows:
        above, own = ends.get(row["parent"]), ends.get(row["code"])
        if above is not None and row["code"] in ends and (own is None or own > above):
            yield Fault(
                row.file,
                row.line,
                f"« {row['parent']} » ferme avant elle : changez son parent, ou sa fin.",
            )


def _cycles(rows: list[Row]) -> Iterator[Fault]:
    parents = {row["code"]: row["parent"] for row in rows}
    for row in rows:
        seen, each = set(), row["code"]
        while each and each not in seen:
            seen.add(each)
            each = parents.get(each, "")
        if each:
            yield Fault(row.file, row.line, f"« {row['code']} » est sous elle-même : suivez ses parents.")
