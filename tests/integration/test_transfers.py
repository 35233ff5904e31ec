"""A transfer to an archive: the package as others judge it, two people, the answer, and a worker killed meanwhile."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import bagit
import httpx
import pikepdf
import pytest
from lxml import etree
from pikepdf import Array, Dictionary, Name, String
from typer.testing import CliRunner

from api.config import Settings
from api.transfer_commands import transfer as transfer_commands
from api.transfers import packer_of, read_reply
from api.wiring import House, open_house
from engines.verapdf import conforms
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.annex import AnnexKind
from ged.mail.item import State
from ged.mail.journal import Act
from ged.mail.legal_hold import Scope
from ged.mail.sieve import Sieve
from ged.mail.transfer import Form, ItemState, PackageOutcome, TransferState
from ged.ports import Stored, Vault
from ged.seal.bundle.verifier import BAD, verify
from ged.seal.bundle.write import complete
from ged.services import consult, dossier
from ged.services.attach import attach
from ged.services.hold import NewHold, place
from ged.services.notices import mine
from ged.services.sign_in import set_password
from integration.test_acknowledgement import signed_in
from retention import slips, transfers
from retention.answers import forget_packages, take_answer
from retention.packing import cut, pack
from retention.seda.read import read_manifest
from retention.shelves import Shelf, Shelved, Wanted, shelved
from rooms.letters import letter_pdf, read_all
from rooms.processes import forking
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
    pieces_in,
    prepared,
    reply,
    unpacked,
    with_small_packages,
)

needs_schemas = pytest.mark.skipif(not SCHEMAS.exists(), reason="the SEDA schemas are not on this machine")


def answered(house: House, transfer_id: str, xml: bytes, folder: Path) -> None:
    (folder / "reponse.xml").write_bytes(xml)
    said, text = read_reply(folder / "reponse.xml", house)
    take_answer(transfer_id, said, text, **by(house, "archives"))


def lines(house: House, transfer_id: str) -> tuple[slips.SlipLine, ...]:
    return slips.slip(transfer_id, store=house.store, actor=person(house, "archives")).lines


def states(house: House, transfer_id: str) -> dict[str, ItemState]:
    return {line.item.subject_id: line.item.state for line in lines(house, transfer_id)}


def state_of(house: House, letter_id: str) -> State:
    return consult.letter(letter_id, store=house.store, actor=person(house, "archives")).state


@needs_schemas
def test_a_package_is_what_an_archive_expects(house: House, tmp_path: Path) -> None:
    first, second, alone = closed_letters(house, 3, scans=[0])
    folder = dossier.begin("", "Carrière de Tsévié", "DAF", (), **by(house, "daf"))
    for each in (first, second):
        dossier.put_in(folder.id, each, **by(house, "daf"))
    fall_due(house, [first, second, alone])
    slip = packed(house)
    assert slip.state is TransferState.READY
    inside = unpacked(package_of(house, slip.id, tmp_path / "paquet.zip"), tmp_path / "paquet")

    said = judged(inside / "manifest.xml")
    assert (said.xmllint, said.lxml) == ("", "")
    read = read_manifest(inside / "manifest.xml")
    (file,) = [one for one in read.units if one.level == "RecordGrp"]
    assert (file.title, file.number) == ("Carrière de Tsévié", folder.code)
    letters = {one.system_id: one for one in read.letters()}
    assert {one.system_id for one in letters.values() if one.parent == file.id} == {first, second}
    letter = consult.letter(first, store=house.store, actor=person(house, "archives"))
    unit = letters[first]
    assert (unit.number, unit.title, unit.kind) == (letter.number, letter.subject, "plainte")
    assert (unit.sender, unit.access, unit.rule) == (letter.sender, "interne", "CONTENTIEUX")
    assert {one.usage for one in unit.files} == {"BinaryMaster", "Dissemination", "TextContent"}
    assert {one.usage for one in letters[alone].files} == {"BinaryMaster", "Dissemination", "TextContent"}
    assert unit.paper == letter.number
    assert any("Original scellé" in what for _, what in unit.history)
    assert not any("Consulté" in what for _, what in unit.history)

    names = {one.uri for one in read.files}
    assert {str(one.relative_to(inside)) for one in inside.rglob("*") if one.is_file()} == {*names, "manifest.xml"}
    copies = [inside / one.uri for each in letters.values() for one in each.files if one.usage == "Dissemination"]
    assert len(copies) == 3, "the scan's, and those of two PDFs that were born so"
    assert set(conforms(*copies).values()) == {"2b"}
    tree = etree.parse(inside / "manifest.xml")
    formats = {one.text for one in tree.iter("{*}FormatId")}
    assert {"fmt/477", "x-fmt/263", "x-fmt/111"} <= formats

    # The proofs, put together again with the originals, are a bundle that the script of strangers verifies.
    (proofs,) = [one for one in read.units if one.proves == unit.id]
    by_digest = {path.stem: path for path in (inside / "content").iterdir()}
    whole = BytesIO()
    with (inside / proofs.files[0].uri).open("rb") as evidence:
        complete(evidence, whole, lambda digest: by_digest[digest].open("rb"))
    steps, _, _ = verify(whole)
    assert len(steps) > 5
    assert [step for step in steps if step.state == BAD] == []


@needs_schemas
def test_a_bag_holds_the_same_and_others_validate_it(house: House, tmp_path: Path) -> None:
    fall_due(house, closed_letters(house))
    slip = packed(house, form=Form.BAGIT)
    inside = unpacked(package_of(house, slip.id, tmp_path / "sac.zip"), tmp_path / "sac")
    (folder,) = inside.iterdir()
    bag = bagit.Bag(str(folder))
    assert bag.validate()
    assert bag.info["External-Identifier"] == f"MME-{slip.number}-1"
    said = judged(folder / "data" / "manifest.xml")
    assert (said.xmllint, said.lxml) == ("", "")
    (folder / "data" / "manifest.xml").write_bytes(b"<a/>")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


def with_a_note(data: bytes) -> bytes:
    """Write on a letter a note that says how it looks to nobody: each program draws its own."""
    made = BytesIO()
    with pikepdf.open(BytesIO(data)) as document:
        note = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([100, 200, 300, 220]))
        note.Contents, note.DA = String("À revoir avant signature"), String("/Helv 12 Tf 0 g")
        document.pages[0].obj.Annots = Array([document.make_indirect(note)])
        document.save(made)
    return made.getvalue()


def joined(house: House, letter_id: str, data: bytes, name: str) -> None:
    """Join a file to a letter, and have it sealed."""
    stored = house.vault.put(BytesIO(data), media_type="application/pdf", tenant_id="MME")
    with house.store.unit() as unit:
        letter, actor = unit.letters.get(letter_id, None), person(house, "daf")
        how: dict[str, Any] = {"media_type": "application/pdf", "label": name, "actor": actor, "now": house.clock()}
        attach(unit, letter, AnnexKind.ENCLOSURE, stored, **how)
        unit.commit()
    read_all(house)


@needs_schemas
def test_a_pdf_that_cannot_be_pdf_a_travels_alone_and_the_package_says_so(house: House, tmp_path: Path) -> None:
    given = {0: with_a_note(letter_pdf(subject="Note"))}
    noted, holder = closed_letters(house, 2, given=given)
    joined(house, holder, letter_pdf(subject="Plan de la carrière"), "plan.pdf")
    fall_due(house, [noted, holder])
    slip = packed(house)
    inside = unpacked(package_of(house, slip.id, tmp_path / "paquet.zip"), tmp_path / "paquet")
    said = judged(inside / "manifest.xml")
    assert (said.xmllint, said.lxml) == ("", "")
    read = read_manifest(inside / "manifest.xml")
    letters = {one.system_id: one for one in read.letters()}
    assert {one.usage for one in letters[noted].files} == {"BinaryMaster", "TextContent"}
    tree = etree.parse(inside / "manifest.xml")
    (event,) = tree.iter("{*}Event")
    told_of = {child.tag.rpartition("}")[2]: child.text for child in event}
    assert (told_of["EventType"], told_of["Outcome"]) == ("Conversion en PDF/A-2b", "KO")
    assert "ne montre pas la même chose" in str(told_of["OutcomeDetailMessage"])
    (object_,) = [one for one in tree.iter("{*}BinaryDataObject") if one.get("id") == told_of["DataObjectReferenceId"]]
    letter = consult.letter(noted, store=house.store, actor=person(house, "archives"))
    assert str(object_.findtext("{*}Uri")).startswith(f"content/{letter.original}")
    by_letter = {line.item.subject_id: line.item for line in lines(house, slip.id)}
    assert by_letter[noted].state is ItemState.LISTED
    assert "PDF/A-2b" in by_letter[noted].said
    assert by_letter[holder].said == ""

    (piece,) = [one for one in read.units if one.parent == letters[holder].id and one.title == "plan.pdf"]
    copies = [
        inside / one.uri for unit in (letters[holder], piece) for one in unit.files if one.usage == "Dissemination"
    ]
    assert len(copies) == 2
    assert set(conforms(*copies).values()) == {"2b"}


def told(house: House, login: str) -> list[str]:
    kinds = [each.notice.kind for each in mine(store=house.store, actor=person(house, login))]
    return [kind for kind in kinds if kind.startswith("versement_")]


def test_two_people_and_reasons(house: House) -> None:
    one, two = closed_letters(house, 2)
    with pytest.raises(Refused, match="est à verser : la liste"):
        prepared(house)
    fall_due(house, [one, two])
    with pytest.raises(Forbidden):
        transfers.prepare("X", Form.SEDA, transfers.Archive("A", "A"), **by(house, "daf"))
    slip = prepared(house)
    with pytest.raises(Refused, match="est à verser : la liste"):
        prepared(house, "Les mêmes")  # a letter is on one slip at a time
    with pytest.raises(Refused, match="motif"):
        transfers.remove(slip.id, [two], "  ", **by(house, "archives"))
    transfers.remove(slip.id, [two], "Encore demandé par le service", **by(house, "archives"))
    assert states(house, slip.id) == {one: ItemState.LISTED, two: ItemState.REMOVED}
    assert transfers.put_back(slip.id, [two], **by(house, "archives")) == 1
    transfers.remove(slip.id, [two], "Encore demandé par le service", **by(house, "archives"))
    with pytest.raises(Conflict):
        transfers.approve(slip.id, **by(house, "ministre"))
    transfers.submit(slip.id, **by(house, "archives"))
    assert told(house, "ministre") == ["versement_viser"]
    assert told(house, "energie") == told(house, "archives") == [], "neither who may not read it, nor who asks"
    with pytest.raises(Conflict):
        transfers.remove(slip.id, [one], "Trop tard", **by(house, "archives"))
    with pytest.raises(Refused, match="autre personne"):
        transfers.approve(slip.id, **by(house, "archives"))
    with pytest.raises(Refused, match="ne vous sont pas ouvertes"):
        transfers.approve(slip.id, **by(house, "energie"))
    transfers.send_back(slip.id, "Ajoutez l'autre plainte", **by(house, "ministre"))
    assert told(house, "archives") == ["versement_renvoye"]
    assert transfers.put_back(slip.id, [two], **by(house, "archives")) == 1
    transfers.submit(slip.id, **by(house, "archives"))
    transfers.approve(slip.id, **by(house, "ministre"))
    assert state_of(house, one) is State.DONE
    with house.store.unit() as unit:
        written = unit.journal.about(slip.id)
    acts = [line.act for line in written]
    assert acts[0] is Act.TRANSFER_PREPARED
    assert written[0].details["letters"] == 2
    assert {Act.TRANSFER_SUBMITTED, Act.TRANSFER_SENT_BACK, Act.TRANSFER_APPROVED} <= set(acts)


def test_what_falls_due_later_is_added_once_and_counted(house: House) -> None:
    one, two, three = closed_letters(house, 3)
    fall_due(house, [one])
    slip = prepared(house)
    fall_due(house, [two, three])
    assert transfers.add_due(slip.id, **by(house, "archives")) == 2
    assert transfers.add_due(slip.id, **by(house, "archives")) == 0
    with house.store.unit() as unit:
        added = [line.details for line in unit.journal.about(slip.id) if line.act is Act.TRANSFER_AMENDED]
    assert [each["added"] for each in added] == [2]


def test_only_what_the_archive_accepts_is_transferred(house: House, tmp_path: Path) -> None:
    kept, refused = closed_letters(house, 2)
    fall_due(house, [kept, refused])
    slip = packed(house)
    (package,) = slips.slip(slip.id, store=house.store, actor=person(house, "archives")).packages
    units = {line.item.subject_id: line.item.unit for line in lines(house, slip.id)}
    with house.store.unit() as unit:
        assert unit.transfers.accepted([kept, refused]) == frozenset()
    assert state_of(house, kept) is State.DONE

    with pytest.raises(Refused, match="pas celle d'un paquet"):
        answered(house, slip.id, reply(house, "UN-AUTRE"), tmp_path)
    xml = reply(house, package.identifier, units=[(units[kept], "12 AJ 4")])
    partly = xml.replace(
        b"</ArchiveUnit>",
        b'</ArchiveUnit><ArchiveUnit id="%s"><Management><LogBook><Event><EventDateTime>2026-11-28</EventDateTime>'
        b"<Outcome>KO</Outcome><OutcomeDetailMessage>Illisible</OutcomeDetailMessage></Event></LogBook></Management>"
        b"<Content/></ArchiveUnit>" % units[refused].encode(),
    )
    answered(house, slip.id, partly, tmp_path)
    assert states(house, slip.id) == {kept: ItemState.ACCEPTED, refused: ItemState.REFUSED}
    assert (state_of(house, kept), state_of(house, refused)) == (State.TRANSFERRED, State.DONE)
    with house.store.unit() as unit:
        assert unit.transfers.accepted([kept, refused]) == frozenset({kept})
        assert [line.details["identifier"] for line in unit.journal.of(kept) if line.act is Act.TRANSFERRED] == [
            "12 AJ 4"
        ]
    after = slips.slip(slip.id, store=house.store, actor=person(house, "archives"))
    assert after.transfer.state is TransferState.ANSWERED
    with pytest.raises(Conflict):
        answered(house, slip.id, partly, tmp_path)
    fall_due(house, [kept, refused])
    again = prepared(house, "Ce qui fut refusé")
    assert states(house, again.id) == {refused: ItemState.LISTED}

    # The package held a letter twice: once answered, it is gone from the vault, and the audit misses nothing.
    assert house.vault.stat(package.sha256) is not None
    assert forget_packages(slip.id, store=house.store, vault=house.vault, clock=house.clock) == 1
    assert house.vault.stat(package.sha256) is None
    assert forget_packages(slip.id, store=house.store, vault=house.vault, clock=house.clock) == 0


def acknowledgement(identifier: str) -> bytes:
    return (
        '<Acknowledgement xmlns="fr:gouv:culture:archivesdefrance:seda:v2.3"><Date>2026-11-28T10:00:00</Date>'
        f"<MessageIdentifier>AR1</MessageIdentifier><MessageReceivedIdentifier>{identifier}</MessageReceivedIdentifier>"
        "<Sender><Identifier>AN</Identifier></Sender><Receiver><Identifier>MME</Identifier></Receiver></Acknowledgement>"
    ).encode()


def on_shelf(house: House, login: str, sieve: Sieve | None = None) -> Shelved:
    wanted = Wanted(Shelf.TRANSFERRED, sieve or Sieve())
    return shelved(wanted, store=house.store, actor=person(house, login), clock=house.clock, limit=10)


def test_what_was_transferred_stands_on_a_shelf_with_what_the_archive_said(
    house: House, client: httpx.Client, tmp_path: Path
) -> None:
    first, second, kept = closed_letters(house, 3)
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(second, None, lock=True), kind="demande", subject="=Autre plainte")
        unit.commit()
    slips = {}
    for letter_id, kind in ((first, "12 AJ 4"), (second, "")):
        fall_due(house, [letter_id])
        slips[letter_id] = slip = packed(house, f"Versement {kind}")
        identifier = f"MME-{slip.number}-1"
        if kind:
            answered(house, slip.id, acknowledgement(identifier), tmp_path)
        units = [(line.item.unit, kind) for line in lines(house, slip.id)]
        answered(house, slip.id, reply(house, identifier, units=units), tmp_path)
    found = on_shelf(house, "audit")
    assert [letter.id for letter, _ in found.rows] == [second, first], "the last taken first"
    assert (found.total, found.counts[Shelf.TRANSFERRED]) == (2, 2)
    taken = found.taken[first]
    assert (taken.number, taken.archive_name, taken.cote) == (slips[first].number, "Archives nationales", "12 AJ 4")
    assert taken.acknowledged_at is not None
    assert taken.acknowledged_at <= taken.taken_at
    assert found.taken[second].acknowledged_at is None
    assert on_shelf(house, "archives", Sieve(kind="demande")).total == 1
    assert on_shelf(house, "audit", Sieve(service="DMG")).total == 0
    letter = consult.letter(kept, store=house.store, actor=person(house, "archives"))

    mine = signed_in(house, "archives")
    page = client.get("/conservation?rayon=verses", headers=mine).text
    assert "12 AJ 4" in page
    assert letter.number not in page
    table = client.get("/conservation.csv?rayon=verses", headers=mine)
    rows = list(csv.reader(table.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [letter.number for letter, _ in found.rows]
    assert rows[2][-6:-3] == ["Archives nationales", slips[first].number, f"MME-{slips[first].number}-1"]
    assert rows[2][-1] == "12 AJ 4"
    assert rows[1][1] == "'=Autre plainte", "no formula"
    assert client.get("/conservation.csv?rayon=clos", headers=mine).text.count("\n") == 2
    assert client.get("/conservation.csv", headers=signed_in(house, "kossi")).status_code == httpx.codes.FORBIDDEN
    address = f"/versements/{slips[first].id}/paquets/1/reponse.xml"
    assert "ArchiveTransferReply" in client.get(address, headers=mine).text
    auditor = signed_in(house, "audit")
    assert client.get(address, headers=auditor).status_code == httpx.codes.FORBIDDEN
    shown = client.get(f"/versements/{slips[first].id}", headers=auditor)
    assert shown.status_code == httpx.codes.OK
    assert "12 AJ 4" in shown.text
    assert 'name="acte"' not in shown.text, "an auditor looks, and does nothing"
    assert slips[first].number in client.get("/versements", headers=auditor).text
    assert f"/versements/{slips[first].id}" in client.get("/conservation?rayon=verses", headers=auditor).text
    assert client.get("/versements", headers=signed_in(house, "kossi")).status_code == httpx.codes.FORBIDDEN


def test_a_whole_refusal_and_an_acknowledgement(house: House, tmp_path: Path) -> None:
    (letter_id,) = closed_letters(house)
    fall_due(house, [letter_id])
    slip = packed(house)
    identifier = f"MME-{slip.number}-1"
    answered(house, slip.id, acknowledgement(identifier), tmp_path)
    found = slips.slip(slip.id, store=house.store, actor=person(house, "archives"))
    assert found.packages[0].outcome is PackageOutcome.ACKNOWLEDGED
    assert found.transfer.state is TransferState.READY
    assert state_of(house, letter_id) is State.DONE
    answered(house, slip.id, reply(house, identifier, reasons=("Le plan de classement manque.",)), tmp_path)
    found = slips.slip(slip.id, store=house.store, actor=person(house, "archives"))
    (line,) = found.lines
    assert (line.item.state, line.item.said) == (ItemState.REFUSED, "Le plan de classement manque.")
    assert state_of(house, letter_id) is State.DONE
    read_all(house)
    assert slips.slip(slip.id, store=house.store, actor=person(house, "archives")).packages[0].held is None


def test_a_hold_keeps_a_letter_here_even_on_an_approved_slip(house: House) -> None:
    free, held = closed_letters(house, 2)
    fall_due(house, [free, held])
    slip = prepared(house)
    transfers.submit(slip.id, **by(house, "archives"))
    transfers.approve(slip.id, **by(house, "ministre"))
    place(NewHold(Scope.LETTER, held, "Contentieux"), **by(house, "archives"))
    read_all(house)
    assert states(house, slip.id) == {free: ItemState.LISTED, held: ItemState.DROPPED}


def test_a_slip_given_up_frees_its_letters(house: House) -> None:
    (letter_id,) = closed_letters(house)
    fall_due(house, [letter_id])
    slip = packed(house)
    transfers.abandon(slip.id, "Le service d'archives déménage", **by(house, "archives"))
    read_all(house)
    found = slips.slip(slip.id, store=house.store, actor=person(house, "archives"))
    assert found.packages[0].held is None
    assert states(house, prepared(house, "Plus tard").id) == {letter_id: ItemState.LISTED}


def test_letters_are_cut_into_packages_by_weight_and_number() -> None:
    assert cut([(1, 5), (2, 5), (3, 5), (4, 100), (5, 1)], 10, 2) == [[1, 2], [3], [4], [5]]
    assert cut([], 10, 2) == []


class _Deadly:
    """A vault that ends the process just before, or just after, it has a package."""

    def __init__(self, vault: Vault, *, after: bool) -> None:
        self._vault, self._after = vault, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault, name)

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        with self._vault.open(digest) as stream:
            yield stream

    def put(self, stream: BinaryIO, **given: Any) -> Stored:
        if self._after:
            self._vault.put(stream, **given)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def pack_and_die(settings: Settings, transfer_id: str, after: bool) -> None:
    with open_house(settings) as house:
        packer = packer_of(house)
        deadly: Any = _Deadly(house.vault, after=after)
        pack(
            transfer_id, type(packer)(**{name: getattr(packer, name) for name in packer.__slots__} | {"vault": deadly})
        )


def test_a_worker_killed_while_it_packs_leaves_nothing_undone_or_twice(settings: Settings) -> None:
    small = with_small_packages(settings, 1)
    with open_house(small) as house:
        letters = closed_letters(house, 2)
        fall_due(house, letters)
        slip = prepared(house)
        transfers.submit(slip.id, **by(house, "archives"))
        transfers.approve(slip.id, **by(house, "ministre"))
        before = {one.digest for one in house.vault.objects()}
    for after in (False, True):
        process = forking.Process(target=pack_and_die, args=(small, slip.id, after))
        process.start()
        process.join(120)
        assert process.exitcode == -signal.SIGKILL
    with open_house(small) as house:
        pack(slip.id, packer_of(house))
        pack(slip.id, packer_of(house))
        found = slips.slip(slip.id, store=house.store, actor=person(house, "archives"))
        assert [one.letters for one in found.packages] == [1, 1]
        added = {one.digest for one in house.vault.objects()} - before
        assert added == {one.sha256 for one in found.packages}
        with house.store.unit() as unit:
            lines = [line.act for line in unit.journal.about(slip.id)]
            exported = [line for each in letters for line in unit.journal.of(each) if line.act is Act.EXPORTED]
        assert lines.count(Act.TRANSFER_PACKED) == 2
        assert len(exported) == 2


def test_the_command_goes_the_whole_road(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GED_DATA", str(house.settings.data))
    monkeypatch.setenv("GED_DATABASE_KIND", "server")
    monkeypatch.setenv("GED_DATABASE_URL", house.database_url)
    commands = CliRunner()

    def said(*arguments: str) -> list[Any]:
        result = commands.invoke(transfer_commands, [*arguments, "--json"])
        if result.exception is not None:
            raise result.exception
        return [json.loads(line) for line in result.stdout.splitlines()]

    def with_password(*arguments: str, typed: str = "un mot de passe long") -> list[Any]:
        result = commands.invoke(transfer_commands, [*arguments, "--json"], input=f"{typed}\n")
        if result.exception is not None:
            raise result.exception
        return [json.loads(line) for line in result.stdout.splitlines() if line.strip()]

    (letter_id,) = closed_letters(house)
    case = closed_dossier(house, Laid("Plan", (letter_pdf(subject="Plan"),)))
    fall_due(house, [letter_id])
    assert said("prepare", "Tout", "--dry-run") == [{"total": 2, "letters": 1, "pieces": 1}]
    assert said("prepare", "Plaintes", "--kind", "plainte", "--dry-run") == [{"total": 1, "letters": 1, "pieces": 0}]
    assert said("list") == []
    with pytest.raises(Forbidden):
        said("prepare", "Tout", "--as", "kossi")
    (made,) = said("prepare", "Tout")
    assert [line["piece_id"] is not None for line in made["lines"]] == [True, False]
    slip = slips.numbered(made["transfer"]["number"], store=house.store, actor=person(house, "archives"))
    with pytest.raises(Conflict):
        said("pack", slip.number)
    names = [line["number"] for line in made["lines"]]
    with pytest.raises(Refused, match="pas de ligne « 9/9 »"):
        said("remove", slip.number, names[0], "9/9", "--reason", "Illisible")
    with pytest.raises(Forbidden):
        said("add", slip.number, "--as", "ministre")
    (less,) = said("remove", slip.number, names[0], "--reason", "Illisible")
    assert [(line["state"], line["said"]) for line in less["lines"]] == [("retire", "Illisible"), ("inscrit", "")]
    (same,) = said("add", slip.number)
    assert same["lines"] == less["lines"], "what was taken off does not come back by itself"
    (whole,) = said("put-back", slip.number, names[0])
    assert [line["state"] for line in whole["lines"]] == ["inscrit", "inscrit"]
    said("submit", slip.number)
    with pytest.raises(Conflict):
        said("remove", slip.number, names[0], "--reason", "Illisible")
    for login in ("archives", "ministre", "kossi"):
        set_password(login, "un mot de passe long", store=house.store, clock=house.clock)
    with pytest.raises(Forbidden):
        with_password("approve", slip.number, "--as", "ministre", typed="un autre mot de passe")
    for login, why in (("archives", Refused), ("kossi", Forbidden)):
        with pytest.raises(why):
            with_password("approve", slip.number, "--as", login)
    (back,) = with_password("send-back", slip.number, "Relisez l'intitulé", "--as", "ministre")
    assert back["transfer"]["state"] == TransferState.DRAFT
    said("submit", slip.number)
    (approved,) = with_password("approve", slip.number, "--as", "ministre")
    assert (approved["transfer"]["state"], approved["transfer"]["approved_by"]) == (
        TransferState.APPROVED,
        person(house, "ministre").name,
    )
    assert [(line["number"], line["letters"], line["accepted"]) for line in said("list")] == [(slip.number, 2, 0)]
    with pytest.raises(NotFound):
        said("export", slip.number, "--to", str(tmp_path / "tot"))
    (packed_now,) = said("pack", slip.number.lower())
    assert packed_now["transfer"]["state"] == TransferState.READY
    assert said("pack", slip.number) == [packed_now], "what is made is not made again"
    (tmp_path / "rien.xml").write_bytes(b"<a/>")
    for verb in ("pack", "export", "reply"):
        more = {"export": ["--to", str(tmp_path / "x")], "reply": [str(tmp_path / "rien.xml")]}.get(verb, [])
        with pytest.raises(Forbidden):
            said(verb, slip.number, *more, "--as", "ministre")
    with pytest.raises(Forbidden):
        said("list", "--as", "kossi")
    with pytest.raises(NotFound):
        said("status", "VER-1999-001")

    folder = tmp_path / "paquets"
    (taken,) = said("export", slip.number, "--to", str(folder))
    package = Path(taken["file"])
    assert hashlib.sha256(package.read_bytes()).hexdigest() == taken["sha256"]
    assert [one.name for one in folder.iterdir()] == [f"MME-{slip.number}-1.zip"]
    with pytest.raises(Refused, match="existe déjà"):
        said("export", slip.number, "--to", str(folder))
    with house.store.unit() as unit:
        assert [line.actor_login for line in unit.journal.about(slip.id) if line.act is Act.TRANSFER_TAKEN] == [
            "archives"
        ]

    answer = tmp_path / "reponse.xml"
    answer.write_bytes(b"<a/>")
    with pytest.raises(Refused):
        said("reply", slip.number, str(answer))
    answer.write_bytes(reply(house, f"MME-{slip.number}-1", units=[("AU-1", "12 AJ 4"), ("AU-2", "12 AJ 5")]))
    (told_now,) = said("reply", slip.number, str(answer))
    assert told_now["transfer"]["state"] == TransferState.ANSWERED
    assert state_of(house, letter_id) is State.TRANSFERRED
    shown = commands.invoke(transfer_commands, ["status", slip.number, "--as", "ministre"]).stdout
    assert "répondu  2 versés" in shown
    assert pieces_in(house, case)["Plan"].transferred_at is not None
    assert "12 AJ 4" in shown
    read_all(house)  # what was answered for good is destroyed
    with pytest.raises(NotFound):
        said("export", slip.number, "--to", str(tmp_path / "apres"))
