"""A dossier that another house transfers becomes a dossier here: closed, with its parts, its pieces and their versions.

It has a code of this house, and no file code until the archivist files it: without a rule nothing of it falls due. What
was known of a piece is kept where its kind asks for it here, and as it was said otherwise.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from ged.mail.access import Actor
from ged.mail.dossier import Dossier, tidy_parts
from ged.mail.dossier_piece import DossierPiece, Said, Version, read_said
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.reception import Proofs, Provenance, Reception
from ged.ports import Stored
from ged.services.dossier_pieces import keep_version
from ged.store.unit import Unit
from retention.check_package import CheckedFile, CheckedLetter
from retention.seda.contents import PIECE
from retention.seda.read import ReadPackage, ReadUnit

_DOSSIER, _PART = "RecordGrp", "SubGrp"
_LONGEST_PART = 80


@dataclass(frozen=True, slots=True)
class Coming:
    """One letter or piece of a package that is being taken: what it is of, who takes it, when."""

    reception: Reception
    read: ReadPackage
    one: CheckedLetter
    proofs: Proofs
    actor: Actor
    now: datetime

    @property
    def is_piece(self) -> bool:
        """Whether it is a piece of a dossier that the package describes."""
        return self.one.unit.direction == PIECE and self._above is not None

    @property
    def files(self) -> tuple[CheckedFile, ...]:
        """Every file that is kept of it: of what proves a piece, what was verified."""
        one = self.one
        return (one.master, *one.pieces, *one.proofs[:1]) if self.is_piece else one.files

    @property
    def _above(self) -> ReadUnit | None:
        top = self.read.top(self.one.unit)
        return top if top is not None and top.level == _DOSSIER else None

    def dossier(self, unit: Unit) -> Dossier | None:
        """Return the dossier that it lies in, opened here now if need be; None for a letter without one of pieces."""
        above, house = self._above, self.reception.tenant_id
        if above is None:
            return None
        name = above.system_id or f"{self.read.identifier} {above.id}"
        found = unit.receptions.dossier_of(house, self.read.sender, name)
        if found is not None or not self._has_pieces(above):
            return found
        entity = unit.organisation.entity(self.actor.post.entity_id)
        made = Dossier(
            id=secrets.token_urlsafe(16),
            tenant_id=house,
            code=unit.dossiers.next_code(house, f"{self.now.year}-{entity.acronym}-"),
            title=above.title[:200] or above.number or above.id,
            owner_id=entity.id,
            units=(entity.id,),
            closed_on=day_of(above.ended) or self.now.date(),
            revision=1,
            created_at=self.now,
            parts=tidy_parts(each.title[:_LONGEST_PART] for each in self.read.below(above.id) if each.level == _PART),
        )
        unit.dossiers.add(made, self.actor)
        unit.receptions.add_dossier(made, self.read.sender, name)
        unit.journal.write_about(
            self.now, Act.DOSSIER_OPENED, self.actor, made.id,
            code=made.code, transfer=self.read.identifier, house=self.read.sender, number=above.number,
        )  # fmt: skip
        return made

    def _has_pieces(self, above: ReadUnit) -> bool:
        return any(each.direction == PIECE and self.read.top(each) == above for each in self.read.units)

    def provenance(self) -> Provenance:
        """Return where it comes from, what it became here still to be said."""
        one, above = self.one.unit, self.read.top(self.one.unit)
        return Provenance(
            reception_id=self.reception.id,
            unit=one.id,
            letter_id=None,
            number=one.number,
            system_id=one.system_id,
            house=self.read.sender_name or self.read.sender,
            dossier=f"{above.number} {above.title}".strip() if above else "",
            proofs=self.proofs,
            history=one.history,
            cote=one.cote,
            rule=one.rule,
            remark=one.description,
        )


def lay_letter(unit: Unit, coming: Coming, letter: Letter) -> None:
    """Put a letter that was just registered into the dossier that it lay in, where that becomes one here."""
    into = coming.dossier(unit)
    if into is None:
        return
    unit.dossiers.put(into.id, letter.id, coming.actor, coming.now)
    unit.holds.catch([letter.id], coming.now)
    unit.journal.write(coming.now, Act.FILED, coming.actor, letter.id, dossier=into.id)
    unit.journal.write_about(coming.now, Act.FILED, coming.actor, into.id, letter=letter.id)


def take_piece(unit: Unit, coming: Coming, kept: Mapping[str, Stored]) -> Provenance:
    """Lay a piece with all its versions in its dossier, and return where it comes from."""
    one, actor, now = coming.one, coming.actor, coming.now
    into = coming.dossier(unit)
    assert into is not None  # noqa: S101 - it is a piece
    part = _part(unit, coming, into)
    said, facts = _said(unit, coming, part)
    versions = [*sorted(zip(one.units, one.pieces, strict=True), key=_number), (one.unit, one.master)]
    told = (said.title, said.kind, said.metadata)
    piece = DossierPiece(secrets.token_urlsafe(16), into.id, part, *told, len(versions), "", "", None, "", 1)
    unit.dossier_pieces.add(piece)
    for number, (of, file) in enumerate(versions, 1):
        keep_version(unit, _version(piece, number, of, file, coming), kept[file.uri], now)
    evidence = None
    for each in one.proofs[:1]:
        evidence = kept[each.uri].digest
        unit.arrivals.know(kept[each.uri], each.media_type, now)
    unit.outbox.add_pieces([piece.id], now)
    about = {"piece": piece.id, "title": piece.title}
    unit.journal.write_about(
        now, Act.CAME_BY_TRANSFER, actor, into.id, **about,
        transfer=coming.read.identifier, house=coming.read.sender, number=one.unit.number, proofs=coming.proofs,
        version=len(versions), sha256=one.master.sha256, evidence=evidence or "",
    )  # fmt: skip
    return replace(coming.provenance(), piece_id=piece.id, facts=facts, evidence=evidence)


def _part(unit: Unit, coming: Coming, into: Dossier) -> str:
    """Return the part of the dossier that a piece lies in, which it is given if it has none so called."""
    parent = next((each for each in coming.read.units if each.id == coming.one.unit.parent), None)
    (part,) = tidy_parts([parent.title[:_LONGEST_PART]]) or ("",) if parent and parent.level == _PART else ("",)
    if part and part not in into.parts:
        unit.dossiers.add_part(into, part)
    return part


def _said(unit: Unit, coming: Coming, part: str) -> tuple[Said, tuple[tuple[str, str, str], ...]]:
    """Return what is said of a piece as its kind asks for it here, and what has no place there."""
    of, model = coming.one.unit, unit.dossier_pieces.model()
    kind = of.kind if model.kind(of.kind) else ""
    told = {code: value for code, _, value in of.facts}
    title = of.title[:200] or coming.one.master.filename[:200] or of.id
    said, faults = read_said(Said(title, part, kind, told), (part,), model, coming.now.date())
    metadata = {code: value for code, value in said.metadata.items() if f"meta-{code}" not in faults}
    left = tuple(each for each in of.facts if each[0] not in metadata)
    unknown = () if kind or not of.kind_label else (("", "Type", of.kind_label),)
    return replace(said, metadata=metadata), (*unknown, *left)


def _version(piece: DossierPiece, number: int, of: ReadUnit, file: CheckedFile, coming: Coming) -> Version:
    """Return a version as it was brought there: by whom, when, and what it changed."""
    remark = of.remark if of is coming.one.unit else of.description[:500]
    at = instant_of(of.received, coming.now) or coming.now
    name = file.filename or file.uri.rpartition("/")[2]
    what = (file.sha256, file.size, file.media_type, name, remark, at, coming.actor.login)
    return Version(secrets.token_urlsafe(16), piece.id, number, *what, of.sender or coming.actor.name)


def _number(one: tuple[ReadUnit, CheckedFile]) -> int:
    text = one[0].version
    return int(text) if text.isascii() and text.isdigit() else 0


def day_of(text: str) -> date | None:
    """Return the day that a manifest says; None for none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def instant_of(text: str, now: datetime) -> datetime | None:
    """Return the instant that a manifest says; None for none, or one to come."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found <= now else None
