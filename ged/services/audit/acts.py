"""The journal of acts against its log: no line altered, removed, put in or moved since it was inscribed."""

from __future__ import annotations

from collections.abc import Iterator

from ged.mail.audit import Finding, Weight
from ged.mail.said import Said
from ged.seal.log import TileLog
from ged.services.audit.ground import Ground, Step
from ged.services.check_journal import check_journal


def compare_acts(ground: Ground, position: str) -> Iterator[Step]:
    """Compare every line with its entry, in one go: taken up again, it begins anew."""
    if position:
        return
    assert ground.store is not None  # noqa: S101 - the table says that this check needs both
    assert ground.journal is not None  # noqa: S101
    log = TileLog(ground.journal.folder, ground.journal.key)
    found = check_journal(log, ground.journal.folder, store=ground.store)
    faults = [Finding("journal.altered", Said("ligne %(line)s", line=one.line), one.sentence()) for one in found.faults]
    if found.waiting:
        since = f"{found.oldest_waiting:%d/%m/%Y %H:%M}" if found.oldest_waiting else ""
        why = Said("Pas encore inscrites depuis le %(since)s UTC.", since=since) if since else "Pas encore inscrites."
        faults.append(Finding("journal.waiting", Said("%(count)s lignes", count=found.waiting), why, Weight.REMARK))
    yield Step("fini", found.entries, total=found.entries, findings=tuple(faults))
