"""Letters to send: one page set in type with a text of ours, and acts done to a letter in one line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from typing import Any

import weasyprint

from api.wiring import House
from api.worker import run_worker
from ged.mail.access import Actor
from ged.mail.item import Confidentiality, Letter, Priority
from ged.mail.qualification import Decision
from ged.services import consult
from ged.services.capture import Door, Receipt
from ged.services.qualify import qualify
from ingest.capture.receive import receive

BODY = (
    "Nous avons l'honneur de solliciter l'autorisation d'exploiter la carrière de gravier située à Kpalimé. "
    "Une étude préalable a montré que le transformateur existant ne suffit plus aux besoins du quartier."
)


def letter_pdf(
    *,
    sender: str = "Société des Carrières du Mono",
    subject: str = "Demande d'autorisation d'exploitation",
    reference: str = "0123/2026/SCM/DG",
    quoted: str = "",
    day: str = "12 octobre 2026",
    body: str = BODY,
    pages: int = 1,
) -> bytes:
    """Return a born-digital letter, laid out as administrations do."""
    more = "".join(
        f'<p style="break-before:page">Annexe {n}, suite du dossier de {sender}.</p>' for n in range(1, pages)
    )
    theirs = f"<p>V/Réf. : {quoted}</p>" if quoted else ""
    text = f"""<html lang=fr><style>@page{{size:A4;margin:25mm}} body{{font:12pt serif}}</style><body>
    <p><b>{sender}</b><br>B.P. 1234<br>Kpalimé</p><p>N° {reference}</p>{theirs}
    <p style="text-align:right">Kpalimé, le {day}</p>
    <p style="margin-left:9cm">À<br>Monsieur le Ministre des mines et de l'énergie<br>LOMÉ</p>
    <p><b>Objet : {subject}</b></p><p>Monsieur le Ministre,</p><p>{body}</p>
    <p>Veuillez agréer, Monsieur le Ministre, l'expression de notre considération.</p>{more}</body></html>"""
    return bytes(weasyprint.HTML(string=text).write_pdf())


def send(house: House, actor: Actor, data: bytes, name: str = "lettre.pdf") -> Receipt:
    """Register a file for somebody."""
    return receive(BytesIO(data), name, door=Door.COMMAND, actor=actor, entrance=house.entrance)


def read_all(house: House) -> None:
    """Do all the work that waits: sealing, reading, indexing. In a thread: a browser test has a loop in its own."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(run_worker, house, until_idle=True).result()


def decide(house: House, actor: Actor, letter_id: str, **changes: Any) -> Letter:
    """Qualify a letter, with what is not said filled in."""
    letter = consult.letter(letter_id, store=house.store, actor=actor)
    values: dict[str, Any] = {
        "sender": "Société des Carrières du Mono",
        "recipient": "",
        "subject": "Demande d'autorisation d'exploitation",
        "sender_reference": "0123/2026/SCM/DG",
        "letter_date": date(2026, 10, 12),
        "due_date": None,
        "kind": "demande",
        "service_id": "DAF",
        "confidentiality": "interne",
        "priority": "normal",
    }
    bonds = changes.pop("bonds", ())
    values |= changes
    chosen = {"confidentiality": Confidentiality(values["confidentiality"]), "priority": Priority(values["priority"])}
    decision = Decision(expected_revision=letter.revision, **(values | chosen))
    return qualify(letter_id, decision, bonds=bonds, store=house.store, actor=actor, clock=house.clock)


def proving(house: House, actor: Actor) -> dict[str, Any]:
    """What the services that prove ask for."""
    return {
        "store": house.store,
        "vault": house.vault,
        "signer": house.signer,
        "ledger": house.ledger,
        "actor": actor,
        "clock": house.clock,
    }


def verifying(house: House, actor: Actor) -> dict[str, Any]:
    """What verification asks for."""
    return proving(house, actor) | {"time_roots": house.time_roots}
