"""Acts on a selection: each on the letters that were ticked in a list, each letter by itself, each refusal said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from api.views.acts_form import Asked, day_typed, step_of
from api.wiring import House
from ged.errors import GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.moves import Move
from ged.services import consult
from ged.services.dispatch import send
from ged.services.note import add_note
from ged.services.route import move
from ged.services.set_aside import set_aside

ASIDE, NOTE, SEND = "mettre_de_cote", "annoter", "expedier"
"""What is done to a selection beside moves."""
_LASTING = frozenset({Move.RECALL, ASIDE, NOTE, SEND})
"""Acts that the green line does not offer to undo."""
_NOTHING_TICKED = "Cochez au moins un courrier (touche X), puis appliquez."
Act = Callable[[str, int | None], object]


@dataclass(slots=True)
class Done:
    """What became of a selection.

    Attributes:
        moved: Ids of the letters acted on.
        refused: For each other, (id, number, state, service id) or None, and why not.
        absent: The choices that were refused only because their addressee is away: they may be confirmed.
        undo: The step that each letter moved by, by its id, where the act may be taken back.
    """

    moved: list[str] = field(default_factory=list)
    refused: list[tuple[tuple[str, str, str, str] | None, str]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    undo: dict[str, int] = field(default_factory=dict)


def act_on(choices: Sequence[str], form: Asked, *, house: House, actor: Actor) -> Done:
    """Do what a form asks to each of the `choices`, written `letter:step`.

    Raises:
        Refused: `move.*`, what is asked cannot be understood: nothing was done to any of them.
    """
    act, done = _act(form, house, actor), Done()
    for choice in choices:
        letter_id, _sep, step = choice.partition(":")
        try:
            act(letter_id, step_of(step))
            done.moved.append(letter_id)
        except GedError as error:
            done.refused.append((named(letter_id, house, actor), error.sentence))
            if error.code == "move.absent":
                done.absent.append(choice)
    if not choices:
        done.refused.append((None, _NOTHING_TICKED))
    if form.acte not in _LASTING:
        done.undo = consult.last_steps(done.moved, store=house.store, actor=actor)
    return done


def send_off(choices: Sequence[str], *, house: House, actor: Actor) -> Done:
    """Send the ticked letters off together, so that what goes to one place by one way leaves on one sheet.

    When one cannot leave, it is named and set apart, and the others leave without it.
    """
    done = Done()
    together = [list(dict.fromkeys(choice.partition(":")[0] for choice in choices))] if choices else []
    while together:
        group = together.pop()
        try:
            send(dict.fromkeys(group), store=house.store, actor=actor, clock=house.clock)
            done.moved += group
        except GedError as error:
            guilty = group[0] if len(group) == 1 else str(error.diagnostics().get("letter_id", ""))
            if guilty not in group:  # nobody knows which: each by itself then
                together += [[each] for each in group]
                continue
            done.refused.append((named(guilty, house, actor), error.sentence))
            together += [rest] if (rest := [each for each in group if each != guilty]) else []
    if not choices:
        done.refused.append((None, _NOTHING_TICKED))
    return done


def named(letter_id: str, house: House, actor: Actor) -> tuple[str, str, str, str] | None:
    """Return (id, number, state, service id) of a letter just acted on; None when it has left the actor's reach."""
    if not letter_id:
        return None
    try:
        letter = consult.letter(letter_id, store=house.store, actor=actor)
    except NotFound:
        return None
    return letter.id, letter.number, letter.state, letter.service_id or ""


def _act(form: Asked, house: House, actor: Actor) -> Act:
    if form.acte == NOTE:
        return lambda letter_id, _step: add_note(
            letter_id, form.note, private=bool(form.privee), store=house.store, actor=actor, clock=house.clock
        )
    if form.acte == ASIDE:
        until = day_typed(form.jusqu_au, house.clock().date(), "jusqu_au")
        if until is None:
            raise Refused("move.date", "Indiquez jusqu'à quel jour : 30/11/2026, par exemple.", field="jusqu_au")
        return lambda letter_id, _step: set_aside(letter_id, until, store=house.store, actor=actor, clock=house.clock)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    order = form.order(lists, house.clock().date())
    return lambda letter_id, step: move(
        letter_id, replace(order, after=step), store=house.store, actor=actor, clock=house.clock
    )
