"""What the journal's log says of one line: the whole line as canonical JSON (sorted keys, no space, UTF-8)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from ged.mail.journal import JournalRow
from ged.mail.said import Said

_LONGEST = 60_000
"""Bytes of details that an entry holds as they are; longer ones are held by their SHA-256. An entry has 65,535."""
_LARGEST = 2**63
"""A line's id is less, and more than its opposite: what PostgreSQL counts with."""


def encode_row(row: JournalRow) -> bytes:
    """Return the one encoding of a line."""
    details = _canonical(row.details)
    held = row.details if len(details) <= _LONGEST else {"details_sha256": hashlib.sha256(details).hexdigest()}
    return _canonical(
        {
            "about": row.about,
            "act": row.act,
            "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "details": held,
            "id": row.id,
            "letter": row.letter_id,
            "login": row.login,
            "name": row.name,
        }
    )


def read_entry(entry: bytes) -> dict[str, object]:
    """Return what an entry of the journal's log says, by the names that `encode_row` gives.

    Raises:
        ValueError: these bytes are no entry of a journal.
    """
    try:
        said = json.loads(entry)
    except RecursionError:
        said = None
    if isinstance(said, dict) and type(said.get("id")) is int and -_LARGEST <= said["id"] < _LARGEST:
        return said
    message = Said("ce n'est pas une ligne de journal")
    raise ValueError(message)


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
