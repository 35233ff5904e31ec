"""The time that counts: that of the token over the first head that holds an entry, checked in numbered steps, offline.

A claimed time is held against it: an entry cannot be older than the last head without it, whatever it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from ged.mail.said import Said, said_by
from ged.seal.evidence.check import check_record
from ged.seal.evidence.record import EvidenceRecord
from ged.seal.leaf import Leaf
from ged.seal.log_key import read_checkpoint
from ged.seal.note import entries
from ged.seal.timestamp.chain import CheckedToken, check_response
from ged.seal.tree import check_inclusion, leaf_hash
from ged.seal.trust import named
from ged.seal.verify import Question, Step

LATE = timedelta(hours=1)
"""How long after the time that it claims an entry may reach the log: a disk or a vault may be away that long."""


@dataclass(frozen=True, slots=True)
class TimeEvidence:
    """What proves when an entry was in the log.

    Attributes:
        path: From the entry to the root of the checkpoint.
        note: The checkpoint as the log alone signed it, which the token (TimeStampResp, DER) covers.
        earlier: The time of the token over the last head without the entry, None when there is none.
        record: The evidence record of the checkpoint (RFC 4998, DER), empty while the token was never renewed.
    """

    leaf: bytes
    index: int
    path: Sequence[bytes]
    note: bytes
    token: bytes
    earlier: datetime | None
    record: bytes = b""


@dataclass(frozen=True, slots=True)
class ProvedTime:
    """When an entry was in the log, None unless every step but that of the claimed time passed; and the steps."""

    at: datetime | None
    steps: tuple[Step, ...]


def prove_time(evidence: TimeEvidence, *, log_key: str, roots: Sequence[x509.Certificate], now: datetime) -> ProvedTime:
    """Return when an entry was in the log, by numbered steps; every step is tried."""
    acts: tuple[tuple[str, Question, Callable[[], str]], ...] = (
        (
            "L'inscription figure sous une tête montrée à l'autorité d'horodatage",
            Question.VALID,
            lambda: _held(evidence, log_key),
        ),
        ("L'autorité d'horodatage a daté cette tête", Question.TRUSTED, lambda: _dated(evidence, roots)),
        ("L'horodatage garde sa valeur aujourd'hui", Question.TRUSTED, lambda: _lasting(evidence, roots, now)),
        ("L'heure déclarée s'accorde avec les horodatages", Question.TRUSTED, lambda: _agreeing(evidence, roots)),
    )
    steps = tuple(_step(number, *each) for number, each in enumerate(acts, 1))
    proved = all(step.passed for step in steps[:3])
    return ProvedTime(_checked(evidence, roots).token.at if proved else None, steps)


def delay(claimed: datetime, earlier: datetime | None) -> timedelta:
    """Return how much later than it claims an entry was logged, at least: it is not under the head of `earlier`."""
    return max(timedelta(0), earlier - claimed) if earlier else timedelta(0)


def _step(number: int, title: str, question: Question, act: Callable[[], str]) -> Step:
    try:
        return Step(number, title, True, act(), question)
    except ValueError as error:
        return Step(number, title, False, said_by(error), question)


def _held(evidence: TimeEvidence, log_key: str) -> str:
    head = read_checkpoint(evidence.note.decode(), log_key)
    if not check_inclusion(leaf_hash(evidence.leaf), evidence.index, head.size, evidence.path, head.root):
        raise ValueError(Said("La preuve ne mène pas de cette inscription à cette tête"))
    return Said("Tête de %(entries)s", entries=entries(head.size))


def _dated(evidence: TimeEvidence, roots: Sequence[x509.Certificate]) -> str:
    found = _checked(evidence, roots)
    at, name = _words(found.token.at), named(found.token.signer)
    if found.demonstration:
        return Said(
            "Le %(at)s, par « %(name)s » ; autorité de démonstration, sans valeur de preuve pour un tiers",
            at=at,
            name=name,
        )
    return Said("Le %(at)s, par « %(name)s »", at=at, name=name)


def _lasting(evidence: TimeEvidence, roots: Sequence[x509.Certificate], now: datetime) -> str:
    first = _checked(evidence, roots)
    if evidence.record:
        try:
            lasting = check_record(EvidenceRecord.decode(evidence.record), evidence.note, roots, now)
        except ValueError as error:
            raise ValueError(Said("Le renouvellement ne tient pas (%(why)s)", why=said_by(error))) from error
        if lasting.since != first.token.at:
            raise ValueError(Said("Le renouvellement est celui d'un autre horodatage"))
        return Said("Jusqu'au %(day)s, renouvelé %(count)s fois", day=_words(lasting.until), count=lasting.renewals)
    if now > first.ends:
        raise ValueError(
            Said("Son certificat est échu depuis le %(day)s, et rien ne le renouvelle", day=_words(first.ends))
        )
    return Said("Jusqu'au %(day)s", day=_words(first.ends))


def _agreeing(evidence: TimeEvidence, roots: Sequence[x509.Certificate]) -> str:
    claimed, stamped = datetime.fromisoformat(Leaf.decode(evidence.leaf).time), _checked(evidence, roots).token.at
    late = delay(claimed, evidence.earlier)
    if late > LATE:
        absent = _words(evidence.earlier or stamped)
        raise ValueError(
            Said(
                "Déclarée le %(claimed)s, l'inscription n'était pas au journal le %(absent)s",
                claimed=_words(claimed),
                absent=absent,
            )
        )
    if claimed > stamped + LATE:
        raise ValueError(
            Said(
                "Déclarée le %(claimed)s, l'inscription était au journal dès le %(stamped)s",
                claimed=_words(claimed),
                stamped=_words(stamped),
            )
        )
    return Said("Déclarée le %(claimed)s", claimed=_words(claimed))


def _checked(evidence: TimeEvidence, roots: Sequence[x509.Certificate]) -> CheckedToken:
    try:
        return check_response(evidence.token, hashlib.sha256(evidence.note).digest(), roots)
    except ValueError as error:
        raise ValueError(Said("L'horodatage ne tient pas (%(why)s)", why=said_by(error))) from error


def _words(at: datetime) -> str:
    return f"{at:%d/%m/%Y %H:%M:%S} UTC"
