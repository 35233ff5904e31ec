"""What the pages of paper share: where things may go, a signature as a form sends it, a drawing as a print shows it."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from api.views.acts_form import sitting
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.french_dates import parse_date
from ged.mail.transmittal import Discharge
from ged.ports import Vault
from ged.services import consult
from ged.services.discharge import Signed


def places(house: House, actor: Actor) -> dict[str, Any]:
    """Return the units, seats and lists that the templates of paper name things by."""
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    return {
        "lists": lists,
        "services": lists.known,
        "seats": {seat.position.id: seat for seat in lists.seats},
        "sitting": sitting(lists.seats),
        "sheet_kinds": {one.code: one for one in lists.transmittal_kinds},
        "deliveries": {one.code: one for one in lists.delivery_modes},
        "mentions": {one.code: one for one in lists.mentions},
    }


def return_day(text: str, today: date) -> date | None:
    """Return the day by which paper must be back, as typed; None when nothing is.

    Raises:
        Refused: `move.date`.
    """
    if not text.strip():
        return None
    found = parse_date(text, today)
    if found is None:
        raise Refused("move.date", "Cette date ne se lit pas. Écrivez-la comme 30/11/2026.", field="papier-retour")
    return found


def signed_from(name: str, drawing: str, ticked: str) -> Signed:
    """Return what was signed on a screen.

    Raises:
        Refused: `discharge.not_ticked`, `discharge.drawing`.
    """
    if not ticked:
        raise Refused("discharge.not_ticked", "Cochez « J'ai reçu ces pièces » pour donner décharge.", field="recu")
    head, _, data = drawing.partition(",")
    if not data:
        return Signed(name, None)
    try:
        # Whatever is not a PNG is refused by the service, by content.
        return Signed(name, base64.b64decode(data if head == "data:image/png;base64" else "", validate=True))
    except ValueError as error:
        raise Refused("discharge.drawing", "La signature n'a pas pu être lue. Effacez-la et recommencez.") from error


def drawing_of(given: Discharge | None, vault: Vault) -> str:
    """Return the drawn signature of a discharge in base64; "" where there is none."""
    if given is None or given.proof is None or given.proof_type != "image/png":
        return ""
    with vault.open(given.proof) as stream:
        return base64.b64encode(stream.read()).decode("ascii")
