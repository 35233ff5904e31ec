"""Anchoring: the head of a log shown to those outside who vouch for it, at most a minute after it grew.

Witnesses first, which close the window in which history could still be rewritten; then one token for
everything logged since the last one. Who does not answer is asked again; nothing else waits for it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ged.clock import Clock
from ged.errors import Corrupt, Unavailable
from ged.mail.anchor import AuthorityState, LogAnchor
from ged.ports import Ledger, TimestampAuthority, Witness
from ged.seal.log_key import successions
from ged.store.unit import Store

_log = logging.getLogger(__name__)

REST = timedelta(minutes=10)
"""An authority that failed is asked after the others for that long."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Who vouches for our logs: authorities in the order of the configuration, and witnesses."""

    authorities: Sequence[TimestampAuthority] = ()
    witnesses: Sequence[Witness] = ()


def anchor(log: str, *, ledger: Ledger, outside: Outside, store: Store, clock: Clock) -> LogAnchor | None:
    """Take the head of a log if it grew, and ask for whatever its last head still lacks; give that head.

    Nothing is given, and nothing done, while another process is at it, or the log is empty. The head is kept
    before anybody is asked, each answer as it comes: a death in the middle loses one answer at most.

    Raises:
        Corrupt: `ledger.head`, what is on disk is not the log that was signed.
    """
    with store.exclusive(f"anchor:{log}") as alone:
        if not alone:
            return None
        standing = _head(log, ledger, store, clock)
        if standing is None:
            return None
        for witness in outside.witnesses:
            _introduce(witness, ledger, store, clock)
            _cosign(standing, witness, ledger, store, clock)
        if outside.authorities and standing.due(clock()):
            _stamp(standing, outside.authorities, store, clock)
        with store.unit() as unit:
            return unit.anchors.last(log)


def _head(log: str, ledger: Ledger, store: Store, clock: Clock) -> LogAnchor | None:
    """Return the last head kept, once it is that of the log as it stands."""
    head = ledger.head()
    with store.unit() as unit:
        last = unit.anchors.last(log)
        if head.size > (last.size if last else 0):
            waits = last is not None and last.stamp is None
            unit.anchors.add(
                LogAnchor(
                    log,
                    head.size,
                    head.root,
                    head.note.encode(),
                    clock(),
                    attempts=last.attempts if last and waits else 0,
                    tried_at=last.tried_at if last and waits else None,
                    said=last.said if last and waits else "",
                )
            )
            unit.commit()
    with store.unit() as unit:
        return unit.anchors.last(log)


def _introduce(witness: Witness, ledger: Ledger, store: Store, clock: Clock) -> None:
    """Show a witness the keys that followed one another before it is shown a head that the last of them signed."""
    try:
        witness.introduce(successions(ledger.key_text), ledger.consistency)
    except (Unavailable, Corrupt) as error:
        _said(witness, error, store, clock)


def _cosign(standing: LogAnchor, witness: Witness, ledger: Ledger, store: Store, clock: Clock) -> None:
    if any(line.startswith(f"\u2014 {witness.name} ") for line in standing.cosignatures):
        return
    try:
        line = witness.cosign(standing.note, standing.size, lambda older: ledger.consistency(older, standing.size))
    except (Unavailable, Corrupt) as error:
        _said(witness, error, store, clock)
        return
    with store.unit() as unit:
        unit.anchors.note_authority(witness.name, clock(), "")
        unit.anchors.cosign(standing, line)
        unit.commit()


def _said(witness: Witness, error: Unavailable | Corrupt, store: Store, clock: Clock) -> None:
    _log.warning("%s: %s", witness.name, error.diagnostics())
    with store.unit() as unit:
        unit.anchors.note_authority(witness.name, clock(), error.sentence)
        unit.commit()


def _stamp(standing: LogAnchor, authorities: Sequence[TimestampAuthority], store: Store, clock: Clock) -> None:
    with store.unit() as unit:
        before = unit.anchors.last(standing.log, stamped=True)
        states = {state.name: state for state in unit.anchors.authorities()}
    after = before.stamp.at if before and before.stamp else None
    imprint, said = hashlib.sha256(standing.note).digest(), ""
    for authority in in_order(authorities, states, clock()):
        try:
            stamp = authority.stamp(imprint, now=clock(), after=after)
        except (Unavailable, Corrupt) as error:
            reason = error.diagnostics().get("reason")
            said = str(reason) if reason else error.sentence
            _log.warning("%s: %s", authority.name, error.diagnostics())
            with store.unit() as unit:
                unit.anchors.note_authority(authority.name, clock(), said)
                unit.commit()
            continue
        with store.unit() as unit:
            unit.anchors.note_authority(authority.name, clock(), "")
            unit.anchors.stamp(standing, stamp)
            unit.commit()
        return
    with store.unit() as unit:
        unit.anchors.missed(standing, clock(), said)
        unit.commit()


def in_order(
    authorities: Sequence[TimestampAuthority], states: Mapping[str, AuthorityState], now: datetime
) -> list[TimestampAuthority]:
    """Return the authorities in the order in which to ask: as configured, those that failed lately last."""

    def rests(authority: TimestampAuthority) -> bool:
        state = states.get(authority.name)
        return bool(state and state.said and state.failed_at and now - state.failed_at < REST)

    return sorted(authorities, key=rests)
