"""Signing: a draft that went round becomes a numbered, signed letter that waits to leave; all of it or nothing.

The number's row is held while the page is laid out and signed: a press or a key that fails gives the number back.
"""

from __future__ import annotations

from ged.clock import Clock
from ged.mail.access import Actor
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.moves import Move, Order, Standing
from ged.mail.signature_block import block_of
from ged.ports import PdfSigner, Press, Vault
from ged.services.beside import told_digest
from ged.services.circuit import signed as record_signature
from ged.services.departure import become, kept, ready_to_sign, reserve, set_out
from ged.services.enter import begin_work
from ged.services.lay_out import Signing, body_of, laid_out, sheet_of
from ged.store.unit import Store


def sign_draft(
    draft_id: str,
    digest: str,
    *,
    store: Store,
    vault: Vault,
    press: Press,
    pdf_signer: PdfSigner,
    actor: Actor,
    clock: Clock,
) -> Letter:
    """Sign the version of a draft that the signer read: when this returns the letter is durable, numbered, to leave.

    Raises:
        NotFound: `draft.unknown`, `template.unknown`.
        Conflict: `sign.already`, somebody signed it first; `draft.stale`, another version stands.
        Forbidden: `draft.party`.
        Refused: `draft.state`, `sign.format`, `pades.unreadable`, `press.*`.
        Unavailable: `press.*`, `vault.*`; nothing was signed, no number is lost.
    """
    now = clock()
    with store.unit() as unit:
        draft, version, post = ready_to_sign(unit, draft_id, digest, actor)
        reserved = reserve(unit, draft, now)
        signing = Signing(post.entity_id, reserved.number, reserved.at.date(), by_hand=False)
        body, sheet = body_of(unit, draft, version.content, vault), sheet_of(unit, draft, version.content, signing)
        block = block_of(actor, post, number=reserved.number, at=reserved.at)
        pdf = pdf_signer.sign(
            laid_out(body, sheet, press),
            press.print_block(block),
            name=actor.name,
            reason=f"{block.title}, {block.number}",
            at=reserved.at,
        )
        paper = kept(pdf.data, reserved.number, vault, actor.tenant_id)
        to_leave = State.TO_DISPATCH
        letter = become(unit, draft, version, reserved, paper, actor=actor, post=post, state=to_leave)
        record_signature(unit, draft, letter, actor, now)
        set_out(unit, draft, letter, actor, now)
        last = unit.steps.last(letter.id)
        order = Order(Move.SIGN, last.id if last else None, text=block.title)
        unit.steps.add(letter, order, Standing.of(letter), actor, now, post=post)
        told = told_digest(digest, draft.confidentiality, "digest")
        unit.journal.write(
            now, Act.SIGNED, actor, letter.id, draft=draft.id, title=block.title, level=pdf.level, **told
        )
        begin_work(unit, letter)
        unit.commit()
    return letter
