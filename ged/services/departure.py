"""A draft on its way to being a letter: who may sign it, the number it will bear, the letter that bears it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from ged.errors import Conflict, Forbidden
from ged.mail.access import Actor, Post
from ged.mail.annex import AnnexKind
from ged.mail.dispatch import INTERNAL, PLATFORM, Plan
from ged.mail.draft import Copy, Draft, Version
from ged.mail.french_dates import plain
from ged.mail.item import Letter, State
from ged.mail.organisation import Entity
from ged.mail.said import Said
from ged.ports import Stored, Vault
from ged.seal.place import page_count
from ged.services.attach import attach
from ged.services.circuit import signing_post, standing_version, to_sign
from ged.services.dispatch import prepared
from ged.services.enter import Numbered, Paper, enter, register_of, replace_original, take_number
from ged.services.exchange import partners
from ged.services.name_parties import name_parties
from ged.store.unit import Unit

PDF = "application/pdf"
SIGNED_DOOR = "signature"


@dataclass(frozen=True, slots=True)
class Reserved:
    """The number that a draft will bear: one just taken, or that of the letter that was printed for ink."""

    number: str
    at: datetime
    numbered: Numbered | None
    printed: Letter | None


def ready_to_sign(unit: Unit, draft_id: str, digest: str, actor: Actor) -> tuple[Draft, Version, Post]:
    """Return a draft, locked, its version, and the post in which the actor may sign it now.

    Raises:
        NotFound: `draft.unknown`.
        Conflict: `sign.already`, `draft.stale`.
        Forbidden: `draft.party`; `draft.delegation`, one that does not cover the kind of document.
        Refused: `draft.state`.
    """
    draft = unit.drafts.get(draft_id, actor.tokens(), lock=True)
    if draft.letter_id is not None:
        raise _already(unit, draft)
    draft, version = to_sign(unit, draft.id, digest, actor)
    post = signing_post(draft, actor)
    if post is None:  # `to_sign` said otherwise
        raise Forbidden("draft.party", "Ce projet n'attend pas votre signature.", draft_id=draft.id)
    return draft, version, post


def reserve(unit: Unit, draft: Draft, now: datetime) -> Reserved:
    """Take the number of a draft, or find the one that it was printed under; both stay locked with the transaction."""
    printed = awaiting_ink(unit, draft.id)
    if printed is not None:
        return Reserved(printed.number, now, None, printed)
    numbered = take_number(unit, register_of(draft.entity_id, unit), draft.direction, now)
    return Reserved(numbered.number, numbered.registered_at, numbered, None)


def awaiting_ink(unit: Unit, draft_id: str) -> Letter | None:
    """Return the letter of a draft that was printed and waits for its signed copy, locked; None when there is none."""
    for made in reversed(unit.ink_prints.of_draft(draft_id)):
        letter = unit.letters.get(made.letter_id, None, lock=True)
        if letter.state is State.TO_SIGN:
            return letter
    return None


def kept(pdf: bytes, number: str, vault: Vault, tenant_id: str) -> Paper:
    """Make a page durable in the vault, under the name of its number."""
    stored = vault.put(BytesIO(pdf), media_type=PDF, tenant_id=tenant_id)
    return Paper(stored, PDF, page_count(pdf), f"{number.replace('/', '-')}.pdf")


def become(
    unit: Unit,
    draft: Draft,
    version: Version,
    reserved: Reserved,
    paper: Paper,
    *,
    actor: Actor,
    post: Post,
    state: State,
) -> Letter:
    """Enter the letter that a draft became, read by who wrote, approved and signed it; or give it its new original."""
    if reserved.printed is not None:
        return with_original(unit, reserved.printed, paper, reserved.at, state=state)
    assert reserved.numbered is not None  # noqa: S101 - one of the two
    concerned = [each.entity_id for stage in draft.circuit.stages for each in stage.approvers] + [post.entity_id]
    kinds = {each.code for each in unit.organisation.kinds()}
    letter = enter(
        unit,
        reserved.numbered,
        paper,
        door=SIGNED_DOOR,
        actor=actor,
        state=state,
        confidentiality=draft.confidentiality,
        priority=draft.priority,
        kind=draft.kind if draft.kind in kinds else None,
        service_id=draft.entity_id,
        concerned=tuple(dict.fromkeys(each for each in concerned if each != draft.entity_id)),
        subject=version.content.subject,
        sender=unit.organisation.entity(post.entity_id).name_fr,
        recipient=" ; ".join(version.content.recipients),
        letter_date=reserved.at.date(),
    )
    name_parties(unit, letter, actor, reserved.at)
    return letter


def with_original(unit: Unit, letter: Letter, paper: Paper, now: datetime, *, state: State) -> Letter:
    """Give a letter that was printed for ink its signed copy, or a later print, as its original."""
    return replace_original(unit, letter, paper, now, state=state)


def set_out(unit: Unit, draft: Draft, letter: Letter, actor: Actor, now: datetime) -> None:
    """Join to a signed letter what its draft carried, and prepare one sending for each of its recipients and copies."""
    content = standing_version(unit, draft).content
    for each in content.attachments:
        held = Stored(each.digest, each.size, unit.arrivals.version_of(each.digest), existed=True)
        media_type, label = each.media_type, each.label
        attach(unit, letter, AnnexKind.ENCLOSURE, held, media_type=media_type, label=label, actor=actor, now=now)
    roots = partners(unit, letter.tenant_id)
    plans = [_towards(line.strip(), roots) for line in content.recipients if line.strip()]
    plans += [_copied(each, roots) for each in content.copies]
    unit.sendings.add([prepared(letter, one, rank) for rank, one in enumerate(plans, 1)])


def _towards(recipient: str, roots: Sequence[Entity]) -> Plan:
    """By the platform, to an organisation that is on it and is named as it is; else the mail office chooses."""
    named = plain(recipient)
    found = next((root for root in roots if named in {plain(root.name_fr), plain(root.acronym)}), None)
    return Plan(recipient, way=PLATFORM, tenant_id=found.id) if found else Plan(recipient)


def _copied(one: Copy, roots: Sequence[Entity]) -> Plan:
    """Within the house to a unit of it; else as to a recipient."""
    if one.entity_id:
        return Plan(one.label, way=INTERNAL, entity_id=one.entity_id, copy=True)
    return replace(_towards(one.label, roots), copy=True)


def _already(unit: Unit, draft: Draft) -> Conflict:
    letter = unit.letters.get(draft.letter_id or "", None)
    last = unit.drafts.last(draft.id)
    by = last.name if last else Said("Un autre signataire")
    return Conflict(
        "sign.already",
        Said("%(by)s a signé ce projet sous le n° %(number)s. Rien de plus n'a été fait.", by=by, number=letter.number),
        draft_id=draft.id,
    )
