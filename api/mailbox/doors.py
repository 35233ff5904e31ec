"""The doors of e-mail side by side: the SMTP listener and each mailbox, in threads of their own, their state noted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from api.config import ImapSettings
from api.mailbox.imap_in import ImapBox, look_into
from api.mailbox.receipt_mail import ReceiptWriter
from api.mailbox.smtp_in import listening
from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor
from ged.mail.electronic import DoorState
from ged.services.sign_in import actor_of
from ingest.capture.mailbox import MailDoor

_log = logging.getLogger(__name__)
ROUND_S, LISTENER = 20.0, "smtp"


def mail_door(house: House) -> MailDoor:
    """Return the door through which every message comes in."""
    given = house.settings.mail
    boxes = {box.address.lower(): partial(_keeper, house, box.login) for box in given.boxes}
    ours = frozenset({*boxes, given.sender.lower()}) - {""}
    return MailDoor(house.entrance, boxes, ours, ReceiptWriter(house.address))


@contextmanager
def mail_doors(house: House) -> Iterator[None]:
    """Keep the doors of e-mail open until the block ends; what the settings do not name is not opened."""
    stop, threads, given = threading.Event(), [], house.settings.mail
    if given.boxes:
        door = mail_door(house)
        if given.listener.port:
            threads.append(_thread(LISTENER, partial(_listen, house, door, stop)))
        for one in given.imap:
            act = partial(_look, house, _box(one), door)
            threads.append(_thread(one.address, partial(_rounds, house, f"imap {one.address}", act, stop)))
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _listen(house: House, door: MailDoor, stop: threading.Event) -> None:
    """Listen; when the port is taken, by another worker perhaps, try again later: whoever is left takes over."""
    listener = house.settings.mail.listener
    limit = min(listener.max_megabytes, house.settings.capture.max_megabytes) * 1_000_000
    while not stop.is_set():
        try:
            with listening(door, listener.host, listener.port, limit):
                while not stop.is_set():
                    _note(house, LISTENER, "")
                    stop.wait(ROUND_S)
        except GedError as error:
            _log.warning("%s: %s", LISTENER, error.diagnostics())
            stop.wait(ROUND_S)


def _rounds(house: House, name: str, act: Callable[[], object], stop: threading.Event) -> None:
    while not stop.is_set():
        said = ""
        try:
            act()
        except GedError as error:
            words = error.diagnostics().get("said")
            said = str(words) if words else error.sentence
            _log.warning("%s: %s", name, error.diagnostics())
        _note(house, name, said)
        stop.wait(ROUND_S)


def _look(house: House, box: ImapBox, door: MailDoor) -> None:
    with house.store.exclusive(f"imap:{box.address}") as alone:
        while alone and look_into(box, door):
            pass


def _note(house: House, name: str, said: str) -> None:
    try:
        with house.store.unit() as unit:
            unit.electronic.note_door(DoorState(name, house.clock(), said))
            unit.commit()
    except GedError as error:
        _log.warning("%s: %s", name, error.diagnostics())


def _box(given: ImapSettings) -> ImapBox:
    return ImapBox(
        address=given.address,
        host=given.host,
        port=given.port,
        login=given.login,
        password=given.password.get_secret_value(),
        security=given.security,
        folder=given.folder,
        done=given.done,
        refused=given.refused,
        ca_file=given.ca_file,
    )


def _keeper(house: House, login: str) -> Actor:
    return actor_of(login, store=house.store, clock=house.clock)


def _thread(name: str, act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act, name=name, daemon=True)
    thread.start()
    return thread
