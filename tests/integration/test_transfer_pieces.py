"""Pieces of closed dossiers on slips: packed with every version and what proves them, answered one by one."""

from __future__ import annotations

import signal
from io import BytesIO
from pathlib import Path

import bagit
import httpx
import pytest
from lxml import etree

from api.config import Settings
from api.shipping import open_shipper
from api.transfers import packer_of, read_reply
from api.wiring import House, open_house
from engines.verapdf import conforms
from ged.errors import Conflict, Refused
from ged.mail.dossier_piece import Said
from ged.mail.journal import Act
from ged.mail.legal_hold import Scope
from ged.mail.transfer import Form, ItemState, TransferState
from ged.seal.bundle.verifier import ABSENT, BAD, verify
from ged.seal.bundle.write import complete
from ged.services import dossier, dossier_pieces, hold
from ged.services.hold import NewHold
from integration.test_acknowledgement import signed_in
from integration.test_transfers import needs_schemas, pack_and_die
from retention import slips, transfers
from retention.answers import take_answer
from retention.disposal import lists
from retention.nightly import sweep_letters
from retention.packing import pack
from retention.seda.read import ReadPackage, read_manifest
from rooms.letters import letter_pdf, read_all
from rooms.processes import forking
from rooms.transfers import (
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

PLAN = Laid(
    "Plan", (letter_pdf(subject="Plan 1"), letter_pdf(subject="Plan 2")), "Instruction", "plan", {"echelle": "1/5"}
)
STUDY = Laid("Étude", (letter_pdf(subject="Étude"),), "", "etude", {"auteur": "A. Mensah & fils"})


def lines(house: House, transfer_id: str) -> dict[str, slips.SlipLine]:
    found = slips.slip(transfer_id, store=house.store, actor=person(house, "archives"))
    return {line.named: line for line in found.lines}


def answered(house: House, transfer_id: str, xml: bytes, folder: Path) -> None:
    (folder / "reponse.xml").write_bytes(xml)
    said, text = read_reply(folder / "reponse.xml", house)
    take_answer(transfer_id, said, text, **by(house, "archives"))


def proofs_hold(inside: Path, read: ReadPackage, unit_id: str) -> None:
    """The proofs of a unit, put together again with the files beside them, are a bundle that a stranger verifies."""
    (proofs,) = [one for one in read.units if one.proves == unit_id]
    by_digest = {path.stem: path for path in (inside / "content").iterdir()}
    whole = BytesIO()
    with (inside / proofs.files[0].uri).open("rb") as evidence:
        complete(evidence, whole, lambda digest: by_digest[digest].open("rb"))
    steps, _, _ = verify(whole)
    assert [step for step in steps if step.state == BAD] == []
    proved = {step.title for step in steps if step.state != ABSENT}
    assert {"La signature porte sur ce fichier et se vérifie", "L'inscription figure dans le journal"} <= proved
    assert "Ses lignes figurent au journal des actes" in proved


@needs_schemas
@pytest.mark.parametrize("form", list(Form))
def test_a_dossier_goes_with_its_parts_its_pieces_and_all_their_versions(
    house: House, tmp_path: Path, form: Form
) -> None:
    (letter_id,) = closed_letters(house)
    case = closed_dossier(house, PLAN, STUDY, letters=[letter_id])
    fall_due(house, [letter_id])
    with open_shipper(house.settings) as shipper:
        shipper.round()
    slip = packed(house, form=form)
    assert slip.state is TransferState.READY
    inside = unpacked(package_of(house, slip.id, tmp_path / "paquet.zip"), tmp_path / "paquet")
    if form is Form.BAGIT:
        (inside,) = inside.iterdir()
        assert bagit.Bag(str(inside)).validate()
        inside /= "data"
    said = judged(inside / "manifest.xml")
    assert (said.xmllint, said.lxml) == ("", "")

    read = read_manifest(inside / "manifest.xml")
    by_id = {one.id: one for one in read.units}
    (file,) = [one for one in read.units if one.level == "RecordGrp"]
    assert (file.title, file.system_id) == ("Permis de Tsévié", case)
    assert file.ended == house.clock().date().isoformat()
    units = {one.title: one for one in read.letters()}
    assert units["Étude"].parent == file.id
    part = by_id[units["Plan"].parent]
    assert (part.level, part.title, part.parent) == ("SubGrp", "Instruction", file.id)
    plan = pieces_in(house, case)["Plan"]
    assert (units["Plan"].system_id, units["Plan"].kind) == (plan.id, "plan")
    tree = etree.parse(inside / "manifest.xml")
    keywords = {
        (each.findtext("{*}KeywordReference"), each.findtext("{*}KeywordContent")) for each in tree.iter("{*}Keyword")
    }
    assert {("echelle", "1/5"), ("auteur", "A. Mensah & fils")} <= keywords
    assert (units["Plan"].remark, units["Étude"].remark) == ("Correction 1", "")
    versions = [one for one in read.below(units["Plan"].id) if not one.proves]
    assert [one.title for one in versions] == ["Version 1"]
    with house.store.unit() as unit:
        kept = unit.dossier_pieces.versions([plan.id])[plan.id]
    masters = [each for one in (units["Plan"], *versions) for each in one.files if each.usage == "BinaryMaster"]
    assert [Path(each.uri).stem for each in masters] == [each.sha256 for each in kept]
    assert any("Pièce scellée" in what for _, what in units["Plan"].history)

    copies = [inside / each.uri for one in read.units for each in one.files if each.usage == "Dissemination"]
    assert len(copies) == 4, "the letter's, and one of each version"
    assert set(conforms(*copies).values()) == {"2b"}
    for title in ("Plan", "Étude"):
        proofs_hold(inside, read, units[title].id)


def test_a_worker_killed_between_the_packages_of_a_dossier_leaves_nothing_undone_or_twice(
    settings: Settings, tmp_path: Path
) -> None:
    small = with_small_packages(settings, 1)
    with open_house(small) as house:
        case = closed_dossier(house, PLAN, STUDY)
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
        found = slips.slip(slip.id, store=house.store, actor=person(house, "archives"))
        assert [one.letters for one in found.packages] == [1, 1]
        assert {one.digest for one in house.vault.objects()} - before == {one.sha256 for one in found.packages}
        with house.store.unit() as unit:
            exported = [str(line.details["title"]) for line in unit.journal.about(case) if line.act is Act.EXPORTED]
        assert sorted(exported) == ["Plan", "Étude"]
        for rank in (1, 2):
            folder = unpacked(package_of(house, slip.id, tmp_path / f"{rank}.zip", rank), tmp_path / str(rank))
            (file,) = [one for one in read_manifest(folder / "manifest.xml").units if one.level == "RecordGrp"]
            assert file.system_id == case, "each package names the dossier that its pieces lie in"


def test_only_the_pieces_that_the_archive_accepts_are_given_away(
    house: House, client: httpx.Client, tmp_path: Path
) -> None:
    case = closed_dossier(house, PLAN, STUDY)
    code = slips.free(limit=10, store=house.store, actor=person(house, "archives"))[0][0].dossier
    slip = packed(house)
    found = lines(house, slip.id)
    kept, refused = found[f"{code} · Plan"], found[f"{code} · Étude"]
    assert kept.piece is not None
    xml = reply(house, f"MME-{slip.number}-1", units=[(kept.item.unit, "12 AJ 4")])
    answered(house, slip.id, refusing(xml, refused.item.unit, "Illisible"), tmp_path)
    after = lines(house, slip.id)
    assert {name: line.item.state for name, line in after.items()} == {
        f"{code} · Plan": ItemState.ACCEPTED,
        f"{code} · Étude": ItemState.REFUSED,
    }
    assert after[f"{code} · Étude"].item.said == "Illisible"
    now = pieces_in(house, case)
    assert now["Plan"].transferred_at is not None
    assert now["Étude"].transferred_at is None
    with house.store.unit() as unit:
        assert unit.transfers.accepted([one.id for one in now.values()]) == {now["Plan"].id}
        told = {line.act: line.details for line in unit.journal.about(case)}
    assert told[Act.PIECE_TRANSFERRED]["identifier"] == "12 AJ 4"
    assert told[Act.PIECE_TRANSFER_REFUSED]["title"] == "Étude"

    # What was taken is on no list any more, of tonight or of another kind; what was refused is free again.
    sweep_letters(house.store, house.clock)
    again, total = slips.free(limit=10, store=house.store, actor=person(house, "archives"))
    assert ([one.subject_id for one in again], total) == ([now["Étude"].id], 1)
    with pytest.raises(Refused):
        lists.prepare(**by(house, "archives"))
    # It is read still, and nothing of it changes, even in a dossier that is open again.
    dossier.close(case, closing=False, **by(house, "daf"))
    with pytest.raises(Conflict, match="versée"):
        dossier_pieces.describe(
            case, now["Plan"].id, Said("Autre", "", "", {}), revision=now["Plan"].revision, **by(house, "daf")
        )
    page = client.get(f"/dossiers/{case}/pieces/{now['Plan'].id}", headers=signed_in(house, "daf")).text
    assert "12 AJ 4" in page
    assert "Déposer la version" not in page


def refusing(xml: bytes, unit_id: str, why: str) -> bytes:
    """Have a reply that accepts a package refuse one of its units."""
    refused = (
        f'</ArchiveUnit><ArchiveUnit id="{unit_id}"><Management><LogBook><Event>'
        f"<EventDateTime>2026-11-28</EventDateTime><Outcome>KO</Outcome><OutcomeDetailMessage>{why}</OutcomeDetailMessage></Event></LogBook></Management>"
        "<Content/></ArchiveUnit>"
    )
    return xml.replace(b"</ArchiveUnit>", refused.encode())


def test_a_piece_that_is_held_or_whose_dossier_is_open_again_stays_with_us(house: House, tmp_path: Path) -> None:
    held, opened, free = (closed_dossier(house, STUDY, title=title) for title in ("Un", "Deux", "Trois"))
    slip = prepared(house)
    assert slips.slip(slip.id, store=house.store, actor=person(house, "archives")).total == 3
    transfers.submit(slip.id, **by(house, "archives"))
    with pytest.raises(Refused, match="ne vous sont pas ouvertes"):
        transfers.approve(slip.id, **by(house, "energie"))
    transfers.approve(slip.id, **by(house, "ministre"))
    hold.place(NewHold(Scope.DOSSIER, held, "Contentieux"), **by(house, "archives"))
    read_all(house)
    states = {line.item.dossier_id: line.item for line in lines(house, slip.id).values()}
    assert states[held].state is ItemState.DROPPED
    assert "Gelée" in states[held].said
    dossier.close(opened, closing=False, **by(house, "daf"))
    units = [(each.unit, "12 AJ") for each in states.values() if each.state is ItemState.LISTED]
    answered(house, slip.id, reply(house, f"MME-{slip.number}-1", units=units), tmp_path)
    states = {line.item.dossier_id: line.item for line in lines(house, slip.id).values()}
    assert (states[opened].state, states[free].state) == (ItemState.DROPPED, ItemState.ACCEPTED)
    assert pieces_in(house, opened)["Étude"].transferred_at is None


def test_a_slip_of_one_kind_of_letters_bears_no_piece_and_a_piece_is_on_one_slip(house: House) -> None:
    (letter_id,) = closed_letters(house)
    case = closed_dossier(house, STUDY)
    fall_due(house, [letter_id])
    piece = pieces_in(house, case)["Étude"].id
    first = prepared(house)
    assert {line.item.subject_id for line in lines(house, first.id).values()} == {letter_id, piece}
    with pytest.raises(Refused):
        prepared(house, "Encore")
    transfers.remove(first.id, [piece], "Encore demandée", **by(house, "archives"))
    assert prepared_of(house, ["plainte"]) == 0
    second = prepared(house, "Les pièces")
    assert [line.item.subject_id for line in lines(house, second.id).values()] == [piece]
    assert transfers.put_back(first.id, [piece], **by(house, "archives")) == 0


def prepared_of(house: House, kinds: list[str]) -> int:
    return slips.free(kinds, limit=10, store=house.store, actor=person(house, "archives"))[1]
