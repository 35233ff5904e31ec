"""A morning of the pilot ministry, played through the services, so that every role of the demonstration has work.

The first letters are qualified as their writers meant them, sent down the tree, taken up, advised on. Replies are
written and approved: the minister has signed one, which waits to leave, and nine wait for her signature. The rest of
the mail still waits for the clerk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.circuit import Stage, StageKind
from ged.mail.draft import Content, Draft
from ged.mail.draft_acts import DraftAct, DraftOrder
from ged.mail.item import Confidentiality, Letter, Priority
from ged.mail.moves import Destination, Move, Order
from ged.mail.qualification import Decision
from ged.services import consult, note
from ged.services import draft as drafts
from ged.services.circuit import act
from ged.services.qualify import qualify
from ged.services.route import move
from ged.services.sign_draft import sign_draft
from ged.services.sign_in import actor_of

_CLERK, _QUALIFIED = "kossi", 12
_PRIORITIES = (Priority.NORMAL, Priority.URGENT, Priority.NORMAL, Priority.VERY_URGENT)
_SERVICES = ("DAF", "DAF", "DAF-COMPTA", "DGMG", "DGE", "MME", "SG", "DAF-COMPTA")
_MINISTER = Stage(StageKind.SIGNATURE, (Destination("MME", "MIN"),))
_REPLIES = (
    ("Accord de principe", "Le ministère donne son accord de principe au calendrier que vous proposez."),
    ("Suite donnée à votre demande de rendez-vous", "Votre audience est fixée au jeudi 3 décembre à 10 heures."),
    ("Transmission du rapport d'activités", "Vous voudrez bien trouver ci-joint le rapport du troisième trimestre."),
    ("Désignation d'un point focal", "M. Kpodar, comptable, suit ce dossier pour notre ministère."),
    ("Réponse à votre demande d'agrément", "Votre dossier est complet. La commission l'examine le 9 décembre."),
    ("Invitation au comité de pilotage", "La prochaine séance se tient le mardi 8 décembre à 9 heures."),
    ("Demande de pièces complémentaires", "Il manque le plan de situation et la quittance du cadastre."),
    ("Règlement de la facture", "Le mandat de paiement est transmis ce jour au Trésor public."),
    ("Autorisation de mission", "La mission à Kara est autorisée du 7 au 11 décembre."),
    ("Accord pour la convention", "Le texte convient. Nous proposons la signature le 15 décembre."),
)
"""Invented; each is a letter that an office writes every week."""


def play(house: House, folder: Path) -> None:
    """Play the morning with the letters of a folder, whose truth stands in a JSON file beside each."""
    clerk = _who(house, _CLERK)
    written = [_qualified(house, letter, folder, index) for index, letter in enumerate(_oldest(house, clerk))]
    _work(house, written)
    approved = [_to_the_minister(house, subject, text) for subject, text in _REPLIES]
    _signed(house, approved[0])
    _unfinished(house, written)


def _oldest(house: House, clerk: Actor) -> Iterator[Letter]:
    with house.store.unit() as unit:
        found = [unit.letters.get(each, clerk.tokens()) for each in unit.letters.ids_after("", 100)]
    yield from sorted(found, key=lambda letter: letter.sequence)[:_QUALIFIED]


def _qualified(house: House, letter: Letter, folder: Path, index: int) -> Letter:
    service, priority = _SERVICES[index % len(_SERVICES)], _PRIORITIES[index % len(_PRIORITIES)]
    return qualified(house, letter, folder / letter.filename, service, priority)


def qualified(house: House, letter: Letter, scan: Path, service: str, priority: Priority = Priority.NORMAL) -> Letter:
    """Qualify a letter, as the clerk, as its writer meant it: its truth stands in a JSON file beside its scan."""
    truth = json.loads(scan.with_suffix(".json").read_text(encoding="utf-8"))
    decision = Decision(
        expected_revision=letter.revision,
        sender=truth["sender"],
        recipient=truth["recipient"],
        subject=truth["subject"],
        sender_reference=truth["reference"] or "",
        letter_date=min(date.fromisoformat(truth["date"]), house.clock().date()),
        due_date=None,
        kind=truth["kind"],
        service_id=service,
        confidentiality=Confidentiality.INTERNAL,
        priority=priority,
    )
    return qualify(letter.id, decision, store=house.store, actor=_who(house, _CLERK), clock=house.clock)


def _work(house: House, letters: list[Letter]) -> None:
    """The accountant takes up, asks the lawyers and waits for an applicant; one director passes on, another closes."""
    accountant, director = _who(house, "comptable"), _who(house, "daf")
    mine = [letter for letter in letters if letter.service_id == "DAF-COMPTA"]
    theirs = [letter for letter in letters if letter.service_id == "DAF"]
    _move(house, accountant, mine[0], Order(Move.TAKE, None))
    if len(mine) > 1:
        week = house.clock().date() + timedelta(days=7)
        question = Order(Move.ASK, None, Destination("DAJ"), text="Cette somme est-elle due ?", due_date=week)
        _move(house, accountant, mine[1], question)
    passed = Order(Move.ASSIGN, None, Destination("DAF-COMPTA", "DAF-A1"), "elements", "Préparez les éléments.")
    _move(house, director, theirs[0], passed)
    note.add_note(
        theirs[0].id,
        "L'expéditeur a téléphoné ce matin.",
        private=False,
        store=house.store,
        actor=director,
        clock=house.clock,
    )
    mines = [letter for letter in letters if letter.service_id == "DGMG"]
    _move(house, _who(house, "mines"), mines[-1], Order(Move.FINISH, None))
    note.follow(theirs[0].id, following=True, store=house.store, actor=director)


def _move(house: House, actor: Actor, letter: Letter, order: Order) -> None:
    consult.letter_file(letter.id, store=house.store, actor=actor, clock=house.clock)
    move(letter.id, order, store=house.store, actor=actor, clock=house.clock)


def _to_the_minister(house: House, subject: str, text: str) -> Draft:
    """The accountant writes, the director approves, the minister will sign."""
    author, director = _who(house, "comptable"), _who(house, "daf")
    circuit = (Stage(StageKind.VISA, (Destination("DAF", "DAF-1"),)), _MINISTER)
    draft = _begun(house, author, subject, text, drafts.Plan(stages=circuit))
    draft = _act(house, author, draft, DraftAct.START)
    return _act(house, director, draft, DraftAct.APPROVE)


def _signed(house: House, draft: Draft) -> None:
    """The minister signs one: it waits to leave."""
    sign_draft(
        draft.id,
        draft.digest,
        store=house.store,
        vault=house.vault,
        press=house.press,
        pdf_signer=house.pdf_signer,
        actor=_who(house, "ministre"),
        clock=house.clock,
    )


def _unfinished(house: House, letters: list[Letter]) -> None:
    """One reply waits for the director's visa, one is still being written."""
    author = _who(house, "comptable")
    circuit = (Stage(StageKind.VISA, (Destination("DAF", "DAF-1"),)), _MINISTER)
    answered = next(letter for letter in letters if letter.service_id == "DAF-COMPTA")
    plan = drafts.Plan(stages=circuit, answers=(answered.id,))
    waiting = _begun(house, author, f"Réponse à : {answered.subject}", "Nous avons bien reçu votre courrier.", plan)
    _act(house, author, waiting, DraftAct.START)
    _begun(house, author, "Rappel du calendrier budgétaire", "Les fiches sont attendues", drafts.Plan())


def _begun(house: House, author: Actor, subject: str, text: str, plan: drafts.Plan) -> Draft:
    body = f"Monsieur le Directeur,\n\n{text}\n\nVeuillez agréer l'expression de notre considération distinguée."
    content = Content(subject, ("Monsieur le Directeur général de la CEET",), body)
    return drafts.begin(plan, content, store=house.store, actor=author, clock=house.clock)


def _act(house: House, actor: Actor, draft: Draft, what: DraftAct) -> Draft:
    order = DraftOrder(what, draft.revision, draft.digest)
    return act(draft.id, order, store=house.store, actor=actor, clock=house.clock)


def _who(house: House, login: str) -> Actor:
    return actor_of(login, store=house.store, clock=house.clock)
