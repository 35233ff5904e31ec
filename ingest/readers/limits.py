"""How much of a file the machine agrees to open."""

from __future__ import annotations

from dataclasses import dataclass

from ged.errors import Refused
from ged.mail.said import Said
from ged.store.vault.limits import too_large


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file; a page's pixels are counted from its header, before anything is decoded."""

    max_bytes: int = 100_000_000
    max_pages: int = 500
    max_page_pixels: int = 120_000_000

    def too_large(self) -> Refused:
        """Return the refusal of a file over the size limit."""
        return too_large(self.max_bytes)

    def check_pixels(self, width: int, height: int) -> None:
        """Let pass an image within the limit.

        Raises:
            Refused: `capture.too_many_pixels`.
        """
        if width * height > self.max_page_pixels:
            raise Refused(
                "capture.too_many_pixels",
                Said(
                    "Une page fait %(width)s × %(height)s points, plus que la limite. Numérisez-la à 300 points par "
                    "pouce.",
                    width=width,
                    height=height,
                ),
            )


def damaged(reason: str) -> Refused:
    """Return the refusal of a file that cannot be read to its end."""
    return Refused(
        "capture.damaged",
        "Ce fichier est abîmé ou incomplet : il ne peut pas être lu jusqu'au bout. Numérisez ou envoyez-le de nouveau.",
        reason=reason,
    )
