"""Transmitting: the paper of several letters goes on one numbered sheet, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ged.clock import Clock
from ged.errors import Forbidden, Refused
from ged.mail.access import Actor, Post
from ged.mail.custody import Keeper
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.lists import TermList
from ged.mail.moves import holder_of
from ged.mail.said import Said
from ged.mail.transmittal import (
    CODE_TERM,
    Transmittal,
    TransmittalLine,
    answers_for,
    described,
    format_number,
    issuing_post,
    refuse_empty,
    scope_of,
)
from ged.services.hand_over import begin
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sheet that is asked for; without `to`, one sheet for each service that has letters of the selection."""

    kind: str
    letter_ids: tuple[str, ...]
    to: Keeper | None = None
    mention: str = ""
    text: str = ""
    return_by: date | None = None
    observations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is at the head of a sheet that is being made; `label` is what its kind is called in French."""

    kind: str
    label: str
    to: Keeper
    mention: str = ""
    text: str = ""
    return_by: date | None = None
    address: str = ""
    delivery: str = ""


def transmit(wanted: Wanted, *, store: Store, actor: Actor, clock: Clock) -> tuple[Transmittal, ...]:
    """Make the sheets, and begin the hand-over of each letter on them; all of it, or nothing.

    Raises:
        NotFound: `letter.unknown`, `custody.unknown_keeper`.
        Conflict: `custody.none`, `custody.coming`; the sentence names the letter.
        Forbidden: `custody.not_yours`.
        Refused: `transmittal.empty`, `transmittal.too_long`, `transmittal.kind`, `transmittal.no_service`,
            `move.mention`, and what `give` refuses.
    """
    ids = tuple(dict.fromkeys(wanted.letter_ids))
    refuse_empty(ids)
    now = clock()
    with store.unit() as unit:
        # In one order for everybody: two sheets made at once of the same letters wait, and never lock each other.
        locked = {letter_id: unit.letters.get(letter_id, actor.tokens(), lock=True) for letter_id in sorted(ids)}
        label = _kind_label(unit, wanted)
        made = tuple(
            _sheet(unit, wanted, label, to, letters, actor=actor, now=now)
            for to, letters in _groups(wanted, [locked[letter_id] for letter_id in ids]).items()
        )
        unit.commit()
    return made


def _groups(wanted: Wanted, letters: list[Letter]) -> dict[Keeper, list[Letter]]:
    found: dict[Keeper, list[Letter]] = {}
    for letter in letters:
        found.setdefault(wanted.to or _service_of(letter), []).append(letter)
    return found


def _service_of(letter: Letter) -> Keeper:
    holder = holder_of(letter)
    if holder is None or holder.registry:
        raise Refused(
            "transmittal.no_service",
            Said("%(number)s n'est chez aucun service : choisissez à qui remettre l'original.", number=letter.number),
            field="a",
        )
    return Keeper(holder.entity_id)


def _kind_label(unit: Unit, wanted: Wanted) -> str:
    labels = {each.code: each.label_fr for each in unit.lists.terms(TermList.TRANSMITTAL)}
    if wanted.kind not in labels:
        raise Refused("transmittal.kind", "Cette sorte de bordereau n'est pas dans la liste. Choisissez-en une autre.")
    if wanted.mention and wanted.mention not in {each.code for each in unit.organisation.mentions()}:
        raise Refused(
            "move.mention", "Cette mention n'existe plus dans la liste. Choisissez-en une autre.", field="mention"
        )
    return labels[wanted.kind]


def _sheet(
    unit: Unit, wanted: Wanted, label: str, to: Keeper, letters: list[Letter], *, actor: Actor, now: datetime
) -> Transmittal:
    standing = unit.custody.standing([letters[0].id]).get(letters[0].id)
    post = issuing_post(actor, letters[0], standing)
    kinds = {each.code: each.label_fr for each in unit.organisation.kinds()}
    lines = []
    for rank, letter in enumerate(letters, 1):
        begun = begin(unit, letter, to, wanted.return_by, actor=actor, now=now)
        said = wanted.observations.get(letter.id, "").strip()[:300]
        lines.append(TransmittalLine(rank, letter.id, begun.id, None, 1, described(letter, kinds), said))
    sheet = Sheet(wanted.kind, label, to, wanted.mention, wanted.text.strip()[:2000], wanted.return_by)
    return issue(unit, sheet, lines, post=post, actor=actor, now=now)


def issue(
    unit: Unit, sheet: Sheet, lines: Sequence[TransmittalLine], *, post: Post, actor: Actor, now: datetime
) -> Transmittal:
    """Make a numbered sheet of lines in the caller's transaction: of paper that moves, or of what leaves the house."""
    sequence = unit.transmittals.take(post.entity_id, sheet.kind, now.year)
    acronym = unit.organisation.entity(post.entity_id).acronym
    made = Transmittal(
        id=secrets.token_urlsafe(16),
        tenant_id=post.tenant_id,
        register_id=post.register_id,
        entity_id=post.entity_id,
        kind=sheet.kind,
        year=now.year,
        sequence=sequence,
        number=format_number(sheet.label, acronym, now.year, sequence),
        keeper=Keeper(sheet.to.entity_id, sheet.to.position_id, sheet.to.outside.strip()),
        address=sheet.address,
        delivery=sheet.delivery,
        mention=sheet.mention,
        text=sheet.text,
        return_by=sheet.return_by,
        made_at=now,
        made_by=actor.name,
        made_title=post.title,
        login=actor.login,
        code=secrets.token_urlsafe(16),
        expires_at=now + CODE_TERM,
        withdrawn_at=None,
        scan=None,
        scan_type="",
        discharge=None,
        lines=tuple(lines),
        awaited=len(lines),
    )
    unit.transmittals.add(made)
    unit.journal.write(now, Act.TRANSMITTED, actor, number=made.number, lines=len(lines))
    return made


def transmittals(
    *, store: Store, actor: Actor, limit: int = 50, offset: int = 0
) -> tuple[tuple[Transmittal, ...], int]:
    """Return one page of the sheets that the actor may see, newest first, and how many there are."""
    with store.unit() as unit:
        return unit.transmittals.page(scope_of(actor), limit=limit, offset=offset)


def transmittal(transmittal_id: str, *, store: Store, actor: Actor) -> Transmittal:
    """Return a sheet.

    Raises:
        NotFound: `transmittal.unknown`.
    """
    with store.unit() as unit:
        return unit.transmittals.get(transmittal_id, scope_of(actor))


def cancel(transmittal_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Cancel a sheet: what nobody has attested never left; the number stays, and is not used again.

    Raises:
        NotFound: `transmittal.unknown`.
        Forbidden: `transmittal.not_yours`.
        Refused: `transmittal.over`, everything on it was attested, or it was cancelled; `transmittal.despatched`.
    """
    now = clock()
    with store.unit() as unit:
        made = unit.transmittals.get(transmittal_id, scope_of(actor), lock=True)
        if not answers_for(actor, made):
            raise Forbidden("transmittal.not_yours", "Seul le service qui a fait ce bordereau peut l'annuler.")
        if not made.open:
            raise Refused("transmittal.over", "Ce bordereau a déjà sa décharge, ou il a été annulé.")
        if made.despatched:
            raise Refused(
                "transmittal.despatched",
                "Ce bordereau accompagne un envoi. Rien n'a été changé : ouvrez le courrier et rappelez l'envoi.",
            )
        awaited = set(unit.transmittals.awaited_hand_overs(made.id))
        for given in unit.custody.coming([line.letter_id for line in made.lines]).values():
            if given.id in awaited:
                unit.custody.withdraw(given, now)
        unit.transmittals.withdraw(made.id, now)
        unit.journal.write(now, Act.TRANSMITTAL_CANCELLED, actor, number=made.number)
        unit.commit()
