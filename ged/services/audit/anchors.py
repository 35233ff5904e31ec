"""The anchors: each head that others vouched for is signed, its token holds, and the log grew from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta

from ged.mail.anchor import LogAnchor
from ged.mail.audit import Finding, Head, Weight
from ged.seal.note import read_checkpoint
from ged.seal.timestamp.chain import check_response
from ged.services.audit.ground import Ground, ReadLog, Step
from ged.services.audit.heads import Grown

_PAGE, _WAITS = 200, timedelta(hours=1)


def check_anchors(ground: Ground, position: str) -> Iterator[Step]:
    """Check every anchor of every log; position: which log, and the size of the anchor done last."""
    store = ground.store
    assert store is not None  # noqa: S101 - the table says that this check needs it
    reached, after = json.loads(position) if position else (0, -1)
    for number, log in enumerate(ground.logs):
        if number < reached:
            continue
        last, grown = after if number == reached else -1, Grown(log)
        while True:
            with store.unit() as unit:
                page = unit.anchors.page(log.name, last, _PAGE)
            if not page:
                break
            last = page[-1].size
            found = [each for one in page for each in _faults(ground, log, grown, one)]
            yield Step(json.dumps([number, last]), len(page), findings=tuple(found))
        with store.unit() as unit:
            state = unit.anchors.state(log.name)
        if state.waiting_since is not None and ground.clock() - state.waiting_since > _WAITS and ground.time_roots:
            detail = f"Des inscriptions attendent leur horodatage depuis le {state.waiting_since:%d/%m/%Y %H:%M} UTC."
            yield Step(json.dumps([number, last]), findings=(Finding("anchor.waits", log.name, detail, Weight.REMARK),))
        yield Step(json.dumps([number + 1, -1]))


def _faults(ground: Ground, log: ReadLog, grown: Grown, one: LogAnchor) -> Iterator[Finding]:
    about = f"{log.name}, tête de {one.size} entrées"
    try:
        head = read_checkpoint(one.note.decode(), log.key)
    except (ValueError, UnicodeDecodeError) as error:
        yield Finding("anchor.altered", about, f"La tête gardée n'est pas signée par le journal ({error}).")
        return
    if (head.size, head.root.hex()) != (one.size, one.root):
        yield Finding("anchor.altered", about, "La ligne de la base ne dit pas ce que dit la tête signée.")
    yield from grown.against(Head(log.name, head.size, head.root.hex(), one.note.decode()))
    if one.stamp is None:
        return
    if not ground.time_roots:
        yield Finding("anchor.unjudged", about, "Aucune autorité d'horodatage n'est reconnue ici.", Weight.REMARK)
        return
    try:
        token = check_response(one.stamp.token, hashlib.sha256(one.note).digest(), ground.time_roots).token
    except ValueError as error:
        yield Finding("anchor.token", about, f"Le jeton ne tient pas ({error}).")
        return
    if token.at != one.stamp.at:
        yield Finding(
            "anchor.altered", about, f"La base dit {one.stamp.at.isoformat()}, le jeton {token.at.isoformat()}."
        )
