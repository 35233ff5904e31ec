"""How a log stands, for people: its head, how it grew, who vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ged.mail.anchor import Anchoring
from ged.mail.said import Said, said_by
from ged.seal.log_key import in_force
from ged.services.audit.read_log import ReadLog
from ged.store.unit import Store

_POINTS = 60


@dataclass(frozen=True, slots=True)
class LogState:
    """A log as it stands.

    Attributes:
        fault: French, why its head cannot be read; "" when it can.
        growth: Sizes of its last anchors, with when each was taken, in order.
        cosigned: How many witnesses signed the last head that was taken.
    """

    name: str
    key: str
    size: int
    root: str
    note: str
    fault: str
    anchoring: Anchoring
    growth: tuple[tuple[datetime, int], ...]

    @property
    def cosigned(self) -> int:
        """How many witnesses signed the last head that was taken."""
        return self.anchoring.witnesses

    def line(self, width: int, height: int) -> str:
        """Return its growth as the points of a line, from the top left."""
        if len(self.growth) < 2:
            return ""
        since, until = self.growth[0][0].timestamp(), self.growth[-1][0].timestamp()
        least, most = self.growth[0][1], self.growth[-1][1]
        points = (
            (
                width * (at.timestamp() - since) / (until - since or 1),
                height - height * (size - least) / (most - least or 1),
            )
            for at, size in self.growth
        )
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def log_state(log: ReadLog, *, store: Store) -> LogState:
    """Return how a log stands."""
    with store.unit() as unit:
        anchoring = unit.anchors.state(log.name)
        growth = unit.audits.growth(log.name, _POINTS)
    try:
        head, note, fault = log.head(), log.note(), ""
        size, root = head.size, head.root.hex()
    except (ValueError, OSError) as error:
        size, root, note, fault = 0, "", "", Said("La tête ne se vérifie pas : %(why)s.", why=said_by(error))
    return LogState(log.name, in_force(log.key), size, root, note, fault, anchoring, growth)
