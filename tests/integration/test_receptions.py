"""What one house transfers another takes: checked whole, sealed anew, its provenance kept; hostile packages refused."""

from __future__ import annotations

import hashlib
import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import httpx
import psycopg
import pytest
from lxml import etree
from pydantic import SecretStr

from api.config import Database, ReadingSettings, SealSettings, Settings
from api.receptions import receiver_of, take_reception
from api.transfers import read_reply
from api.views.words import translations
from api.wiring import House, open_house
from api.worker import drain_index
from ged.mail.annex import AnnexKind
from ged.mail.dossier_piece import DossierModel, FieldType, KeptPiece, PieceField, PieceKind
from ged.mail.item import Reading, Sealing, State
from ged.mail.journal import Act
from ged.mail.reason import Why
from ged.mail.reception import Proofs, Reception, ReceptionState
from ged.mail.said import tell
from ged.mail.transfer import Form, ItemState, TransferState
from ged.ports import Stored, Vault
from ged.seal.bundle.write import complete
from ged.seal.trust import TrustStore
from ged.seal.verify import Outcome
from ged.services import classify, consult, dossier, dossier_pieces
from ged.services.verify import verify_letter
from ged.services.verify_bundle import verify_bundle
from ingest.own_folder import own_folder
from integration.test_acknowledgement import signed_in
from retention import reception, slips
from retention.answers import take_answer
from retention.fate import Fate
from retention.fates import fates_of, fates_of_pieces
from retention.nightly import sweep_letters
from rooms.house import alchemy_url, driver_url
from rooms.letters import letter_pdf, read_all, verifying
from rooms.processes import forking
from rooms.server import bearer, served
from rooms.transfers import (
    SCHEMAS,
    Laid,
    by,
    closed_dossier,
    closed_letters,
    fall_due,
    judged,
    package_of,
    packed,
    person,
)
from search.find import find_pieces
from search.port import Query

Altered = Callable[[dict[str, bytes]], dict[str, bytes]]


@pytest.fixture
def archive_settings(postgres_url: str, pilot_template: str, tmp_path: Path) -> Iterator[Settings]:
    """Another installation, with its own database, vault and keys."""
    name = f"archives_{uuid4().hex[:12]}"
    with psycopg.connect(driver_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {pilot_template}")
        yield Settings(
            data=tmp_path / "archives",
            database=Database(kind="server", url=SecretStr(alchemy_url(postgres_url, name))),
            reading=ReadingSettings(processes=1),
            seal=SealSettings(organisation="Archives nationales"),
        )
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def sent(house: House, package: bytes, name: str = "paquet.zip") -> Reception:
    """Send a package to a house, and have it checked."""
    found = reception.receive(
        BytesIO(package), name, limit_bytes=50_000_000, vault=house.vault, **by(house, "archives")
    )
    take_reception(found.id, house)
    return reception.received(found.id, store=house.store, actor=person(house, "archives")).reception


@pytest.mark.skipif(not SCHEMAS.exists(), reason="the SEDA schemas are not on this machine")
@pytest.mark.parametrize("form", list(Form))
def test_what_one_house_transfers_another_takes(
    house: House, archive_settings: Settings, tmp_path: Path, form: Form
) -> None:
    mine = closed_letters(house, 2, scans=[1])
    secret = mine[0]
    folder = dossier.begin("", "Carrière de Tsévié", "DAF", (), **by(house, "daf"))
    dossier.put_in(folder.id, secret, **by(house, "daf"))
    fall_due(house, mine)
    slip = packed(house, form=form)
    package = package_of(house, slip.id, tmp_path / "paquet.zip")

    trusted = tmp_path / "maisons" / "MME"
    trusted.mkdir(parents=True)
    authorities = TrustStore.from_pem(house.signer.trust_pem).authorities
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    (trusted / "autorite.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in authorities))
    (trusted / "journaux.vkey").write_text(house.ledger.verifier_key + "\n")
    known = archive_settings.transfer.model_copy(update={"trusted": trusted.parent, "schemas": SCHEMAS})
    with open_house(archive_settings.model_copy(update={"transfer": known})) as archive:
        ways = by(archive, "archives") | {"vault": archive.vault, "limit_bytes": 50_000_000}
        before = reception.receive(BytesIO(package.read_bytes()), "paquet.zip", **ways)
        read_all(archive)
        found = reception.received(before.id, store=archive.store, actor=person(archive, "archives"))
        assert (found.reception.state, found.reception.reasons) == (ReceptionState.ACCEPTED, ())
        assert archive.vault.stat(found.reception.sha256) is None, "the package is gone, its letters stay"
        assert len(found.letters) == 2
        for provenance, number in found.letters:
            assert provenance.letter_id is not None
            theirs = consult.letter(provenance.letter_id, store=archive.store, actor=person(archive, "archives"))
            ours = consult.letter(provenance.system_id, store=house.store, actor=person(house, "archives"))
            assert (theirs.original, theirs.number) == (ours.original, number)
            assert theirs.id != ours.id
            same = ("subject", "sender", "sender_reference", "letter_date", "kind", "closed_on", "media_type")
            assert [getattr(theirs, each) for each in same] == [getattr(ours, each) for each in same]
            assert (theirs.state, theirs.sealing) == (State.DONE, Sealing.SEALED)
            assert provenance.proofs is Proofs.KNOWN
            shown = reception.provenance_of(theirs.id, store=archive.store, actor=person(archive, "archives"))
            assert shown == (provenance, found.reception)
            assert provenance.number == ours.number
            assert any("scellé" in what for _, what in provenance.history)
            verdict = verify_letter(theirs.id, **verifying(archive, person(archive, "archives")))
            assert verdict.outcome is Outcome.INTACT
            _same_proofs(house, archive, theirs.id, ours.original)
        _kept_until_filed(archive, [one.letter_id for one, _ in found.letters if one.letter_id])
        dossiers = {one.system_id: one.dossier for one, _ in found.letters}
        assert dossiers[secret] == f"{folder.code} Carrière de Tsévié"
        xml = found.reception.reply.encode()
        again = sent(archive, package.read_bytes())
        assert again.state is ReceptionState.REFUSED
        assert "déjà été pris" in again.reasons[0]
        assert "was already taken, on" in tell(again.reasons[0], translations("en").gettext)

    (tmp_path / "reponse.xml").write_bytes(xml)
    assert (judged(tmp_path / "reponse.xml").xmllint, judged(tmp_path / "reponse.xml").lxml) == ("", "")
    said, text = read_reply(tmp_path / "reponse.xml", house)
    take_answer(slip.id, said, text, **by(house, "archives"))
    after = slips.slip(slip.id, store=house.store, actor=person(house, "archives"))
    assert after.transfer.state is TransferState.ANSWERED
    assert {line.item.state for line in after.lines} == {ItemState.ACCEPTED}
    assert {line.item.said for line in after.lines} == {number for _, number in found.letters}
    with house.store.unit() as unit:
        assert unit.transfers.accepted(mine) == frozenset(mine)
        assert {one.state for one in unit.letters.many(mine)} == {State.TRANSFERRED}


def _kept_until_filed(archive: House, letter_ids: list[str]) -> None:
    """No rule of their kind has anything fall due of what came to be kept; a code, which the archivist gives, has."""
    keeper, today = by(archive, "archives"), archive.clock().date()

    def fates() -> dict[str, Fate]:
        with archive.store.unit() as unit:
            return fates_of(unit, unit.letters.many(letter_ids), today)

    assert {(one.keep_until, one.rule, one.due) for one in fates().values()} == {(None, None, False)}
    assert {one.reasons[0].why for one in fates().values()} == {Why.NO_RULE_RECEIVED}
    assert sweep_letters(archive.store, archive.clock) == 0
    classify.file_letter(letter_ids[0], "A4", **keeper)
    assert [fates()[each].rule for each in letter_ids] == ["CONTENTIEUX", *([None] * (len(letter_ids) - 1))]


def loaded(house: House, *fields: PieceField) -> None:
    """Have a kind of piece, « plan », with what is to be known of it."""
    with house.store.unit() as unit:
        unit.dossier_pieces.load(DossierModel((PieceKind("plan", "Plan", "Plan"),), fields))
        unit.commit()


def test_a_dossier_that_is_transferred_becomes_a_dossier_with_its_pieces_versions_and_proofs(
    house: House, archive_settings: Settings, tmp_path: Path
) -> None:
    scale = PieceField("plan", "echelle", "Échelle", "Scale", FieldType.TEXT, required=False, choices=())
    sheet = PieceField("plan", "feuille", "Feuille", "Sheet", FieldType.TEXT, required=False, choices=())
    loaded(house, scale, sheet)
    (letter_id,) = closed_letters(house)
    plan = (letter_pdf(subject="Un"), letter_pdf(subject="Deux"))
    known = {"echelle": "1/500", "feuille": "Agbodrafo F-12"}
    case = closed_dossier(
        house, Laid("Plan", plan, "Instruction", "plan", known), Laid("Note", (letter_pdf(subject="Trois"),)),
        letters=[letter_id],
    )  # fmt: skip
    fall_due(house, [letter_id])
    slip = packed(house)
    package = package_of(house, slip.id, tmp_path / "paquet.zip").read_bytes()
    with house.store.unit() as unit:
        pieces = {one.piece.title: one for one in unit.dossier_pieces.kept_in(case)}
        last, first = unit.dossier_pieces.versions([pieces["Plan"].piece.id])[pieces["Plan"].piece.id]
    theirs = pieces["Plan"].dossier
    with open_house(archive_settings) as archive:
        loaded(archive, scale)
        reader = by(archive, "archives")
        found = sent(archive, package)
        assert (found.state, found.reasons) == (ReceptionState.ACCEPTED, ())
        taken = reception.received(found.id, store=archive.store, actor=person(archive, "archives"))
        assert {one.piece.title for _, one in taken.pieces} == {"Plan", "Note"}
        came, mine = next(each for each in taken.pieces if each[1].piece.title == "Plan")
        assert (came.number, came.system_id) == (pieces["Plan"].label, pieces["Plan"].piece.id)
        assert (came.dossier, came.proofs) == (f"{theirs.code} {theirs.title}", Proofs.SOUND)
        assert (came.cote, came.rule, came.facts) == ("A2", "DECISION", (("feuille", "Feuille", "Agbodrafo F-12"),))
        assert mine.dossier.id == taken.pieces[0][1].dossier.id == taken.pieces[1][1].dossier.id, "one dossier"
        assert (mine.dossier.title, mine.dossier.closed_on) == (theirs.title, theirs.closed_on)
        assert (mine.dossier.parts, mine.dossier.file_code) == (("Instruction",), None)
        assert (mine.piece.part, mine.piece.kind, mine.piece.metadata) == ("Instruction", "plan", {"echelle": "1/500"})
        with archive.store.unit() as unit:
            versions = unit.dossier_pieces.versions([mine.piece.id])[mine.piece.id]
        for here, there in zip(versions, (last, first), strict=True):
            same = ("number", "sha256", "size", "filename", "remark", "added_at", "name", "media_type")
            assert [getattr(here, each) for each in same] == [getattr(there, each) for each in same]
        assert versions[0].remark == "Correction 1"
        (provenance, number) = taken.letters[0]
        with archive.store.unit() as unit:
            assert unit.dossiers.letters_in(mine.dossier.id) == (provenance.letter_id,), "a letter stays a letter"
            fate = fates_of_pieces(unit, [mine], archive.clock().date())[mine.piece.id]
        assert (fate.keep_until, fate.due) == (None, False), "nobody here has said under which rule it falls"
        read_all(archive)
        file = dossier_pieces.piece_file(
            mine.dossier.id, mine.piece.id, store=archive.store, actor=person(archive, "archives")
        )
        assert all(each.sealed_at is not None for each in file.versions)
        assert file.versions[0].reading is Reading.READY
        assert came.evidence is not None
        _proofs_hold(house, archive, came.evidence, last.sha256)
        with reception.evidence_of_piece(mine.dossier.id, mine.piece.id, vault=archive.vault, **reader) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == came.evidence
        drain_index(archive)
        seen = find_pieces(
            Query("Agbodrafo"), index=archive.index, store=archive.store, actor=person(archive, "archives")
        )
        assert [one.row.piece.id for one in seen.found] == [mine.piece.id], "what has no place here is found here"
        xml = found.reply.encode()
        again = sent(archive, package)
        assert "déjà été pris" in again.reasons[0]
        with zipfile.ZipFile(BytesIO(package)) as sound:
            entries = {name: sound.read(name) for name in sound.namelist()}
        for each in (last, first):
            name = f"content/{each.sha256}.pdf"
            forged = written(_swapped(entries, name, entries[name] + b"\n% altered\n"))
            (why,) = sent(archive, forged).reasons
            assert "preuves" in why
        _shown(archive, mine, found)
    (tmp_path / "reponse.xml").write_bytes(xml)
    said, text = read_reply(tmp_path / "reponse.xml", house)
    take_answer(slip.id, said, text, **by(house, "archives"))
    with house.store.unit() as unit:
        assert unit.transfers.taken([pieces["Plan"].piece.id])[pieces["Plan"].piece.id].cote == mine.label
        assert unit.transfers.taken([letter_id])[letter_id].cote == number


def _shown(archive: House, mine: KeptPiece, found: Reception) -> None:
    """The pages and the interface of programs tell where a piece comes from, and give its proofs."""
    with served(archive) as address, httpx.Client(base_url=address, timeout=30) as client:
        session = signed_in(archive, "archives")
        shown = client.get(f"/dossiers/{mine.dossier.id}/pieces/{mine.piece.id}", headers=session)
        for word in ("Provenance", "F-12", "règle DECISION", "Preuves de l'autre maison", "1/500"):
            assert word in shown.text, word
        link = f"/dossiers/{mine.dossier.id}/pieces/{mine.piece.id}/preuves"
        assert client.get(link, headers=session).content.startswith(b"PK")
        assert mine.dossier.code in client.get(f"/versements-recus/{found.id}", headers=session).text
        told = client.get(f"/api/v1/receptions/{found.id}", headers=bearer(archive, "archives")).json()
        assert {each["title"] for each in told["pieces"]} == {"Plan", "Note"}


def _same_proofs(house: House, archive: House, letter_id: str, original: str) -> None:
    """The proofs that came are kept with the letter, and the first house verifies them for itself."""
    with archive.store.unit() as unit:
        (proofs,) = [one for one in unit.annexes.of(letter_id) if one.kind is AnnexKind.PROVENANCE]
    assert proofs.leaf_index is None or proofs.leaf_index >= 0
    _proofs_hold(house, archive, proofs.digest, original)


def _proofs_hold(house: House, archive: House, digest: str, original: str) -> None:
    """What came to prove something is verified by the house that gave it."""
    whole = BytesIO()
    with archive.vault.open(digest) as evidence:
        complete(evidence, whole, archive.vault.open)
    report = verify_bundle(
        whole,
        store=house.store,
        signer=house.signer,
        ledger=house.ledger,
        journal_log=house.journal_log,
        published=house.published,
        actor=person(house, "audit"),
        clock=house.clock,
    )
    assert report.outcome is Outcome.INTACT
    whole.seek(0)
    with zipfile.ZipFile(whole) as bundle:
        digests = {hashlib.sha256(bundle.read(name)).hexdigest() for name in bundle.namelist()}
    assert original in digests


def written(entries: dict[str, bytes], *, compressed: bool = False) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


def _manifest(change: Callable[[bytes], bytes]) -> Altered:
    return lambda entries: entries | {"manifest.xml": change(entries["manifest.xml"])}


def _original(entries: dict[str, bytes]) -> str:
    return next(name for name in entries if name.endswith(".pdf"))


def _proofs_swapped(entries: dict[str, bytes]) -> dict[str, bytes]:
    """Alter a proof and put its new digest in the manifest: only the proof itself can tell."""
    name = next(name for name in entries if name.endswith(".zip"))
    with zipfile.ZipFile(BytesIO(entries[name])) as parts:
        inside = {each: parts.read(each) for each in parts.namelist()}
    leaf = next(each for each in inside if each.endswith("inscription.json"))
    forged = written(inside | {leaf: inside[leaf].replace(b"capture", b"capturf")})
    return _swapped(entries, name, forged)


def _swapped(entries: dict[str, bytes], name: str, data: bytes) -> dict[str, bytes]:
    old, new = (hashlib.sha512(each).hexdigest().encode() for each in (entries[name], data))
    manifest = entries["manifest.xml"].replace(old, new)
    sizes = (b">%d</Size>" % len(each) for each in (entries[name], data))
    manifest = manifest.replace(next(sizes), next(sizes))
    return entries | {name: data, "manifest.xml": manifest}


XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
HOSTILE: dict[str, tuple[Altered, str]] = {
    "entity from outside": (
        _manifest(lambda text: text.replace(b"?>", b"?>" + XXE, 1).replace(b"<Title>", b"<Title>&x;", 1)),
        "entités",
    ),
    "billion laughs": (_manifest(lambda text: text.replace(b"?>", b"?>" + LAUGHS, 1)), "entités"),
    "no xml": (_manifest(lambda _text: b"<a><b></a>"), "XML"),
    "another language": (_manifest(lambda text: text.replace(b"seda:v2.3", b"seda:v2.1")), "SEDA v2.1"),
    "not its schema": (
        _manifest(lambda text: text.replace(b"<ArchivalAgency>", b"<Autre/><ArchivalAgency>")),
        "schéma",
    ),
    "path out": (
        _manifest(lambda text: text.replace(b">content/", b">content/../../", 1)),
        "nom interdit",
    ),
    "entry out": (lambda entries: entries | {"../../etc/cron.d/x": b"x"}, "nom interdit"),
    "missing file": (
        lambda entries: {name: data for name, data in entries.items() if name != _original(entries)},
        "manque",
    ),
    "extra file": (lambda entries: entries | {"content/autre.pdf": b"%PDF-1.4"}, "ne nomme pas"),
    "wrong digest": (
        lambda entries: entries | {_original(entries): entries[_original(entries)][:-2] + b"XX"},
        "empreinte",
    ),
    "wrong size": (lambda entries: entries | {_original(entries): b"%PDF-1.4"}, "taille"),
    "forged proof": (_proofs_swapped, "preuves du courrier"),
    "another original": (
        lambda entries: _swapped(entries, _original(entries), entries[_original(entries)] + b"\n% altered\n"),
        "preuves du courrier",
    ),
    "no manifest": (
        lambda entries: {name: data for name, data in entries.items() if name != "manifest.xml"},
        "manifest.xml",
    ),
}


@pytest.mark.skipif(not SCHEMAS.exists(), reason="the SEDA schemas are not on this machine")
def test_hostile_packages_are_refused_and_leave_a_trace(
    house: House, archive_settings: Settings, tmp_path: Path
) -> None:
    fall_due(house, closed_letters(house))
    slip = packed(house)
    with zipfile.ZipFile(package_of(house, slip.id, tmp_path / "paquet.zip")) as sound:
        entries = {name: sound.read(name) for name in sound.namelist()}
    bomb = written({"manifest.xml": entries["manifest.xml"], "content/x.bin": bytes(60_000_000)}, compressed=True)
    packages = {name: (written(alter(entries)), said) for name, (alter, said) in HOSTILE.items()}
    packages |= {"bomb": (bomb, "sans mesure"), "no zip": (b"%PDF-1.4 not a zip", "abîmé")}
    given = archive_settings.transfer.model_copy(update={"schemas": SCHEMAS})
    with open_house(archive_settings.model_copy(update={"transfer": given})) as archive:
        for name, (package, said) in packages.items():
            found = sent(archive, package, f"{name}.zip")
            assert found.state is ReceptionState.REFUSED, name
            assert said in found.reasons[0], (name, found.reasons)
            with archive.store.unit() as unit:
                assert unit.letters.count() == 0, name
                acts = [line.act for line in unit.journal.about(found.id)]
            assert acts == [Act.RECEPTION_CAME, Act.RECEPTION_ENDED], name
            if found.reply:
                (tmp_path / "refus.xml").write_text(found.reply, encoding="utf-8")
                assert judged(tmp_path / "refus.xml").xmllint == ""
                assert etree.parse(tmp_path / "refus.xml").findtext("{*}ReplyCode") == "KO"
        forgotten = [one for one in archive.vault.objects() if not one.keyless and one.suffix == ""]
        read_all(archive)
        left = [one for one in archive.vault.objects() if not one.keyless and one.suffix == ""]
        assert len(forgotten) == len(packages)
        assert left == []
        assert sent(archive, written(entries)).state is ReceptionState.ACCEPTED


class _Deadly:
    """A vault that ends the process when it is given its second file."""

    def __init__(self, vault: Vault) -> None:
        self._vault, self._left = vault, 2

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault, name)

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        with self._vault.open(digest) as stream:
            yield stream

    def put(self, stream: BinaryIO, **given: Any) -> Stored:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._vault.put(stream, **given)


def _take_and_die(settings: Settings, reception_id: str) -> None:
    with open_house(settings) as archive, own_folder("versement") as folder:
        deadly: Any = _Deadly(archive.vault)
        reception.take(reception_id, folder, replace(receiver_of(archive), vault=deadly))


def test_a_worker_killed_while_it_takes_doubles_nothing(
    house: House, archive_settings: Settings, tmp_path: Path
) -> None:
    mine = closed_letters(house, 2)
    plan = (letter_pdf(subject="Un"), letter_pdf(subject="Deux"))
    closed_dossier(house, Laid("Plan", plan), Laid("Note", (letter_pdf(subject="Trois"),)))
    fall_due(house, mine)
    slip = packed(house)
    package = package_of(house, slip.id, tmp_path / "paquet.zip").read_bytes()
    with open_house(archive_settings) as archive:
        found = reception.receive(
            BytesIO(package), "paquet.zip", limit_bytes=50_000_000, vault=archive.vault, **by(archive, "archives")
        )
    for _ in range(2):
        process = forking.Process(target=_take_and_die, args=(archive_settings, found.id))
        process.start()
        process.join(120)
        assert process.exitcode == -signal.SIGKILL
    with open_house(archive_settings) as archive:
        take_reception(found.id, archive)
        take_reception(found.id, archive)
        ended = reception.received(found.id, store=archive.store, actor=person(archive, "archives"))
        assert ended.reception.state is ReceptionState.ACCEPTED
        assert {one.proofs for one, _ in ended.letters} == {Proofs.SOUND}
        with archive.store.unit() as unit:
            assert unit.letters.count() == 2
            letters = unit.letters.many([each.letter_id for each, _ in ended.letters if each.letter_id])
            (case,) = {one.dossier.id for _, one in ended.pieces}
            pieces = unit.dossier_pieces.of(case)
            versions = unit.dossier_pieces.versions([each.id for each in pieces])
        assert sorted(one.sequence for one in letters) == [1, 2]
        assert [(each.title, [one.number for one in versions[each.id]]) for each in pieces] == [
            ("Note", [1]), ("Plan", [2, 1]),
        ]  # fmt: skip


def test_programs_send_packages_and_read_the_verdict(house: House, client: httpx.Client, tmp_path: Path) -> None:
    mine, other = bearer(house, "archives"), bearer(house, "kossi")

    def given(data: bytes, headers: dict[str, str]) -> httpx.Response:
        files = {"file": ("paquet.zip", data, "application/zip")}
        return client.post("/api/v1/receptions", files=files, headers=headers)

    assert given(b"PK", other).status_code == httpx.codes.FORBIDDEN
    assert client.get("/api/v1/receptions", headers=other).status_code == httpx.codes.FORBIDDEN
    answer = given(b"ceci n'est pas un paquet", mine)
    assert answer.status_code == httpx.codes.ACCEPTED
    bad = answer.json()
    assert (bad["state"], bad["filename"], bad["replied"]) == ("recu", "paquet.zip", False)

    fall_due(house, closed_letters(house))
    slip = packed(house)
    package = package_of(house, slip.id, tmp_path / "paquet.zip").read_bytes()
    good = given(package, mine).json()
    address = f"/api/v1/receptions/{good['id']}"
    assert client.get(f"{address}/reply", headers=mine).status_code == httpx.codes.NOT_FOUND
    read_all(house)
    refused = client.get(f"/api/v1/receptions/{bad['id']}", headers=mine).json()["reception"]
    assert refused["state"] == "refuse"
    assert refused["reasons"]
    found = client.get(address, headers=mine).json()
    assert (found["reception"]["state"], found["reception"]["sha256"]) == (
        "accepte",
        hashlib.sha256(package).hexdigest(),
    )
    (letter,) = found["letters"]
    assert (
        consult.letter(letter["letter_id"], store=house.store, actor=person(house, "archives")).number
        == (letter["number"])
    )
    assert letter["proofs"] in {"verifiees", "verifiees_cles_connues"}
    assert "ArchiveTransferReply" in client.get(f"{address}/reply", headers=mine).text
    listed = client.get("/api/v1/receptions", headers=mine).json()["receptions"]
    assert [one["id"] for one in listed] == [good["id"], bad["id"]]
    for each in (address, f"{address}/reply"):
        assert client.get(each, headers=other).status_code == httpx.codes.FORBIDDEN
