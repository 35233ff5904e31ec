"""Routing: each move of a letter as one row of a table, and the pure rules that let it pass or refuse it.

Until it is closed a letter is always in exactly one basket (`holder_of`): the registry's, a position's, or a
unit's. A move changes the state and, for some, the holder; the step that records it keeps both sides, so that
the one who made it can go back on it (droit de remords) until the next person has opened the letter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import KEEPS_REGISTER, Actor, Capacity, Post, Role
from ged.mail.calendar import WorkingCalendar
from ged.mail.item import Letter, State
from ged.mail.said import Said


class Move(StrEnum):
    """A named action on a letter."""

    SUBMIT = "signaler"
    ASSIGN = "imputer"
    TAKE = "prendre_en_charge"
    ASK = "demander_avis"
    SUSPEND = "mettre_en_attente"
    RESUME = "reprendre"
    FINISH = "traiter"
    FOLLOW_UP = "clore_avec_suivi"
    DROP = "classer_sans_suite"
    RETURN = "retourner"
    REOPEN = "rouvrir"
    CANCEL = "annuler"
    RECALL = "se_raviser"
    ADVISE = "donner_avis"
    WITHDRAW = "retirer_avis"
    SIGN = "signer"
    DISPATCH = "expedier"
    CALL_BACK = "rappeler"
    SAME = "meme_courrier"


class Party(StrEnum):
    """Who somebody is to a letter."""

    REGISTRY = "registre"
    SUPERVISOR = "superviseur"
    HOLDER = "detenteur"
    LEADER = "responsable_detenteur"
    ABOVE = "hierarchie"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: from which states, to which, by whom, and what must be said."""

    sources: frozenset[State]
    target: State
    parties: frozenset[Party]
    reason: bool = False
    destination: bool = False


_CHARGED = frozenset({State.ASSIGNED, State.SUBMITTED, State.IN_PROGRESS})
CLOSED = frozenset({State.DONE, State.FOLLOWED_UP, State.NO_FURTHER_ACTION})
_IN_REGISTRY = frozenset({State.RECEIVED, State.TO_QUALIFY, State.RETURNED})
LEAVING = frozenset({State.TO_SIGN, State.TO_DISPATCH})
"""States of a letter that was given its number to leave: printed for a signature in ink, or signed."""
_KEPT = _IN_REGISTRY | LEAVING
_HOLDERS = frozenset({Party.HOLDER, Party.LEADER})
_LEADERS = frozenset({Party.LEADER, Party.ABOVE})

RULES: dict[Move, Rule] = {
    Move.SUBMIT: Rule(
        _CHARGED | {State.RETURNED},
        State.SUBMITTED,
        frozenset({Party.LEADER, Party.REGISTRY}),
        destination=True,
    ),
    Move.ASSIGN: Rule(_CHARGED | {State.RETURNED}, State.ASSIGNED, _LEADERS | {Party.REGISTRY}, destination=True),
    Move.TAKE: Rule(frozenset({State.ASSIGNED, State.SUBMITTED}), State.IN_PROGRESS, _HOLDERS),
    Move.ASK: Rule(_CHARGED | {State.OPINION_ASKED}, State.OPINION_ASKED, _HOLDERS, destination=True),
    Move.SUSPEND: Rule(frozenset({State.IN_PROGRESS}), State.WAITING, _HOLDERS, reason=True),
    Move.RESUME: Rule(frozenset({State.WAITING}), State.IN_PROGRESS, _HOLDERS | {Party.ABOVE}),
    Move.FINISH: Rule(_CHARGED, State.DONE, _HOLDERS),
    Move.FOLLOW_UP: Rule(_CHARGED, State.FOLLOWED_UP, _HOLDERS),
    Move.DROP: Rule(_CHARGED, State.NO_FURTHER_ACTION, _HOLDERS, reason=True),
    Move.RETURN: Rule(_CHARGED, State.RETURNED, _HOLDERS, reason=True),
    Move.REOPEN: Rule(CLOSED, State.IN_PROGRESS, _HOLDERS | {Party.ABOVE}, reason=True),
    Move.CANCEL: Rule(_KEPT, State.CANCELLED, frozenset({Party.SUPERVISOR}), reason=True),
}
"""Every move but the recall, which goes back to where its step came from, the answers to an opinion asked, and what
a signature and a dispatch make of a letter, and the closing of a second copy."""

_LATER = {State.OPINION_ASKED, State.WAITING}
OPEN = tuple(state for state in State if state in _CHARGED | _LATER)
"""States in which somebody outside the registry has the letter to work on."""
_LASTING = frozenset(
    {
        Move.ASK,
        Move.ADVISE,
        Move.WITHDRAW,
        Move.RECALL,
        Move.CANCEL,
        Move.SIGN,
        Move.DISPATCH,
        Move.CALL_BACK,
        Move.SAME,
    }
)
"""Moves that their author cannot simply go back on: somebody was asked, has answered, or the number is spent."""
LEADING = frozenset({Role.HEAD, Role.SECRETARY})


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose basket a letter lies in: a position's, or else a unit's; the registry's is the unit that keeps it."""

    entity_id: str
    position_id: str | None = None
    registry: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a letter is sent: a unit, or one of its positions."""

    entity_id: str
    position_id: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for, on a screen that showed the step `after` as the last one (None: no step yet).

    Attributes:
        mention: Code of the instruction, of the list of mentions; "" for none.
        text: The instruction in one's own words, the question asked, or the reason.
        copies: Units that may read from now on and have nothing to do.
        confirmed: Whether who asks knows that the addressee is away, with nobody acting.
    """

    move: Move
    after: int | None
    to: Destination | None = None
    mention: str = ""
    text: str = ""
    due_date: date | None = None
    copies: tuple[str, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a move changes in a letter: kept on both sides of each step."""

    state: State
    service_id: str | None
    position_id: str | None
    due_date: date | None
    delay_days: int | None
    concerned: tuple[str, ...]
    suspended_on: date | None
    closed_on: date | None

    @classmethod
    def of(cls, letter: Letter) -> Standing:
        """Return where a letter stands."""
        return cls(**{name: getattr(letter, name) for name in cls.__slots__})

    def changes(self) -> dict[str, object]:
        """Return the fields to write in the letter."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Step:
    """One move that was made; `opened_at` says when its addressee first opened the letter.

    Attributes:
        position_id: The post that acted, and `title` what it is called; None for the machine.
        capacity: By what title; `instrument` and `holder` say by which act and for whom, when not one's own post.
    """

    id: int
    letter_id: str
    move: Move
    at: datetime
    login: str
    name: str
    title: str
    position_id: str | None
    capacity: Capacity
    instrument: str
    holder: str
    before: Standing
    after: Standing
    mention: str
    text: str
    due_date: date | None
    copies: tuple[str, ...]
    opened_at: datetime | None
    opened_by: str | None
    undone_at: datetime | None


def holder_of(letter: Letter) -> Holder | None:
    """Return whose basket the letter lies in; None once it is closed, cancelled or gone from the house."""
    if letter.state in _KEPT:
        return Holder(letter.register_id, registry=True)
    if letter.state in OPEN and letter.service_id is not None:
        return Holder(letter.service_id, letter.position_id)
    return None


def parties(actor: Actor, letter: Letter) -> frozenset[Party]:
    """Return who an actor is to a letter, by the posts of today whose clearance covers it."""
    return frozenset().union(*(parties_of(post, letter) for post in actor.posts))


def parties_of(post: Post, letter: Letter) -> frozenset[Party]:
    """Return who one post is to a letter."""
    found: set[Party] = set()
    if letter.confidentiality not in post.clearance.up_to() or post.tenant_id != letter.tenant_id:
        return frozenset()
    if post.role in KEEPS_REGISTER and post.register_id == letter.register_id and letter.state in _KEPT:
        found.add(Party.REGISTRY)
        if post.role is Role.SUPERVISOR:
            found.add(Party.SUPERVISOR)
    if letter.state in _KEPT:
        return frozenset(found)  # a unit that returned it still reads it, and may only go back on that
    leads = post.role in LEADING
    in_unit = letter.position_id is None and post.entity_id == letter.service_id
    if post.position_id == letter.position_id or (in_unit and works_in_unit(post.role)):
        found.add(Party.LEADER if leads else Party.HOLDER)
    if post.role is Role.HEAD and letter.service_id in post.reach:
        found.add(Party.ABOVE)
    return frozenset(found)


def acting_post(actor: Actor, letter: Letter, allowed: frozenset[Party]) -> Post | None:
    """Return the post that makes an act lawful: one's own before one acted in, the holder before one above."""
    ranked = sorted(actor.posts, key=lambda post: (post.capacity is not Capacity.HOLDER, _only_above(post, letter)))
    return next((post for post in ranked if parties_of(post, letter) & allowed), None)


def _only_above(post: Post, letter: Letter) -> bool:
    return parties_of(post, letter) == {Party.ABOVE}


def post_of_move(actor: Actor, letter: Letter, move: Move, last: Step | None) -> Post | None:
    """Return the post in which somebody makes a move; who goes back does so in the post that made the step."""
    if move is Move.RECALL:
        return next((post for post in actor.posts if last and post.position_id == last.position_id), None)
    return acting_post(actor, letter, RULES[move].parties)


def works_in_unit(role: Role) -> bool:
    """Whether what lies in a unit's basket waits for the posts of a role there."""
    return role in LEADING or role is Role.OFFICER


def baskets_of(actor: Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (positions, units) whose baskets the actor works from."""
    positions = tuple(post.position_id for post in actor.posts)
    return positions, tuple(dict.fromkeys(post.entity_id for post in actor.posts if works_in_unit(post.role)))


def may_go_back(actor: Actor, letter: Letter, last: Step | None) -> bool:
    """Whether the actor made the last move, in a post still theirs, and its addressee has not opened the letter."""
    return (
        last is not None
        and last.login == actor.login
        and last.position_id in {None, *(post.position_id for post in actor.posts)}
        and last.opened_at is None
        and last.undone_at is None
        and last.move not in _LASTING
        and Standing.of(letter) == last.after
    )


def open_moves(actor: Actor, letter: Letter, last: Step | None) -> tuple[Move, ...]:
    """Return what the actor may do with the letter now, in the order of the table."""
    held = parties(actor, letter)
    found = [move for move, rule in RULES.items() if letter.state in rule.sources and held & rule.parties]
    return (*found, Move.RECALL) if may_go_back(actor, letter, last) else tuple(found)


def outcome(
    letter: Letter, order: Order, last: Step | None, *, actor: Actor, today: date, calendar: WorkingCalendar
) -> Standing:
    """Return where the letter stands after the move.

    Raises:
        Conflict: `move.stale`, somebody moved it since the screen was drawn; `move.opened`, too late to go back.
        Forbidden: `move.party`, the actor is nobody to this letter now.
        Refused: `move.state`, `move.no_reason`, `move.no_destination`, `move.past_due`.
    """
    if order.after != (last.id if last else None):
        raise _stale(letter, last)
    if order.move is Move.RECALL:
        return _back(actor, letter, last)
    rule = RULES.get(order.move)
    if rule is None or letter.state not in rule.sources:
        raise Refused(
            "move.state",
            "Ce courrier n'est plus dans un état qui permet cet acte. Rechargez la page pour voir où il en est.",
            letter_id=letter.id,
            state=str(letter.state),
        )
    if not parties(actor, letter) & rule.parties:
        raise Forbidden(
            "move.party",
            "Ce courrier n'est pas dans votre bannette : celui qui le détient, ou son supérieur, peut faire cet acte.",
            letter_id=letter.id,
            login=actor.login,
        )
    _refuse_unsaid(order, rule, today)
    return _standing(letter, order, rule, actor, today=today, calendar=calendar)


def _refuse_unsaid(order: Order, rule: Rule, today: date) -> None:
    if rule.reason and not order.text.strip():
        raise Refused("move.no_reason", "Indiquez le motif : la personne suivante doit comprendre.", field="texte")
    if rule.destination and order.to is None:
        raise Refused("move.no_destination", "Choisissez le service ou la personne à qui va ce courrier.", field="a")
    if order.due_date is not None and order.due_date < today:
        raise Refused("move.past_due", "L'échéance est déjà passée. Choisissez un jour à venir.", field="echeance")


def _standing(
    letter: Letter, order: Order, rule: Rule, actor: Actor, *, today: date, calendar: WorkingCalendar
) -> Standing:
    after = replace(Standing.of(letter), state=rule.target, closed_on=today if rule.target in CLOSED else None)
    if order.move in {Move.TAKE, Move.ASK} and letter.position_id is None:
        after = replace(after, position_id=_taker(actor, letter))
    if order.move in {Move.ASSIGN, Move.SUBMIT}:
        return _sent(after, letter, order)
    if order.move is Move.ASK and order.to is not None:
        return replace(after, concerned=_joined(after.concerned, (order.to.entity_id,)))
    if order.move is Move.RETURN:
        return replace(after, position_id=None)
    if order.move is Move.SUSPEND:
        return replace(after, suspended_on=today)
    return _resumed(after, today, calendar) if order.move is Move.RESUME else after


def _sent(after: Standing, letter: Letter, order: Order) -> Standing:
    """The unit that had the letter goes on reading it: it answers for what it passed on, and may go back on it.

    One that returned it to the registry read it until now, so that it could go back on that, and no longer does.
    """
    before = (letter.service_id,) if letter.service_id and letter.state is not State.RETURNED else ()
    if order.to is not None:
        after = replace(after, service_id=order.to.entity_id, position_id=order.to.position_id)
    if order.due_date is not None:
        after = replace(after, due_date=order.due_date, delay_days=None)
    return replace(after, concerned=_joined(after.concerned, (*before, *order.copies)))


def _resumed(after: Standing, today: date, calendar: WorkingCalendar) -> Standing:
    """The term runs again: the working days that were left when it stopped are left now."""
    stopped, after = after.suspended_on, replace(after, suspended_on=None)
    if after.due_date is None or stopped is None:
        return after
    left = calendar.between(stopped, after.due_date)
    return replace(after, due_date=calendar.after(today, left), delay_days=None) if left > 0 else after


def _taker(actor: Actor, letter: Letter) -> str | None:
    """Return the position in which somebody takes a letter out of the unit's basket."""
    post = acting_post(actor, letter, _HOLDERS)
    return post.position_id if post else None


def _joined(before: tuple[str, ...], added: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *added)))


def _back(actor: Actor, letter: Letter, last: Step | None) -> Standing:
    if last is None or not may_go_back(actor, letter, last):
        raise Conflict(
            "move.opened",
            "Le destinataire a déjà ouvert ce courrier, ou un autre acte a suivi : demandez-lui de vous le retourner.",
            letter_id=letter.id,
        )
    return last.before


def _stale(letter: Letter, last: Step | None) -> Conflict:
    by = Said("%(name)s a agi sur ce courrier", name=last.name) if last else Said("Ce courrier a changé")
    return Conflict(
        "move.stale",
        Said("%(by)s pendant que vous le lisiez. Rien n'a été fait : relisez où il en est, puis décidez.", by=by),
        letter_id=letter.id,
    )
