"""A signature in ink: the number is given when the sheet is printed; the scan of the signed copy becomes the original.

Printing is the signer's act, and says which text is signed; whoever brings the sheet back only scans it.
"""

from __future__ import annotations

import secrets

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.dispatch import may_dispatch
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.moves import Move, Order, Standing
from ged.mail.said import Said
from ged.mail.signature_block import signing_title
from ged.ports import Press, Vault
from ged.services.beside import told_digest
from ged.services.circuit import signed as record_signature
from ged.services.departure import become, kept, ready_to_sign, reserve, set_out, with_original
from ged.services.enter import Paper, begin_work
from ged.services.lay_out import Signing, body_of, laid_out, sheet_of
from ged.store.arrivals import ArrivalRecord
from ged.store.ink_prints import InkPrint
from ged.store.unit import Store

SIGNED_COPY_DOOR = "copie_signee"


def print_for_ink(
    draft_id: str, digest: str, address: str, *, store: Store, vault: Vault, press: Press, actor: Actor, clock: Clock
) -> tuple[Letter, bytes]:
    """Return the letter, numbered, and its sheet to be signed by hand; printed again, it keeps its number.

    Its QR says `address`, where the house answers, and the code of the sheet.

    Raises:
        NotFound: `draft.unknown`, `template.unknown`.
        Conflict: `sign.already`, `draft.stale`.
        Forbidden: `draft.party`.
        Refused: `draft.state`, `sign.format`, `press.*`.
        Unavailable: `press.*`, `vault.*`; no number is lost.
    """
    now = clock()
    with store.unit() as unit:
        draft, version, post = ready_to_sign(unit, draft_id, digest, actor)
        reserved = reserve(unit, draft, now)
        signing = Signing(post.entity_id, reserved.number, now.date(), signing_title(actor, post), actor.name)
        body, sheet = body_of(unit, draft, version.content, vault), sheet_of(unit, draft, version.content, signing)
        code = secrets.token_urlsafe(16)
        pdf = press.with_code(laid_out(body, sheet, press), f"{address}/s/{code}")
        paper = kept(pdf, reserved.number, vault, actor.tenant_id)
        letter = become(unit, draft, version, reserved, paper, actor=actor, post=post, state=State.TO_SIGN)
        unit.ink_prints.keep(InkPrint(letter.id, draft.id, draft.digest, code, now, actor.login, actor.name))
        unit.queue.defer("advance", letter_id=letter.id)
        told = told_digest(digest, draft.confidentiality, "digest")
        unit.journal.write(now, Act.PRINTED_FOR_INK, actor, letter.id, draft=draft.id, **told)
        unit.commit()
    return letter, pdf


def take_signed_copy(letter_id: str, paper: Paper, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Make the scan of the signed copy the original of the letter that was printed; it then waits to leave.

    Raises:
        NotFound: `letter.unknown`.
        Conflict: `ink.outdated`, the draft changed since.
        Forbidden: `dispatch.party`; `draft.party`, who printed it could not sign it that day.
        Refused: `ink.none`, the letter does not wait for a signed copy.
    """
    now = clock()
    with store.unit() as unit:
        made = unit.ink_prints.of_letter(unit.letters.get(letter_id, actor.tokens()).id)
        # The draft first, as everywhere: whoever prints again meanwhile waits, and does not lock us.
        draft = unit.drafts.get(made.draft_id, None, lock=True) if made else None
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        if made is None or draft is None or letter.state is not State.TO_SIGN:
            raise Refused(
                "ink.none",
                Said(
                    "%(number)s n'attend pas de copie signée. Vérifiez le numéro imprimé sur la feuille.",
                    number=letter.number,
                ),
                letter_id=letter.id,
            )
        if not (may_dispatch(actor, letter) or made.login == actor.login):
            raise Forbidden("dispatch.party", "La copie signée se numérise au bureau d'ordre, ou au secrétariat.")
        if draft.digest != made.digest or draft.letter_id is not None:
            raise Conflict(
                "ink.outdated",
                Said(
                    "Le projet a changé depuis que %(number)s a été imprimé. Faites imprimer et signer la version qui "
                    "tient ; le numéro reste le même.",
                    number=letter.number,
                ),
                letter_id=letter.id,
            )
        signer = unit.people.actor(made.login, made.printed_at.date())
        if signer is None:
            raise NotFound("person.unknown", Said("%(name)s n'est plus dans l'organisation chargée.", name=made.name))
        signed = with_original(unit, letter, paper, now, state=State.TO_DISPATCH)
        record = ArrivalRecord(SIGNED_COPY_DOOR, paper.filename, now, actor.login)
        unit.arrivals.add(letter.id, paper.stored.digest, record)
        record_signature(unit, draft, signed, signer, now)
        set_out(unit, draft, signed, actor, now)
        last = unit.steps.last(letter.id)
        order = Order(Move.SIGN, last.id if last else None, text=f"Copie signée par {made.name}, numérisée.")
        unit.steps.add(signed, order, Standing.of(signed), actor, now)
        unit.journal.write(
            now,
            Act.SIGNED_COPY,
            actor,
            letter.id,
            signer=made.login,
            **told_digest(signed.original, signed.confidentiality),
        )
        begin_work(unit, signed)
        unit.commit()
    return signed


def by_code(code: str, *, store: Store, actor: Actor) -> Letter:
    """Return the letter whose printed sheet says a code.

    Raises:
        NotFound: `ink.unknown`, `letter.unknown`.
    """
    with store.unit() as unit:
        made = unit.ink_prints.by_code(code)
        if made is None:
            raise NotFound("ink.unknown", "Aucune feuille imprimée pour signature ne porte ce code.")
        return unit.letters.get(made.letter_id, actor.tokens())
