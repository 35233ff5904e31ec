"""Every address of the application, walked by those it is not for: nothing is named, changed or broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
import psycopg
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from api.app import create_app
from api.config import Settings
from api.deps import COOKIE, Csrf, api_actor, check_form, check_origin, page_actor
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.annex import AnnexKind
from ged.mail.audit import Depth
from ged.mail.box import BoxSheet, PaperGone
from ged.mail.circuit import Approver, Stage, StageKind
from ged.mail.custody import Keeper
from ged.mail.dispatch import EMAIL, Plan
from ged.mail.disposal import Disposal, DisposalLine, DisposalState, LineState, Signed
from ged.mail.draft import Content
from ged.mail.filing import Disposition
from ged.mail.item import Confidentiality, Direction, Letter
from ged.mail.kept import KeptFile, KeptKind
from ged.mail.legal_hold import Scope
from ged.mail.moves import Destination, Move, Order
from ged.mail.reason import said
from ged.mail.reception import Reception, ReceptionState
from ged.mail.register_book import RegisterQuery
from ged.mail.returned import DoubtfulFile, Fate
from ged.mail.transfer import Candidate, Form, Transfer, TransferState
from ged.mail.upload import Wish
from ged.services import (
    boxes,
    classify,
    consult,
    dispatch,
    dossier,
    dossier_pieces,
    hold,
    note,
    records_schedule,
    saved_views,
    succeed,
)
from ged.services.attach import attach
from ged.services.audit.runs import ask_audit
from ged.services.capture import Door
from ged.services.capture_mail import set_aside
from ged.services.dossier_pieces import Brought
from ged.services.draft import Plan as DraftPlan
from ged.services.draft import begin
from ged.services.hold import NewHold
from ged.services.number_block import reserve
from ged.services.open_batch import NewBatch, open_batch
from ged.services.print_register import print_register
from ged.services.print_slip import print_slips
from ged.services.route import move
from ged.services.second_number import number_again
from ged.services.transmit import Wanted, transmit
from ingest.capture.deposit import deposit
from integration.test_acknowledgement import signed_in
from rooms.departures import signed
from rooms.house import driver_url
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer

Who = Callable[[str], Actor]
MARK = "Zébulon"
"""A word that stands in whatever the outsiders may not read."""
OUTSIDERS = ("ceet", "admin", "comptable")
"""Another organisation; an administrator, who reads no letter; a colleague of another unit, without the level."""
PUBLIC = {
    "/connexion": "how one signs in",
    "/langue/{language}": "a choice of who is not known yet",
    "/registres": "leads to a register, which asks who one is",
    "/f/{code}": "says to a phone that the sheet goes to the scanner, whatever the code",
    "/accuse/{token}": "the receipt's own secret opens it",
    "/d/{code}": "the sheet's own secret opens it",
    "/l/{code}": "says to a phone that the sheet goes to the scanner, whatever the code",
    "/e/{code}": "leads to the sheet of that code",
    "/t/{token}": "the link's own secret opens it, to one telephone",
    "/t/{token}/envois": "the link's secret and the telephone's",
    "/t/{token}/envois/{upload_id}": "the link's secret and the telephone's",
}
NO_SESSION = {
    "/accuse/{token}": "the paper of somebody outside is compared, nothing is written",
    "/t/{token}": "a telephone takes a free link, and has no session",
    "/t/{token}/envois": "a telephone that has the link",
    "/t/{token}/envois/{upload_id}": "a telephone that has the link",
}
"""Forms of people without a session: they check where they come from, having no session to come from."""
OWN = {"/deconnexion", "/compte", "/compte/avis", "/avis", "/vues", "/recherche/oubli", "/absences", "/api/v1/absences"}
OWN |= {"/projet/nouveau", "/api/v1/drafts", "/registres/{direction}/imprimer", "/api/v1/registers/{direction}/prints"}
OWN |= {"/feuilles-de-lot/fiche", "/photographier/telephone"}
OWN |= {"/audits"}
OWN |= {"/api/v1/notices/read", "/api/v1/notices/choice"}
"""What everybody may write of their own: walking them would change what the walk compares."""
MESSAGES = {"/courriels", "/courriels/{message_id}", "/api/v1/messages"}
FIELDS: dict[str, Any] = {
    "acte": "annoter",
    "texte": "Vu",
    "motif": "Vu",
    "raison": "Vu",
    "nom": "M. Vu",
    "remarque": "Vu",
    "titre": "",
    "etat": "remis",
    "revision": "1",
    "numero": "1",
    "genre": "lie",
    "cle": "x" * 22,
    "recu": "oui",
    "sens": "depart",
}
JSON: dict[str, Any] = {
    "revision": 1,
    "text": "Vu",
    "act": "annoter",
    "digest": "",
    "reason": "Vu",
    "kind": "lie",
    "number": "1",
    "subject": "Vu",
    "recipients": ["M. Vu"],
    "plans": [],
    "seen": [],
    "state": "remis",
    "remark": "Vu",
}


def contexts() -> Iterator[RouteContext]:
    """Give every route of the application, but for the mounted files and the description of the API."""
    for context in iter_route_contexts(create_app(None).routes):  # type: ignore[arg-type]
        if isinstance(context.original_route, APIRoute):
            yield context


def calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls(inner)


def test_every_route_asks_who_one_is_and_every_form_where_it_comes_from() -> None:
    seen = set()
    for context in contexts():
        path, asked = str(context.path), set(calls(context.dependant))
        seen.add(path)
        if path.startswith("/api/v1/"):
            assert api_actor in asked, path
            assert page_actor not in asked, path
            continue
        assert page_actor in asked or path in PUBLIC, path
        if context.methods != {"GET"}:
            assert check_form in asked or (path in NO_SESSION and check_origin in asked), path
    assert PUBLIC.keys() | NO_SESSION.keys() | OWN <= seen, "a list of exceptions names what is there no more"


def test_a_session_alone_writes_nothing_by_the_api(house: House, client: httpx.Client) -> None:
    session = signed_in(house, "kossi")
    for context in contexts():
        path = re.sub(r"{\w+}", "1", str(context.path))
        for method in sorted((context.methods or set()) - {"GET", "HEAD"}):
            if path.startswith("/api/v1/"):
                answer = client.request(method, path, headers=session)
                assert (answer.status_code, answer.json()["code"]) == (403, "token.missing"), path


@dataclass(frozen=True)
class Closed:
    """What the outsiders try to reach: the letters, and a value for each parameter of an address."""

    letters: tuple[Letter, ...]
    values: dict[str, str]

    def addresses(self, path: str) -> set[str]:
        """Return the addresses of a route, one for each letter; a parameter without a value fails the test."""
        parameters = re.findall(r"{(\w+)}", path)
        unknown = set(parameters) - self.values.keys() - {"letter_id"}
        assert not unknown, f"give a value to {unknown} of {path} in this test"
        return {path.format_map(self.values | {"letter_id": letter.id}) for letter in self.letters}


def first(settings: Settings, query: str) -> str:
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None, query
    return str(row[0])


def hanging(house: House, clerk: Actor, head: Actor, letter: Letter) -> dict[str, str]:
    """Hang files and papers on a letter, leave others before its registry, and return the id of each."""
    now, box = house.clock(), "courrier@exemple.tg"
    (slip_id,) = print_slips([letter.id], store=house.store, actor=head, clock=house.clock)
    stored = house.vault.put(BytesIO(f"%PDF {MARK}".encode()), media_type="application/pdf")
    set_aside(None, stored, MARK, return_path=MARK, box=box, register_id="MME", store=house.store, clock=house.clock)
    known: dict[str, Any] = {"sha256": stored.digest, "size": stored.size, "media_type": "application/pdf"}
    kept = KeptFile(
        "k" * 22, letter.id, KeptKind.SLIP, filename=MARK, added_at=now, added_by=head.name, sealed_at=None, **known
    )
    doubtful = DoubtfulFile(
        "d" * 22, "MME", "MME", page_count=1, filename=MARK, door=Door.UPLOAD, came_at=now, login=clerk.login,
        transmittals=(), doubts=(MARK,), fate=Fate.WAITING, **known,
    )  # fmt: skip
    with house.store.unit() as unit:
        joined = attach(
            unit, letter, AnnexKind.ENCLOSURE, stored, media_type="application/pdf", label=MARK, actor=head, now=now
        )
        unit.kept_files.add(kept)
        unit.slips.add_file(doubtful)
        (aside,) = unit.electronic.asides(["MME"])
        code = unit.slips.get(slip_id).code
        unit.commit()
    upload = house.uploads.begin(Wish(MARK, 10, Door.UPLOAD), clerk)
    return {
        "slip_id": slip_id, "kept_id": kept.id, "file_id": doubtful.id, "annex_id": joined.id, "aside_id": aside.id,
        "code": code, "upload_id": upload.id, "piece_id": joined.id,
    }  # fmt: skip


def came_in(house: House) -> Reception:
    """Write down a package that another house transferred."""
    now = house.clock()
    came = Reception(
        "r" * 22, "MME", "0" * 64, 1, MARK, ReceptionState.REFUSED, now, "archives", "I. Sossou", MARK, MARK
    )
    with house.store.unit() as unit:
        unit.receptions.add(came)
        unit.commit()
    return came


def slip_of(house: House, letter: Letter) -> Transfer:
    """Put a letter on a transfer slip that waits for a visa."""
    now = house.clock()
    told = ("archives", "I. Sossou")
    slip = Transfer(
        "v" * 22, "MME", "VER-2026-001", MARK, Form.SEDA, "AN", "Archives", "", TransferState.SUBMITTED, 1, now, *told,
        now, *told,
    )  # fmt: skip
    with house.store.unit() as unit:
        unit.transfers.add(slip)
        unit.transfers.list_items(slip.id, [Candidate(letter.id, Disposition.TRANSFER, now.date(), (said(MARK),))])
        unit.commit()
    return slip


def listed(house: House, archivist: Actor, letter: Letter) -> str:
    """Put a letter on a list of disposal that waits for the head of its unit, its paper certified as destroyed."""
    signed = Signed(archivist.login, archivist.name, house.clock())
    made = Disposal("e" * 22, "MME", "ELIM-2026-0001", DisposalState.VISAED, signed, signed, "DAJ-1", said=MARK)
    line = DisposalLine(
        letter.id, 1, letter.number, letter.original, "COURANT", house.clock().date(), (said(MARK),), LineState.PROPOSED
    )
    pdf = house.vault.put(BytesIO(letter_pdf(body=MARK)), media_type="application/pdf", tenant_id="MME")
    gone = PaperGone(
        "g" * 22, "MME", made.id, house.clock().date(), MARK, MARK, house.clock(), archivist.name, archivist.login,
        pdf.digest, b"", 0,
    )  # fmt: skip
    with house.store.unit() as unit:
        unit.disposals.add(made, [line])
        unit.boxes.add_gone(gone, {letter.id: MARK})
        unit.commit()
    return made.id


@pytest.fixture
def closed(house: House, settings: Settings, kossi: Actor, who: Who) -> Closed:
    """A confidential letter with all that hangs on it, and a departure of the same unit on its way."""
    daj, lawson = who("daj"), who("lawson")
    by: dict[str, Any] = {"store": house.store, "clock": house.clock}
    send(house, kossi, letter_pdf(reference="0/Z"))  # number 1, which forms give as an example
    receipt = send(house, lawson, letter_pdf(subject=f"Recours {MARK}"))
    letter = decide(
        house, lawson, receipt.letter_id, service_id="DAJ", confidentiality="confidentiel", subject=f"Recours {MARK}",
        sender=f"Étude {MARK}",
    )  # fmt: skip
    consult.letter_file(letter.id, actor=daj, **by)
    move(letter.id, Order(Move.ASK, None, Destination("SG"), text=f"Avis sur {MARK}"), actor=daj, **by)
    note.add_note(letter.id, f"{MARK} a appelé.", private=False, actor=daj, **by)
    number_again(letter.id, actor=daj, **by)
    answer = Content(f"Réponse à {MARK}", ("Étude Zola",), f"À {MARK}.")
    circuit = (Stage(StageKind.SIGNATURE, (Approver("MME", "MIN"),)),)
    plan = DraftPlan(confidentiality=Confidentiality.CONFIDENTIAL, answers=(letter.id,), stages=circuit)
    draft = begin(plan, answer, actor=daj, **by)
    gone = signed(house, daj, who("ministre"), answer)
    planned = (Plan("Étude Zola", way="poste", address="Lomé"), Plan("M. Zola", way=EMAIL, address="z@exemple.tg"))
    with house.store.unit() as unit:
        ready = frozenset(each.id for each in unit.sendings.of(gone.id))
    dispatch.plan(gone.id, planned, ready, actor=kossi, **by)
    dispatch.send({gone.id: None}, actor=kossi, **by)
    folder = dossier.begin("", f"Affaire {MARK}", "DAJ", (), actor=daj, **by)
    dossier.put_in(folder.id, letter.id, actor=daj, **by)
    plan_of_site = house.vault.put(BytesIO(letter_pdf(subject=MARK)), media_type="application/pdf", tenant_id="MME")
    laid = dossier_pieces.bring(folder.id, Brought(plan_of_site, "application/pdf", f"{MARK}.pdf"), actor=daj, **by)
    paper = send(house, kossi, letter_pdf(subject=f"Papier {MARK}", reference="2/Z"))
    handed = decide(house, kossi, paper.letter_id, service_id="DAJ", subject=f"Papier {MARK}")
    sheet = transmit(Wanted("transmission", (handed.id,), Keeper("DAJ")), actor=kossi, **by)[0]
    block = reserve(Direction.INCOMING, 2, "Panne de courant", actor=kossi, **by)
    render: Callable[[object], bytes] = lambda _: f"%PDF {MARK}".encode()  # noqa: E731
    audit = ask_audit(Depth.QUICK, actor=who("audit"), **by)
    kept = print_register(
        RegisterQuery("", Direction.INCOMING, since=house.clock().date(), until=house.clock().date()),
        render=render, vault=house.vault, actor=lawson, **by,
    )  # fmt: skip
    left = succeed.make("DAJ-1", render=render, vault=house.vault, signer=house.signer, actor=daj, **by)
    frozen = hold.place(NewHold(Scope.LETTER, letter.id, f"Recours de {MARK}"), actor=who("archives"), **by)
    ended = classify.record_event(MARK, house.clock().date(), letter_id=letter.id, actor=who("archives"), **by)
    version = records_schedule.begin(actor=who("archives"), **by)
    records_schedule.write(version.id, lambda schedule: schedule, MARK, revision=1, actor=who("archives"), **by)
    view = saved_views.save(MARK, "recherche", f"q={MARK}", actor=daj, **by)
    lot = open_batch(NewBatch(Door.UPLOAD, MARK), actor=kossi, **by)
    deposit(BytesIO(letter_pdf(subject=MARK)), MARK, lot.id, door=Door.UPLOAD, actor=kossi, entrance=house.entrance)
    slip = slip_of(house, letter)
    crate = boxes.make(BoxSheet("X/1", MARK, "A", "1", "1", 10), actor=who("archives"), **by)
    assert boxes.put(crate.id, letter.number, actor=who("archives"), **by).placed
    values = {
        "transfer_id": slip.id,
        "box_id": crate.id,
        "sort": "versements",
        "list_id": slip.id,
        "reception_id": came_in(house).id,
        "event_id": ended.id,
        "version_id": version.id,
        "opinion_id": first(settings, "SELECT id FROM opinion"),
        "sending_id": first(settings, "SELECT id FROM sending"),
        "message_id": first(settings, "SELECT id FROM message WHERE letter_id IS NOT NULL"),
        "notice_id": first(settings, "SELECT id FROM notice"),
        "hand_over_id": first(settings, "SELECT id FROM hand_over WHERE standing OR received_at IS NULL"),
        "delegation_id": first(settings, "SELECT id FROM delegation"),
        "absence_id": first(settings, "SELECT id FROM absence"),
        "correspondent_id": first(settings, "SELECT id FROM correspondent"),
        "draft_id": draft.id,
        "digest": draft.digest,
        "transmittal_id": sheet.id,
        "dossier_id": folder.id,
        "document_id": laid.id,
        "block_id": block.id,
        "print_id": kept.id,
        "audit_id": audit.id,
        "draw_id": "aucun",
        "hold_id": frozen.id,
        "disposal_id": listed(house, who("archives"), letter),
        "gone_id": "g" * 22,
        "suffix": "pdf",
        "log": "documents",
        "succession_id": left.id,
        "view_id": view.id,
        "batch_id": lot.id,
        "key": "1-1",
        "line": "1",
        **hanging(house, kossi, daj, letter),
        "token": "0" * 22,  # the secret of a receipt: whoever has it is shown the number
        "other_id": gone.id,
        "model_id": "x",
        "number": "1",
        "rank": "1",
        "sequence": "1",
        "kind": "repond_a",
        "direction": "arrivee",
        "year": str(house.clock().year),
        "slug": "tous",
        "language": "fr",
    }
    return Closed((letter, gone, handed), values)


def test_what_hangs_there_opens_to_those_it_is_for(house: House, closed: Closed, client: httpx.Client) -> None:
    for login, path in (
        ("daj", "/courrier/{letter_id}/annexe/{annex_id}"),
        ("daj", "/courrier/{letter_id}/gardees/{kept_id}"),
        ("daj", "/fiches/{slip_id}"),
        ("kossi", "/retours/{file_id}/fichier"),
        ("kossi", "/courriels-ecartes/{aside_id}"),
    ):
        address = path.format_map(closed.values | {"letter_id": closed.letters[0].id})
        assert client.get(address, headers=signed_in(house, login)).status_code == httpx.codes.OK, path
    upload = client.get(f"/api/v1/uploads/{closed.values['upload_id']}", headers=bearer(house, "kossi"))
    assert upload.status_code == httpx.codes.OK


def state_of(settings: Settings) -> dict[str, tuple[Any, ...]]:
    """Return a digest of every table, but for who came and what they looked at."""
    assert settings.database.url is not None
    left_out = {"journal", "session", "token", "alembic_version", "outbox", "idempotency"}
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        digest = "SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t"
        return {
            name: connection.execute(digest.format(f'"{name}"').encode()).fetchone() or ()
            for (name,) in names
            if name not in left_out
        }


def told(answer: httpx.Response, closed: Closed) -> list[str]:
    """Return what an answer names of what is closed; an administrator follows e-mails by the number of their letter."""
    text = answer.text + str(answer.headers)
    return [word for word in (MARK, *(letter.number for letter in closed.letters)) if word in text]


def test_nobody_in_particular_is_shown_nothing(closed: Closed, settings: Settings, client: httpx.Client) -> None:
    before = state_of(settings)
    for context in contexts():
        path = str(context.path)
        for method in sorted(context.methods or ()):
            for address in closed.addresses(path):
                answer = client.request(method, address)
                assert not told(answer, closed), (method, address)
                if path.startswith("/api/"):
                    assert answer.status_code == 403, (method, address)
                elif path not in PUBLIC:
                    assert answer.status_code == 303, (method, address, answer.status_code)
                    assert answer.headers["location"].startswith("/connexion"), (method, address)
                assert answer.status_code < 500, (method, address)
    assert state_of(settings) == before


@pytest.mark.parametrize("login", OUTSIDERS)
def test_who_may_not_is_shown_nothing_and_changes_nothing(
    house: House, closed: Closed, settings: Settings, client: httpx.Client, login: str
) -> None:
    session, program = signed_in(house, login), bearer(house, login)
    chosen = [letter.id for letter in closed.letters]
    typed, said = FIELDS | {"choix": chosen}, JSON | {"letters": chosen, "decision": "enregistrer"}
    token = Csrf(session["Cookie"].removeprefix(f"{COOKIE}=")).token
    before, faults = state_of(settings), []
    for context in contexts():
        path = str(context.path)
        for method in sorted(context.methods or ()):
            if path in OWN and method != "GET":
                continue
            for address in closed.addresses(path):
                if path.startswith("/api/"):
                    answer = client.request(method, address, headers=program, json=None if method == "GET" else said)
                elif method == "GET":
                    answer = client.get(address, headers=session)
                else:
                    answer = client.post(address, headers=session, data=typed | {"csrf_token": token})
                named = told(answer, closed)
                if login == "admin" and path in MESSAGES:
                    named = [word for word in named if word == MARK]
                if answer.status_code >= 500 or named:
                    faults.append((method, address, answer.status_code, named))
    assert faults == []
    after = state_of(settings)
    assert {name for name in after if after[name] != before[name]} == set()
