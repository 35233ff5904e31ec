"""Disposal: who may, in what order, what is spared and why, what stays, what the audit says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from api.disposals import hands_of
from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.disposal import DisposalState, LineState
from ged.mail.item import State
from ged.mail.journal import Act
from ged.mail.legal_hold import HoldQuery, Scope
from ged.services import consult, dossier, hold
from ged.services.hold import NewHold
from ged.services.notices import mine
from ged.services.sealed_files import Sort, recognise
from retention.disposal import lists
from retention.disposal.carry_out import carry_out
from retention.disposal.certificate import certificate_of
from retention.fates import fates_of
from retention.nightly import sweep_letters
from rooms.disposals import approved, close, disposed, over, own, prepared
from rooms.letters import letter_pdf, send
from rooms.server import bearer

Who = Callable[[str], Actor]


def states(house: House, who: Who, disposal_id: str) -> dict[str, LineState]:
    file = lists.disposal_file(disposal_id, store=house.store, actor=who("archives"))
    return {line.subject_id: line.state for line, _ in file.lines}


def test_two_people_and_a_last_look_then_only_what_it_was_remains(house: House, kossi: Actor, who: Who) -> None:
    old = over(house, kossi, "Zwiggurat")
    young = send(house, kossi, letter_pdf(reference="jeune")).letter_id
    before = consult.letter(old, store=house.store, actor=kossi)
    done = disposed(house, who)
    assert done.state is DisposalState.DONE
    assert states(house, who, done.id) == {old: LineState.DESTROYED}
    after = consult.letter(old, store=house.store, actor=kossi)
    assert after.state is State.DESTROYED
    assert (after.number, after.subject, after.sender, after.original) == (
        before.number, before.subject, before.sender, before.original
    )  # fmt: skip
    with pytest.raises(NotFound), house.vault.open(before.original):
        pass
    for opened in (consult.original, consult.searchable):
        with pytest.raises(NotFound) as error:
            opened(old, vault=house.vault, **own(house, kossi))
        assert error.value.code == "letter.destroyed"
    file = consult.letter_file(old, **own(house, kossi))
    assert (file.pages, file.images, file.rendition, file.proposals) == ((), (), None, {})
    assert [line.act for line in file.journal if line.act in {Act.CONDEMNED, Act.DESTROYED}] == [
        Act.CONDEMNED, Act.DESTROYED
    ]  # fmt: skip
    assert consult.letter(young, store=house.store, actor=kossi).state is not State.DESTROYED
    assert sweep_letters(house.store, house.clock) == 0, "what is destroyed falls due no more"
    with pytest.raises(Conflict):
        hold.place(NewHold(Scope.LETTER, old, "Trop tard"), **own(house, who("archives")))


def test_the_certificate_is_sealed_recognised_and_open_to_who_reads_its_letters(
    house: House, kossi: Actor, who: Who
) -> None:
    over(house, kossi, "Zwiggurat")
    done = disposed(house, who)
    assert done.certificate is not None
    one, opened = certificate_of(done.id, vault=house.vault, **own(house, who("audit")))
    with opened as stream:
        pdf = stream.read()
    assert pdf.startswith(b"%PDF")
    assert b"/ByteRange" in pdf
    assert one.leaf_index is not None
    assert house.ledger.entry(one.leaf_index) == one.leaf
    with house.store.unit() as unit:
        found = recognise(unit, done.certificate, who("audit"), house.clock())
    assert found is not None
    assert found.sort is Sort.CERTIFICATE
    with pytest.raises(NotFound):
        certificate_of(done.id, vault=house.vault, **own(house, who("ceetdg")))
    with pytest.raises(Forbidden):
        certificate_of(done.id, vault=house.vault, **own(house, who("admin")))
    assert "elimination_finie" in [each.notice.kind for each in mine(store=house.store, actor=who("sg"))]


def test_the_second_person_is_another_who_was_asked_and_reads_every_line(house: House, kossi: Actor, who: Who) -> None:
    over(house, kossi, "A", service_id="DAJ", confidentiality="confidentiel")
    made = prepared(house, who)
    archives = own(house, who("archives"))
    for login in ("kossi", "audit", "sg"):
        with pytest.raises(Forbidden):
            lists.visa(made.id, "SG-1", **own(house, who(login)))
    for post in ("ARCH-1", "BOC-1", "", "CEET-DG-1"):
        with pytest.raises(Refused) as refused:
            lists.visa(made.id, post, **archives)
        assert refused.value.code == "disposal.approver"
    with pytest.raises(Conflict):
        lists.approve(made.id, **own(house, who("sg")))
    lists.visa(made.id, "DAF-1", **archives)
    asked = [each.notice.kind for each in mine(store=house.store, actor=who("daf"))]
    assert "elimination_approuver" in asked
    for login, code in (("archives", "disposal.same_person"), ("sg", "disposal.not_asked"), ("daf", "disposal.hidden")):
        with pytest.raises(Forbidden) as error:
            lists.approve(made.id, **own(house, who(login)))
        assert error.value.code == code
    lists.send_back(made.id, "Hors de mon service", **own(house, who("daf")))
    lists.visa(made.id, "DAJ-1", **archives)
    assert lists.approve(made.id, **own(house, who("daj"))).state is DisposalState.APPROVED
    with pytest.raises(Conflict):
        lists.abandon(made.id, "Trop tard", **archives)


def test_one_person_in_two_posts_is_one_person(house: House, kossi: Actor, who: Who) -> None:
    over(house, kossi, "A")
    made = prepared(house, who)
    lists.visa(made.id, "SG-1", **own(house, who("archives")))
    both = replace(who("archives"), posts=(*who("archives").posts, *who("sg").posts))
    with pytest.raises(Forbidden) as error:
        lists.approve(made.id, **own(house, both))
    assert error.value.code == "disposal.same_person"


def test_what_is_held_open_linked_or_unripe_at_the_last_moment_is_spared_with_its_reason(
    house: House, kossi: Actor, who: Who
) -> None:
    held, caught, filed, reopened, gone = (over(house, kossi, mark) for mark in "ABCDE")
    one = approved(house, who)
    archives = own(house, who("archives"))
    hold.place(NewHold(Scope.LETTER, held, "Contentieux"), **archives)
    with house.store.unit() as unit:
        number = unit.letters.get(caught, None).number
    hold.place(NewHold(Scope.QUERY, reason="Recherche", query=HoldQuery(number)), **archives)
    case = dossier.begin("", "Affaire", "DAF", (), **own(house, who("daf")))
    dossier.put_in(case.id, filed, **own(house, kossi))
    close(house, reopened, State.IN_PROGRESS)
    done = carry_out(one.id, hands_of(house))
    assert done is not None
    assert states(house, who, one.id) == dict.fromkeys((held, caught, filed, reopened), LineState.SPARED) | {
        gone: LineState.DESTROYED
    }
    said = {
        line.subject_id: str(line.said)
        for line, _ in lists.disposal_file(one.id, store=house.store, actor=who("archives")).lines
    }
    assert "Contentieux" in said[held]
    assert "Recherche" in said[caught]
    assert "dossier ouvert" in said[filed]
    assert "pas clos" in said[reopened]


def test_rows_are_removed_with_a_reason_and_come_up_again(house: House, kossi: Actor, who: Who) -> None:
    first, second = over(house, kossi, "A"), over(house, kossi, "B")
    made = prepared(house, who)
    archives = own(house, who("archives"))
    with pytest.raises(Refused):
        lists.prepare(**archives)
    with pytest.raises(Refused):
        lists.remove(made.id, first, "  ", **archives)
    lists.remove(made.id, first, "À garder pour l'histoire", **archives)
    with pytest.raises(Conflict):
        lists.remove(made.id, first, "Encore", **archives)
    again = lists.prepare(**archives)
    assert states(house, who, again.id) == {first: LineState.PROPOSED}
    lists.abandon(again.id, "Non", **archives)
    assert lists.prepare(**archives).number.endswith("0003")
    assert states(house, who, made.id)[second] is LineState.PROPOSED


def test_what_the_sorting_of_its_rule_keeps_is_on_the_list_as_kept(house: House, kossi: Actor, who: Who) -> None:
    ids = [over(house, kossi, f"T{n}", kind="facture") for n in range(3)]
    made = prepared(house, who)
    with house.store.unit() as unit:
        fates = fates_of(unit, unit.letters.many(ids), house.clock().date())
    expected = {each: LineState.KEPT if fate.selected else LineState.PROPOSED for each, fate in fates.items()}
    assert states(house, who, made.id) == expected


def test_a_file_that_another_letter_has_is_not_destroyed_until_that_one_is(
    house: House, kossi: Actor, who: Who
) -> None:
    data = letter_pdf(reference="commun")
    old = over(house, kossi, "A", data=data)
    other = send(house, who("lawson"), data)
    second = send(house, who("ceet"), data).letter_id
    assert other.letter_id == old, "the same register: one letter"
    done = disposed(house, who)
    letter = consult.letter(old, store=house.store, actor=kossi)
    with house.vault.open(letter.original) as stream:
        assert stream.read() == data
    left = lists.disposal_file(done.id, store=house.store, actor=who("archives")).left
    assert letter.original in {each.digest for each in left}
    assert consult.letter(second, store=house.store, actor=who("ceet")).original == letter.original


def test_the_same_bytes_come_again_as_another_letter_but_not_within_the_hour(
    house: House, kossi: Actor, who: Who
) -> None:
    data = letter_pdf(reference="revient")
    old = over(house, kossi, "A", data=data)
    disposed(house, who)
    with pytest.raises(Unavailable) as error:
        send(house, kossi, data)
    assert error.value.code == "capture.just_destroyed"
    later = lambda: house.clock() + timedelta(hours=2)  # noqa: E731
    again = send(replace(house, clock=later), kossi, data)
    assert again.letter_id != old
    assert not again.again
    with house.vault.open(consult.letter(again.letter_id, store=house.store, actor=kossi).original) as stream:
        assert stream.read() == data


def test_programs_walk_the_same_way(house: House, kossi: Actor, who: Who, client: httpx.Client) -> None:
    over(house, kossi, "A")
    sweep_letters(house.store, house.clock)
    archives, second = bearer(house, "archives"), bearer(house, "sg")
    made = client.post("/api/v1/disposals", headers=archives)
    assert made.status_code == 201
    address = f"/api/v1/disposals/{made.json()['id']}"
    assert client.get(address, headers=second).status_code == 404
    assert client.post(f"{address}/visa", json={"approver": "SG-1"}, headers=archives).json()["state"] == "vise"
    assert client.post(f"{address}/approval", headers=archives).status_code == 403
    assert client.post(f"{address}/approval", headers=second).json()["state"] == "approuve"
    carry_out(made.json()["id"], hands_of(house))
    found = client.get(address, headers=archives).json()
    assert (found["state"], found["counts"], found["left"]) == ("fini", {"detruit": 1}, [])
    answer = client.get(f"{address}/certificate", headers=bearer(house, "audit"))
    assert answer.content.startswith(b"%PDF")
