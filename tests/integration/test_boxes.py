"""The paper archives: one place for each paper, loans that come back, lists of the paper twin, who may do what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pypdfium2 as pdfium
import pytest
import zxingcpp

from api.disposals import signed_certificate
from api.transfers import read_reply
from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.box import Box, BoxSheet
from ged.mail.custody import Keeper, Way
from ged.mail.disposal import Certificate
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.services import boxes, hand_over
from ged.services.notices import mine
from ged.services.remind import remind
from integration.test_acknowledgement import signed_in
from retention import paper_lists
from retention.answers import take_answer
from rooms.disposals import disposed, over, own
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer
from rooms.transfers import closed_letters, fall_due, packed, reply
from rooms.transfers import prepared as slip_prepared

Who = Callable[[str], Actor]


def new_box(house: House, who: Who, cote: str = "DAF-2001/1", **said: object) -> Box:
    values = {"label": "Demandes", "room": "A", "bay": "3", "shelf": "2", "capacity": 2} | said
    return boxes.make(BoxSheet(cote, **values), **own(house, who("archives")))  # type: ignore[arg-type]


def sent(house: House, kossi: Actor, mark: str) -> Letter:
    return decide(house, kossi, send(house, kossi, letter_pdf(reference=mark)).letter_id)


def letter_of(house: House, letter_id: str) -> Letter:
    with house.store.unit() as unit:
        return unit.letters.get(letter_id, None)


def acts(house: House, letter_id: str) -> list[Act]:
    with house.store.unit() as unit:
        return [line.act for line in unit.journal.of(letter_id)]


def test_papers_are_put_by_number_and_each_has_one_box(house: House, kossi: Actor, who: Who) -> None:
    archives = own(house, who("archives"))
    first, second = new_box(house, who), new_box(house, who, "daf-2001/2")
    one, two = sent(house, kossi, "1"), sent(house, kossi, "2")
    done = boxes.put(first.id, f"{one.number}\r\n http://x/courrier/{two.id}\nA-0000-9999\n{one.number}\n", **archives)
    assert done.placed == (one.number, two.number)
    assert [line for line, _ in done.refused] == ["A-0000-9999"]
    file = boxes.box_file(first.id, store=house.store, actor=who("archives"))
    assert (file.box.count, file.box.filling, file.hidden) == (2, 100, 0)
    assert file.box.covers == str(one.received_at.year)
    assert {each.standing.way for each in file.papers if each.standing} == {Way.BOXED}
    boxes.put(second.id, one.number, **archives)
    assert boxes.box_file(first.id, store=house.store, actor=who("archives")).box.count == 1
    paper = hand_over.paper_file(one.id, store=house.store, actor=kossi)
    assert paper.boxed is not None
    assert (paper.boxed.cote, paper.boxed.place) == ("DAF-2001/2", "A / 3 / 2")
    assert acts(house, one.id).count(Act.PAPER_BOXED) == 2
    assert boxes.take_out(one.id, "À relier", **archives).cote == "DAF-2001/2"
    paper = hand_over.paper_file(one.id, store=house.store, actor=kossi)
    assert paper.boxed is None
    assert paper.standing is not None
    with pytest.raises(Conflict) as error:
        boxes.take_out(one.id, "", **archives)
    assert error.value.code == "box.not_boxed"


def test_what_has_no_paper_or_is_on_its_way_to_another_is_refused_by_line(house: House, kossi: Actor, who: Who) -> None:
    made = new_box(house, who)
    none, coming = sent(house, kossi, "1"), sent(house, kossi, "2")
    hand_over.declare(none.id, exists=False, **own(house, kossi))
    hand_over.give(coming.id, Keeper("DAF", "DAF-1"), **own(house, kossi))
    done = boxes.put(made.id, f"{none.number};{coming.number}", **own(house, who("archives")))
    assert done.placed == ()
    assert [line for line, _ in done.refused] == [none.number, coming.number]
    with pytest.raises(Refused):
        boxes.put(made.id, " \n", **own(house, who("archives")))


def test_boxed_paper_leaves_by_a_loan_only_and_comes_back(house: House, kossi: Actor, who: Who) -> None:
    archives, today = own(house, who("archives")), house.clock().date()
    made, letter = new_box(house, who), sent(house, kossi, "1")
    boxes.put(made.id, letter.number, **archives)
    for attempt in (
        lambda: hand_over.give(letter.id, Keeper("DAF", "DAF-1"), **own(house, kossi)),
        lambda: hand_over.declare(letter.id, exists=False, **own(house, kossi)),
    ):
        with pytest.raises(Conflict) as error:
            attempt()
        assert error.value.code == "custody.boxed"
    to = Keeper("DAF", "DAF-1")
    for name, day, code in (("Ama", None, "box.no_return"), (" ", today, "box.no_name")):
        with pytest.raises(Refused) as refused:
            boxes.lend(letter.id, to, name, day, **archives)
        assert refused.value.code == code
    boxes.lend(letter.id, to, "Ama Mensah", today, **archives)
    with pytest.raises(Conflict) as error:
        boxes.lend(letter.id, to, "Ama Mensah", today, **archives)
    assert error.value.code == "box.lent"
    with pytest.raises(Conflict):
        boxes.take_out(letter.id, "", **archives)
    (loan,), total = boxes.loans(store=house.store, actor=who("archives"), limit=10)
    assert (loan.letter.id, loan.lent, total) == (letter.id, True, 1)
    with pytest.raises(Conflict):
        hand_over.give(letter.id, Keeper(outside="Un ami"), **own(house, who("daf")))
    remind(store=house.store, clock=lambda: house.clock() + timedelta(days=1))
    for login in ("daf", "archives"):
        kinds = [each.notice.kind for each in mine(store=house.store, actor=who(login))]
        assert kinds.count("papier_du") == 1, login
    boxes.take_back(letter.id, **archives)
    assert boxes.loans(store=house.store, actor=who("archives"), limit=10) == ((), 0)
    assert boxes.box_file(made.id, store=house.store, actor=who("archives")).box.count == 1
    with pytest.raises(Conflict) as error:
        boxes.take_back(letter.id, **archives)
    assert error.value.code == "box.not_lent"
    boxes.lend(letter.id, to, "Ama Mensah", today, **archives)
    standing = hand_over.paper_file(letter.id, store=house.store, actor=who("archives")).standing
    assert standing is not None
    assert standing.giver is not None
    hand_over.give(letter.id, standing.giver, **own(house, who("daf")))
    assert boxes.put(made.id, letter.number, **archives).placed == (letter.number,), "read back, it is received"
    assert boxes.loans(store=house.store, actor=who("archives"), limit=10) == ((), 0)


def test_only_an_archivist_keeps_boxes_and_another_house_sees_none(house: House, kossi: Actor, who: Who) -> None:
    made, letter = new_box(house, who), sent(house, kossi, "1")
    boxes.put(made.id, letter.number, **own(house, who("archives")))
    for login in ("kossi", "daf", "admin", "audit", "ceetdg"):
        with pytest.raises(Forbidden):
            boxes.put(made.id, letter.number, **own(house, who(login)))
        with pytest.raises(Forbidden):
            boxes.take_out(letter.id, "", **own(house, who(login)))
    assert boxes.boxes("tablette", store=house.store, actor=who("audit"), limit=5)[1] == 0
    assert boxes.boxes("daf dem", store=house.store, actor=who("audit"), limit=5)[1] == 1
    with pytest.raises(Conflict) as error:
        new_box(house, who, " DAF-2001/1 ")
    assert error.value.code == "box.taken"
    for said, code in (
        ({"cote": "€"}, "box.cote"),
        ({"capacity": 0}, "box.capacity"),
        ({"entity_id": "CEET"}, "box.entity"),
    ):
        with pytest.raises(Refused) as refused:
            new_box(house, who, **({"cote": "B"} | said))
        assert refused.value.code == code
    moved = BoxSheet("DAF-2001/1", "Demandes", "B", "1", "1", 50)
    boxes.amend(made.id, moved, **own(house, who("archives")))
    paper = hand_over.paper_file(letter.id, store=house.store, actor=kossi)
    assert paper.boxed is not None
    assert paper.boxed.place == "B / 1 / 1"


def test_the_paper_of_a_disposal_is_listed_by_box_and_destroyed_before_two_people(
    house: House, kossi: Actor, who: Who
) -> None:
    archives, today = own(house, who("archives")), house.clock().date()
    made = new_box(house, who)
    first, second, none = (over(house, kossi, mark) for mark in "ABC")
    hand_over.declare(none, exists=False, **own(house, kossi))
    with house.store.unit() as unit:
        number = unit.letters.get(first, None).number
    boxes.put(made.id, number, **archives)
    boxes.lend(first, Keeper(outside="La cour des comptes"), "M. Kpodar", today, **archives)
    done = disposed(house, who)
    found = paper_lists.of_disposal(done.id, store=house.store, actor=who("audit"))
    assert [(each.letter_id, each.boxed.cote if each.boxed else "") for each in found.twins] == [
        (first, "DAF-2001/1"), (second, "")
    ]  # fmt: skip
    names = ("I. Sossou", "A. Témoin")
    with pytest.raises(Conflict) as error:
        paper_lists.record(paper_lists.Whose.DISPOSAL, done.id, [first, second], names, today, **archives)
    assert error.value.code == "box.lent"
    boxes.take_back(first, **archives)
    for wrong, day, code in (
        (("I. Sossou", "i. sossou"), today, "paper_list.names"),
        (names, today + timedelta(days=1), "paper_list.day"),
    ):
        with pytest.raises(Refused) as refused:
            paper_lists.record(paper_lists.Whose.DISPOSAL, done.id, [first], wrong, day, **archives)
        assert refused.value.code == code
    with pytest.raises(Forbidden):
        paper_lists.record(paper_lists.Whose.DISPOSAL, done.id, [first], names, today, **own(house, who("sg")))
    paper_lists.record(paper_lists.Whose.DISPOSAL, done.id, [first], names, today, **archives)
    found = paper_lists.of_disposal(done.id, store=house.store, actor=who("archives"))
    assert [each.letter_id for each in found.waiting] == [second]
    assert [(each.letter_id, each.boxed, each.cote) for each in found.twins] == [
        (first, None, "DAF-2001/1"), (second, None, "")
    ]  # fmt: skip
    assert [act.second for act in found.acts] == ["A. Témoin"]
    paper = hand_over.paper_file(first, store=house.store, actor=kossi)
    assert (paper.standing, paper.boxed, paper.stood) == (None, None, "DAF-2001/1")
    assert paper.gone is not None
    assert Act.PAPER_DESTROYED in acts(house, first)
    assert boxes.box_file(made.id, store=house.store, actor=who("archives")).box.count == 0
    with pytest.raises(Refused):
        paper_lists.record(paper_lists.Whose.DISPOSAL, done.id, [first], names, today, **archives)
    with pytest.raises(NotFound):
        paper_lists.of_disposal(done.id, store=house.store, actor=who("ceetdg"))


def test_the_certificate_names_the_paper_that_is_to_go(house: House, kossi: Actor, who: Who) -> None:
    made, letter_id = new_box(house, who), over(house, kossi, "A")
    with house.store.unit() as unit:
        number = unit.letters.get(letter_id, None).number
    boxes.put(made.id, number, **own(house, who("archives")))
    done = disposed(house, who)
    with house.store.unit() as unit:
        lines = unit.disposals.lines(done.id, None)
        twins = paper_lists.twins_of(unit, {letter_id: number})
    assert twins[0].boxed is not None
    bare = signed_certificate(Certificate(done, "MME", lines, (), None), house)
    assert done.certificate is not None
    with house.vault.open(done.certificate) as stream:
        assert "DAF-2001/1" in text_of(stream.read())
    assert "DAF-2001/1" not in text_of(bare)


def text_of(pdf: bytes) -> str:
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(pdf)
    return "".join(each.get_textpage().get_text_range() for each in document)


def test_the_paper_of_a_transfer_waits_for_the_archive(house: House, who: Who) -> None:
    (letter_id,) = closed_letters(house)
    fall_due(house, [letter_id])
    slip = slip_prepared(house)
    found = paper_lists.of_transfer(slip.id, store=house.store, actor=who("archives"))
    assert [each.letter_id for each in found.waiting] == [letter_id]
    with pytest.raises(Conflict) as error:
        paper_lists.record(
            paper_lists.Whose.TRANSFER,
            slip.id,
            [letter_id],
            ("A", "B"),
            house.clock().date(),
            **own(house, who("archives")),
        )
    assert error.value.code == "paper_list.not_ready"


def test_boxes_by_the_api(house: House, kossi: Actor, who: Who, client: httpx.Client) -> None:
    letter, day = sent(house, kossi, "1"), house.clock().date().isoformat()
    headers = bearer(house, "archives")
    made = client.post("/api/v1/boxes", json={"cote": "X/1", "room": "A", "capacity": 10}, headers=headers)
    assert made.status_code == 201
    address = f"/api/v1/boxes/{made.json()['id']}"
    done = client.post(f"{address}/papers", json={"numbers": [letter.number, "Z-1"]}, headers=headers).json()
    assert (done["placed"], [each["line"] for each in done["refused"]]) == ([letter.number], ["Z-1"])
    loan = {"outside": "La cour", "taken_by": "M. Kpodar", "return_by": day}
    assert client.post(f"/api/v1/letters/{letter.id}/paper/loan", json=loan, headers=headers).json()["way"] == "pret"
    assert client.get("/api/v1/loans", headers=headers).json()["total"] == 1
    assert client.delete(f"/api/v1/letters/{letter.id}/paper/loan", headers=headers).status_code == 204
    assert client.get(address, headers=headers).json()["papers"][0]["lent"] is False
    moved = client.put(address, json={"cote": "X/2"}, headers=headers).json()
    assert (moved["cote"], moved["count"]) == ("X/2", 1)
    out = client.post(f"/api/v1/letters/{letter.id}/paper/take-out", json={"reason": "Relié"}, headers=headers)
    assert out.status_code == 204
    assert client.get("/api/v1/boxes", headers=bearer(house, "kossi")).status_code == 403


def test_labels_are_read_by_readers_of_bars_and_of_squares(house: House, who: Who, client: httpx.Client) -> None:
    cotes = ["DAF-2001/1", "ÉNERGIE 12/B", "A" * 40]
    for cote in cotes:
        new_box(house, who, cote, shelf="")
    headers = signed_in(house, "archives")

    def read(address: str) -> dict[str, set[str]]:
        pages = pdfium.PdfDocument(client.get(address, headers=headers).content)
        found: dict[str, set[str]] = {}
        for page in pages:
            for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil()):
                found.setdefault(str(code.format), set()).add(code.text)
        pages.close()
        return found

    labels = read("/archives-papier/etiquettes.pdf")
    assert sorted(labels.values()) == [set(cotes), set(cotes)], labels
    assert len(labels) == 2
    (shelves,) = read("/archives-papier/etiquettes.pdf?sorte=tablettes").values()
    assert shelves == {"A / 3 / –"}, "a dash that Code 128 does not have: the QR alone"


def test_the_paper_of_a_transfer_goes_to_the_archive_once_it_has_accepted(
    house: House, who: Who, client: httpx.Client, tmp_path: Path
) -> None:
    made, letters, archives = new_box(house, who), closed_letters(house, 2), own(house, who("archives"))
    boxes.put(made.id, "\n".join(letter_of(house, each).number for each in letters), **archives)
    fall_due(house, letters)
    slip = packed(house)
    units = [(f"AU-{rank}", f"12 AJ {rank}") for rank in (1, 2)]
    (tmp_path / "reponse.xml").write_bytes(reply(house, f"MME-{slip.number}-1", units=units))
    take_answer(slip.id, *read_reply(tmp_path / "reponse.xml", house), **archives)
    found = paper_lists.of_transfer(slip.id, store=house.store, actor=who("archives"))
    assert (found.ready, found.keeper, [each.letter_id for each in found.waiting]) == (
        True,
        "Archives nationales",
        sorted(letters, key=lambda each: letter_of(house, each).number),
    )
    today = house.clock().date()
    form = {"choix": [letters[0]], "premier": "Yao Mensah", "second": "Afi Lawson", "jour": f"{today:%d/%m/%Y}"}
    address = f"/archives-papier/listes/versements/{slip.id}"
    session = signed_in(house, "archives")
    token = client.get(address, headers=session).text.partition('csrf_token" value="')[2].partition('"')[0]
    answer = client.post(address, data=form | {"csrf_token": token}, headers=session)
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text[:500]
    after = paper_lists.of_transfer(slip.id, store=house.store, actor=who("archives"))
    assert [each.letter_id for each in after.waiting] == [letters[1]]
    (gone,) = after.acts
    assert (gone.first, gone.second, gone.done_on, gone.about) == ("Yao Mensah", "Afi Lawson", today, slip.id)
    paper = hand_over.paper_file(letters[0], store=house.store, actor=who("archives"))
    assert paper.boxed is None
    assert paper.standing is not None
    assert (paper.standing.way, paper.standing.keeper.outside) == (Way.TRANSFERRED, "Archives nationales")
    assert paper.standing.received_by == "Afi Lawson"
    assert Act.PAPER_TRANSFERRED in acts(house, letters[0])
    assert Act.PAPER_TRANSFERRED not in acts(house, letters[1])
    assert boxes.box_file(made.id, store=house.store, actor=who("archives")).box.count == 1
    with pytest.raises(Conflict):
        boxes.lend(letters[0], Keeper(outside="Un autre"), "X", today + timedelta(days=3), **archives)
    with pytest.raises(Refused) as again:
        paper_lists.record(paper_lists.Whose.TRANSFER, slip.id, [letters[0]], ("A", "B"), today, **archives)
    assert again.value.code == "paper_list.none"


def test_a_box_that_never_held_anything_can_be_taken_away(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    archives, letter = own(house, who("archives")), sent(house, kossi, "1")
    used, spare, other = new_box(house, who), new_box(house, who, "X-1"), new_box(house, who, "X-2")
    boxes.put(used.id, letter.number, **archives)
    boxes.take_out(letter.id, "À relier", **archives)
    with pytest.raises(Conflict) as error:
        boxes.remove(used.id, **archives)
    assert error.value.code == "box.used"
    with pytest.raises(Forbidden):
        boxes.remove(spare.id, **own(house, kossi))
    headers = signed_in(house, "archives")
    shown = client.get(f"/archives-papier/{spare.id}", headers=headers).text
    assert "jamais utilisée" in shown
    assert "jamais utilisée" not in client.get(f"/archives-papier/{used.id}", headers=headers).text
    token = shown.partition('csrf_token" value="')[2].partition('"')[0]
    answer = client.post(f"/archives-papier/{spare.id}/retirer", data={"csrf_token": token}, headers=headers)
    assert answer.headers["location"] == "/archives-papier"
    assert client.delete(f"/api/v1/boxes/{other.id}", headers=bearer(house, "archives")).status_code == 204
    left, _ = boxes.boxes("", store=house.store, actor=who("archives"), limit=10)
    assert [one.id for one in left] == [used.id]
    with house.store.unit() as unit:
        assert [line.act for line in unit.journal.about(spare.id)] == [Act.BOX_MADE, Act.BOX_REMOVED]
    new_box(house, who, "X-1")
