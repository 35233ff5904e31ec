"""A pile through the scanner: cut at our separators, put right on the board, entered as letters that say where from."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
import pikepdf
import pytest

from api.wiring import House
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.batch import BatchState, Sides
from ged.mail.batch_acts import BoardAct, BoardOrder
from ged.mail.journal import Act
from ged.mail.qualification import Field
from ged.services import consult
from ged.services.amend_batch import Said, amend_batch
from ged.services.capture import Door, Receipt
from ged.services.close_batch import confirm_batch
from ged.services.lay_out_batch import act_on_batch
from ged.services.read_batch import BatchView, batch_picture, batch_view
from ingest.capture.receive import SheetsBack, receive_scan
from rooms.letters import letter_pdf, read_all
from rooms.lots import a_blank, a_letter, a_lot, lot_sheet, scan, separator
from rooms.server import bearer

Who = Callable[[str], Actor]


def seen(house: House, actor: Actor, batch_id: str) -> BatchView:
    return batch_view(batch_id, store=house.store, actor=actor)


def do(house: House, actor: Actor, batch_id: str, act: BoardAct, *keys: str, **said: Any) -> BatchView:
    revision = seen(house, actor, batch_id).batch.revision
    order = BoardOrder(act, revision, keys, **said)
    act_on_batch(batch_id, order, store=house.store, actor=actor, clock=house.clock)
    return seen(house, actor, batch_id)


def enter(house: House, actor: Actor, view: BatchView, *, sure: bool = False) -> BatchView:
    by: dict[str, Any] = {"store": house.store, "actor": actor, "clock": house.clock}
    confirm_batch(view.batch.id, view.batch.revision, despite_doubts=sure, **by)
    read_all(house)
    return seen(house, actor, view.batch.id)


def images_of(pdf: bytes) -> list[bytes]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [image.read_raw_bytes() for page in opened.pages for image in page.get_images(recursive=False).values()]


def test_a_pile_with_separators_becomes_letters_that_say_what_they_were_made_of(
    house: House, kossi: Actor, who: Who
) -> None:
    first, second = a_letter("Demande de stage", 2), a_letter("Facture de gravier")
    pile = scan([
        lot_sheet(house, kossi, 2, 4), separator(house, kossi, entity="DAF"), *first, a_blank(),
        separator(house, kossi, kind="facture"), *second,
    ])  # fmt: skip
    alone = letter_pdf(subject="Une lettre à part")
    lot = a_lot(house, kossi, pile, alone)

    view = seen(house, kossi, lot.id)
    assert [len(each.leaves) for each in view.board.piles] == [3, 1, 1]
    assert (view.batch.label, view.batch.declared_letters, view.batch.declared_pages) == ("Courrier du matin", 2, 4)
    assert (view.counted.written, view.counted.blank, view.counted.aside) == (4, 1, 3)
    assert len(view.doubts) == 1
    with pytest.raises(Refused, match="Vérifiez"):
        enter(house, kossi, view)
    with pytest.raises(NotFound):
        seen(house, who("ceet"), lot.id)

    do(house, kossi, lot.id, BoardAct.TURN, "1-3")
    view = do(house, kossi, lot.id, BoardAct.DISCARD, "1-5", reason="Page blanche")
    order = BoardOrder(BoardAct.CUT, view.batch.revision - 1, ("1-4",))
    with pytest.raises(Conflict):
        act_on_batch(lot.id, order, store=house.store, actor=who("lawson"), clock=house.clock)

    done = enter(house, kossi, view, sure=True)
    assert done.batch.state is BatchState.DONE
    assert [one.number for one in done.outcomes if one.number] == sorted(one.number or "" for one in done.outcomes)
    letters = [consult.letter(one.letter_id or "", store=house.store, actor=kossi) for one in done.outcomes]
    assert [letter.page_count for letter in letters] == [2, 1, 1]
    assert letters[2].original == done.files[1].sha256, "a pile that is a whole file is that file, byte for byte"
    with house.vault.open(letters[0].original) as made:
        data = made.read()
    assert images_of(data) == images_of(pile)[2:4], "image bytes are never encoded again"
    with pikepdf.open(BytesIO(data)) as opened:
        assert [int(page.get("/Rotate", 0)) for page in opened.pages] == [90, 0]
    with house.store.unit() as unit:
        came = [one for one in unit.journal.of(letters[0].id) if one.act is Act.CAME_IN_BATCH]
    assert came[0].details["files"] == [
        {"sha256": done.files[0].sha256, "filename": "pile-1.pdf", "pages": [[3, 90], 4]}
    ]
    file = consult.letter_file(letters[0].id, store=house.store, actor=kossi, clock=house.clock)
    assert (file.proposals[Field.SERVICE].value, file.proposals[Field.SERVICE].sure) == ("DAF", True)
    file = consult.letter_file(letters[1].id, store=house.store, actor=kossi, clock=house.clock)
    assert file.proposals[Field.KIND].value == "facture"
    ways: dict[str, Any] = {
        "large": False,
        "store": house.store,
        "vault": house.vault,
        "actor": kossi,
        "clock": house.clock,
    }
    with batch_picture(lot.id, "1-5", **ways) as kept:
        assert kept.read(4) == b"RIFF"
    with pytest.raises(NotFound):
        batch_picture(lot.id, "1-3", **ways)


def test_a_pile_that_comes_by_a_door_for_letters_waits_as_a_lot(house: House, kossi: Actor, who: Who) -> None:
    pile = scan([separator(house, kossi), *a_letter("Plainte"), separator(house, kossi), *a_letter("Facture")])

    def come(actor: Actor) -> Any:
        return receive_scan(BytesIO(pile), "matin.pdf", door=Door.FOLDER, actor=actor, entrance=house.entrance)

    first, again = come(kossi), come(kossi)
    assert isinstance(first, SheetsBack)
    assert first.sheets[0].batch_id == again.sheets[0].batch_id
    with house.store.unit() as unit:
        assert unit.letters.count() == 0, "nothing is numbered yet"
    assert isinstance(come(who("ceet")), Receipt), "somebody else's separators are pages like others"
    lot = first.sheets[0].batch_id or ""
    read_all(house)
    view = do(house, kossi, lot, BoardAct.RESTORE, "1-1")
    assert [[leaf.key for leaf in pile.leaves] for pile in view.board.piles] == [["1-1", "1-2"], ["1-4"]]
    done = enter(house, kossi, view)
    assert [one.letter_id is not None for one in done.outcomes] == [True, True]


def test_what_was_said_of_a_lot_is_put_right_afterwards_and_the_board_stays(
    house: House, kossi: Actor, who: Who
) -> None:
    lot = a_lot(house, kossi, scan([*a_letter("Plainte"), *a_letter("Facture"), a_blank()]), letters=9)
    before = seen(house, kossi, lot.id)
    assert any("9 annoncés" in doubt for doubt in before.doubts)
    by: dict[str, Any] = {"store": house.store, "clock": house.clock}
    with pytest.raises(NotFound):
        amend_batch(lot.id, Said("", Sides.BOTH, None, 1, 2), actor=who("ceet"), **by)
    amend_batch(lot.id, Said("Matin", Sides.BOTH, None, 1, 2), actor=kossi, **by)
    after = seen(house, kossi, lot.id)
    assert after.board == before.board
    assert (after.batch.label, after.batch.sides) == ("Matin", Sides.BOTH)
    assert [doubt.split(" :")[0] for doubt in after.doubts] == ["Recto verso"], (
        "three pages on both sides: one is missing"
    )
    with house.store.unit() as unit:
        (line,) = unit.journal.recent(Act.BATCH_AMENDED, kossi.login)
    assert (line.details["before"], line.details["after"]) == (
        {"label": "", "sides": "recto", "declared_letters": 9, "declared_pages": None},
        {"label": "Matin", "sides": "recto_verso", "declared_letters": 1, "declared_pages": 2},
    )
    enter(house, kossi, after, sure=True)
    with pytest.raises(Conflict):
        amend_batch(lot.id, Said("Soir", Sides.FRONT, None, None, None), actor=kossi, **by)


def test_a_program_opens_cuts_and_enters_a_lot(house: House, client: httpx.Client) -> None:
    me, address = bearer(house, "kossi"), "/api/v1/batches"
    opened = client.post(address, headers=me, json={"label": "Station 2", "letters": 3}).json()
    lot = f"{address}/{opened['id']}"
    pile = {"file": ("pile.pdf", scan([*a_letter("Plainte"), *a_letter("Facture")]), "application/pdf")}
    assert client.post(f"{lot}/files", headers=me, files=pile).json()["page_count"] == 2
    read_all(house)
    board = client.get(lot, headers=me).json()
    assert [[page["key"] for page in each["pages"]] for each in board["piles"]] == [["1-1", "1-2"]]
    cut = {"act": "couper", "revision": board["revision"], "keys": ["1-2"]}
    board = client.post(f"{lot}/acts", headers=me, json=cut).json()
    assert len(board["piles"]) == 2
    stale = client.post(f"{lot}/acts", headers=me, json=cut)
    assert (stale.status_code, stale.json()["code"]) == (409, "batch.changed")
    assert (
        client.post(f"{lot}/letters", headers=me, json={"revision": board["revision"]}).json()["code"] == "batch.doubts"
    )
    assert client.put(lot, headers=me, json={"label": "Station 2", "letters": 2}).json()["declared_letters"] == 2
    assert client.post(f"{lot}/letters", headers=me, json={"revision": board["revision"]}).status_code == 202
    read_all(house)
    entered = client.get(lot, headers=me).json()
    assert (entered["state"], len([one for one in entered["letters"] if one["number"]])) == ("enregistre", 2)
    assert client.get(lot, headers=bearer(house, "ceet")).status_code == 404
    other = client.post(address, headers=me, json={}).json()["id"]
    assert [one["id"] for one in client.get(address, headers=me).json()] == [other]
    assert client.post(f"{address}/{other}/drop", headers=me, json={"reason": "Essai"}).status_code == 204
