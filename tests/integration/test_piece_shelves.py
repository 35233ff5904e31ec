"""Pieces of dossiers beside letters on the shelves of Conservation, in its figures, and on the pages of holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.wiring import House
from ged.mail.access import Actor, Right
from ged.mail.filing import Disposition
from ged.mail.legal_hold import Scope
from ged.mail.sieve import Sieve
from ged.services import dossier, hold
from ged.services.hold import NewHold
from ged.store.holds import HoldsWanted
from integration.test_acknowledgement import signed_in
from integration.test_transfer_pieces import PLAN, STUDY, answered, lines, refusing
from integration.test_transfers import needs_schemas
from retention.figures import RuleFigures, figures_by_rule
from retention.locks import note_piece_locks
from retention.nightly import sweep_letters
from retention.shelves import Shelf, Shelved, Wanted, shelved
from rooms.disposals import disposed, over, over_piece, own
from rooms.transfers import closed_dossier, packed, person, pieces_in, reply

Who = Callable[[str], Actor]


def on_shelf(house: House, actor: Actor, shelf: Shelf, **sieved: Any) -> Shelved:
    disposition = sieved.pop("disposition", None)
    wanted = Wanted(shelf, Sieve(**sieved), disposition)
    return shelved(wanted, store=house.store, actor=actor, clock=house.clock, limit=10)


def named(found: Shelved) -> set[str]:
    return {one.piece.id for one, _ in found.pieces}


def of_rule(house: House, actor: Actor, code: str) -> RuleFigures:
    found = figures_by_rule(store=house.store, actor=actor, clock=house.clock)
    return next(each for each in found.rules if each.code == code)


def rule_filed(house: House, actor: Actor, code: str) -> str:
    with house.store.unit() as unit:
        _, schedule = unit.schedules.applied(actor.tenant_id, house.clock().date())
    rule = schedule.rule_filed(code)
    assert rule is not None
    return rule.code


def test_a_piece_stands_on_a_shelf_once_its_dossier_is_closed_and_while_it_is_ours(
    house: House, kossi: Actor, who: Who
) -> None:
    archives = who("archives")
    letter_id = over(house, kossi, "Z")
    case, piece = over_piece(house, who, "Zwiggurat")
    opened, other = over_piece(house, who, "B")
    dossier.close(opened, closing=False, **own(house, who("daf")))
    sweep_letters(house.store, house.clock)
    for shelf in (Shelf.CLOSED, Shelf.DUE):
        found = on_shelf(house, archives, shelf)
        assert ([letter.id for letter, _ in found.rows], named(found)) == ([letter_id], {piece})
        assert (found.total, found.piece_total) == (1, 1)
        assert found.counts == {Shelf.CLOSED: 2, Shelf.DUE: 2, Shelf.HELD: 0, Shelf.TRANSFERRED: 0}
        ((_, fate),) = found.pieces
        assert (fate.due, fate.disposition) == (True, Disposition.DESTROY)
        assert named(on_shelf(house, archives, shelf, service="DAF")) == {piece}
        assert named(on_shelf(house, archives, shelf, service="DMG")) == set()
        assert named(on_shelf(house, archives, shelf, kind="demande")) == set(), "a piece is of no kind of letters"
        assert named(on_shelf(house, archives, shelf, disposition=Disposition.DESTROY)) == {piece}
        assert named(on_shelf(house, archives, shelf, disposition=Disposition.TRANSFER)) == set()
    placed = hold.place(NewHold(Scope.DOSSIER, opened, "Enquête"), **own(house, archives))
    assert named(on_shelf(house, archives, Shelf.HELD)) == {other}
    hold.place(NewHold(Scope.DOSSIER, case, "Enquête"), **own(house, archives))
    found = on_shelf(house, archives, Shelf.DUE)
    assert (named(found), found.counts[Shelf.DUE], found.counts[Shelf.HELD]) == (set(), 1, 2)
    hold.lift(placed.id, "Close", **own(house, archives))
    assert named(on_shelf(house, archives, Shelf.HELD)) == {piece}


def test_what_a_reader_may_not_see_is_neither_listed_nor_counted(house: House, who: Who) -> None:
    archives = who("archives")
    case, _ = over_piece(house, who, "Zwiggurat")
    sweep_letters(house.store, house.clock)
    placed = hold.place(NewHold(Scope.DOSSIER, case, "Enquête"), **own(house, archives))
    assert hold.hold_file(placed.id, store=house.store, actor=archives).piece_total == 1
    elsewhere = replace(archives.post, tenant_id=who("ceetdg").post.tenant_id)
    stranger = replace(archives, posts=(elsewhere,))
    assert stranger.has(Right.SEE_RETENTION)
    for shelf in Shelf:
        found = on_shelf(house, stranger, shelf)
        assert (found.pieces, found.piece_total, found.counts[shelf]) == ((), 0, 0)
    assert sum(each.pieces for each in figures_by_rule(store=house.store, actor=stranger, clock=house.clock).rules) == 0


def test_a_hold_counts_and_lists_the_pieces_that_it_has_caught(house: House, who: Who, client: httpx.Client) -> None:
    case, piece = over_piece(house, who, "Zwiggurat")
    placed = hold.place(NewHold(Scope.DOSSIER, case, "Enquête"), **own(house, who("archives")))
    file = hold.hold_file(placed.id, store=house.store, actor=who("audit"))
    assert ([each.piece.id for each in file.pieces], file.piece_total, file.letters.total) == ([piece], 1, 0)
    ((_, letters, pieces, _),), _ = hold.listed(HoldsWanted(), store=house.store, actor=who("audit"), limit=9)
    assert (letters, pieces) == (0, 1)
    headers = signed_in(house, "archives")
    page = client.get(f"/gels/{placed.id}", headers=headers).text
    assert f"/dossiers/{case}/pieces/{piece}" in page
    assert "1 pièce de dossier" in page
    spoken = {"Cookie": headers["Cookie"] + "; ged_langue=en"}
    assert "1 piece of a case file" in client.get(f"/gels/{placed.id}", headers=spoken).text


def test_the_figures_count_pieces_where_they_stand(house: House, kossi: Actor, who: Who) -> None:
    archives = who("archives")
    rule = rule_filed(house, archives, "A1")
    before = of_rule(house, archives, rule)
    assert (before.total, before.pieces) == (0, 0)
    over_piece(house, who, "A")
    disposed(house, who)
    held, _ = over_piece(house, who, "B")
    over_piece(house, who, "C")
    opened, _ = over_piece(house, who, "D")
    hold.place(NewHold(Scope.DOSSIER, held, "Contentieux"), **own(house, archives))
    dossier.close(opened, closing=False, **own(house, who("daf")))
    found = of_rule(house, archives, rule)
    assert (found.destroyed, found.overdue, found.current, found.held) == (1, 2, 1, 1)
    assert (found.pieces, found.total) == (4, 4)
    over(house, kossi, "E", file_code="A1")
    sweep_letters(house.store, house.clock)
    rules = figures_by_rule(store=house.store, actor=archives, clock=house.clock).rules
    assert (sum(each.total for each in rules), sum(each.pieces for each in rules)) == (5, 4)


@needs_schemas
def test_what_an_archive_took_stands_with_its_answer_and_is_locked_no_longer(
    house: House, client: httpx.Client, tmp_path: Path
) -> None:
    case = closed_dossier(house, PLAN, STUDY)
    slip = packed(house)
    by_title = {line.named.split(" · ")[1]: line for line in lines(house, slip.id).values()}
    xml = reply(house, f"MME-{slip.number}-1", units=[(by_title["Plan"].item.unit, "12 AJ 4")])
    answered(house, slip.id, refusing(xml, by_title["Étude"].item.unit, "Illisible"), tmp_path)
    now = pieces_in(house, case)
    found = on_shelf(house, person(house, "archives"), Shelf.TRANSFERRED)
    assert named(found) == {now["Plan"].id}
    assert found.taken[now["Plan"].id].cote == "12 AJ 4"
    assert named(on_shelf(house, person(house, "archives"), Shelf.CLOSED)) == {now["Étude"].id}
    mine = signed_in(house, "archives")
    assert "12 AJ 4" in client.get("/conservation?rayon=verses", headers=mine).text
    table = client.get("/conservation.csv?rayon=verses", headers=mine).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table), delimiter=";")
    assert (row["Objet"], row["Type"], row["Cote de l'archive"]) == ("Plan", "Pièce de dossier", "12 AJ 4")
    note_piece_locks(house.store, house.clock().date(), 1)
    with house.store.unit() as unit:
        assert set(unit.piece_locks.waiting("", 10)) == {now["Étude"].id}


@pytest.mark.parametrize("address", ["/conservation?rayon=clos", "/conservation?rayon=echus"])
def test_the_page_names_a_piece_and_leads_to_it(house: House, who: Who, client: httpx.Client, address: str) -> None:
    case, piece = over_piece(house, who, "Zwiggurat")
    sweep_letters(house.store, house.clock)
    page = client.get(address, headers=signed_in(house, "archives")).text
    assert f"/dossiers/{case}/pieces/{piece}" in page
    assert "1 pièce de dossier" in page
