"""« Plan de classement » and « Tableau de gestion »: read, compared, written as a draft, exported and imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.model_rows import Fault, Faulty, Row
from api.model_schedule import (
    SCHEDULE_COLUMNS,
    read_part,
    read_plan_line,
    read_rule,
    rows_of,
    written,
)
from api.views.render import page
from api.views.words import _
from api.wiring import House
from ged.errors import Conflict, Refused
from ged.mail.access import Actor
from ged.mail.filing import Disposition, RetentionRule, Start
from ged.mail.french_dates import parse_date
from ged.mail.schedule import Part, PlanLine, Schedule
from ged.services import consult, records_schedule
from retention.preview import consequences

router = APIRouter()
Text = Annotated[str, Form(max_length=2000)]
_MOST_BYTES = 5_000_000
_BLANK_LINES = 3


class Half(StrEnum):
    """The two pages, by their address."""

    PLAN = "plan-de-classement"
    RULES = "tableau-de-gestion"

    @property
    def part(self) -> Part:
        """Return what part of a schedule the page shows."""
        return Part.PLAN if self is Half.PLAN else Part.RULES


def _half(request: Request) -> Half:
    return Half(request.url.path.split("/")[1])


HalfDep = Annotated[Half, Depends(_half)]
TITLES = {Half.PLAN: _("Plan de classement"), Half.RULES: _("Tableau de gestion")}
COLUMN_NAMES = {
    "cote": _("Cote"),
    "intitule": _("Intitulé"),
    "parent": _("Sous"),
    "regle": _("Règle"),
    "portee": _("Ce qui va là"),
    "depuis": _("Depuis"),
    "jusqu_au": _("Jusqu'au"),
    "natures": _("Natures"),
    "code": _("Code"),
    "libelle": _("Libellé"),
    "duree": _("Durée"),
    "depart": _("Départ"),
    "sort": _("Sort final"),
    "tri": _("Tri"),
    "fondement": _("Fondement"),
}
LINE_FIELDS = {
    "label": _("Libellé"),
    "term": _("Durée"),
    "start": _("Départ"),
    "event": _("Événement"),
    "disposition": _("Sort final"),
    "sampling": _("Tri"),
    "basis": _("Fondement"),
    "title": _("Intitulé"),
    "parent": _("Sous"),
    "rule": _("Règle"),
    "scope": _("Ce qui va là"),
    "since": _("Depuis"),
    "until": _("Jusqu'au"),
    "kinds": _("Natures"),
}
"""What the fields of a line are called where two versions are compared."""
HINTS = {
    "duree": "20 ans",
    "depart": "evenement:fin de permis",
    "sort": "elimination",
    "tri": "un sur 10",
    "natures": "facture|plainte",
    "depuis": "2026-01-31",
    "jusqu_au": "2030-12-31",
}


@router.get("/plan-de-classement")
@router.get("/tableau-de-gestion")
def show(request: Request, house: HouseDep, actor: ActorDep, half: HalfDep, version: str = "") -> Response:
    """Show the plan as a tree, or the schedule as a table: what is in force, or one version."""
    file = records_schedule.version_file(version, store=house.store, actor=actor, clock=house.clock)
    counts = records_schedule.letters_by_code(store=house.store, actor=actor) if half is Half.PLAN else {}
    tree = list(_tree(file.schedule.plan)) if half is Half.PLAN else []
    return page(
        request,
        "schedule/show.html",
        half=half,
        titles=TITLES,
        file=file,
        tree=tree,
        counts=counts,
        kinds={each.code: each for each in consult.lists(store=house.store, actor=actor, clock=house.clock).kinds},
    )


@router.get("/plan-de-classement/fichier.csv")
@router.get("/tableau-de-gestion/fichier.csv")
def export(house: HouseDep, actor: ActorDep, half: HalfDep, version: str = "") -> Response:
    """Give one part of a version as the file that can be imported again."""
    file = records_schedule.exported(version, half.part, store=house.store, actor=actor, clock=house.clock)
    name = f"{half.part.removesuffix('.csv')}-v{file.version.number}.csv"
    return Response(
        "\ufeff" + written(half.part, file.schedule),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/plan-de-classement/modifier")
@router.get("/tableau-de-gestion/modifier")
def edit(request: Request, house: HouseDep, actor: ActorDep, half: HalfDep, version: str = "") -> Response:
    """Show the lines of a draft in fields; without saying which, the versions, where one is chosen or begun."""
    if not version:
        return RedirectResponse("/referentiel", status_code=303)
    file = records_schedule.version_file(version, store=house.store, actor=actor, clock=house.clock)
    rows = [[str(cell) for cell in row[:-1]] for row in rows_of(half.part, file.schedule)]
    return _form(request, half, file, rows, [], file.version.revision)


@router.post("/plan-de-classement/modifier", dependencies=[FormCheck])
@router.post("/tableau-de-gestion/modifier", dependencies=[FormCheck])
async def write(request: Request, house: HouseDep, actor: ActorDep, half: HalfDep) -> Response:
    """Write the lines of a draft as typed; what cannot be read is said by line, and stays in its field."""
    form = await request.form(max_fields=60_000, max_files=0)
    version, revision = str(form.get("version", "")), str(form.get("revision", ""))
    note = str(form.get("note", ""))
    columns = _columns(half)
    cells = [[" ".join(str(each).split()) for each in form.getlist(name)] for name in columns]
    rows = [list(row) for row in zip(*cells, strict=False) if any(row)]
    read, faults = _read(half, rows)
    number = int(revision) if revision.isdigit() else 0
    if not faults:
        try:
            _write(house, actor, half, version, read, note, number)
        except Conflict as error:
            file = records_schedule.version_file(version, store=house.store, actor=actor, clock=house.clock)
            return _form(request, half, file, rows, [Fault(half.part, 0, error.sentence)], number, 409, note)
        return RedirectResponse(f"/referentiel/{version}", status_code=303)
    file = records_schedule.version_file(version, store=house.store, actor=actor, clock=house.clock)
    return _form(request, half, file, rows, faults, number, 422, note)


@router.post("/plan-de-classement/importer", dependencies=[FormCheck])
@router.post("/tableau-de-gestion/importer", dependencies=[FormCheck])
def load(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    half: HalfDep,
    fichier: Annotated[UploadFile, File()],
    version: Text = "",
    revision: Annotated[int, Form()] = 0,
) -> Response:
    """Put the lines of a file in the place of a draft's; every fault is said by line, and then nothing is written."""
    file = records_schedule.version_file(version, store=house.store, actor=actor, clock=house.clock)
    text = _as_text(fichier.file.read(_MOST_BYTES + 1))
    if not text:
        faults = [Fault(half.part, 1, "Ce fichier est vide, n'est pas un fichier CSV, ou dépasse 5 Mo.")]
    else:
        lines, faults, _numbers = read_part(half.part, text)
    if faults:
        rows = [[str(cell) for cell in row[:-1]] for row in rows_of(half.part, file.schedule)]
        return _form(request, half, file, rows, faults, revision, status=422, of_file=True)
    note = f"Lignes reprises de {(fichier.filename or half.part)[:80]}."
    _write(house, actor, half, version, lines, note, revision)
    return RedirectResponse(f"/referentiel/{version}", status_code=303)


@router.get("/referentiel")
def history(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show every version, the latest first."""
    rows = records_schedule.versions(store=house.store, actor=actor)
    return page(request, "schedule/versions.html", versions=rows, titles=TITLES)


@router.post("/referentiel", dependencies=[FormCheck])
def begin(house: HouseDep, actor: ActorDep) -> Response:
    """Begin a version from what is in force."""
    begun = records_schedule.begin(store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/referentiel/{begun.id}", status_code=303)


@router.get("/referentiel/{version_id}")
def version_page(request: Request, house: HouseDep, actor: ActorDep, version_id: str, avec: str = "") -> Response:
    """Show what a version changes, what that would do to letters, and what can be done with it."""
    return _version(request, house, actor, version_id, avec)


@router.post("/referentiel/{version_id}/soumettre", dependencies=[FormCheck])
def submit(
    request: Request, house: HouseDep, actor: ActorDep, version_id: str, revision: Annotated[int, Form()] = 0
) -> Response:
    """Submit a draft."""
    return _act(
        request,
        house,
        actor,
        version_id,
        lambda: records_schedule.submit(
            version_id, revision=revision, store=house.store, actor=actor, clock=house.clock
        ),
    )


@router.post("/referentiel/{version_id}/abandonner", dependencies=[FormCheck])
def discard(
    request: Request, house: HouseDep, actor: ActorDep, version_id: str, revision: Annotated[int, Form()] = 0
) -> Response:
    """Give a draft up."""
    try:
        records_schedule.discard(version_id, revision=revision, store=house.store, actor=actor, clock=house.clock)
    except Conflict as error:
        return _version(request, house, actor, version_id, error=error)
    return RedirectResponse("/referentiel", status_code=303)


@router.post("/referentiel/{version_id}/renvoyer", dependencies=[FormCheck])
def send_back(request: Request, house: HouseDep, actor: ActorDep, version_id: str, motif: Text = "") -> Response:
    """Send a submitted version back to its author."""
    return _act(
        request,
        house,
        actor,
        version_id,
        lambda: records_schedule.send_back(version_id, motif, store=house.store, actor=actor, clock=house.clock),
    )


@router.post("/referentiel/{version_id}/approuver", dependencies=[FormCheck])
def approve(request: Request, house: HouseDep, actor: ActorDep, version_id: str, jour: Text = "") -> Response:
    """Approve a submitted version."""
    day = parse_date(jour, house.clock().date())
    return _act(
        request,
        house,
        actor,
        version_id,
        lambda: records_schedule.approve(version_id, day, store=house.store, actor=actor, clock=house.clock),
    )


def _act(request: Request, house: House, actor: Actor, version_id: str, act: Callable[[], None]) -> Response:
    try:
        act()
    except (Refused, Conflict) as error:
        return _version(request, house, actor, version_id, error=error)
    return RedirectResponse(f"/referentiel/{version_id}", status_code=303)


def _version(
    request: Request,
    house: House,
    actor: Actor,
    version_id: str,
    against: str = "",
    error: Refused | Conflict | None = None,
) -> Response:
    file = records_schedule.version_file(version_id, store=house.store, actor=actor, clock=house.clock, against=against)
    upcoming = file.version.approved_at is None
    values: dict[str, Any] = {
        "file": file,
        "versions": records_schedule.versions(store=house.store, actor=actor),
        "preview": consequences(version_id, store=house.store, actor=actor, clock=house.clock) if upcoming else None,
        "line_fields": LINE_FIELDS,
        "titles": TITLES,
        "error": error,
        "today": house.clock().date(),
    }
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    return page(request, "schedule/version.html", status=status, **values)


def _write(
    house: House,
    actor: Actor,
    half: Half,
    version: str,
    lines: Sequence[RetentionRule | PlanLine],
    note: str,
    revision: int,
) -> None:
    def change(schedule: Schedule) -> Schedule:
        if half is Half.PLAN:
            return Schedule(schedule.rules, tuple(each for each in lines if isinstance(each, PlanLine)))
        return Schedule(tuple(each for each in lines if isinstance(each, RetentionRule)), schedule.plan)

    records_schedule.write(version, change, note, revision=revision, store=house.store, actor=actor, clock=house.clock)


def _as_text(data: bytes) -> str:
    """Return the text of a file, in UTF-8 or as spreadsheets of Windows write it; "" of one without any, or too big."""
    if len(data) > _MOST_BYTES or b"\0" in data:
        return ""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _columns(half: Half) -> list[str]:
    return SCHEDULE_COLUMNS[half.part].split()[:-1]


def _read(half: Half, rows: list[list[str]]) -> tuple[list[RetentionRule | PlanLine], list[Fault]]:
    make: Callable[[Row], RetentionRule | PlanLine] = read_plan_line if half is Half.PLAN else read_rule
    found: list[RetentionRule | PlanLine] = []
    faults = []
    for at, cells in enumerate(rows, 1):
        row = Row(
            half.part, at, at, {name: " ".join(cell.split()) for name, cell in zip(_columns(half), cells, strict=True)}
        )
        try:
            found.append(make(row))
        except Faulty as fault:
            faults.append(Fault(half.part, at, str(fault)))
    return found, faults


def _form(
    request: Request,
    half: Half,
    file: records_schedule.VersionFile,
    rows: list[list[str]],
    faults: list[Fault],
    revision: int,
    status: int = 200,
    note: str | None = None,
    *,
    of_file: bool = False,
) -> Response:
    """Show the fields; the faults are those of the lines shown, or `of_file`: of a file that was not taken."""
    columns = _columns(half)
    values: dict[str, Any] = {
        "half": half,
        "titles": TITLES,
        "file": file,
        "columns": columns,
        "names": COLUMN_NAMES,
        "hints": HINTS,
        "choices": _choices(file.schedule),
        "rows": [*rows, *([""] * len(columns) for _line in range(_BLANK_LINES))],
        "faults": faults,
        "of_file": of_file,
        "faulty": {each.line for each in faults} if status == 422 and not of_file else set(),
        "revision": revision,
        "note": file.version.note if note is None else note,
    }
    return page(request, "schedule/edit.html", status=status, **values)


def _choices(schedule: Schedule) -> dict[str, list[str]]:
    """Return what a cell of each column may say, where that is a list: it is offered while one types."""
    events = sorted({f"{Start.EVENT}:{each.event}" for each in schedule.rules if each.event})
    return {
        "depart": [*(each for each in Start if each is not Start.EVENT), *events],
        "sort": list(Disposition),
        "regle": [each.code for each in schedule.rules],
        "parent": [each.code for each in schedule.plan],
    }


def _tree(plan: Sequence[PlanLine]) -> list[tuple[int, PlanLine]]:
    """Return the lines with their depth, each under the one above it, in the plan's own order."""
    below: dict[str, list[PlanLine]] = {}
    for each in plan:
        below.setdefault(each.parent, []).append(each)
    found: list[tuple[int, PlanLine]] = []

    def walk(parent: str, depth: int) -> None:
        for each in below.pop(parent, ()):
            found.append((depth, each))
            walk(each.code, depth + 1)

    walk("", 0)
    left = [each for lines in below.values() for each in lines]
    return found + [(0, each) for each in left]
