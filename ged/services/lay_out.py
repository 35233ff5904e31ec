"""Laying a draft out: what its version says becomes the page that is shown, printed for ink, or signed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from ged.errors import Corrupt, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.draft import Content, Draft
from ged.mail.lists import letterhead_of, templates_of
from ged.mail.organisation import upwards
from ged.mail.sheet import Sheet, salutation_of
from ged.mail.signature_block import signing_title
from ged.ports import Press, Vault
from ged.services.circuit import signing_post, standing_version
from ged.store.unit import Store, Unit

_PDF, _ZIP = b"%PDF-", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Signing:
    """What the signature gives a letter; empty while it waits for one.

    Attributes:
        entity_id: The entity whose letterhead is printed: the signer's, or the draft's while nobody signs.
        by_hand: Whether title and name are printed on the page, for ink or to be seen.
    """

    entity_id: str
    number: str = ""
    day: date | None = None
    title: str = ""
    name: str = ""
    by_hand: bool = True


def preview(
    draft_id: str, number: int | None = None, *, store: Store, vault: Vault, press: Press, actor: Actor
) -> tuple[Draft, bytes]:
    """Return a draft, and one of its versions as it would leave, without number, date or signature.

    Raises:
        NotFound: `draft.unknown`, `draft.version`, `template.unknown`.
        Refused: `sign.format`, `press.*`.
        Unavailable: `press.*`.
    """
    with store.unit() as unit:
        draft = unit.drafts.get(draft_id, actor.tokens())
        version = standing_version(unit, draft) if number is None else unit.drafts.version(draft.id, number)
        if version is None:
            raise NotFound("draft.version", "Ce projet n'a pas de version de ce numéro. Choisissez-en une de la liste.")
        post = signing_post(draft, actor)
        seen = Signing(draft.entity_id)
        if post is not None:
            seen = Signing(post.entity_id, title=signing_title(actor, post), name=actor.name)
        sheet = sheet_of(unit, draft, version.content, seen)
        body = body_of(unit, draft, version.content, vault)
    return draft, laid_out(body, sheet, press)


def sheet_of(unit: Unit, draft: Draft, content: Content, signing: Signing) -> Sheet:
    """Return what the page says, field by field."""
    entities = unit.organisation.entities(tenant_id=draft.tenant_id)
    head = letterhead_of(upwards(signing.entity_id, entities), unit.lists.letterheads(tenant_id=draft.tenant_id))
    named = {each.id: each.name_fr for each in entities}
    answered = unit.letters.get(draft.answers[0], None) if draft.answers else None
    recipient, *address = content.recipients or ("",)
    return Sheet(
        letterhead=head.lines_fr if head else (named.get(draft.tenant_id, ""), named.get(signing.entity_id, "")),
        city=head.city if head else "",
        footer=head.footer if head else "",
        subject=content.subject,
        text=content.text,
        number=signing.number,
        day=signing.day,
        salutation=salutation_of(recipient),
        recipient=recipient,
        address=tuple(address),
        reference=content.reference or (answered.sender_reference or "" if answered else ""),
        reference_day=answered.letter_date if answered else None,
        reference_number=answered.number if answered else "",
        enclosures=tuple(each.label for each in content.attachments),
        copies=tuple(each.label for each in content.copies),
        title=signing.title,
        signer=signing.name,
        by_hand=signing.by_hand,
    )


def body_of(unit: Unit, draft: Draft, content: Content, vault: Vault) -> bytes | None:
    """Return the file that a draft is laid out from: its own, its template's; None when the page lays it out.

    Raises:
        NotFound: `template.unknown`.
        Corrupt: `vault.altered`.
    """
    if content.file is not None:
        return _read(content.file.digest, vault)
    if not content.template:
        return None
    entities = unit.organisation.entities(tenant_id=draft.tenant_id)
    open_to_it = templates_of(upwards(draft.entity_id, entities), unit.lists.templates(tenant_id=draft.tenant_id))
    chosen = next((each for each in open_to_it if each.code == content.template), None)
    return unit.lists.template_file(chosen.digest if chosen else "")


def laid_out(body: bytes | None, sheet: Sheet, press: Press) -> bytes:
    """Return the page.

    Raises:
        Refused: `sign.format`, `press.*`.
        Unavailable: `press.*`.
    """
    if body is None:
        return press.print_sheet(sheet)
    if body.startswith(_PDF):
        return press.with_copies(body, sheet.copies)
    if body.startswith(_ZIP):
        return press.with_copies(press.print_document(press.fill(body, sheet)), sheet.copies)
    raise Refused(
        "sign.format",
        "Le texte de ce projet est un fichier qui n'est ni Word (.docx) ni PDF. Joignez-le dans l'un des deux formats.",
    )


def _read(digest: str, vault: Vault) -> bytes:
    """Read a file; what is signed is byte for byte what was approved."""
    with vault.open(digest) as stream:
        data = stream.read()
    if hashlib.sha256(data).hexdigest() != digest:
        raise Corrupt(
            "vault.altered",
            "Le fichier de ce projet n'est plus celui qui a été visé. Rien n'est signé : prévenez l'administrateur.",
            digest=digest,
        )
    return data
