"""The organisation in use as a configuration folder: the same files that `ged init` reads, to edit and load again."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from api.model_folder import COLUMNS, TERMS
from api.model_schedule import rows_of
from ged.errors import Refused
from ged.mail.calendar import DAYS
from ged.mail.circuit_template import written_stages
from ged.mail.lists import TermList
from ged.mail.organisation import Organisation
from ged.mail.said import Said
from ged.mail.schedule import Part


def write_folder(organisation: Organisation, folder: Path) -> None:
    """Write one CSV file for each list, with the columns of `COLUMNS`, and the templates under `modeles/`.

    Raises:
        Refused: `organisation.not_empty`, the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refused(
            "organisation.not_empty",
            Said("Le dossier %(folder)s n'est pas vide. Choisissez-en un autre.", folder=folder.name),
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in _tables(organisation).items():
        text = StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\n")
        writer.writerow(COLUMNS[name].split())
        writer.writerows(rows)
        (folder / name).write_text(text.getvalue(), encoding="utf-8")
    (folder / "modeles").mkdir()
    for template in organisation.templates:
        (folder / "modeles" / template.file).write_bytes(organisation.files[template.digest])


def _tables(one: Organisation) -> dict[str, Iterable[tuple[object, ...]]]:
    return {
        "entites.csv": (
            (
                each.id,
                each.parent_id or "",
                each.acronym,
                each.name_fr,
                each.name_en,
                _yes(each.keeps_register),
                each.number_pattern,
                "|".join(each.words),
                each.since or "",
                each.until or "",
            )
            for each in one.entities
        ),
        "postes.csv": ((p.id, p.entity_id, p.title, p.role, p.clearance, p.authority_id or "") for p in one.positions),
        "personnes.csv": ((p.login, p.name, p.language) for p in one.people),
        "affectations.csv": ((h.login, h.position_id, h.since, h.until or "") for h in one.holdings),
        "delegations.csv": (
            (g.position_id, g.login, g.capacity, g.since, g.until or "", g.instrument, "|".join(g.kinds))
            for g in one.grants
        ),
        "absences.csv": ((leave.login, leave.since, leave.until) for leave in one.leaves),
        "natures.csv": ((k.code, k.label_fr, k.label_en, k.rule, "|".join(k.words)) for k in one.kinds),
        **{str(part): _schedule(one, part) for part in Part},
        "mentions.csv": ((m.code, m.label_fr, m.label_en, _yes(m.must_act)) for m in one.mentions),
        "feries.csv": ((h.country, h.day, h.name) for h in one.holidays),
        "calendriers.csv": ((c.tenant_id, c.country, " ".join(DAYS[day] for day in c.week)) for c in one.calendars),
        "numeros_service.csv": ((each.entity_id, each.pattern) for each in one.second_patterns),
        "delais.csv": ((d.priority, d.working_days) for d in one.delays),
        **{name: _terms(one, which) for name, which in TERMS.items()},
        "entetes.csv": (
            (each.entity_id, "|".join(each.lines_fr), "|".join(each.lines_en), each.city, each.footer)
            for each in one.letterheads
        ),
        "rappels.csv": ((r.code, r.watched, r.days, " ".join(r.to), r.sort) for r in one.reminders),
        "courriels.csv": one.addresses,
        "stations.csv": (
            (s.code, s.label, s.folder, s.position_id, s.direction, s.delivery, s.kind) for s in one.stations
        ),
        "pieces_dossier.csv": ((k.code, k.label_fr, k.label_en) for k in one.dossiers.kinds),
        "champs_pieces.csv": (
            (f.kind, f.code, f.label_fr, f.label_en, f.type, _yes(f.required), "|".join(f.choices))
            for f in one.dossiers.fields
        ),
        "modeles_dossier.csv": ((t.code, t.label_fr, t.label_en, "|".join(t.parts)) for t in one.dossiers.templates),
        "synonymes.csv": (("|".join(names),) for names in one.synonyms),
        "circuits.csv": ((c.code, c.tenant_id, c.label_fr, c.label_en, written_stages(c.stages)) for c in one.circuits),
        "modeles.csv": ((t.code, t.label_fr, t.label_en, t.file, t.kind, t.entity_id) for t in one.templates),
    }


def _schedule(one: Organisation, part: Part) -> Iterable[tuple[object, ...]]:
    """Lines that every organisation shares are written once, for none in particular."""
    each = {root: rows_of(part, schedule) for root, schedule in one.schedules.items()}
    if all(rows == next(iter(each.values())) for rows in each.values()):
        return next(iter(each.values()), [])
    return [row for root, schedule in one.schedules.items() for row in rows_of(part, schedule, root)]


def _terms(one: Organisation, which: TermList) -> Iterable[tuple[object, ...]]:
    return ((term.code, term.label_fr, term.label_en) for term in one.terms if term.list is which)


def _yes(value: bool) -> str:
    return "oui" if value else "non"
