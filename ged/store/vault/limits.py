"""The one sentence for a file that is too large, whichever vault or door meets it."""

from __future__ import annotations

from ged.errors import Refused
from ged.mail.said import Said


def too_large(limit_bytes: int) -> Refused:
    """Return the refusal of a file over `limit_bytes`."""
    return Refused(
        "capture.too_large",
        Said(
            "Ce fichier dépasse la limite de %(size)s Mo. Numérisez-le en noir et blanc, ou en deux fois.",
            size=limit_bytes // 1_000_000,
        ),
    )
