"""« Qualité de lecture »: what people accepted as it was proposed, drawn and as a table, and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.render import language_of, page
from api.views.words import FIELDS, translations
from ged.mail.journal import Act
from ged.mail.qualification import Field
from ged.mail.reading_quality import Tally, by_month, total
from ged.services.leave_line import leave_line
from ged.services.reading_quality import Quality, reading_quality

router = APIRouter()
_ORDER = (
    Field.SENDER,
    Field.SUBJECT,
    Field.LETTER_DATE,
    Field.SENDER_REFERENCE,
    Field.RECIPIENT,
    Field.KIND,
    Field.SERVICE,
    Field.FILE_CODE,
)
_WIDTH, _HEIGHT = 220, 60


@dataclass(frozen=True, slots=True)
class Curve:
    """One field: its tally in each month and over all, and its curve in the units of the drawing."""

    field: Field
    months: tuple[Tally, ...]
    whole: Tally
    points: tuple[tuple[float, float], ...]

    @property
    def line(self) -> str:
        """The points as SVG takes them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


@router.get("/qualite")
def show(request: Request, house: HouseDep, actor: ActorDep, nature: str = "") -> Response:
    """Show how much of what is proposed people accept."""
    found = reading_quality(nature, store=house.store, actor=actor, clock=house.clock)
    values: dict[str, Any] = {
        "months": found.months,
        "curves": _curves(found),
        "kinds": found.kinds,
        "chosen": nature,
        "whole": total(found.tallies),
        "width": _WIDTH,
        "height": _HEIGHT,
    }
    return page(request, "quality.html", **values)


@router.get("/qualite.csv")
def export(request: Request, house: HouseDep, actor: ActorDep, nature: str = "") -> Response:
    """Return the counts as a table: one line a month, field and kind."""
    found = reading_quality(nature, store=house.store, actor=actor, clock=house.clock)
    leave_line(
        Act.LIST_EXPORTED, "qualite", store=house.store, actor=actor, clock=house.clock, lines=len(found.tallies)
    )
    say = translations(language_of(request)).gettext
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(say(name) for name in ("Mois", "Champ", "Nature", "Acceptés", "Corrigés", "Saisis"))
    for one in found.tallies:
        counts = (one.tally.accepted, one.tally.changed, one.tally.typed)
        table.writerow((f"{one.month:%Y-%m}", say(FIELDS[one.field]), one.kind, *counts))
    data = text.getvalue().encode("utf-8-sig")
    offered = {"Content-Disposition": 'attachment; filename="qualite-de-lecture.csv"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=offered)


def _curves(found: Quality) -> tuple[Curve, ...]:
    return tuple(_curve(field, found, found.months) for field in _ORDER)


def _curve(field: Field, found: Quality, months: tuple[date, ...]) -> Curve:
    tallies = by_month(found.tallies, field, months)
    step = _WIDTH / max(len(months) - 1, 1)
    points = tuple(
        (round(step * at, 1), round(_HEIGHT * (1 - tally.share), 1))
        for at, tally in enumerate(tallies)
        if tally.share is not None
    )
    return Curve(field, tallies, total(one for one in found.tallies if one.field is field), points)
