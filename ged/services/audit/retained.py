"""Heads that somebody kept, read from what they were kept in: notes, proofs, lines typed from paper."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from ged.errors import Refused
from ged.mail.audit import Head
from ged.mail.said import Said

_NOTE = re.compile(r"^(\S[^\n]*)\n(0|[1-9]\d*)\n([A-Za-z0-9+/]{43}=)$", re.MULTILINE)
_GROUPED = r"[0-9a-f]{4}(?:\s*[0-9a-f]{4}){15}"
_TYPED = re.compile(rf"^(documents|journal) +(0|[1-9]\d*)\s+({_GROUPED}|[A-Za-z0-9+/]{{43}}=)\s*$", re.MULTILINE)


def read_heads(text: str, *, origins: dict[str, str]) -> tuple[Head, ...]:
    """Return every head that a text holds, whoever signed it: whoever kept it vouches for it.

    Args:
        text: Signed notes, proofs, or lines « documents 1234 root »; anything between them is passed over.
        origins: The name of each log, by the origin that its heads carry.

    Raises:
        Refused: `audit.heads`, it holds no head, or one of another log.
    """
    found = [*_notes(text, origins), *(Head(m[1], int(m[2]), _root(m[3])) for m in _TYPED.finditer(text))]
    if not found:
        raise Refused(
            "audit.heads",
            "Ce fichier ne contient pas de tête de journal. Donnez la note signée telle qu'elle fut gardée, ou une "
            "ligne « documents TAILLE RACINE » recopiée du papier.",
        )
    return tuple(found)


def _notes(text: str, origins: dict[str, str]) -> Iterator[Head]:
    for found in _NOTE.finditer(text):
        log = origins.get(found[1])
        if log is None:
            raise Refused(
                "audit.heads",
                Said(
                    "Ce fichier contient une tête du journal « %(log)s », qui n'est pas de cette installation.",
                    log=found[1],
                ),
            )
        yield Head(log, int(found[2]), _root(found[3]), text[found.start() :])


def _root(text: str) -> str:
    try:
        digits = re.sub(r"\s", "", text)
        return digits if len(digits) == 64 else base64.b64decode(text, validate=True).hex()
    except binascii.Error as error:
        raise Refused(
            "audit.heads", "La racine d'une tête ne se lit pas. Vérifiez-la caractère par caractère."
        ) from error
