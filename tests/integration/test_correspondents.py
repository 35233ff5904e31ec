"""The directory over the real database: who a letter names, duplicates merged and parted, tenants sealed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.correspondent import Card, Correspondent, Side, Sort
from ged.mail.journal import Act
from ged.services import consult, correspondents, keep_correspondent, merge_correspondents
from ged.services.name_parties import enter_party
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer

Who = Callable[[str], Actor]


def arrive(house: House, actor: Actor, mark: str, **said: object) -> str:
    letter_id = send(house, actor, letter_pdf(reference=mark)).letter_id
    decide(house, actor, letter_id, **said)
    return letter_id


def enter(house: House, actor: Actor, name: str, **more: object) -> Correspondent:
    card = Card(Sort.ORGANISATION, name, **more)  # type: ignore[arg-type]
    return keep_correspondent.enter(card, store=house.store, actor=actor, clock=house.clock)


def found(house: House, actor: Actor, text: str) -> list[str]:
    return [one.card.name for one in correspondents.found(text, store=house.store, actor=actor)[0]]


def letters_of(house: House, actor: Actor, correspondent_id: str) -> list[str]:
    file = correspondents.card_file(correspondent_id, store=house.store, actor=actor)
    assert file.letters.total == len(file.letters.rows)
    return [row.letter.id for row in file.letters.rows]


def test_a_new_sender_enters_the_directory_and_the_next_letter_finds_it(house: House, kossi: Actor, who: Who) -> None:
    one = arrive(house, kossi, "1", sender="Mairie de Kpalimé ; M. Koffi Agbéko", recipient="Le Ministre ; La DAF")
    two = arrive(house, kossi, "2", sender="MAIRIE DE KPALIME")
    named = consult.named(one, store=house.store, actor=kossi)
    assert [(each.side, each.rank, each.name) for each in named] == [
        (Side.SENDER, 1, "Mairie de Kpalimé"),
        (Side.SENDER, 2, "M. Koffi Agbéko"),
        (Side.RECIPIENT, 1, "Le Ministre"),
        (Side.RECIPIENT, 2, "La DAF"),
    ]
    letter = consult.letter(one, store=house.store, actor=kossi)
    assert (letter.sender, letter.recipient) == ("Mairie de Kpalimé ; M. Koffi Agbéko", "Le Ministre ; La DAF")
    assert named[2].survivor is None
    assert named[1].survivor is not None
    assert named[1].survivor.card == Card(Sort.PERSON, "Koffi Agbéko", civility="M.")
    assert named[0].correspondent_id is not None
    assert sorted(letters_of(house, kossi, named[0].correspondent_id)) == sorted([one, two])
    assert letters_of(house, who("drh"), named[0].correspondent_id) == []  # it may not read them
    assert found(house, kossi, "kpal") == ["Mairie de Kpalimé"]
    linked = enter_party(one, Side.RECIPIENT, 1, store=house.store, actor=kossi, clock=house.clock)
    assert letters_of(house, kossi, linked) == [one]


def test_the_sender_of_a_restricted_letter_does_not_appear_in_the_directory(house: House, kossi: Actor) -> None:
    letter_id = arrive(house, kossi, "1", sender="Un lanceur d'alerte", confidentiality="diffusion_restreinte")
    (named,) = consult.named(letter_id, store=house.store, actor=kossi)
    assert named.survivor is None
    assert found(house, kossi, "alerte") == []


def test_of_two_homonyms_neither_is_guessed_and_the_label_says_which(house: House, kossi: Actor) -> None:
    one, _ = (enter(house, kossi, "Koffi Agbéko", organisation=where) for where in ("CEET", "Mairie de Lomé"))
    bare = arrive(house, kossi, "1", sender="Koffi Agbéko")
    said = arrive(house, kossi, "2", sender="Koffi Agbéko (ceet)")
    assert consult.named(bare, store=house.store, actor=kossi)[0].survivor is None
    assert letters_of(house, kossi, one.id) == [said]
    with pytest.raises(NotFound, match="Plusieurs"):
        enter_party(bare, Side.SENDER, 1, store=house.store, actor=kossi, clock=house.clock)


def test_a_merge_moves_the_letters_along_and_its_undoing_brings_them_back(house: House, kossi: Actor) -> None:
    written = ("Société des Carrières du Mono", "Carrières du Mono SARL", "Ste des Carières du Mono")
    letters = [arrive(house, kossi, str(n), sender=name) for n, name in enumerate(written)]
    ids = [consult.named(each, store=house.store, actor=kossi)[0].correspondent_id or "" for each in letters]
    pairs = correspondents.doubles(store=house.store, actor=kossi)
    assert {frozenset((pair.one.id, pair.other.id)) for pair in pairs} >= {frozenset(ids[:2]), frozenset(ids[::2])}
    own = {"store": house.store, "actor": kossi, "clock": house.clock}

    merge_correspondents.merge(ids[1], ids[2], **own)  # type: ignore[arg-type]
    merge_correspondents.merge(ids[0], ids[1], **own)  # type: ignore[arg-type]
    assert sorted(letters_of(house, kossi, ids[0])) == sorted(letters)
    assert letters_of(house, kossi, ids[2]) == letters_of(house, kossi, ids[0])
    assert found(house, kossi, "cari") == [written[0]]  # by a spelling of the merged one
    assert consult.named(letters[2], store=house.store, actor=kossi)[0].name == written[2]
    assert correspondents.doubles(store=house.store, actor=kossi) == ()
    later = arrive(house, kossi, "9", sender=written[2])
    assert later in letters_of(house, kossi, ids[0])
    with pytest.raises(Conflict):
        merge_correspondents.merge(ids[0], ids[2], **own)  # type: ignore[arg-type]

    merge_correspondents.separate(ids[1], **own)  # type: ignore[arg-type]
    assert letters_of(house, kossi, ids[0]) == [letters[0]]
    assert sorted(letters_of(house, kossi, ids[1])) == sorted([letters[1], letters[2], later])
    merge_correspondents.separate(ids[2], **own)  # type: ignore[arg-type]
    assert sorted(found(house, kossi, "mono")) == sorted(written)
    with pytest.raises(Conflict):
        merge_correspondents.separate(ids[2], **own)  # type: ignore[arg-type]
    acts = [line.act for line in correspondents.card_file(ids[1], store=house.store, actor=kossi).journal]
    assert acts == [
        Act.CORRESPONDENT_ENTERED,
        Act.CORRESPONDENTS_MERGED,
        Act.CORRESPONDENTS_MERGED,
        Act.CORRESPONDENTS_PARTED,
        Act.CORRESPONDENTS_PARTED,
    ]


def test_two_said_to_be_different_are_not_suggested_again(house: House, kossi: Actor) -> None:
    one, other = enter(house, kossi, "Mairie de Kpalimé"), enter(house, kossi, "Mairie de Kpalime")
    assert len(correspondents.doubles(store=house.store, actor=kossi)) == 1
    merge_correspondents.keep_apart(other.id, one.id, store=house.store, actor=kossi, clock=house.clock)
    assert correspondents.doubles(store=house.store, actor=kossi) == ()
    assert correspondents.card_file(one.id, store=house.store, actor=kossi).doubles == ()


def test_a_card_is_corrected_with_both_sides_kept_and_a_stale_form_is_refused(house: House, kossi: Actor) -> None:
    one = enter(house, kossi, "Mairie de Kpalimé")
    card = Card(Sort.ORGANISATION, "Commune de Kloto 1", emails=("mairie@kloto.tg",))
    own = {"store": house.store, "actor": kossi, "clock": house.clock}
    keep_correspondent.correct(one.id, card, revision=1, **own)  # type: ignore[arg-type]
    assert (found(house, kossi, "kpalim"), found(house, kossi, "mairie@k")) == ([], ["Commune de Kloto 1"])
    line = correspondents.card_file(one.id, store=house.store, actor=kossi).journal[-1]
    assert line.details["changes"] == {
        "name": ["Mairie de Kpalimé", "Commune de Kloto 1"],
        "emails": [[], ["mairie@kloto.tg"]],
    }
    with pytest.raises(Conflict):
        keep_correspondent.correct(one.id, card, revision=1, **own)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        keep_correspondent.correct(one.id, Card(Sort.PERSON, " "), revision=2, **own)  # type: ignore[arg-type]


def test_two_clerks_who_write_one_new_name_at_once_enter_it_once(house: House, kossi: Actor, who: Who) -> None:
    letters = [send(house, kossi, letter_pdf(reference=str(n))).letter_id for n in range(4)]
    clerks = [kossi, who("mensah")] * 2
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda at: decide(house, clerks[at], letters[at], sender="Mairie de Vogan"), range(4)))
    assert found(house, kossi, "vogan") == ["Mairie de Vogan"]


def test_another_tenant_and_whoever_reads_no_mail_see_no_correspondent(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    one = enter(house, kossi, "Mairie de Kpalimé")
    other = enter(house, who("ceet"), "Mairie de Kpalimé")
    assert found(house, who("ceet"), "mairie") == ["Mairie de Kpalimé"]
    with pytest.raises(NotFound):
        correspondents.card_file(one.id, store=house.store, actor=who("ceet"))
    with pytest.raises(NotFound):
        merge_correspondents.merge(one.id, other.id, store=house.store, actor=kossi, clock=house.clock)
    with pytest.raises(Forbidden):
        correspondents.found("mairie", store=house.store, actor=who("admin"))
    with pytest.raises(Forbidden):
        enter(house, who("comptable"), "Mairie de Vogan")
    address = "/api/v1/correspondents"
    assert client.get(address, params={"q": "mai"}, headers=bearer(house, "comptable")).json()["total"] == 1
    assert client.get(f"{address}/{one.id}", headers=bearer(house, "ceet")).status_code == httpx.codes.NOT_FOUND
    made = client.post(address, json={"name": "Mairie de Kpalime"}, headers=bearer(house, "kossi"))
    assert made.status_code == httpx.codes.CREATED
    (pair,) = client.get(f"{address}/duplicates", headers=bearer(house, "kossi")).json()
    assert pair["reasons"] == ["même nom"]
    merged = f"{address}/{one.id}/merged/{made.json()['id']}"
    assert client.put(merged, headers=bearer(house, "kossi")).status_code == httpx.codes.OK
    assert client.delete(merged, headers=bearer(house, "kossi")).json()["merged_into"] is None
