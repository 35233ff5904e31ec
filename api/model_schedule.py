"""The file plan and the retention schedule as CSV: of the configuration folder, and of the archivist's screens."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from io import StringIO

from api.model_rows import Fault, Faulty, Row, day_or_none, given, member, parse_rows, read_each
from ged.mail.filing import Disposition, RetentionRule, Start, read_sampling, read_term
from ged.mail.organisation import Organisation
from ged.mail.said import Said
from ged.mail.schedule import LineFault, Part, PlanLine, Schedule, schedule_faults

SCHEDULE_COLUMNS = {
    Part.PLAN: "cote intitule parent regle portee depuis jusqu_au natures racine",
    Part.RULES: "code libelle duree depart sort tri fondement racine",
}
"""`racine` names the organisation that a line is for; empty, it is for each that has no line of its own."""
SCHEDULE_KEYS = {part: [columns.split()[0], "racine"] for part, columns in SCHEDULE_COLUMNS.items()}


def read_part(part: Part, text: str) -> tuple[tuple[RetentionRule, ...] | tuple[PlanLine, ...], list[Fault], list[int]]:
    """Return the lines of one file, what is wrong with them, and the line of the file that each was read from.

    A file written for several organisations gives the lines of none in particular.
    """
    faults: list[Fault] = []
    rows = parse_rows(part, text, SCHEDULE_COLUMNS[part].split(), SCHEDULE_KEYS[part], faults)
    numbers = [row.line for row in rows]
    if part is Part.PLAN:
        return tuple(read_each(rows, read_plan_line, faults)), faults, numbers
    return tuple(read_each(rows, read_rule, faults)), faults, numbers


def read_rule(row: Row) -> RetentionRule:
    """Return the rule that a line describes.

    Raises:
        Faulty: a cell cannot be read.
    """
    term = read_term(row["duree"])
    if term is None:
        raise Faulty(
            Said(
                "« %(cell)s » n'est pas une durée : écrivez 20 ans, 18 mois ou 90 jours, 200 ans au plus.",
                cell=row["duree"],
            )
        )
    kind, _, event = row["depart"].partition(":")
    starts = {str(each): each for each in Start}
    if kind.strip() not in starts:
        raise Faulty(
            Said(
                "« %(cell)s » dans « depart » : attendu %(starts)s:nom de l'événement.",
                cell=row["depart"],
                starts=", ".join(starts),
            )
        )
    sampling = read_sampling(row["tri"])
    if row["tri"] and sampling is None:
        raise Faulty(
            Said(
                "« %(cell)s » dans « tri » : attendu « un sur 10 », « années en 0 5 » ou « lettres A B ».",
                cell=row["tri"],
            )
        )
    return RetentionRule(
        code=given(row, "code"),
        label=given(row, "libelle"),
        term=term,
        start=starts[kind.strip()],
        disposition=member(row, "sort", Disposition),
        basis=given(row, "fondement"),
        event=" ".join(event.split()),
        sampling=sampling,
    )


def read_plan_line(row: Row) -> PlanLine:
    """Return the code of the plan that a line describes.

    Raises:
        Faulty: a cell cannot be read.
    """
    return PlanLine(
        code=given(row, "cote"),
        title=given(row, "intitule"),
        parent=row["parent"],
        rule=row["regle"],
        scope=row["portee"],
        since=day_or_none(row, "depuis"),
        until=day_or_none(row, "jusqu_au"),
        kinds=tuple(each.strip() for each in row["natures"].split("|") if each.strip()),
    )


def read_schedules(rows: dict[str, list[Row]], tenants: Sequence[str], faults: list[Fault]) -> dict[str, Schedule]:
    """Return the schedule that a folder gives to each organisation: its own lines, or those of none in particular."""
    found = {}
    read: dict[Part, list[tuple[str, RetentionRule | PlanLine]]] = {}
    for part in Part:
        make: Callable[[Row], RetentionRule | PlanLine] = read_plan_line if part is Part.PLAN else read_rule
        read[part] = [(row["racine"], value) for row in rows[part] for value in read_each([row], make, faults)]
        unknown = [row for row in rows[part] if row["racine"] and row["racine"] not in tenants]
        faults += [
            Fault(part, row.line, f"« {row['racine']} » n'est pas une racine de entites.csv.") for row in unknown
        ]
    for tenant in tenants:
        own = {
            part: [value for root, value in lines if root == tenant] or [value for root, value in lines if not root]
            for part, lines in read.items()
        }
        found[tenant] = Schedule(tuple(own[Part.RULES]), tuple(own[Part.PLAN]))  # type: ignore[arg-type]
    return found


def wrong_schedules(organisation: Organisation, rows: dict[str, list[Row]]) -> list[Fault]:
    """Return what keeps the schedules of a folder from standing, each once however many organisations share a line."""
    kinds = {each.code: each.rule for each in organisation.kinds}
    found: dict[Fault, None] = {}
    for tenant, schedule in organisation.schedules.items():
        for part in Part:
            own = [row.line for row in rows[part] if row["racine"] == tenant]
            numbers = own or [row.line for row in rows[part] if not row["racine"]]
            found |= dict.fromkeys(faults_in_file(schedule_faults(schedule, kinds), part, numbers))
    return list(found)


def faults_in_file(found: Iterable[LineFault], part: Part, numbers: Sequence[int]) -> list[Fault]:
    """Return what is wrong with lines as faults of the file that they were read from."""
    return [Fault(part, numbers[each.at] if numbers else 1, each.sentence) for each in found if each.part is part]


def rows_of(part: Part, schedule: Schedule, root: str = "") -> list[tuple[object, ...]]:
    """Return the lines of one part as cells, in the order of its columns."""
    if part is Part.PLAN:
        return [
            (c.code, c.title, c.parent, c.rule, c.scope, c.since or "", c.until or "", "|".join(c.kinds), root)
            for c in schedule.plan
        ]
    return [
        (r.code, r.label, r.term, start_cell(r), r.disposition, r.sampling or "", r.basis, root) for r in schedule.rules
    ]


def start_cell(rule: RetentionRule) -> str:
    """Return what a rule's term starts from, as the file writes it."""
    return f"{rule.start}:{rule.event}" if rule.event else rule.start


def written(part: Part, schedule: Schedule) -> str:
    """Return one part as the text of its file; read back, it gives the same lines."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(SCHEDULE_COLUMNS[part].split())
    writer.writerows(rows_of(part, schedule))
    return text.getvalue()
