"""What answers a letter that left by e-mail: linked, acknowledged or returned on its sending, and its writer told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.config import Database, Settings
from api.mailbox.doors import mail_door
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.annex import AnnexKind
from ged.mail.dispatch import EMAIL, Plan, Sending, SendingState
from ged.mail.item import Letter
from ged.mail.links import LinkKind
from ged.services.dispatch import plan, send
from ged.services.notices import mine
from ged.services.post import post_due
from rooms.departures import signed
from rooms.letters import read_all
from rooms.mails import BOX, CEET_BOX, PERSON, bounce, person_mail, read_notice, with_boxes
from rooms.post_office import PostOffice, open_post_office

Who = Callable[[str], Actor]


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return with_boxes(Settings(data=tmp_path / "data", database=Database(kind="server", url=SecretStr(database))))


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as opened:
        yield opened


@pytest.fixture
def letter(house: House, who: Who) -> Letter:
    return signed(house, who("daf"), who("ministre"))


@pytest.fixture
def gone(house: House, kossi: Actor, office: PostOffice, letter: Letter) -> Message:
    """The letter as a person got it by e-mail."""
    with house.store.unit() as unit:
        seen = frozenset(each.id for each in unit.sendings.of(letter.id))
    by = {"store": house.store, "actor": kossi, "clock": house.clock}
    plan(letter.id, [Plan("Mme Mensah", way=EMAIL, address=PERSON)], seen, **by)  # type: ignore[arg-type]
    send({letter.id: None}, **by)  # type: ignore[arg-type]
    post_due(store=house.store, vault=house.vault, mailer=office.mailer(), clock=house.clock)
    (taken,) = office.taken
    return taken


def sending_of(house: House, letter: Letter) -> Sending:
    with house.store.unit() as unit:
        (found,) = unit.sendings.of(letter.id)
    return found


def links_to(house: House, letter: Letter, actor: Actor) -> list[tuple[str, LinkKind]]:
    with house.store.unit() as unit:
        return [(each.letter_id, each.kind) for each in unit.links.of(letter.id, actor.tokens()) if not each.forward]


def told(house: House, actor: Actor) -> list[str]:
    return [each.notice.kind for each in mine(store=house.store, actor=actor)]


def answer(of: Message, subject: str, *named: str, sender: str = PERSON) -> bytes:
    raw = person_mail(
        subject=subject,
        pieces=False,
        header_id=f"<{len(subject)}@exemple.tg>",
        In_Reply_To="<autre@exemple.tg>",
        References=" ".join([*named, str(of["Message-ID"])]),
    )
    return raw.replace(PERSON.encode(), sender.encode())


def test_an_answer_is_a_letter_bound_to_ours_and_its_writer_is_told(
    house: House, kossi: Actor, who: Who, letter: Letter, gone: Message
) -> None:
    earlier = f"<ged.{'A' * 22}@mines.example>"
    receipt = mail_door(house).take(answer(gone, "Re: votre lettre", earlier), BOX, PERSON)
    assert receipt is not None
    assert links_to(house, letter, kossi) == [(receipt.letter_id, LinkKind.ANSWERS)]
    assert sending_of(house, letter).state is SendingState.SENT, "that it was received is not what it says"
    assert told(house, who("daf")) == ["reponse_recue"]
    with house.store.unit() as unit:
        assert unit.letters.get(receipt.letter_id, kossi.tokens()).number.startswith("ARR")
    assert mail_door(house).take(answer(gone, "Re: votre lettre", earlier), BOX, PERSON) is not None
    assert told(house, who("daf")) == ["reponse_recue"], "the same bytes again are a second arrival"


def test_what_follows_an_acknowledgement_is_bound_to_the_letter_acknowledged(
    house: House, kossi: Actor, office: PostOffice
) -> None:
    door = mail_door(house)
    first = door.take(person_mail(pieces=False), BOX, PERSON)
    assert first is not None
    post_due(store=house.store, vault=house.vault, mailer=office.mailer(), clock=house.clock)
    second = door.take(answer(office.taken[0], "Re: suite"), BOX, PERSON)
    assert second is not None
    with house.store.unit() as unit:
        ours = unit.letters.get(first.letter_id, None)
    assert links_to(house, ours, kossi) == [(second.letter_id, LinkKind.FOLLOWS)]
    elsewhere = door.take(answer(office.taken[0], "Re: ailleurs"), CEET_BOX, PERSON)
    assert elsewhere is not None
    assert len(links_to(house, ours, kossi)) == 1, "another organisation's register binds nothing here"


@pytest.mark.parametrize("by_machine", [True, False])
def test_a_receipt_from_the_address_it_went_to_acknowledges_the_sending(
    house: House, who: Who, letter: Letter, gone: Message, by_machine: bool
) -> None:
    assert gone["Disposition-Notification-To"]
    door = mail_door(house)
    stranger = "tiers@exemple.tg"
    if by_machine:
        door.take(read_notice(gone, "deleted"), BOX, "")
        door.take(read_notice(gone, sender=stranger), BOX, "")
    else:
        door.take(answer(gone, "Accusé de réception tiers", sender=stranger), BOX, stranger)
    assert sending_of(house, letter).state is SendingState.SENT
    raw = read_notice(gone) if by_machine else answer(gone, "Re: Accusé de réception")
    for _ in range(2):
        door.take(raw, BOX, "" if by_machine else PERSON)
    acknowledged = sending_of(house, letter)
    assert acknowledged.state is SendingState.ACKNOWLEDGED
    assert told(house, who("daf")).count("ar_recu") == 1
    read_all(house)
    with house.store.unit() as unit:
        (annex,) = unit.annexes.of(letter.id)
    assert (annex.kind, annex.sending_id) == (AnnexKind.RECEIPT, acknowledged.id)
    with house.vault.open(annex.digest) as stream:
        assert stream.read() == raw
    door.take(bounce(gone), BOX, "")
    assert sending_of(house, letter) == acknowledged, "what is acknowledged has arrived"


def test_a_bounce_returns_the_sending_with_the_message_attached(
    house: House, kossi: Actor, letter: Letter, gone: Message
) -> None:
    door = mail_door(house)
    door.take(bounce(gone, action="delayed"), BOX, "")
    assert sending_of(house, letter).state is SendingState.SENT
    for _ in range(2):
        assert door.take(bounce(gone), BOX, "") is None
    returned = sending_of(house, letter)
    assert (returned.state, "Boite pleine" in returned.remark) == (SendingState.RETURNED, True)
    read_all(house)
    with house.store.unit() as unit:
        (annex,) = unit.annexes.of(letter.id)
    assert (annex.kind, annex.sending_id, annex.media_type) == (AnnexKind.RETURN, returned.id, "message/rfc822")
    assert annex.leaf_index is not None
    assert told(house, kossi) == ["non_remis"]
