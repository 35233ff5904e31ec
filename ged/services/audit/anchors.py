"""The anchors: each head that others vouched for is signed, what they gave for it holds, and the log grew from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ged.mail.anchor import LogAnchor
from ged.mail.audit import Finding, Head, Weight
from ged.mail.said import Said, said_by
from ged.seal.log_key import read_checkpoint
from ged.seal.second_digest import WholeLog
from ged.services.audit.ground import Ground, Step
from ged.services.audit.heads import Grown
from ged.services.audit.read_log import ReadLog
from ged.services.audit.vouched import log_stamped_with, read_cosignatures, token_faults
from ged.store.unit import Store

_PAGE, _WAITS = 200, timedelta(hours=1)


def check_anchors(ground: Ground, position: str) -> Iterator[Step]:
    """Check every anchor of every log; position: which log, the size done last, since when witnesses are lacking."""
    store = ground.store
    assert store is not None  # noqa: S101 - the table says that this check needs it
    reached, after, lacking = json.loads(position) if position else (0, -1, "")
    for number, log in enumerate(ground.logs):
        if number < reached:
            continue
        resumed = number == reached
        one = _Looked(ground, log, after if resumed else -1, lacking if resumed else "")
        while page := one.next_page(store):
            yield Step(json.dumps([number, one.last, one.lacking]), page, findings=one.told())
        one.end(store)
        yield Step(json.dumps([number + 1, -1, ""]), findings=one.told())


@dataclass(slots=True)
class _Looked:
    """The anchors of one log, looked at in the order of their sizes.

    Attributes:
        lacking: When the oldest head was taken that neither it nor a later one has enough witnesses for, ISO 8601;
            a log that only grew is vouched for by the witnesses of any later head.
    """

    ground: Ground
    log: ReadLog
    last: int
    lacking: str
    found: list[Finding] = field(default_factory=list)
    grown: Grown = field(init=False)
    _whole: WholeLog | None = None

    def __post_init__(self) -> None:
        self.grown = Grown(self.log)

    def next_page(self, store: Store) -> int:
        """Look at the next anchors and return how many they were."""
        with store.unit() as unit:
            page = unit.anchors.page(self.log.name, self.last, _PAGE)
            records = unit.evidence_records.among(self.log.name, self.last, page[-1].size) if page else {}
        for one in page:
            self._look(one, records.get(one.size, b""))
            self.last = one.size
        return len(page)

    def told(self) -> tuple[Finding, ...]:
        """Return what was found since this was asked last."""
        found, self.found = tuple(self.found), []
        return found

    def end(self, store: Store) -> None:
        """Say what the log as a whole waits for."""
        ground, name = self.ground, self.log.name
        with store.unit() as unit:
            since = unit.anchors.state(name).waiting_since
            first = unit.audits.first_registered()
        if self.last < 0 and first is not None and ground.witnesses_needed:
            self.lacking = first.isoformat()  # no head was ever shown, or somebody took them all away
        if since is not None and ground.clock() - since > _WAITS and ground.time_roots:
            detail = Said(
                "Des inscriptions attendent leur horodatage depuis le %(since)s UTC.", since=f"{since:%d/%m/%Y %H:%M}"
            )
            self.found.append(Finding("anchor.waits", name, detail, Weight.REMARK))
        if self.lacking and ground.clock() - datetime.fromisoformat(self.lacking) > _WAITS:
            taken = datetime.fromisoformat(self.lacking)
            detail = Said(
                "Depuis la tête du %(taken)s UTC, aucune ne porte la signature valable de %(count)s témoin(s) de la "
                "configuration.",
                taken=f"{taken:%d/%m/%Y %H:%M}",
                count=ground.witnesses_needed,
            )
            self.found.append(Finding("anchor.witnesses", name, detail))

    def _look(self, one: LogAnchor, record: bytes) -> None:
        about = Said("%(log)s, tête de %(size)s entrées", log=self.log.name, size=one.size)
        try:
            head = read_checkpoint(one.note.decode(), self.log.key_text)
        except (ValueError, UnicodeDecodeError) as error:
            detail = Said("La tête gardée n'est pas signée par le journal (%(why)s).", why=said_by(error))
            self.found.append(Finding("anchor.altered", about, detail))
            return
        if (head.size, head.root.hex()) != (one.size, one.root):
            differs = "La ligne de la base ne dit pas ce que dit la tête signée."
            self.found.append(Finding("anchor.altered", about, differs))
        self.found += self.grown.against(Head(self.log.name, head.size, head.root.hex(), one.note.decode()))
        signed, wrong = read_cosignatures(one, head, self.ground.witnesses, about)
        self.found += wrong
        if signed >= self.ground.witnesses_needed:
            self.lacking = ""
        elif not self.lacking:
            self.lacking = one.made_at.isoformat()
        self.found += token_faults(one, record, self.ground.time_roots, self.ground.clock(), about)
        if (stamped := log_stamped_with(record)) and self._digest(head.size) not in stamped:
            differs = "Le journal jusqu'à cette tête n'est pas celui dont la SHA-512 fut horodatée avec elle."
            self.found.append(Finding("anchor.log", about, differs))

    def _digest(self, size: int) -> bytes:
        """Return the SHA-512 of the entries below a head as they stand; b"" where there are not as many."""
        for again in (False, True):
            if self._whole is None or again:  # the log may have grown since
                self._whole = WholeLog(self.log.readable())
            try:
                return self._whole.beside(size)[1]
            except ValueError:
                continue
        return b""
