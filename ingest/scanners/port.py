"""What every scanner does, whoever made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ged.errors import Refused, Unavailable

Asked = Callable[[], bool]
"""Whether somebody asked to stop; looked at several times a second."""
MAX_PAGE_BYTES = 60_000_000


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a scanner can do; resolutions in dots per inch, both ends included."""

    feeder: bool
    duplex: bool
    colour: bool
    lowest_dpi: int
    highest_dpi: int

    def nearest(self, dpi: int) -> int:
        """Return the resolution nearest to the one wanted."""
        return max(self.lowest_dpi, min(dpi, self.highest_dpi))


@dataclass(frozen=True, slots=True)
class Settings:
    """How to scan."""

    resolution_dpi: int
    colour: bool
    feeder: bool
    duplex: bool


class Scanner(Protocol):
    """A scanner by its address."""

    def abilities(self) -> Abilities:
        """Return what it can do.

        Raises:
            Unavailable: `scanner.away`.
        """
        ...

    def pages(self, settings: Settings, stopped: Asked) -> AbstractContextManager[Iterator[bytes]]:
        """Give each page as a JPEG, as soon as it is whole; leaving lets the scanner go.

        Raises:
            Unavailable: `scanner.away`, it stops answering.
            Refused: `scanner.no_paper`, `scanner.page_too_large`.
        """
        ...


def away(said: str) -> Unavailable:
    """Return the error of a scanner that does not answer."""
    return Unavailable(
        "scanner.away",
        "Le scanner ne répond pas. Vérifiez qu'il est allumé et libre ; les pages déjà lues sont gardées.",
        said=said[-400:],
    )


def no_paper() -> Refused:
    """Return the refusal of an empty feeder."""
    return Refused("scanner.no_paper", "Le chargeur du scanner est vide. Posez les feuilles, puis recommencez.")


def page_too_large() -> Refused:
    """Return the refusal of a page over `MAX_PAGE_BYTES`."""
    return Refused("scanner.page_too_large", "Une page est trop lourde. Baissez la résolution, puis recommencez.")
