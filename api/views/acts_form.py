"""The acts on a letter page: what the reader may do now, and the form that asks for it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from pydantic import BaseModel, model_validator

from api.views.words import MOVES
from ged.errors import GedError, Refused
from ged.mail.access import Actor
from ged.mail.french_dates import parse_date
from ged.mail.moves import OPEN, RULES, Destination, Move, Order, Party, holder_of, open_moves, parties
from ged.mail.opinion import asked_of
from ged.mail.organisation import Seat
from ged.services.consult import LetterFile, Lists

_AT_ONCE = (Move.TAKE, Move.RESUME, Move.FINISH, Move.FOLLOW_UP, Move.RECALL)
"""Moves that need no word: one button."""


class Asked(BaseModel):
    """The form as typed: text only, so that nothing typed is ever lost.

    Attributes:
        pas: The last step that the screen showed; "" for none.
        a: Where to: `e:<unit>` or `p:<position>`.
        vers: The same, by a button of the team, which is an assignment by itself.
        jusqu_au: Until when letters are set aside.
        note: What is written beside each letter of a selection; `privee` for oneself alone.
        confirme: That an addressee who is away, with nobody acting, is sent it all the same.
    """

    acte: str = ""
    pas: str = ""
    a: str = ""
    mention: str = ""
    texte: str = ""
    echeance: str = ""
    copies: list[str] = []
    vers: str = ""
    jusqu_au: str = ""
    note: str = ""
    privee: str = ""
    confirme: str = ""

    @model_validator(mode="after")
    def _by_the_team(self) -> Asked:
        if self.vers:
            self.acte, self.a = Move.ASSIGN, self.vers
        return self

    def order(self, lists: Lists, today: date) -> Order:
        """Return what is asked for.

        Raises:
            Refused: `move.state`, no such act; `move.date`, a day that cannot be read.
        """
        if self.acte not in set(RULES) | {Move.RECALL}:
            raise Refused("move.state", "Cet acte n'existe pas. Rechargez la page.")
        return Order(
            move=Move(self.acte),
            after=step_of(self.pas),
            to=destination_of(self.a, lists.seats),
            mention=self.mention,
            text=self.texte[:4000],
            due_date=day_typed(self.echeance, today, "echeance"),
            copies=tuple(self.copies),
            confirmed=bool(self.confirme),
        )


def step_of(text: str) -> int | None:
    """Return the step that a form names; None for no step yet."""
    return int(text) if text.isascii() and text.isdigit() else None


def destination_of(value: str, seats: tuple[Seat, ...]) -> Destination | None:
    """Return where a form sends to: `e:<unit>`, `p:<position>`; None when it says neither."""
    sort, _, code = value.partition(":")
    if sort == "p":
        entity = next((seat.position.entity_id for seat in seats if seat.position.id == code), "")
        return Destination(entity, code)
    return Destination(code) if sort == "e" and code else None


def day_typed(text: str, today: date, field: str) -> date | None:
    """Return the day typed in a field of a form, None for none.

    Raises:
        Refused: `move.date`, it cannot be read.
    """
    if not text.strip():
        return None
    found = parse_date(text, today)
    if found is None:
        raise Refused("move.date", "Cette date ne se lit pas. Écrivez-la comme 30/11/2026.", field=field)
    return found


def sitting(seats: tuple[Seat, ...]) -> dict[str, list[Seat]]:
    """Return the seats of each entity."""
    found: dict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        found[seat.position.entity_id].append(seat)
    return found


def acts_context(file: LetterFile, lists: Lists, actor: Actor, asked: Asked, fault: GedError | None) -> dict[str, Any]:
    """Return what the page shows of the letter's way: who has it, what may be done, what was done."""
    letter, last = file.letter, file.steps[-1] if file.steps else None
    moves = open_moves(actor, letter, last)
    titles = {seat.position.id: seat for seat in lists.seats}
    return {
        "moves": MOVES,
        "at_once": [move for move in moves if move in _AT_ONCE],
        "worded": [move for move in moves if move not in _AT_ONCE],
        "rules": RULES,
        "holder": holder_of(letter),
        "last_step": last,
        "seats": titles,
        "sitting": sitting(lists.seats),
        "asked": asked,
        "act_fault": fault,
        "fault_field": fault.diagnostics().get("field") if fault else None,
        "mentions": {one.code: one for one in lists.mentions},
        "may_set_aside": letter.state in OPEN and bool(parties(actor, letter) & {Party.HOLDER, Party.LEADER}),
        "may_withdraw": bool(parties(actor, letter) & {Party.HOLDER, Party.LEADER, Party.ABOVE}),
        "to_answer": [each for each in file.opinions if each.awaited and asked_of(actor, each)],
    }
