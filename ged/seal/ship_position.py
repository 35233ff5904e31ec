"""How far the journal was inscribed, in a file beside its log, where no database user can write."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ged.errors import Corrupt
from ged.mail.said import Said
from ged.seal.tiles import Write, durable_write

_NAME = "position.json"


@dataclass(frozen=True, slots=True)
class ShipPosition:
    """Which lines were inscribed.

    Attributes:
        floor: Every line up to this id was; no line can appear below it any more.
        beyond: Those above it that were too: a transaction still open may yet add lines before them.
    """

    floor: int = 0
    beyond: frozenset[int] = frozenset()

    def with_lines(self, ids: Collection[int]) -> ShipPosition:
        """Return the position once these lines were inscribed as well."""
        return ShipPosition(self.floor, self.beyond | frozenset(ids))

    def settled(self, line: int) -> ShipPosition:
        """Return the position once every line up to an id was inscribed, and none can appear below it."""
        floor = max(self.floor, line)
        return ShipPosition(floor, frozenset(each for each in self.beyond if each > floor))

    def holds(self, line: int) -> bool:
        """Whether a line was inscribed, or came where none can."""
        return line <= self.floor or line in self.beyond


def read_position(folder: Path) -> ShipPosition:
    """Return the position kept in a folder; the beginning when none is.

    Raises:
        Corrupt: `ship.position`, the file is not what was written.
    """
    try:
        said = json.loads((folder / _NAME).read_bytes())
        return ShipPosition(int(said["floor"]), frozenset(int(each) for each in said["beyond"]))
    except FileNotFoundError:
        return ShipPosition()
    except (ValueError, KeyError, TypeError) as error:
        raise Corrupt(
            "ship.position",
            Said(
                "Le repère des inscriptions au journal n'est pas lisible. Rien n'est perdu : retirez le fichier "
                "%(file)s du dossier du journal, tout sera relu.",
                file=_NAME,
            ),
            folder=str(folder),
        ) from error


def write_position(folder: Path, position: ShipPosition, write: Write = durable_write) -> None:
    """Make a position durable, whole or not at all."""
    said = {"beyond": sorted(position.beyond), "floor": position.floor}
    write(folder / _NAME, json.dumps(said).encode())
