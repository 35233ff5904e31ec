"""Pieces of dossiers on lists of disposal: proposed, looked at again, destroyed whole, told by log and certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import httpx
import pytest

from api.disposals import hands_of
from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.disposal import Disposal, DisposalState, LineState
from ged.mail.journal import Act
from ged.mail.legal_hold import HoldQuery, Scope
from ged.seal.leaf import DISPOSAL, Leaf
from ged.services import classify, dossier, dossier_pieces, hold
from ged.services.hold import NewHold
from integration.test_acknowledgement import signed_in
from integration.test_disposal_leaves_nothing import audited
from integration.test_press import text_of
from retention.disposal import lists
from retention.disposal.carry_out import carry_out, retry_left
from retention.disposal.certificate import certificate_of
from retention.nightly import sweep_letters
from rooms.audits import codes
from rooms.disposals import approved, disposed, over, over_piece, own, prepared, read_as
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer

Who = Callable[[str], Actor]


def states(house: House, who: Who, disposal_id: str) -> dict[str, LineState]:
    file = lists.disposal_file(disposal_id, **reader(house, who))
    return {line.subject_id: line.state for line, _ in file.lines}


def reader(house: House, who: Who, login: str = "archives") -> dict[str, Any]:
    return {"store": house.store, "actor": who(login)}


def versions(house: House, piece_id: str) -> tuple[str, ...]:
    with house.store.unit() as unit:
        return tuple(each.sha256 for each in unit.dossier_pieces.versions([piece_id])[piece_id])


def test_every_version_is_destroyed_and_what_the_piece_was_remains(house: House, who: Who) -> None:
    case, piece = over_piece(house, who, "Zwiggurat", letter_pdf(subject="v1"), letter_pdf(subject="v2"))
    digests = versions(house, piece)
    one = approved(house, who)
    (line,) = (line for line, _ in lists.disposal_file(one.id, **reader(house, who)).lines)
    assert (line.subject_id, line.dossier_id, line.title, line.digest) == (piece, case, "Zwiggurat", digests[0])
    assert line.kept_until == date(2021, 3, 3)
    assert "cote" in " ".join(map(str, line.reasons))
    done = carry_out(one.id, hands_of(house))
    assert done is not None
    assert done.state is DisposalState.DONE
    assert states(house, who, done.id) == {piece: LineState.DESTROYED}
    assert len(digests) == 2
    for digest in digests:
        assert house.vault.stat(digest) is None
    daf = own(house, who("daf"))
    with pytest.raises(NotFound) as gone:
        dossier_pieces.open_version(case, piece, 1, vault=house.vault, **daf)
    assert gone.value.code == "dossier_piece.destroyed"
    file = dossier_pieces.piece_file(case, piece, store=house.store, actor=who("daf"))
    assert file.piece.title == "Zwiggurat"
    assert [each.sha256 for each in file.versions] == list(digests)
    acts = [
        line.act for line in dossier.dossier_file(case, store=house.store, actor=who("daf")).journal
        if line.details.get("piece") == piece
    ]  # fmt: skip
    assert {Act.PIECE_BROUGHT, Act.CONDEMNED, Act.DESTROYED} <= set(acts)
    every = [Leaf.decode(house.ledger.entry(index)) for index in range(house.ledger.head().size)]
    told = [each.document for each in every if each.event == DISPOSAL]
    assert sorted(told) == sorted(each.id for each in file.versions), "an entry of the log for each version"
    house.ledger.recheck()
    assert sweep_letters(house.store, house.clock) == 0, "what is destroyed falls due no more"
    dossier.close(case, closing=False, **daf)
    stored = house.vault.put(BytesIO(b"%PDF-1.7 tard"), media_type="application/pdf", tenant_id="MME")
    late = dossier_pieces.Brought(stored, "application/pdf", "tard.pdf")
    with pytest.raises(NotFound) as refused:
        dossier_pieces.bring_version(case, piece, late, made_from=2, **daf)
    assert refused.value.code == "dossier_piece.destroyed"


def test_the_certificate_names_it_and_its_pages_say_when_it_was_destroyed(
    house: House, who: Who, client: httpx.Client
) -> None:
    case, piece = over_piece(house, who, "Zwiggurat")
    done = disposed(house, who)
    _, opened = certificate_of(done.id, vault=house.vault, **own(house, who("audit")))
    with opened as stream:
        text = text_of(stream.read())
    assert "Zwiggurat" in text
    assert versions(house, piece)[0] in "".join(text.split())
    session = signed_in(house, "daf")
    for address in (f"/dossiers/{case}", f"/dossiers/{case}/pieces/{piece}"):
        page = client.get(address, headers=session).text
        assert done.number in page
        assert "étruite" in page
    assert client.get(f"/dossiers/{case}/pieces/{piece}/versions/1", headers=session).status_code == 404
    session = signed_in(house, "archives")
    answer = client.get(f"/dossiers/{case}/pieces/{piece}/certificat.pdf", headers=session)
    assert answer.content.startswith(b"%PDF")
    assert "Zwiggurat" in client.get(f"/eliminations/{done.id}", headers=session).text
    found = client.get(f"/api/v1/disposals/{done.id}", headers=bearer(house, "archives")).json()
    assert [(each["letter"], each["piece"], each["dossier"]) for each in found["lines"]] == [("", piece, case)]


def test_what_is_held_open_young_unfiled_or_not_to_be_destroyed_is_not_proposed(house: House, who: Who) -> None:
    held, _ = over_piece(house, who, "A")
    opened, _ = over_piece(house, who, "B")
    filed, _ = over_piece(house, who, "C", file_code="A2")
    unfiled, _ = over_piece(house, who, "D")
    ripe, piece = over_piece(house, who, "E")
    hold.place(NewHold(Scope.DOSSIER, held, "Contentieux"), **own(house, who("archives")))
    dossier.close(opened, closing=False, **own(house, who("daf")))
    classify.file_dossier(unfiled, "", **own(house, who("archives")))
    assert states(house, who, prepared(house, who).id) == {piece: LineState.PROPOSED}
    assert filed != ripe


def test_what_changes_at_the_last_moment_spares_it_with_its_reason(house: House, who: Who) -> None:
    held, first = over_piece(house, who, "A")
    opened, second = over_piece(house, who, "B")
    unfiled, third = over_piece(house, who, "C")
    _, gone = over_piece(house, who, "D")
    _, named = over_piece(house, who, "E", letter_pdf(subject="E"))
    read_as(house, named, "La borne de Hahotoé")
    one = approved(house, who)
    hold.place(NewHold(Scope.DOSSIER, held, "Contentieux"), **own(house, who("archives")))
    says = HoldQuery("hahotoe")
    hold.place(NewHold(Scope.QUERY, reason="Enquête", query=says), **own(house, who("archives")))
    dossier.close(opened, closing=False, **own(house, who("daf")))
    classify.file_dossier(unfiled, "", **own(house, who("archives")))
    carry_out(one.id, hands_of(house))
    assert states(house, who, one.id) == dict.fromkeys((first, second, third, named), LineState.SPARED) | {
        gone: LineState.DESTROYED
    }
    said = {line.subject_id: str(line.said) for line, _ in lists.disposal_file(one.id, **reader(house, who)).lines}
    assert "Contentieux" in said[first]
    assert "ouvert" in said[second]
    assert "n'a pas de cote" in said[third]
    assert "Enquête" in said[named], "a hold on a search is on what a piece says"
    for each in (first, second, third, named):
        assert all(house.vault.stat(digest) is not None for digest in versions(house, each))


def test_bytes_that_a_letter_or_another_piece_has_stay_until_those_go(house: House, kossi: Actor, who: Who) -> None:
    data = letter_pdf(reference="commun")
    _, piece = over_piece(house, who, "A", data)
    other, twin = over_piece(house, who, "B", data)
    letter = send(house, kossi, data).letter_id
    hold.place(NewHold(Scope.DOSSIER, other, "Contentieux"), **own(house, who("archives")))
    done = disposed(house, who)
    assert states(house, who, done.id) == {piece: LineState.DESTROYED}
    (digest,) = versions(house, piece)
    with house.vault.open(digest) as stream:
        assert stream.read() == data
    (left,) = lists.disposal_file(done.id, **reader(house, who)).left
    assert (left.subject_id, left.digest) == (piece, digest)
    assert "pièce d'un dossier" in left.said
    assert retry_left(hands_of(house)) == 0
    (case,) = lists.of_pieces(dossier_of(house, who, piece), **reader(house, who)).values()
    assert case[2] == (left,)
    assert versions(house, twin) == (digest,)
    assert letter


def dossier_of(house: House, who: Who, piece_id: str) -> str:
    with house.store.unit() as unit:
        return unit.dossier_pieces.kept([piece_id])[0].dossier.id


def test_letters_and_pieces_go_on_one_list_and_a_line_is_taken_off_with_a_reason(
    house: House, kossi: Actor, who: Who
) -> None:
    letter = over(house, kossi, "L")
    case, piece = over_piece(house, who, "P")
    made = prepared(house, who)
    archives = own(house, who("archives"))
    assert states(house, who, made.id) == dict.fromkeys((letter, piece), LineState.PROPOSED)
    with pytest.raises(Refused):
        lists.prepare(**archives)
    lists.remove(made.id, piece, "À garder pour l'histoire", **archives)
    journal = dossier.dossier_file(case, store=house.store, actor=who("daf")).journal
    assert Act.DISPOSAL_LINE_REMOVED in {line.act for line in journal}
    with pytest.raises(Conflict):
        lists.remove(made.id, piece, "Encore", **archives)
    assert states(house, who, lists.prepare(**archives).id) == {piece: LineState.PROPOSED}


def test_nobody_approves_a_piece_of_a_dossier_that_is_not_open_to_them(house: House, who: Who) -> None:
    over_piece(house, who, "A")
    made: Disposal = prepared(house, who)
    lists.visa(made.id, "DAJ-1", **own(house, who("archives")))
    with pytest.raises(Forbidden) as error:
        lists.approve(made.id, **own(house, who("daj")))
    assert error.value.code == "disposal.hidden"
    file = lists.disposal_file(made.id, **reader(house, who, "daj"))
    assert (file.lines, file.hidden) == ((), 1)


def test_an_audit_counts_it_as_destroyed(house: House, who: Who) -> None:
    over_piece(house, who, "A", letter_pdf(subject="v1"), letter_pdf(subject="v2"))
    disposed(house, who)
    audit = audited(house)
    assert audit.faults == 0, codes(audit)
    assert "object.disposed" in codes(audit)


def test_a_full_list_has_room_for_letters_and_for_pieces(house: House, kossi: Actor, who: Who) -> None:
    letters = {over(house, kossi, mark) for mark in "ABC"}
    _, piece = over_piece(house, who, "D")
    (first, last) = states(house, who, prepared(house, who, most=2).id)
    assert first in letters
    assert last == piece


def test_half_a_list_is_for_each_and_what_one_leaves_is_the_others() -> None:
    def named(letters: int, pieces: int) -> str:
        return "".join(lists.share(list("l" * letters), list("p" * pieces), 4))  # type: ignore[arg-type]

    assert named(9, 9) == "llpp"
    assert named(9, 1) == "lllp"
    assert named(1, 9) == "lppp"
    assert named(0, 9) == "pppp"
    assert named(9, 0) == "llll"
    assert named(1, 1) == "lp"


def test_the_certificate_is_as_secret_as_the_letters_beside_a_piece(house: House, kossi: Actor, who: Who) -> None:
    case, piece = over_piece(house, who, "Zwiggurat")
    letter_id = send(house, kossi, letter_pdf(reference="Z9")).letter_id
    decide(house, kossi, letter_id, service_id="DAF", confidentiality="confidentiel")
    with house.store.unit() as unit:
        unit.dossiers.put(case, letter_id, kossi, house.clock())
        unit.commit()
    done = disposed(house, who)
    assert states(house, who, done.id) == {piece: LineState.DESTROYED}
    assert done.leaf is not None
    assert Leaf.decode(done.leaf).blinded
