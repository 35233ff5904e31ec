"""Claimed times against proved ones: an entry came after the last stamped head without it, before the first with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ged.mail.audit import Finding, Weight
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.seal.leaf import Leaf
from ged.services.audit.ground import Ground, Step
from ged.services.audit.judge import Entry, about_entry, leaf_of
from ged.services.audit.seals import named
from ged.store.unit import Unit

TOLERANCE = timedelta(minutes=15)
"""What a seal may take, and clocks may differ."""


def compare_times(ground: Ground, position: str) -> Iterator[Step]:
    """Walk the entries in order, between the stamped heads around them."""
    store = ground.store
    assert store is not None  # noqa: S101 - the table says that this check needs it
    try:
        head = ground.documents.head()
    except ValueError:
        return
    for first, entries in ground.documents.bundles(head.size, since=int(position or 0)):
        found = list[Finding]()
        with store.unit() as unit:
            bounds = _Bounds(unit)
            for number, data in enumerate(entries or (), first):
                leaf = leaf_of(Entry(number, data))
                if leaf is not None:
                    found += _judged(unit, bounds, number, leaf)
        yield Step(str(min(first + 256, head.size)), len(entries or ()), total=head.size, findings=named(ground, found))


class _Bounds:
    """The proved times around an entry, asked again only past the head that bounds it."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._until = -1
        self._around: tuple[datetime | None, datetime | None] = (None, None)

    def around(self, index: int) -> tuple[datetime | None, datetime | None]:
        """Return (logged after, logged before); None where no token says."""
        if index >= self._until:
            before, covering = (
                self._unit.anchors.before("documents", index),
                self._unit.anchors.covering("documents", index),
            )
            after = before.stamp.at if before and before.stamp else None
            until = covering.stamp.at if covering and covering.stamp else None
            self._around, self._until = (after, until), covering.size if covering else index + 1
        return self._around


def _judged(unit: Unit, bounds: _Bounds, index: int, leaf: Leaf) -> Iterator[Finding]:
    about = about_entry(index, leaf)
    try:
        claimed = datetime.fromisoformat(leaf.time)
    except ValueError:
        yield Finding("leaf.unreadable", about, Said("Son heure ne se lit pas : %(time)s.", time=leaf.time))
        return
    said = claimed.isoformat()
    after, until = bounds.around(index)
    if until is not None and claimed > until + TOLERANCE:
        before = Said("Dit %(claimed)s, inscrit avant %(proved)s.", claimed=said, proved=until.isoformat())
        yield Finding("leaf.postdated", about, before)
    if after is None or claimed >= after - TOLERANCE:
        return
    detail = Said("Dit %(claimed)s, inscrit après %(proved)s.", claimed=said, proved=after.isoformat())
    if unit.audits.reserved_for(leaf.document):
        yield Finding("leaf.from_paper", about, detail, Weight.REMARK)
    elif _told_then(unit, leaf.document, claimed):
        yield Finding("leaf.late_seal", about, detail, Weight.REMARK)
    else:
        yield Finding("leaf.backdated", about, detail)


def _told_then(unit: Unit, document: str, claimed: datetime) -> bool:
    """Whether the inscribed journal told of this letter's registration at that time, by a stamped head of its own."""
    lines = [line.id for line in unit.journal.of(document) if line.act is Act.CAPTURED]
    for position in unit.shipping.marks(lines).values():
        anchor = unit.anchors.covering("journal", position)
        if anchor and anchor.stamp and anchor.stamp.at <= claimed + TOLERANCE:
            return True
    return False
