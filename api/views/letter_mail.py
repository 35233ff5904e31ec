"""The letter page's part about e-mail and deadlines: messages that went out, and whether it was brought above."""

from __future__ import annotations

from typing import Any

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.item import Letter
from ged.mail.message import Purpose
from ged.services.notices import brought_above
from ged.services.post import messages_of


def mail_context(letter: Letter, house: House, actor: Actor) -> dict[str, Any]:
    """Return the messages about a letter; notices to colleagues are not part of it."""
    found = messages_of(letter.id, store=house.store, actor=actor)
    return {
        "letter_messages": [each for each in found if each.purpose is not Purpose.NOTICE],
        "escalated": brought_above(letter.id, store=house.store),
    }
