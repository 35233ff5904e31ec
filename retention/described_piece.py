"""A dossier and its pieces as units of a package: parts, pieces, every version, metadata, and what proves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import DossierModel, KeptPiece, Version
from ged.mail.item import Confidentiality
from ged.mail.transfer import TransferItem
from ged.services.bundle import lines_of_piece
from retention.described import Copies, Packer, deed, proofs
from retention.fates import fates_of_pieces
from retention.seda.contents import MASTER, PIECE, Agency, Described, Fact, PackedFile
from retention.subjects import piece_of


def describe_dossier(
    unit_id: str,
    dossier: Dossier,
    letters: Sequence[Described],
    pieces: Sequence[tuple[str, Described]],
    packer: Packer,
) -> Described:
    """Return a dossier with its letters, then its pieces, each (part, unit) under the part that it lies in."""
    with packer.store.unit() as unit:
        owner = unit.organisation.entity(dossier.owner_id)
    by_part: dict[str, list[Described]] = {}
    for part, piece in pieces:
        by_part.setdefault(part, []).append(piece)
    parts = [each for each in (*dossier.parts, *by_part) if each and each in by_part]
    groups = [
        Described(f"{unit_id}-PARTIE-{number}", "SubGrp", part, children=tuple(by_part[part]))
        for number, part in enumerate(dict.fromkeys(parts), 1)
    ]
    return Described(
        unit_id,
        "RecordGrp",
        dossier.title,
        identifier=dossier.code,
        system_id=dossier.id,
        cote=dossier.file_code or "",
        agency=Agency(owner.id, owner.name_fr),
        closed_on=dossier.closed_on,
        children=(*letters, *by_part.get("", ()), *groups),
    )


def describe_piece(item: TransferItem, copies: Copies) -> tuple[str, Described]:
    """Return the part that a piece lies in, and the piece: its last version, the others and its proofs below it."""
    packer = copies.packer
    with packer.store.unit() as unit:
        one = piece_of(unit, item)
        model = unit.dossier_pieces.model()
        versions = unit.dossier_pieces.versions([item.subject_id])[item.subject_id]
        rule = fates_of_pieces(unit, [one], packer.clock().date())[item.subject_id].rule
        owner = unit.organisation.entity(one.dossier.owner_id)
        history = tuple(deed(line, packer) for line in lines_of_piece(unit, one))
        record = unit.dossier_pieces.seal_of(versions[0].id)
    kind = model.kind(one.piece.kind)
    last = _version(item.unit, versions[0], item.unit, copies)
    below = [_version(f"{item.unit}-v{each.number}", each, item.unit, copies) for each in versions[1:]]
    said = f"Cachet électronique CAdES, inscription n° {record.leaf_index} du journal des sceaux" if record else ""
    return one.piece.part, replace(
        last,
        title=one.piece.title,
        identifier=one.label,
        system_id=item.subject_id,
        cote=one.dossier.file_code or "",
        description=" ".join((*_withdrawn(one), *map(str, item.reasons))),
        direction=PIECE,
        kind=(kind.code, kind.label_fr) if kind else (one.piece.kind, one.piece.kind),
        facts=_facts(one.piece.kind, one.piece.metadata, model),
        remark=versions[0].remark,
        agency=Agency(owner.id, owner.name_fr),
        rule=rule or "",
        access=str(Confidentiality.INTERNAL),
        closed_on=one.dossier.closed_on,
        history=history,
        sealed=said,
        children=(*below, proofs(item, item.subject_id, packer)),
    )


def _version(unit_id: str, one: Version, of: str, copies: Copies) -> Described:
    """Return a version as a unit: who brought it, when, and what they said that it changes."""
    file = PackedFile(MASTER, one.sha256, one.size, one.media_type, one.filename)
    return Described(
        unit_id,
        "Item",
        f"Version {one.number}",
        description=one.remark,
        version=str(one.number),
        sender=one.name,
        received_at=one.added_at,
        files=copies.of(file, of, one.filename),
    )


def _withdrawn(one: KeptPiece) -> tuple[str, ...]:
    return (f"Retirée du dossier : {one.piece.withdrawn}.",) if one.piece.withdrawn else ()


def _facts(kind: str, metadata: Mapping[str, str], model: DossierModel) -> tuple[Fact, ...]:
    """Return what was said of a piece, named as its kind names it; what a kind no longer asks for, by its code."""
    labels = {each.code: each.label_fr for each in model.fields_of(kind)}
    return tuple(Fact(code, labels.get(code, code), value) for code, value in metadata.items())
