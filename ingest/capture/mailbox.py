"""The door of e-mail: a message becomes a letter with its pieces, or goes to what it answers, or waits for a person.

It answers only once the message is durable and registered; who brought it may forget it from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from shutil import copyfileobj

from ged.errors import GedError, Refused
from ged.mail.access import Actor
from ged.mail.electronic import Piece, comes_back
from ged.ports import Stored
from ged.services.capture import Arrival, Door, Receipt, record_refusal, registering_post
from ged.services.capture_mail import Incoming, Write, attach_return, capture_mail, set_aside
from ged.services.mail_answers import MEDIA_TYPE
from ingest.capture.names import shown_name
from ingest.capture.pieces import keep_pieces
from ingest.capture.receive import Entrance
from ingest.own_folder import own_folder
from ingest.readers.mime import Mail, read_mail

SPAM = "Le filtre du site tient ce message pour indésirable."


@dataclass(frozen=True, slots=True)
class MailDoor:
    """What the door needs: for each address of ours, lower case, who keeps it; who writes acknowledgements."""

    entrance: Entrance
    boxes: Mapping[str, Callable[[], Actor]]
    ours: frozenset[str]
    write: Write

    def takes(self, address: str) -> bool:
        """Whether an address is one of ours that brings mail to a register."""
        return address.strip().lower() in self.boxes

    def take(self, raw: bytes, box: str, return_path: str | None = None) -> Receipt | None:
        """Take a message in; give its receipt when it became a letter, None when it went elsewhere.

        Raises:
            Infected: `capture.infected`; its bytes are in quarantine.
            Refused: `capture.too_large`, `mail.too_deep`, `mail.too_many_parts`: it was not taken.
            Forbidden: `access.right`, who keeps the box may not register.
            Unavailable: an engine does not answer; the sender must keep the message.
        """
        actor = self.boxes[box.strip().lower()]()
        post = registering_post(actor)
        entrance = self.entrance
        try:
            if len(raw) > entrance.limits.max_bytes:
                raise entrance.limits.too_large()
            if entrance.screen is not None:
                entrance.screen.check(BytesIO(raw))
            mail = entrance.ask(read_mail, raw, return_path)
        except Refused as error:
            self.note_refusal(error, box, return_path or box)
            raise
        stored = entrance.vault.put(BytesIO(raw), media_type=MEDIA_TYPE, tenant_id=actor.tenant_id)
        kind = comes_back(mail.facts)
        if kind and attach_return(kind, mail.facts, stored, store=entrance.store, clock=entrance.clock):
            return None
        if mail.facts.spam:
            self._aside(mail, stored, SPAM, box, post.register_id)
            return None
        try:
            return self.register(mail, stored, box, actor)
        except Refused as error:
            self.note_refusal(error, box, return_path or box)
            raise

    def register(self, mail: Mail, stored: Stored, box: str, actor: Actor) -> Receipt:
        """Register a message that is durable.

        Raises:
            Refused: `capture.archive`, it holds more than an office sends.
        """
        entrance = self.entrance
        pieces = self._pieces(stored, actor.tenant_id)
        name = shown_name(f"{mail.facts.subject or 'message'}.eml")
        pages = 1 + sum(each.page_count for each in pieces)
        incoming = Incoming(mail.facts, stored, pieces, box, self.ours)
        return capture_mail(
            incoming,
            Arrival(Door.MAIL, name, MEDIA_TYPE, pages, pieces=pieces),
            store=entrance.store,
            actor=actor,
            clock=entrance.clock,
            write=self.write,
        )

    def note_refusal(self, error: GedError, box: str, sender: str) -> None:
        """Leave a line in the journal of who keeps the box: a message was not taken, from whom, and why."""
        entrance = self.entrance
        record_refusal(
            error,
            door=Door.MAIL,
            filename=shown_name(sender),
            store=entrance.store,
            actor=self.boxes[box.strip().lower()](),
            clock=entrance.clock,
        )

    def keep(self, raw: bytes, reason: str, box: str, return_path: str = "") -> None:
        """Keep a message that was refused and whose sender cannot be told so, for the registry to decide on."""
        actor = self.boxes[box.strip().lower()]()
        register_id = registering_post(actor).register_id
        stored = self.entrance.vault.put(BytesIO(raw), media_type=MEDIA_TYPE, tenant_id=actor.tenant_id)
        self._aside(None, stored, reason, box, register_id, return_path)

    def _aside(  # noqa: PLR0917 - private
        self, mail: Mail | None, stored: Stored, reason: str, box: str, register_id: str, return_path: str = ""
    ) -> None:
        set_aside(
            mail.facts if mail else None,
            stored,
            reason,
            return_path=mail.facts.return_path if mail else return_path,
            box=box,
            register_id=register_id,
            store=self.entrance.store,
            clock=self.entrance.clock,
        )

    def _pieces(self, stored: Stored, tenant_id: str) -> tuple[Piece, ...]:
        entrance = self.entrance
        with own_folder("courriel") as folder:
            path = folder / "message"
            with entrance.vault.open(stored.digest) as stream, path.open("wb") as copy:
                copyfileobj(stream, copy)
            return keep_pieces(
                path, MEDIA_TYPE, entrance.ask, vault=entrance.vault, limits=entrance.limits, tenant_id=tenant_id
            )
