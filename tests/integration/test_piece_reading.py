"""Pieces of dossiers are read by the machine: printed, scanned, of the office, packed; killed, given up, replaced."""

from __future__ import annotations

import os
import signal
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from api.config import Settings
from api.disposals import hands_of
from api.wiring import House, open_house
from api.worker import run_worker
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.disposal import DisposalState, LineState
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import Version
from ged.mail.item import Reading
from ged.mail.legal_hold import HoldQuery, Scope
from ged.services import dossier, dossier_pieces, hold
from ged.services.hold import NewHold
from ged.store.schema import configuration
from integration.test_acknowledgement import signed_in
from retention.disposal import lists
from retention.disposal.carry_out import carry_out
from retention.fates import fates_in_dossier
from rooms.disposals import approved, over_piece, prepared
from rooms.house import driver_url
from rooms.letters import letter_pdf, read_all
from rooms.office_files import odt
from rooms.processes import forking
from rooms.scans import copy_of_a_copy

Who = Callable[[str], Actor]
PDF, ODT = "application/pdf", "application/vnd.oasis.opendocument.text"


def own(house: House, actor: Actor) -> dict[str, Any]:
    return {"store": house.store, "actor": actor, "clock": house.clock}


@pytest.fixture
def one(house: House, who: Who) -> Dossier:
    return dossier.begin("", "Carrière de Tsévié", "DAF", (), **own(house, who("daf")))


def bring(house: House, actor: Actor, one: Dossier, data: bytes, media_type: str = PDF, name: str = "plan.pdf") -> str:
    stored = house.vault.put(BytesIO(data), media_type=media_type, tenant_id="MME")
    file = dossier_pieces.Brought(stored, media_type, name)
    return dossier_pieces.bring(one.id, file, **own(house, actor)).id


def said(house: House, piece_id: str) -> str:
    with house.store.unit() as unit:
        return "\n".join(page.text for page in unit.version_texts.of_pieces([piece_id]).get(piece_id, []))


def last(house: House, piece_id: str) -> Version:
    with house.store.unit() as unit:
        return unit.dossier_pieces.versions([piece_id])[piece_id][0]


def query(settings: Settings, text: str, *values: Any) -> list[Any]:
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as connection:
        answer = connection.execute(text.encode(), values)
        return answer.fetchall() if answer.description else []


def test_what_is_printed_scanned_written_and_packed_is_read(
    house: House, who: Who, one: Dossier, tmp_path: Path
) -> None:
    daf = who("daf")
    printed = bring(house, daf, one, letter_pdf(body="La parcelle de Zogbédji est bornée."))
    scan = copy_of_a_copy(letter_pdf(body="La parcelle de Hahotoé est bornée."), tmp_path / "s.tif").read_bytes()
    media_type = PDF if scan.startswith(b"%PDF") else "image/tiff"
    scanned = bring(house, daf, one, scan, media_type, "scan.tif")
    written = bring(house, daf, one, odt("Le barème des redevances de Bangéli"), ODT, "note.odt")
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("un.pdf", letter_pdf(body="Le croquis de Nangbéto est joint."))
        archive.writestr("deux.odt", odt("Le relevé de Dapaong"))
    held = bring(house, daf, one, packed.getvalue(), "application/zip", "lot.zip")
    assert said(house, printed) == ""
    read_all(house)
    assert "Zogbédji" in said(house, printed)
    assert "parcelle" in said(house, scanned)
    assert "Bangéli" in said(house, written)
    assert "Nangbéto" in said(house, held)
    assert "Dapaong" in said(house, held)
    found = last(house, scanned)
    assert (found.reading, found.reading_error, found.page_count) == (Reading.READY, "", 1)


def test_a_new_version_takes_the_place_of_the_text_of_the_last(house: House, who: Who, one: Dossier) -> None:
    daf = who("daf")
    piece = bring(house, daf, one, letter_pdf(body="La parcelle de Zogbédji."))
    read_all(house)
    stored = house.vault.put(BytesIO(letter_pdf(body="La parcelle de Hahotoé.")), media_type=PDF, tenant_id="MME")
    dossier_pieces.bring_version(
        one.id, piece, dossier_pieces.Brought(stored, PDF, "v2.pdf"), made_from=1, **own(house, daf)
    )
    assert said(house, piece) == "", "what it said is said no more"
    read_all(house)
    assert "Hahotoé" in said(house, piece)
    assert "Zogbédji" not in said(house, piece)


def test_what_cannot_be_read_is_said_and_can_be_tried_again(
    house: House, who: Who, one: Dossier, client: httpx.Client
) -> None:
    piece = bring(house, who("daf"), one, b"%PDF-1.7 rien de lisible", PDF)
    session = signed_in(house, "daf")
    address = f"/dossiers/{one.id}/pieces/{piece}"
    assert "La machine va lire cette version" in client.get(address, headers=session).text
    read_all(house)
    found = last(house, piece)
    assert found.reading is Reading.FAILED
    assert found.reading_error
    page = client.get(address, headers=session).text
    form = page.partition(f'action="{address}/lecture"')[2].partition("</form>")[0]
    assert "Relancer la lecture" in form
    csrf = form.partition('name="csrf_token" value="')[2].partition('"')[0]
    kossi = signed_in(house, "kossi")
    refused = client.post(f"{address}/lecture", headers=kossi, data={"csrf_token": csrf})
    assert refused.status_code in {httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND}
    assert client.post(f"{address}/lecture", headers=session).status_code == httpx.codes.FORBIDDEN, "without its token"
    assert last(house, piece).reading is Reading.FAILED, "nobody asked yet"
    again = client.post(f"{address}/lecture", headers=session, data={"csrf_token": csrf})
    assert (again.status_code, again.headers["location"]) == (httpx.codes.SEE_OTHER, address)
    assert "La machine va lire cette version" in client.get(address, headers=session).text
    assert last(house, piece).reading is Reading.PENDING
    read_all(house)
    assert last(house, piece).reading is Reading.FAILED, "tried, and given up as before"


def test_a_version_of_before_reading_existed_is_given_a_job_when_the_schema_is_brought_up(
    house: House, settings: Settings, who: Who, one: Dossier
) -> None:
    piece = bring(house, who("daf"), one, letter_pdf(body="La parcelle de Zogbédji."))
    query(settings, "DELETE FROM procrastinate_jobs WHERE task_name = 'read_version'")
    schema, engine = configuration(), sa.create_engine(house.database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        schema.attributes["connection"] = connection
        command.stamp(schema, "0064")
        command.upgrade(schema, "0065")
        command.stamp(schema, "head")
    read_all(house)
    assert "Zogbédji" in said(house, piece)


@pytest.mark.parametrize("point", ["begun", "fetched", "some pages", "before settled"])
def test_what_the_machine_still_reads_is_not_destroyed_and_a_hold_catches_what_it_turns_out_to_say(
    house: House, settings: Settings, who: Who, point: str
) -> None:
    case, piece = over_piece(house, who, "Plan", letter_pdf(body="La parcelle de Zogbédji."))
    one = approved(house, who)
    query(settings, "DELETE FROM procrastinate_jobs WHERE task_name = 'dispose'")  # it is done at the point, not beside
    wait_again(house, piece)
    hold.place(NewHold(Scope.QUERY, reason="Contentieux", query=HoldQuery("zogbedji")), **own(house, who("archives")))
    came = []

    def destroy(_version_id: str, at: str) -> None:
        if at == point:
            came.append(carry_out(one.id, hands_of(house)))

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run_worker, house, until_idle=True, piece_fault=destroy).result()
    assert [done.state for done in came if done] == [DisposalState.DONE]
    file = lists.disposal_file(one.id, store=house.store, actor=who("archives"))
    ((line, _),) = file.lines
    assert line.state is LineState.SPARED
    known = point in {"some pages", "before settled"}
    assert ("Contentieux" if known else "La machine la lit encore.") in str(line.said)
    found = last(house, piece)
    assert house.vault.stat(found.sha256) is not None
    assert found.reading is Reading.READY
    assert fates_in_dossier(case, **own(house, who("archives")))[piece].held
    with pytest.raises(Refused):
        prepared(house, who)


def wait_again(house: House, piece_id: str) -> None:
    """Have the last version of a piece wait to be read, as one does whose reading was given up and is asked for."""
    with house.store.unit() as unit:
        version_id = unit.dossier_pieces.versions([piece_id])[piece_id][0].id
        unit.version_texts.forget(piece_id)
        unit.version_texts.try_again(version_id)
        unit.queue.defer("read_version", version_id=version_id)
        unit.commit()


def _work(settings: Settings) -> None:
    with open_house(settings) as house:
        run_worker(house, until_idle=True)


def test_a_killed_worker_leaves_the_pages_that_it_read_to_the_next(
    house: House, settings: Settings, who: Who, one: Dossier
) -> None:
    piece = bring(house, who("daf"), one, letter_pdf(pages=20))
    worker = forking.Process(target=_work, args=(settings,))
    worker.start()
    try:
        while worker.is_alive() and not query(settings, "SELECT 1 FROM version_page"):
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.join()
    assert worker.exitcode == -signal.SIGKILL
    assert last(house, piece).reading is Reading.PENDING
    kept = [number for (number,) in query(settings, "SELECT number FROM version_page")]
    assert 0 < len(kept) < 20, "killed in the middle"
    query(settings, "UPDATE version_page SET words = array_append(words, 'Zébulon')")  # read again, it would be lost
    read_all(house)
    with house.store.unit() as unit:
        pages = unit.version_texts.of_pieces([piece])[piece]
    assert [page.number for page in pages] == list(range(1, 21))
    assert [page.number for page in pages if "Zébulon" in page.said] == sorted(kept)


def _work_and_die(settings: Settings, point: str) -> None:
    def fault(_version_id: str, at: str) -> None:
        if at == point:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_house(settings) as house:
        run_worker(house, until_idle=True, piece_fault=fault)


@pytest.mark.parametrize("point", ["fetched", "some pages", "before settled", "settled"])
def test_killed_at_any_point_it_ends_the_same(
    house: House, settings: Settings, who: Who, one: Dossier, point: str
) -> None:
    piece = bring(house, who("daf"), one, letter_pdf(body="La parcelle de Zogbédji.", pages=2))
    worker = forking.Process(target=_work_and_die, args=(settings, point))
    worker.start()
    worker.join(120)
    code = worker.exitcode
    worker.kill()
    worker.join()
    assert code == -signal.SIGKILL
    read_all(house)
    found = last(house, piece)
    assert (found.reading, found.page_count) == (Reading.READY, 2)
    assert "Zogbédji" in said(house, piece)
    with house.store.unit() as unit:
        assert [page.number for page in unit.version_texts.of_pieces([piece])[piece]] == [1, 2]
