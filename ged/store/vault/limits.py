"""The one sentence for a file that is too large, whichever vault or door meets it."""

from __future__ import annotations

from ged.errors import Refused


def too_large(limit_bytes: int) -> Refused:
    """Return the refusal of a file over `limit_bytes`."""
    return Refused(
        "capture.too_large",
        f"Ce fichier dépasse la limite de {limit_bytes // 1_000_000} Mo. "
        "Numérisez-le en noir et blanc, ou en deux fois.",
    )
