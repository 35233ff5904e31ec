"""Cursors on the wire: opaque to the caller, checked when they come back."""

from __future__ import annotations

import base64
import json
from datetime import datetime

from ged.errors import Refused
from ged.mail.listing import Cursor


def write_cursor(cursor: Cursor | None) -> str | None:
    """Return a cursor as one opaque word."""
    if cursor is None:
        return None
    plain = json.dumps([cursor.registered_at.isoformat(), cursor.letter_id])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> Cursor | None:
    """Return the cursor of an opaque word.

    Raises:
        Refused: `request.cursor`.
    """
    if text is None:
        return None
    try:
        at, letter_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return Cursor(datetime.fromisoformat(at), str(letter_id))
    except (ValueError, TypeError) as error:
        raise Refused("request.cursor", "Ce curseur n'est pas lisible. Reprenez la liste au début.") from error
