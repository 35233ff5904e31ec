"""What the archive answers to a transfer: a letter or a piece is transferred once it has accepted it, never before."""

from __future__ import annotations

from datetime import datetime

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import SYSTEM, Actor, Right, require
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.mail.transfer import (
    ItemState,
    PackageOutcome,
    Transfer,
    TransferPackage,
    TransferState,
    refuse_state,
)
from ged.ports import Vault
from ged.store.unit import Store, Unit
from retention.seda.replies import Answer
from retention.subjects import give, tell


def take_answer(
    transfer_id: str, answer: Answer, xml: str, *, store: Store, actor: Actor, clock: Clock
) -> TransferPackage:
    """Write what the archive says of a package: only what it accepts is transferred, what it refuses is free again.

    What was reopened since, a letter or the dossier of a piece, stays with us whatever the archive says.

    Raises:
        Forbidden: `access.right`.
        NotFound: `transfer.unknown`.
        Refused: `transfer.reply_unknown`, it answers no package of this slip.
        Conflict: `transfer.state`; `transfer.answered`, it said so already.
    """
    require(actor, Right.KEEP_TRANSFERS)
    now = clock()
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, actor.tenant_id, lock=True)
        package = _answered(unit, current, answer)
        outcome = _outcome(answer)
        said = list(answer.reasons)
        unit.transfers.change_package(package, outcome=outcome, answered_at=now, answer=said, reply=xml)
        taken = 0
        if answer.accepted is not None:
            taken = _settle(unit, current, package.rank, answer, actor, now=now)
            unit.queue.defer("forget_packages", transfer_id=current.id)
        ended = all(
            one.outcome in {PackageOutcome.ACCEPTED, PackageOutcome.REFUSED}
            for one in unit.transfers.packages(current.id)
        )
        change = {"state": TransferState.ANSWERED, "ended_at": now} if ended else {}
        unit.transfers.change(current, **change)
        unit.journal.write_about(
            now, Act.TRANSFER_ANSWERED, actor, current.id, package=package.identifier, outcome=outcome,
            archive=answer.archive, reply=answer.identifier, letters=taken, reasons=said,
        )  # fmt: skip
        unit.commit()
    return package


def _answered(unit: Unit, current: Transfer, answer: Answer) -> TransferPackage:
    packages = unit.transfers.packages(current.id)
    found = next((one for one in packages if one.identifier == answer.request), None)
    if found is None:
        known = ", ".join(one.identifier for one in packages) or Said("aucun paquet")
        raise Refused(
            "transfer.reply_unknown",
            Said(
                "Cette réponse n'est pas celle d'un paquet de ce bordereau (%(known)s). Rien n'a été changé : "
                "choisissez la bonne réponse, ou le bon bordereau.",
                known=known,
            ),
        )
    refuse_state(current, TransferState.READY)
    done = {PackageOutcome.ACCEPTED, PackageOutcome.REFUSED}
    if found.outcome in done or (found.outcome is PackageOutcome.ACKNOWLEDGED and answer.accepted is None):
        raise Conflict(
            "transfer.answered",
            "La réponse à ce paquet est déjà inscrite. Rien n'a été changé : relisez le bordereau.",
            package=found.identifier,
        )
    return found


def _outcome(answer: Answer) -> PackageOutcome:
    if answer.accepted is None:
        return PackageOutcome.ACKNOWLEDGED
    return PackageOutcome.ACCEPTED if answer.accepted else PackageOutcome.REFUSED


def _settle(unit: Unit, current: Transfer, package: int, answer: Answer, actor: Actor, *, now: datetime) -> int:
    """Write what becomes of each letter and piece of a package, and return how many are transferred."""
    said = {one.id: one for one in answer.units}
    taken = 0
    for item in unit.transfers.listed_of(current.id, package):
        about = said.get(item.unit)
        reason = (about.reason if about else "") if answer.accepted else " ".join(answer.reasons) or "Sans motif."
        if reason:
            unit.transfers.settle(item, ItemState.REFUSED, reason)
            tell(unit, item, Act.TRANSFER_REFUSED, actor, now, transfer=current.number, reason=reason)
        elif stays := give(unit, item, now):
            unit.transfers.settle(item, ItemState.DROPPED, stays)
        else:
            cote = about.identifier if about else ""
            unit.transfers.settle(item, ItemState.ACCEPTED, cote)
            told = {"transfer": current.number, "archive": current.archive_name, "identifier": cote}
            tell(unit, item, Act.TRANSFERRED, actor, now, **told)
            taken += 1
    return taken


def forget_packages(transfer_id: str, *, store: Store, vault: Vault, clock: Clock) -> int:
    """Destroy the packages that the archive has answered for good, or of a slip given up; return how many.

    They hold letters in a second place: a letter that is destroyed later must not live on there.

    Raises:
        Unavailable: the vault does not answer; call again.
    """
    with store.unit() as unit:
        current = unit.transfers.get(transfer_id, None)
        spent = [one for one in unit.transfers.packages(current.id) if one.held is not None and _spent(current, one)]
    for one in spent:
        assert one.held is not None  # noqa: S101 - filtered above
        vault.shred(one.held)
        with store.unit() as unit:
            unit.transfers.change_package(one, held=None)
            unit.journal.write_about(
                clock(), Act.TRANSFER_DESTROYED, SYSTEM, current.id, package=one.identifier, sha256=one.sha256
            )
            unit.commit()
    return len(spent)


def _spent(current: Transfer, one: TransferPackage) -> bool:
    return current.state is TransferState.ABANDONED or one.outcome in {PackageOutcome.ACCEPTED, PackageOutcome.REFUSED}
