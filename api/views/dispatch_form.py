"""The form of dispatch: one row a recipient, its way chosen in one list; what the letter page shows of departures."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor
from ged.mail.dispatch import INTERNAL, PLATFORM, Plan, SendingState, may_dispatch
from ged.mail.item import Direction, Letter, State
from ged.mail.organisation import Entity
from ged.services.consult import Lists
from ged.services.departure_file import departure_file

_SPARE = 2
"""Empty rows under those that are planned, to be filled without a script."""
_TENANT, _UNIT = "t:", "e:"


class TypedSendings(BaseModel):
    """The form as typed, a value a row; `mode` is a delivery mode, `t:<organisation>` or `e:<unit>`.

    Attributes:
        vus: Ids of the sendings that the screen showed as not gone.
        suite: "partir" to send at once what is planned.
    """

    destinataire: list[str] = []
    mode: list[str] = []
    adresse: list[str] = []
    sorte: list[str] = []
    vus: list[str] = []
    suite: str = ""

    def plans(self, lists: Lists, partners: tuple[Entity, ...]) -> tuple[Plan, ...]:
        """Return what is asked for; a row without recipient nor organisation is empty."""
        rows = zip(self.destinataire, self.mode, self.adresse, self.sorte, strict=False)
        names = {each.id: each.name_fr for each in (*lists.entities, *partners)}
        return tuple(_plan(*row, names) for row in rows if row[0].strip() or row[1].startswith((_TENANT, _UNIT)))


def _plan(recipient: str, mode: str, address: str, sort: str, names: dict[str, str]) -> Plan:
    code = mode[2:]
    copy = sort == "copie"
    if mode.startswith(_TENANT):
        return Plan(recipient.strip() or names.get(code, code), PLATFORM, "", tenant_id=code, copy=copy)
    if mode.startswith(_UNIT):
        return Plan(recipient.strip() or names.get(code, code), INTERNAL, "", entity_id=code, copy=True)
    return Plan(recipient.strip(), mode, address.strip(), copy=copy)


def _row(plan: Plan) -> dict[str, str]:
    mode = plan.way
    if plan.tenant_id:
        mode = _TENANT + plan.tenant_id
    elif plan.entity_id:
        mode = _UNIT + plan.entity_id
    return {
        "recipient": plan.recipient,
        "mode": mode,
        "address": plan.address,
        "sort": "copie" if plan.copy else "original",
    }


def dispatch_context(
    letter: Letter,
    house: House,
    actor: Actor,
    *,
    typed: TypedSendings | None = None,
    fault: GedError | None = None,
) -> dict[str, Any]:
    """Return what the letter page shows of departures."""
    file = departure_file(letter.id, store=house.store, actor=actor, clock=house.clock)
    waiting = [each for each in file.sendings if each.state is SendingState.READY]
    rows = [_row(each.plan) for each in waiting]
    if typed is not None:
        given = zip(typed.destinataire, typed.mode, typed.adresse, typed.sorte, strict=False)
        rows = [dict(zip(("recipient", "mode", "address", "sort"), row, strict=True)) for row in given if any(row[:3])]
    empty = {"recipient": "", "mode": "", "address": "", "sort": "original"}
    leaves = letter.direction is not Direction.INCOMING
    return {
        "departure": file,
        "gone": [each for each in file.sendings if each.state is not SendingState.READY],
        "to_leave": waiting,
        "sending_rows": rows + [empty] * _SPARE,
        "may_send": leaves and may_dispatch(actor, letter) and letter.state in {State.TO_DISPATCH, State.DISPATCHED},
        "awaits_copy": leaves and letter.state is State.TO_SIGN,
        "posted": {each.id: each for each in file.messages},
        "dispatch_fault": fault,
    }
