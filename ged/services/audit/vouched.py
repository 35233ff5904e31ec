"""What others gave for one head: the cosignatures of witnesses, the token of an authority, the record of its renewals.

Source: C2SP tlog-cosignature; RFC 3161; RFC 4998, 5.3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from ged.errors import Corrupt
from ged.mail.anchor import LogAnchor
from ged.mail.audit import Finding, Weight
from ged.mail.said import Said, said_by
from ged.seal.cosignature import COSIGNS, check_cosignature
from ged.seal.evidence.check import check_record
from ged.seal.evidence.record import EvidenceRecord
from ged.seal.note import Checkpoint, read_lines, read_verifier
from ged.seal.second_digest import WholeLog
from ged.seal.timestamp.chain import check_response
from ged.seal.timestamp.request import read_response


def read_cosignatures(
    one: LogAnchor, head: Checkpoint, witnesses: Sequence[str], about: str
) -> tuple[int, list[Finding]]:
    """Return how many of the known witnesses signed a head, each counted once, and what is wrong with the lines."""
    known = {(each.name, each.key_id): each for each in (read_verifier(text, COSIGNS) for text in witnesses)}
    signed, found = set[str](), list[Finding]()
    for text in one.cosignatures:
        try:
            (line,) = read_lines(text)
            witness = known.get((line.name, line.key_id))
            if witness is None:
                detail = Said(
                    "« %(witness)s » a signé cette tête ; sa clé n'est pas dans la configuration.", witness=line.name
                )
                found.append(Finding("anchor.unknown_witness", about, detail, Weight.REMARK))
                continue
            signed.add(check_cosignature(line, head, witness).witness)
        except ValueError as error:
            found.append(
                Finding(
                    "anchor.cosignature", about, Said("Une ligne de témoin ne tient pas (%(why)s).", why=said_by(error))
                )
            )
    return len(signed), found


def token_faults(
    one: LogAnchor, record: bytes, roots: Sequence[x509.Certificate], now: datetime, about: str
) -> list[Finding]:
    """Return what is wrong with the token of a head and with the record of its renewals, b"" for none."""
    if one.stamp is None:
        return [Finding("anchor.record", about, "Un renouvellement est gardé, sans le jeton.")] if record else []
    if not roots:
        return [Finding("anchor.unjudged", about, "Aucune autorité d'horodatage n'est reconnue ici.", Weight.REMARK)]
    try:
        found = check_response(one.stamp.token, hashlib.sha256(one.note).digest(), roots)
    except ValueError as error:
        return [Finding("anchor.token", about, Said("Le jeton ne tient pas (%(why)s).", why=said_by(error)))]
    faults = []
    if found.token.at != one.stamp.at:
        detail = Said(
            "La base dit %(base)s, le jeton %(token)s.",
            base=one.stamp.at.isoformat(),
            token=found.token.at.isoformat(),
        )
        faults.append(Finding("anchor.altered", about, detail))
    return [*faults, *_lasting(one, found.ends, record, roots, now, about)]


def _lasting(  # noqa: PLR0917 - private, and each is the token's own
    one: LogAnchor, ends: datetime, data: bytes, roots: Sequence[x509.Certificate], now: datetime, about: str
) -> list[Finding]:
    """Return why the token of a head does not prove its time today."""
    if not data and ends < now:
        detail = Said(
            "Son autorité n'a plus de certificat depuis le %(day)s, et rien ne l'a renouvelé.", day=f"{ends:%d/%m/%Y}"
        )
        return [Finding("anchor.ended", about, detail, Weight.REMARK)]
    if not data:
        return []
    try:
        record = EvidenceRecord.decode(data)
        if record.stamps[0].token != read_response(one.token):
            return [Finding("anchor.record", about, "Le renouvellement gardé est celui d'un autre jeton.")]
        check_record(record, one.note, roots, now)
    except (ValueError, Corrupt) as error:
        return [
            Finding("anchor.record", about, Said("Le renouvellement gardé ne tient pas (%(why)s).", why=said_by(error)))
        ]
    return []


def log_stamped_with(record: bytes) -> tuple[bytes, ...]:
    """Return what was stamped beside a head that was hashed anew, the SHA-512 of its log among it; () for nothing."""
    try:
        chains = EvidenceRecord.decode(record).chains if record else ()
    except ValueError:
        return ()  # told as a record that does not hold
    firsts = [chain[0].reduced[0] for chain in chains[1:] if chain[0].reduced]
    return next((group for group in firsts if WholeLog.MARK in group), ())
