"""« Conservation », by rule: what each rule governs and when it falls due, drawn, as a table, and as CSV."""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.history_words import harmless
from api.views.render import language_of, page
from api.views.words import _, tongue, translations
from ged.mail.access import Right, require
from ged.mail.journal import Act
from ged.mail.reason import tell
from ged.services.leave_line import leave_line
from retention.figures import Figures, RuleFigures, figures_by_rule

router = APIRouter()
_WIDTH, _HEIGHT = 220, 60
_HEAD = (
    _("Règle"), _("Intitulé"), _("Durée"), _("Sort final"), _("Courriers et pièces"), _("Dont pièces"),
    _("En cours"), _("Intermédiaires"), _("Délai passé"), _("Gelés"), _("Terme inconnu"), _("Versés"), _("Éliminés"),
)  # fmt: skip


class Drawn(NamedTuple):
    """A rule with the line of what falls due, in the units of the drawing."""

    figures: RuleFigures
    points: tuple[tuple[float, float], ...]
    most: int


@router.get("/conservation/regles")
def by_rule(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show what each rule governs."""
    found = figures_by_rule(store=house.store, actor=actor, clock=house.clock)
    return page(
        request,
        "retention_figures.html",
        years=found.years,
        rules=found.rules,
        drawn=[_drawn(each, found.years) for each in found.rules if any(each.falls_due[year] for year in found.years)],
        total=sum(each.total for each in found.rules),
        pieces=sum(each.pieces for each in found.rules),
        width=_WIDTH,
        height=_HEIGHT,
    )


@router.get("/conservation/regles.csv")
def by_rule_csv(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Return the same counts as a table, a column for each year."""
    require(actor, Right.EXPORT)
    found = figures_by_rule(store=house.store, actor=actor, clock=house.clock)
    leave_line(Act.LIST_EXPORTED, "regles", store=house.store, actor=actor, clock=house.clock, lines=len(found.rules))
    offered = {"Content-Disposition": 'attachment; filename="conservation-par-regle.csv"', "Cache-Control": "no-store"}
    return Response(_csv(found, language_of(request)), media_type="text/csv; charset=utf-8", headers=offered)


def _csv(found: Figures, language: str) -> bytes:
    say = translations(language).gettext
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow([*(say(name) for name in _HEAD), *found.years])
    for each in found.rules:
        rule = each.rule
        ends = [tell(one, tongue(language)) for one in (rule.term.told, rule.disposition.told)] if rule else ["", ""]
        told = (rule.label if rule else "", *ends)
        counts = (
            *(each.total, each.pieces, each.current, each.intermediate, each.overdue, each.held, each.waiting),
            *(each.transferred, each.destroyed, *(each.falls_due[year] for year in found.years)),
        )
        table.writerow([*(harmless(str(cell)) for cell in (each.code or say("Sans règle"), *told)), *counts])
    return text.getvalue().encode("utf-8-sig")


def _drawn(figures: RuleFigures, years: tuple[int, ...]) -> Drawn:
    counts = [figures.falls_due[year] for year in years]
    most, step = max(counts), _WIDTH / (len(years) - 1)
    points = tuple((round(step * at, 1), round(_HEIGHT * (1 - count / most), 1)) for at, count in enumerate(counts))
    return Drawn(figures, points, most)
