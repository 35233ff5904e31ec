"""Carrying a disposal out: each line is looked at once more, condemned, told to the log, destroyed; then certified.

Killed anywhere and called again, it goes on and ends the same. The order is that of docs/decisions/0361: what stands
in one step is durable before the next begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.disposal import Certificate, Disposal, DisposalLine, DisposalState, LineState, ObjectState
from ged.mail.item import Confidentiality, Letter, State
from ged.mail.journal import Act
from ged.mail.notice import DISPOSAL_DONE
from ged.mail.reason import said
from ged.ports import Ledger, Signer, Vault
from ged.seal.leaf import Leaf
from ged.services.notify import Told, tell
from ged.store.unit import Store, Unit
from retention.certificates import Certified, seal_certificate
from retention.disposal.look import Look, look_at, looks_at_pieces
from retention.paper_lists import CONDEMNED, twins_of

Render = Callable[[Certificate], bytes]
"""Makes the PDF of a certificate; the edge brings it."""
Fault = Callable[[str, str], None]
"""Called at each point of the way, with the letter or piece and the point: tests kill the process there."""
LOCKED = "Un verrou du magasin garde des octets chiffrés dont la clé est détruite : personne ne peut plus les lire."
PLAIN_LOCKED = "Un verrou du magasin garde ces octets, lisibles, jusqu'à son terme."
SHARED = "Un autre courrier, une pièce d'un dossier ou un lot a ces mêmes octets et les garde."
_ORPHANS = timedelta(days=2)


def no_fault(_subject_id: str, _point: str) -> None:
    """Let everything pass."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a disposal works with.

    Attributes:
        backup_days: For how many days the site keeps backups; None where it does not say.
    """

    store: Store
    vault: Vault
    ledger: Ledger
    signer: Signer
    clock: Clock
    render: Render
    organisation: str
    backup_days: int | None
    fault: Fault = no_fault


def carry_out(disposal_id: str, hands: Hands) -> Disposal | None:
    """Do what is left of an approved list; None when another process is at it.

    Raises:
        Unavailable: the vault or the log does not answer; nothing is lost, the job is tried again.
    """
    with hands.store.exclusive(f"disposal:{disposal_id}") as alone:
        if not alone:
            return None
        with hands.store.unit() as unit:
            one = unit.disposals.get(disposal_id, None, lock=True)
            if one.state is not DisposalState.APPROVED:
                return one
            one = unit.disposals.change(one, started_at=one.started_at or hands.clock())
            lines = unit.disposals.lines(one.id, None)
            unit.commit()
        for line in lines:
            if line.state is LineState.PROPOSED and not _condemn(one, line, hands):
                continue
            if line.state in {LineState.PROPOSED, LineState.CONDEMNED}:
                _destroy(one, line, hands)
        return _certify(one, hands)


def _condemn(one: Disposal, line: DisposalLine, hands: Hands) -> bool:
    """Look at something for the last time; give whether nothing was against it, and nothing can save it any more."""
    hands.fault(line.subject_id, "before look")
    now = hands.clock()
    with hands.store.unit() as unit:
        unit.holds.keep_still()
        look = _last_look(unit, line, now)
        against = look.against or (said("Le tri que sa règle demande le garde.") if look.fate.selected else None)
        if against:
            unit.disposals.change_line(one.id, line.subject_id, state=LineState.SPARED, said=against)
            _write(unit, now, Act.SPARED, line, disposal=one.id, reason=str(against))
            unit.commit()
            return False
        unit.disposals.plan_objects(line, _objects(unit, line), now)
        unit.disposals.change_line(
            one.id, line.subject_id, state=LineState.CONDEMNED, condemned_at=now, reasons=look.fate.reasons
        )
        if isinstance(look.of, Letter):
            unit.letters.change(look.of, state=State.DESTROYED)
            unit.outbox.add(look.of.id, now)
        else:
            unit.dossier_pieces.condemn(line.subject_id, now)
            unit.outbox.add_pieces([line.subject_id], now)
        _write(unit, now, Act.CONDEMNED, line, disposal=one.id, number=one.number, rule=look.rule)
        hands.fault(line.subject_id, "before condemned")
        unit.commit()
    hands.fault(line.subject_id, "condemned")
    return True


def _last_look(unit: Unit, line: DisposalLine, now: datetime) -> Look:
    """Look at what a line names, which nobody changes from here on, with every hold that is on it now."""
    if line.dossier_id is not None:
        unit.holds.catch_inside_before(line.dossier_id)
        piece = unit.dossier_pieces.kept_still(line.dossier_id, line.subject_id)
        unit.holds.catch_pieces([line.subject_id], now)
        return looks_at_pieces(unit, [piece], now.date())[0]
    letter = unit.letters.get(line.subject_id, None, lock=True)
    unit.holds.catch([letter.id], now)
    return look_at(unit, letter, now.date())


def _objects(unit: Unit, line: DisposalLine) -> tuple[str, ...]:
    objects = unit.belongings.objects if line.dossier_id is None else unit.belongings.objects_of_piece
    return objects(line.subject_id)


def _write(unit: Unit, now: datetime, act: Act, line: DisposalLine, **details: object) -> None:
    """Leave a line in the history of a letter, or in that of the dossier of a piece, where it names the piece."""
    if line.dossier_id is None:
        unit.journal.write(now, act, SYSTEM, line.subject_id, **details)
    else:
        about = {"piece": line.subject_id, "title": line.title}
        unit.journal.write_about(now, act, SYSTEM, line.dossier_id, **about, **details)


def _destroy(one: Disposal, line: DisposalLine, hands: Hands) -> None:
    """Tell the log first, then destroy: files, words, and the line that says so."""
    subject_id, letter = line.subject_id, line.dossier_id is None
    with hands.store.unit() as unit:
        condemned = unit.disposals.line(one.id, subject_id)
        parts = unit.belongings.sealed_parts(subject_id) if letter else unit.belongings.parts_of_piece(subject_id)
        digests = unit.disposals.objects_to_do(subject_id)
    assert condemned is not None  # noqa: S101 - it was condemned
    assert condemned.condemned_at is not None  # noqa: S101
    leaves = [Leaf.decode(part.leaf).disposed(_actors(one), condemned.condemned_at).encode() for part in parts]
    entries = hands.ledger.append(leaves)
    hands.fault(subject_id, "logged")
    for digest in digests:
        _shred(subject_id, digest, hands)
        hands.fault(subject_id, "shredded one")
    hands.fault(subject_id, "shredded")
    now, index = hands.clock(), entries[0].index
    with hands.store.unit() as unit:
        unit.disposals.change_line(one.id, subject_id, state=LineState.DESTROYED, destroyed_at=now, leaf_index=index)
        _write(unit, now, Act.DESTROYED, line, disposal=one.id, number=one.number, leaf_index=index)
        if letter:
            unit.belongings.remove_words(subject_id)
            unit.outbox.add(subject_id, now)
        else:
            unit.version_texts.forget(subject_id)
            unit.outbox.add_pieces([subject_id], now)
        hands.fault(subject_id, "before destroyed")
        unit.commit()
    hands.fault(subject_id, "destroyed")


def _shred(subject_id: str, digest: str, hands: Hands) -> None:
    """Take one file away, unless something that is not destroyed has the same bytes."""
    with hands.store.unit() as unit:
        unit.arrivals.hold_digest(digest)
        if unit.belongings.has_another(digest):
            unit.disposals.settle_object(digest, ObjectState.SHARED, SHARED, hands.clock(), subject_id=subject_id)
        else:
            _take_away(unit, digest, hands)
        unit.commit()


def _take_away(unit: Unit, digest: str, hands: Hands) -> bool:
    """Shred a file that nobody has any more, and write down what came of it; give whether it is gone."""
    now, done = hands.clock(), hands.vault.shred(digest)
    unit.belongings.mark_destroyed(digest, now)
    if done.remains:
        said = LOCKED if done.unreadable else PLAIN_LOCKED
        unit.disposals.settle_object(digest, ObjectState.REMAINS, said, now)
    else:
        unit.disposals.settle_object(digest, ObjectState.GONE, "", now)
    return not done.remains


def _certify(one: Disposal, hands: Hands) -> Disposal:
    """Make the certificate of a list whose lines are all settled, seal it, and tell who wanted it."""
    with hands.store.unit() as unit:
        one = unit.disposals.get(one.id, None, lock=True)
        one = unit.disposals.change(one, finished_at=one.finished_at or hands.clock())
        lines, left = unit.disposals.lines(one.id, None), unit.disposals.left(one.id, None)
        gone = {line.subject_id: line.number for line in lines if line.state in CONDEMNED}
        paper = twins_of(unit, gone)
        levels = unit.disposals.levels(one.id)
        unit.commit()
    hands.fault("", "before certificate")
    assert one.finished_at is not None  # noqa: S101 - just set
    certificate = Certificate(one, hands.organisation, lines, left, hands.backup_days, paper)
    digest, record = seal_certificate(
        Certified(one.id, one.tenant_id, one.finished_at, levels, one.certificate),
        render=lambda: hands.render(certificate),
        keep=partial(_keep, one.id, hands),
        fault=lambda point: hands.fault("", f"certificate {point}"),
        vault=hands.vault,
        signer=hands.signer,
        ledger=hands.ledger,
        clock=hands.clock,
    )
    hands.fault("", "certificate sealed")
    with hands.store.unit() as unit:
        now = hands.clock()
        done = unit.disposals.change(
            unit.disposals.get(one.id, None, lock=True),
            state=DisposalState.DONE,
            leaf=record.leaf,
            leaf_index=record.leaf_index,
            p7s_sha256=record.p7s_sha256,
            sealed_at=record.sealed_at,
        )
        destroyed = sum(line.state is LineState.DESTROYED for line in lines)
        unit.journal.write_about(
            now, Act.DISPOSAL_DONE, SYSTEM, one.id, number=one.number, letters=destroyed, sha256=digest
        )
        entities = unit.organisation.every_entity(tenant_id=one.tenant_id)
        readers = frozenset(f"svc:{each.id}:{Confidentiality.PUBLIC}" for each in entities)
        told = Told(DISPOSAL_DONE, None, one.id, now, link=f"/eliminations/{one.id}", readers=readers)
        tell(unit, told, [who.login for who in (one.prepared, one.visa, one.approved) if who is not None])
        unit.commit()
    hands.fault("", "done")
    return done


def _keep(disposal_id: str, hands: Hands, digest: str) -> None:
    """Write which certificate was made, before it is sealed."""
    with hands.store.unit() as unit:
        unit.disposals.change(unit.disposals.get(disposal_id, None, lock=True), certificate=digest)
        unit.commit()


def retry_left(hands: Hands) -> int:
    """Try again what a lock kept or what was shared, and whatever was put back since; return how many files went."""
    gone = 0
    with hands.store.unit() as unit:
        again = unit.disposals.to_retry()
        orphans = unit.belongings.destroyed_originals(hands.clock() - _ORPHANS)
    for digest in dict.fromkeys((*again, *orphans)):
        with hands.store.unit() as unit:
            unit.arrivals.hold_digest(digest)
            if unit.belongings.has_another(digest):
                continue
            if _take_away(unit, digest, hands) and digest in again:
                unit.journal.write_about(hands.clock(), Act.REMAINS_GONE, SYSTEM, digest)
                gone += 1
            unit.commit()
    return gone


def _actors(one: Disposal) -> str:
    return ", ".join(who.login for who in (one.visa, one.approved) if who is not None)


def lines_to_tell(lines: tuple[DisposalLine, ...]) -> dict[LineState, tuple[DisposalLine, ...]]:
    """Return the lines of a list by what became of them."""
    return {state: tuple(each for each in lines if each.state is state) for state in LineState}


def when_backups_end(finished_at: datetime, backup_days: int | None) -> datetime | None:
    """Return when the last backup that may hold what was destroyed expires; None where the site does not say."""
    return None if backup_days is None else finished_at + timedelta(days=backup_days)
