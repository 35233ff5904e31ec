"""The scanning stations of the configuration folder: each line checked, and no folder inside another's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from api.model_rows import Fault, Faulty, Row, given, member
from ged.mail.access import RIGHTS, Right
from ged.mail.item import Direction
from ged.mail.organisation import Position
from ged.mail.station import ScanStation

_OWN = (".en-cours", "rejets")


def read_station(row: Row) -> ScanStation:
    """Return the station of a line."""
    folder = PurePosixPath(given(row, "dossier"))
    if ".." in folder.parts or folder in {PurePosixPath("/"), PurePosixPath()} or folder.name in _OWN:
        raise Faulty(
            f"« {row['dossier']} » dans « dossier » : donnez un chemin entier, ou le nom d'un dossier de depots/."
        )
    return ScanStation(
        code=given(row, "code"),
        label=given(row, "libelle"),
        folder=folder.as_posix(),
        position_id=given(row, "poste"),
        direction=member(row, "registre", Direction),
        delivery=row["acheminement"],
        kind=row["nature"],
    )


def wrong_stations(rows: Iterable[Row], positions: Iterable[Position]) -> Iterator[Fault]:
    """Give the stations whose position may not register there, and those whose folder is, or holds, another's."""
    roles = {each.id: each.role for each in positions}
    seen: list[tuple[PurePosixPath, int]] = []
    for row in rows:
        role = roles.get(row["poste"])
        right = Right.CAPTURE_INTERNAL if row["registre"] == Direction.INTERNAL else Right.CAPTURE
        if role is not None and right not in RIGHTS[role]:
            yield Fault(row.file, row.line, f"Le poste « {row['poste']} » n'enregistre pas dans ce registre.")
        folder = PurePosixPath(row["dossier"])
        for other, line in seen:
            if folder.is_relative_to(other) or other.is_relative_to(folder):
                yield Fault(
                    row.file, row.line, f"« {folder} » est le dossier de la ligne {line}, ou l'un contient l'autre."
                )
        seen.append((folder, row.line))
