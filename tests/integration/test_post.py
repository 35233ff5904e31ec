"""Messages that leave: to a real mail server that takes them, refuses them, hangs up, or is slow."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import pytest

from api.config import Settings
from api.wiring import House, open_house
from ged.errors import Forbidden, Refused
from ged.mail.access import Actor
from ged.mail.message import Enclosure, Message, MessageState, Purpose
from ged.ports import OutgoingMessage
from ged.services.post import hand_over, messages, post, post_again, post_due
from rooms.letters import letter_pdf, read_all, send
from rooms.post_office import PostOffice, deaf_port, open_post_office
from rooms.processes import forking
from rooms.server import bearer

TO = "usager@exemple.tg"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as opened:
        yield opened


def handed(house: House, actor: Actor, **changes: Any) -> str:
    values = {"purpose": Purpose.DISPATCH, "to": TO, "subject": "Votre demande", "body": "Été à Lomé."}
    with house.store.unit() as unit:
        made = hand_over(unit, actor, house.clock(), **(values | changes))
        unit.commit()
    return made


def standing(house: House, message_id: str) -> Message:
    with house.store.unit() as unit:
        return unit.messages.get(message_id)


def sending(house: House, office: PostOffice, **changes: Any) -> dict[str, Any]:
    mailer = office.mailer(**changes)
    return {"store": house.store, "vault": house.vault, "mailer": mailer, "clock": house.clock}


def test_the_worker_sends_once_what_an_act_left_with_the_sealed_bytes(
    house: House, kossi: Actor, office: PostOffice
) -> None:
    data = letter_pdf()
    stored = house.vault.put(BytesIO(data), media_type="application/pdf")
    piece = Enclosure("Réponse signée.pdf", "application/pdf", stored.digest)
    sent = handed(house, kossi, enclosures=(piece,), subject="Réponse\r\nBcc: tiers@exemple.tg")
    read_all(replace(house, mailer=office.mailer(name="Ministère des mines, courrier")))
    post_due(**sending(house, office))
    (got,) = office.taken
    assert got["To"] == TO
    assert got["Bcc"] is None
    assert str(got["Message-ID"]) == f"<ged.{sent}@mines.example>"
    assert got["From"].addresses[0].display_name == "Ministère des mines, courrier"
    assert got["Auto-Submitted"] == "auto-generated"
    (attached,) = got.iter_attachments()
    assert attached.get_filename() == "Réponse signée.pdf"
    assert attached.get_payload(decode=True) == data
    body = got.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Été à Lomé."
    assert standing(house, sent).state is MessageState.SENT


def test_what_is_not_committed_is_not_sent(house: House, kossi: Actor, office: PostOffice) -> None:
    with house.store.unit() as unit:
        hand_over(unit, kossi, house.clock(), purpose=Purpose.NOTICE, to=TO, subject="Non", body="Non")
    read_all(replace(house, mailer=office.mailer()))
    assert office.taken == []


def test_without_a_server_messages_wait_and_leave_once_there_is_one(
    house: House, kossi: Actor, office: PostOffice
) -> None:
    sent = handed(house, kossi)
    read_all(house)
    assert (standing(house, sent).state, standing(house, sent).attempts) == (MessageState.WAITING, 0)
    assert post_due(**sending(house, office)) == 1
    assert len(office.taken) == 1


def test_an_address_refused_for_ever_fails_with_the_servers_words_and_is_sent_again_once_corrected(
    house: House, kossi: Actor, who: Any, office: PostOffice, client: httpx.Client
) -> None:
    office.answers[TO] = "550 5.1.1 Boite inconnue"
    sent = handed(house, kossi)
    post(sent, **sending(house, office))
    failed = standing(house, sent)
    assert (failed.state, failed.said) == (MessageState.FAILED, "550 5.1.1 Boite inconnue")
    assert post_due(**sending(house, office)) == 0
    assert [each.id for each, _ in messages(store=house.store, actor=kossi)] == [sent]
    assert [each.id for each, _ in messages(store=house.store, actor=who("admin"))] == [sent]
    assert messages(store=house.store, actor=who("daf")) == ()
    with pytest.raises(Forbidden):
        post_again(sent, TO, store=house.store, actor=who("daf"), clock=house.clock)
    with pytest.raises(Refused) as error:
        post_again(sent, "pas une adresse", store=house.store, actor=kossi, clock=house.clock)
    assert error.value.code == "mail.address"
    right = {"to": "usager2@exemple.tg"}
    given = client.post(f"/api/v1/messages/{sent}/again", json=right, headers=bearer(house, "kossi"))
    assert given.status_code == 204
    post(sent, **sending(house, office))
    assert len(office.to("usager2@exemple.tg")) == 1
    (shown,) = client.get("/api/v1/messages", headers=bearer(house, "admin")).json()
    assert (shown["state"], shown["to"]) == ("envoye", "usager2@exemple.tg")
    assert "Votre demande" not in str(shown)


@pytest.mark.parametrize("trouble", ["later", "hangs up", "slow", "deaf", "no TLS"])
def test_a_server_that_does_not_take_it_now_gets_it_later_once(
    house: House, kossi: Actor, office: PostOffice, trouble: str
) -> None:
    changes: dict[str, Any] = {}
    if trouble == "later":
        office.after_data.append("451 4.3.0 Reessayez")
    elif trouble == "hangs up":
        office.hang_up = 1
    elif trouble == "slow":
        office.dawdle_s, changes["timeout_s"] = 1.5, 0.5
    elif trouble == "deaf":
        changes["port"] = deaf_port()
    else:
        changes["security"] = "starttls"
    sent = handed(house, kossi)
    post(sent, **sending(house, office, **changes))
    waiting = standing(house, sent)
    assert waiting.state is MessageState.WAITING
    assert waiting.said
    assert waiting.next_try is not None
    assert waiting.next_try > house.clock()
    assert post_due(**sending(house, office)) == 0, "its time has not come"
    office.dawdle_s = 0.0
    later = {**sending(house, office), "clock": lambda: house.clock() + timedelta(minutes=3)}
    assert post_due(**later) == 1
    # A slow server may take what we gave up on: it is then known as the same message.
    assert {str(each["Message-ID"]) for each in office.taken} == {f"<ged.{sent}@mines.example>"}


def test_patience_ends_after_five_days(house: House, kossi: Actor, office: PostOffice) -> None:
    sent = handed(house, kossi)
    late = {**sending(house, office, port=deaf_port()), "clock": lambda: house.clock() + timedelta(days=6)}
    post(sent, **late)
    assert standing(house, sent).state is MessageState.FAILED


def test_two_workers_at_one_message_send_it_once(house: House, kossi: Actor, office: PostOffice) -> None:
    office.dawdle_s = 0.3
    sent = handed(house, kossi)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: post(sent, **sending(house, office)), range(4)))
    assert len(office.taken) == 1


class _Killed:
    """A mailer whose process dies before it has said anything to the server."""

    def send(self, message: OutgoingMessage) -> None:
        assert message.id
        os.kill(os.getpid(), signal.SIGKILL)


def _post_and_die(settings: Settings, message_id: str) -> None:
    killed: Any = _Killed()
    with open_house(settings) as house:
        post(message_id, store=house.store, vault=house.vault, mailer=killed, clock=house.clock)


def test_a_worker_killed_at_a_message_leaves_it_to_the_next(
    settings: Settings, house: House, kossi: Actor, office: PostOffice
) -> None:
    sent = handed(house, kossi)
    process = forking.Process(target=_post_and_die, args=(settings, sent))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert (standing(house, sent).state, standing(house, sent).attempts) == (MessageState.WAITING, 1)

    def later() -> datetime:
        return house.clock() + timedelta(minutes=2)

    assert post_due(**{**sending(house, office), "clock": later}) == 1
    assert len(office.taken) == 1


def test_the_status_page_says_how_the_server_stands(house: House, office: PostOffice) -> None:
    assert office.mailer().report().reachable
    down = office.mailer(port=deaf_port()).report()
    assert not down.reachable
    assert down.remark
    assert house.mailer is None


def test_who_reads_no_letter_sends_it_to_no_other_address(house: House, kossi: Actor, who: Any) -> None:
    """What is enclosed would go there: the administrator sends it where it was going, in the own organisation alone."""
    letters = [send(house, actor, letter_pdf(reference=actor.login)).letter_id for actor in (kossi, who("ceet"))]
    with house.store.unit() as unit:
        ours, theirs = [
            hand_over(
                unit, actor, house.clock(), purpose=Purpose.DISPATCH, to=TO, subject="S", body="B", letter_id=letter_id
            )
            for actor, letter_id in zip((kossi, who("ceet")), letters, strict=True)
        ]
        for each in (ours, theirs):
            unit.messages.change(each, state=MessageState.FAILED)
        unit.commit()
    admin: dict[str, Any] = {"store": house.store, "actor": who("admin"), "clock": house.clock}
    assert [each.id for each, _ in messages(store=house.store, actor=who("admin"))] == [ours]
    with pytest.raises(Forbidden) as error:
        post_again(ours, "ailleurs@exemple.tg", **admin)
    assert error.value.code == "mail.readdressed"
    with pytest.raises(Forbidden):
        post_again(theirs, TO, **admin)
    post_again(ours, TO, **admin)
    assert standing(house, ours).state is MessageState.WAITING
