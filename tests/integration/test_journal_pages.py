"""The auditor's journal: who sees which line, what proves one, what is taken away and written down."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api.config import Settings
from api.shipping import open_shipper
from api.views.words import ACTS
from api.wiring import House
from ged.errors import Forbidden, NotFound
from ged.mail.access import Actor
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.journal_query import Concern, JournalLine, JournalQuery
from ged.services import consult
from ged.services.read_journal import PAGE, prove_line, read_journal, take_journal
from ged.services.sign_in import create_token
from integration.test_acknowledgement import signed_in
from rooms.letters import decide, letter_pdf, send

Who = Callable[[str], Actor]


@pytest.fixture
def auditor(who: Who, house: House) -> Actor:
    return who(login_of_role(house, "auditeur"))


def login_of_role(house: House, role: str) -> str:
    with house.store.unit() as unit:
        model = unit.model.whole(house.clock().date())
    post = next(each.id for each in model.positions if each.role == role)
    holder = next(each for each in model.holdings if each.position_id == post)
    return holder.login


@pytest.fixture
def letters(house: House, kossi: Actor, who: Who) -> tuple[Letter, Letter]:
    """One letter that the auditor may read, and one above every clearance but its addressee's."""
    first = send(house, kossi, letter_pdf(reference="1/J"))
    second = send(house, kossi, letter_pdf(reference="2/J"))
    lawson = who("lawson")
    shown = decide(house, lawson, first.letter_id, service_id="DAJ")
    hidden = decide(house, lawson, second.letter_id, service_id="DAJ", confidentiality="personnel")
    consult.letter_file(shown.id, store=house.store, actor=who("daj"), clock=house.clock)
    return shown, hidden


def read(house: House, actor: Actor, query: JournalQuery) -> tuple[JournalLine, ...]:
    return read_journal(query, store=house.store, actor=actor, clock=house.clock).lines


def ship(settings: Settings) -> None:
    with open_shipper(settings) as shipper:
        shipper.round()


def test_every_act_has_its_words() -> None:
    assert set(Act) - set(ACTS) == set()


def test_an_auditor_sees_every_act_and_no_word_of_what_is_not_open(
    house: House, auditor: Actor, letters: tuple[Letter, Letter]
) -> None:
    shown, hidden = letters
    lines = read(house, auditor, JournalQuery(concern=Concern.LETTERS))
    assert {line.number for line in lines} == {shown.number, ""}
    kept = [line for line in lines if not line.open]
    assert {line.row.act for line in kept} >= {"courrier.capture", "courrier.qualifie"}
    assert all(not line.row.details and line.row.letter_id is None for line in kept)
    assert read(house, auditor, JournalQuery(number=hidden.number)) == ()
    assert {line.row.letter_id for line in read(house, auditor, JournalQuery(number=shown.number))} == {shown.id}


def test_an_administrator_sees_administration_and_no_act_on_a_letter(
    house: House, who: Who, letters: tuple[Letter, Letter]
) -> None:
    create_token("kossi", "essai", 1, store=house.store, clock=house.clock)
    lines = read(house, who("admin"), JournalQuery())
    assert {"jeton.cree", "organisation.chargee"} <= {line.row.act for line in lines}
    assert not {line.row.act for line in lines} & {"courrier.capture", "courrier.lu"}
    with pytest.raises(Forbidden):
        read(house, who("kossi"), JournalQuery())


def test_the_letter_that_an_auditor_asked_about_is_not_told_to_administrators(
    house: House, settings: Settings, auditor: Actor, who: Who, letters: tuple[Letter, Letter]
) -> None:
    number = letters[0].number
    query = JournalQuery(person="kossi", number=number)
    read(house, auditor, query)
    take_journal(query, "csv", store=house.store, actor=auditor, clock=house.clock)
    ship(settings)
    for act in ("journal.consulte", "journal.exporte"):
        (line,) = read(house, who("admin"), JournalQuery(act=act, person=auditor.login))
        assert line.row.details["asked"] == {"person": "kossi"}
        assert not line.open
        with pytest.raises(NotFound):  # its proof holds the whole line
            prove_line(line.row.id, log=house.journal_log, store=house.store, actor=who("admin"), clock=house.clock)
        asked = read(house, auditor, JournalQuery(act=act, line=line.row.id))[0].row.details["asked"]
        assert asked == {"person": "kossi", "number": number}


def test_lines_of_another_organisation_are_not_shown(house: House, auditor: Actor, kossi: Actor) -> None:
    create_token("ceet", "essai", 1, store=house.store, clock=house.clock)
    assert [line for line in read(house, auditor, JournalQuery(act="jeton.cree")) if line.row.login == "ceet"] == []


def test_lines_are_found_by_day_person_act_and_subject(
    house: House, auditor: Actor, letters: tuple[Letter, Letter]
) -> None:
    today = house.clock().date()
    assert {line.row.act for line in read(house, auditor, JournalQuery(act="courrier.lu"))} == {"courrier.lu"}
    assert {line.row.login for line in read(house, auditor, JournalQuery(person="kossi"))} == {"kossi"}
    assert read(house, auditor, JournalQuery(since=today, until=today))
    assert read(house, auditor, JournalQuery(until=today.replace(year=2000))) == ()
    acts = {line.row.act for line in read(house, auditor, JournalQuery(concern=Concern.ADMINISTRATION))}
    assert "organisation.chargee" in acts
    assert not any(act.startswith(("courrier.", "session.")) for act in acts)


def test_pages_follow_one_another_without_a_hole(house: House, auditor: Actor) -> None:
    for _ in range(PAGE + 10):
        read(house, auditor, JournalQuery(line=0))
    first = read_journal(JournalQuery(), store=house.store, actor=auditor, clock=house.clock)
    second = read_journal(JournalQuery(before=first.following), store=house.store, actor=auditor, clock=house.clock)
    ids = [line.row.id for line in (*first.lines, *second.lines)]
    assert ids == list(range(ids[0], ids[0] - len(ids), -1))
    assert (len(first.lines), second.following) == (PAGE, None)


def test_a_line_is_proved_to_who_has_the_key_alone(
    house: House, settings: Settings, auditor: Actor, letters: tuple[Letter, Letter], client: httpx.Client
) -> None:
    session = signed_in(house, auditor.login)
    line = next(each for each in read(house, auditor, JournalQuery(act="courrier.lu")))
    assert client.get(f"/journal/{line.row.id}/preuve", headers=session).status_code == 404
    ship(settings)
    answer = client.get(f"/journal/{line.row.id}/preuve", headers=session)
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    entry, proof = files["inscription.json"], files["inscription.tlog-proof"].decode()
    assert json.loads(entry)["id"] == line.row.id
    assert proves(entry, proof, files["cle-publique"].decode().strip())
    assert not proves(entry.replace(b"courrier.lu", b"courrier.xx"), proof, files["cle-publique"].decode().strip())
    hidden = next(each for each in read(house, auditor, JournalQuery(concern=Concern.LETTERS)) if not each.open)
    assert client.get(f"/journal/{hidden.row.id}/preuve", headers=session).status_code == 404
    proven = read(house, auditor, JournalQuery(act="journal.preuve"))[0].row.details
    assert proven["line"] == line.row.id
    assert "position" not in proven, "that is a post"
    assert isinstance(proven["leaf_index"], int)


def proves(entry: bytes, proof: str, verifier: str) -> bool:
    """Check a tlog-proof by the norm, with nothing of the product. Source: RFC 9162, 2.1.3.2; C2SP tlog-proof."""
    head, _, note = proof.partition("\n\n")
    _, index_line, *path = head.split("\n")
    body, _, signature = note.partition("\n\n")
    name, _, key = verifier.split("+", 2)
    index, (_, size, root) = int(index_line.split()[1]), body.split("\n")
    signed = base64.b64decode(signature.split(" ")[2])[4:]
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(signed, f"{body}\n".encode())
    assert body.startswith(f"{name}\n")
    node, last = hashlib.sha256(b"\0" + entry).digest(), int(size) - 1
    for each in map(base64.b64decode, path):
        if index & 1 or index == last:
            node = hashlib.sha256(b"\1" + each + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + each).digest()
        index, last = index >> 1, last >> 1
    return node == base64.b64decode(root)


def test_a_selection_is_taken_away_signed_and_written_down(
    house: House, settings: Settings, auditor: Actor, letters: tuple[Letter, Letter], client: httpx.Client,
    tmp_path: Path,
) -> None:  # fmt: skip
    ship(settings)
    session = signed_in(house, auditor.login)
    answer = client.get("/journal.zip?sur=courriers", headers=session)
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    said = json.loads((tmp_path / "journal.json").read_bytes())
    assert {line["number"] for line in said["lines"]} == {letters[0].number, ""}
    assert all(line["entry"] is not None for line in said["lines"])
    command = (
        "openssl cms -verify -cades -binary -inform DER -in journal.json.p7s -content journal.json "
        "-CAfile certificats.pem -purpose any -out /dev/null"
    )
    assert command in (tmp_path / "LISEZMOI.txt").read_text(encoding="utf-8").replace("\\\n    ", "")
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    table = client.get("/journal.csv?acte=courrier.lu", headers=session).content.decode("utf-8-sig")
    assert letters[0].number in table
    lines = read(house, auditor, JournalQuery(act="journal.exporte"))
    assert [line.row.details["medium"] for line in lines] == ["csv", "json"]
    admin = signed_in(house, "admin")
    assert client.get("/journal.csv", headers=admin).status_code == 403


def test_the_status_page_says_how_late_the_inscription_is(
    house: House, settings: Settings, auditor: Actor, client: httpx.Client
) -> None:
    session = {"Cookie": f"{signed_in(house, auditor.login)['Cookie']}; ged_langue=fr"}
    assert "Vérifiez que « ged ship » tourne" in client.get("/etat", headers=session).text
    ship(settings)
    assert "Vérifiez que « ged ship » tourne" not in client.get("/etat", headers=session).text
    page = client.get("/journal", headers=session).text
    assert "inscrite au journal n°" in page
    assert "en attente" in page
    wrong = client.get("/journal", params={"du": "<b>5 % de"}, headers=session)
    assert wrong.status_code == 422
    assert "« &lt;b&gt;5 % de »" in wrong.text
