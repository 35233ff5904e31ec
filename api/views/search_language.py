"""The words of the search language that come from the lists of the house, and what a person is told of a search."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from api.views.words import CODES, _, translations
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.item import Direction, State
from ged.mail.schedule import PlanLine, Schedule
from ged.services import consult
from ged.services.consult import SearchLists
from search.language import RemarkKind, Understood, Vocabulary, hyphened, understood

REMARKS = {
    RemarkKind.NO_FIELD: _("« %(name)s: » n'est pas un champ : ses mots ont été cherchés partout."),
    RemarkKind.NO_DATE: _(
        "« %(name)s:%(value)s » : cette date ne se lit pas, elle n'a pas compté. Écrivez 31/12/2026, mars ou 2025."
    ),
    RemarkKind.NO_VALUE: _("« %(name)s:%(value)s » : cette valeur n'existe pas, elle n'a pas compté."),
    RemarkKind.NOT_IN_PLAN: _(
        "« %(name)s:%(value)s » n'est pas dans le plan en vigueur : cette cote a été cherchée telle quelle."
    ),
    RemarkKind.EMPTY: _("« %(name)s: » attend une valeur, sans espace ou entre guillemets."),
    RemarkKind.NOT_EXCLUDED: _(
        "« -%(name)s:%(value)s » : on n'exclut que des mots, ou ceux d'un expéditeur, d'un objet, d'une référence."
    ),
}
"""What is said of what was not understood, with `name` and `value` as they were typed."""


@lru_cache(maxsize=8)
def vocabulary_of(lists: SearchLists) -> Vocabulary:
    """Return the words that stand for kinds, services, states, registers, codes; the first of a value is written.

    It is remembered as long as the lists are the same: each search asks for it.
    """
    plan = lists.plan
    kinds = {name: kind.code for kind in lists.kinds for name in (kind.code, kind.label_fr, kind.label_en)}
    services = {
        name: entity.id
        for entity in lists.known.values()
        for name in (entity.acronym, entity.id, entity.name_fr, entity.name_en)
        if name
    }
    english = translations("en").gettext
    states = {name: state.value for state in State for name in (CODES[state], state.value, english(CODES[state]))}
    directions = {name: each.value for each in Direction for name in (each.value, CODES[each], english(CODES[each]))}
    listed = (("nature", kinds), ("service", services), ("etat", states), ("registre", directions))
    words = {name: {hyphened(str(word)): code for word, code in said.items()} for name, said in listed}
    titles = {hyphened(line.title): line.code for line in reversed(plan)}
    codes = {hyphened(line.code): line.code for line in plan}
    return Vocabulary(
        words | {"cote": codes | {title: code for title, code in titles.items() if title not in codes}}, _under(plan)
    )


def _under(plan: Sequence[PlanLine]) -> dict[str, tuple[str, ...]]:
    """Return for each file code itself and all codes under it, in the order of the plan."""
    schedule = Schedule(plan=tuple(plan))
    under: dict[str, list[str]] = {line.code: [] for line in plan}
    for line in plan:
        for above in schedule.path(line.code):
            under[above.code].append(line.code)
    return {code: tuple(codes) for code, codes in under.items()}


def typed_search(text: str, house: House, actor: Actor) -> Understood:
    """Return what an actor typed in the search box, taken apart by the lists of the actor's tenant."""
    return understood(text, house.clock().date(), words_for(house, actor))


def words_for(house: House, actor: Actor) -> Vocabulary:
    """Return the words that stand for values of the lists of an actor's tenant."""
    return vocabulary_of(consult.search_lists(store=house.store, actor=actor, clock=house.clock))
