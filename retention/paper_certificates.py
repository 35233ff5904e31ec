"""The certificate of paper destroyed: made once the act is committed, sealed, opened by who reads every line of it.

The two signatures stand on the list that people signed; what is sealed is what was recorded of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Forbidden, NotFound
from ged.mail.access import SYSTEM, Actor
from ged.mail.box import GoneLine, PaperGone
from ged.mail.disposal import Disposal
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Vault
from ged.store.unit import Store
from retention.certificates import Certified, seal_certificate
from retention.disposal.lists import seen


@dataclass(frozen=True, slots=True)
class PaperCertificate:
    """What the certificate of paper destroyed says, whole: the act, the disposal that it follows, each paper."""

    gone: PaperGone
    disposal: Disposal
    organisation: str
    lines: tuple[GoneLine, ...]


@dataclass(frozen=True, slots=True)
class PaperHands:
    """What certificates of paper are made with; `render` makes the PDF, the edge brings it."""

    store: Store
    vault: Vault
    ledger: Ledger
    signer: Signer
    clock: Clock
    render: Callable[[PaperCertificate], bytes]
    organisation: str
    fault: Callable[[str], None] = lambda _point: None


def certify(gone_id: str, hands: PaperHands) -> PaperGone | None:
    """Make the certificate of a destruction of paper and seal it; None when another process is at it.

    What was made once is what is sealed: killed in between and called again, there is one certificate, one entry.

    Raises:
        Unavailable: the vault or the log does not answer; the job is tried again.
    """
    with hands.store.exclusive(f"paper:{gone_id}") as alone:
        if not alone:
            return None
        with hands.store.unit() as unit:
            gone = unit.boxes.act(gone_id, None)
            one = unit.disposals.get(gone.about, None)
            lines = unit.boxes.act_lines(gone.id)
            levels = [each.confidentiality for each in unit.letters.many([line.letter_id for line in lines])]
        if gone.leaf_index is not None:
            return gone
        digest, record = seal_certificate(
            Certified(gone.id, gone.tenant_id, gone.recorded_at, levels, gone.certificate),
            render=lambda: hands.render(PaperCertificate(gone, one, hands.organisation, lines)),
            keep=partial(_keep, gone, hands),
            fault=hands.fault,
            vault=hands.vault,
            signer=hands.signer,
            ledger=hands.ledger,
            clock=hands.clock,
        )
        hands.fault("sealed")
        with hands.store.unit() as unit:
            done = unit.boxes.change_act(
                gone,
                certificate=digest,
                leaf=record.leaf,
                leaf_index=record.leaf_index,
                p7s_sha256=record.p7s_sha256,
                sealed_at=record.sealed_at,
            )
            unit.journal.write_about(
                record.sealed_at,
                Act.PAPER_CERTIFIED,
                SYSTEM,
                gone.about,
                paper=gone.id,
                letters=len(lines),
                sha256=digest,
            )
            unit.commit()
        return done


def _keep(gone: PaperGone, hands: PaperHands, digest: str) -> None:
    with hands.store.unit() as unit:
        unit.boxes.change_act(gone, certificate=digest)
        unit.commit()


def certify_left(hands: PaperHands) -> None:
    """Make what no certificate was sealed for yet: recorded before there were any, or when the log was long away."""
    with hands.store.unit() as unit:
        left = unit.boxes.uncertified()
    for each in left:
        certify(each, hands)


def certificate_of(
    gone_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Disposal, AbstractContextManager[BinaryIO]]:
    """Open a certificate as it was sealed, with the disposal that it follows, and write in the journal that it was.

    Raises:
        Forbidden: `access.right`; `paper_list.hidden`, a letter on it is not open to the actor.
        NotFound: `paper_list.unknown`, there is none in the actor's organisation, or it is not sealed yet;
            `disposal.unknown`.
    """
    with store.unit() as unit:
        gone = unit.boxes.act(gone_id, actor.post.tenant_id)
        if gone.certificate is None or gone.leaf_index is None:
            raise NotFound("paper_list.unknown", "Cette destruction n'a pas encore de certificat.")
        one = seen(unit, gone.about, actor)
        tokens = actor.tokens()
        if not all(unit.letters.seen(line.letter_id, tokens) for line in unit.boxes.act_lines(gone.id)):
            raise Forbidden(
                "paper_list.hidden",
                "Ce certificat nomme des courriers qui ne vous sont pas ouverts. Demandez-le à l'archiviste.",
                login=actor.login,
            )
        unit.journal.write_about(clock(), Act.PAPER_CERTIFICATE_READ, actor, one.id, paper=gone.id)
        unit.commit()
    return one, vault.open(gone.certificate)
