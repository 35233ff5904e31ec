"""« Plis fermés »: registered from their cover, handed over unopened, opened by the addressee alone."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.acts_form import sitting
from api.views.clock_words import parse_hour
from api.views.render import page, page_number
from api.views.words import LEVELS, NATURES
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor
from ged.mail.envelope import Cover, Nature, is_addressee
from ged.mail.french_dates import parse_date
from ged.mail.item import Confidentiality, Letter
from ged.services import consult
from ged.services.capture import Door, registering_post
from ged.services.envelope import envelope_of, hand_over_envelope, keep_closed, registry_envelopes
from ingest.capture.open_envelope import open_envelope
from ingest.capture.receive import receive

router = APIRouter()
PAGE_ROWS = 50


class Typed(BaseModel):
    """The form of an envelope as typed."""

    nature: str = Nature.CONFIDENTIAL
    pour: str = ""
    expediteur: str = ""
    reference: str = ""
    jour: str = ""
    heure: str = ""

    def cover(self, house: House) -> Cover:
        """Return the cover that is described.

        Raises:
            Refused: `envelope.unread`, a day or an hour that cannot be read.
        """
        nature = Nature(self.nature) if self.nature in set(Nature) else Nature.CONFIDENTIAL
        opens_at = None
        if nature is Nature.TENDER and (self.jour.strip() or self.heure.strip()):
            day, hour = parse_date(self.jour, house.clock().date()), parse_hour(self.heure)
            if day is None or hour is None:
                raise Refused(
                    "envelope.unread",
                    "Le jour ou l'heure d'ouverture ne se lit pas. Écrivez 30/11/2026 et 10h00.",
                    field="ouverture",
                )
            opens_at = datetime.combine(day, time(*hour), UTC)
        position = self.pour.removeprefix("p:")
        return Cover(nature, position, self.expediteur[:300], self.reference[:200], opens_at)


@router.get("/plis-fermes")
def listed(request: Request, house: HouseDep, actor: ActorDep, fait: str = "") -> Response:
    """List the envelopes of the registers that the reader keeps, and offer to register another."""
    return _page(request, house, actor, Typed(), done=fait[:60])


@router.post("/plis-fermes", dependencies=[FormCheck])
def register(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    form: Annotated[Typed, Form()],
    couverture: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Register an envelope from the image of its cover."""
    try:
        cover, file = form.cover(house), _given(couverture, "Photographiez ou numérisez la couverture du pli fermé.")
        receipt = receive(
            file.file,
            file.filename or "",
            door=Door.UPLOAD,
            actor=actor,
            entrance=house.entrance,
            sealed=cover,
        )
    except Refused as error:
        return _page(request, house, actor, form, fault=error)
    return RedirectResponse(f"/plis-fermes?fait={receipt.letter_id}", status_code=303)


@router.post("/plis-fermes/{letter_id}/remettre", dependencies=[FormCheck])
def hand_over(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    nom: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Write that an envelope was given to its addressee."""
    try:
        hand_over_envelope(letter_id, nom, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _page(request, house, actor, Typed(), fault=error)
    return RedirectResponse("/plis-fermes", status_code=303)


@router.post("/courrier/{letter_id}/pli/garder", dependencies=[FormCheck])
def keep(house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Keep an envelope closed, out of the basket."""
    keep_closed(letter_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse("/b/plis-fermes", status_code=303)


@router.post("/courrier/{letter_id}/pli/verser", dependencies=[FormCheck])
def open_one(
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    niveau: Annotated[str, Form(max_length=30)] = Confidentiality.INTERNAL,
    contenu: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Put what was in an envelope into the circuit."""
    file = _given(contenu, "Numérisez le contenu du pli, puis choisissez le fichier.")
    level = Confidentiality(niveau) if niveau in set(Confidentiality) else Confidentiality.CONFIDENTIAL
    opened = open_envelope(
        file.file, file.filename or "", letter_id, level, door=Door.UPLOAD, actor=actor, entrance=house.entrance
    )
    return RedirectResponse(f"/courrier/{opened.id}", status_code=303)


def envelope_context(letter: Letter, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of an envelope; nothing for a letter that came open."""
    envelope = envelope_of(letter, store=house.store)
    now = house.clock()
    waits = envelope is not None and envelope.released_at is None
    early = envelope is not None and envelope.cover.opens_at is not None and now < envelope.cover.opens_at
    mine = envelope is not None and is_addressee(actor, envelope)
    return {
        "envelope": envelope,
        "natures": NATURES,
        "may_open": bool(envelope and waits and mine and envelope.handed_at and not early),
        "may_keep": bool(envelope and waits and mine and envelope.handed_at and not envelope.kept_at),
        "opens_later": waits and early,
        "open_levels": [level for level in LEVELS if level != Confidentiality.PERSONAL],
    }


def _given(file: UploadFile | None, sentence: str) -> UploadFile:
    if file is None or not (file.filename or file.size):
        raise Refused("capture.empty", sentence, field="couverture")
    return file


def _page(
    request: Request,
    house: House,
    actor: Actor,
    typed: Typed,
    *,
    fault: GedError | None = None,
    done: str = "",
) -> Response:
    registering_post(actor)
    number = page_number(request)
    found, total = registry_envelopes(
        store=house.store, actor=actor, clock=house.clock, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS
    )
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    values: dict[str, Any] = {
        "found": found,
        "total": total,
        "number": number,
        "pages": -(-total // PAGE_ROWS),
        "typed": typed,
        "fault": fault,
        "field": fault.diagnostics().get("field") if fault else None,
        "natures": NATURES,
        "lists": lists,
        "sitting": sitting(lists.seats),
        "done": next((one for one in found if one.envelope.letter_id == done), None),
        "limit_mb": house.settings.capture.max_megabytes,
    }
    return page(request, "envelopes.html", status=422 if fault else 200, **values)
