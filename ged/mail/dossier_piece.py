"""Documents of a dossier beyond its letters: each in versions, under a kind that says what must be known of it.

Source: ISO 16175-1, 3.4 (versions, check-out and check-in); MoReq2010, 6 (metadata by class). The kinds and the
structures that dossiers start with are data of the organisation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.mail.dossier import Dossier
from ged.mail.folding import folded_words
from ged.mail.french_dates import parse_date
from ged.mail.item import Reading


class FieldType(StrEnum):
    """What a piece of metadata is."""

    TEXT = "texte"
    DATE = "date"
    NUMBER = "nombre"
    CHOICE = "choix"


@dataclass(frozen=True, slots=True)
class PieceField:
    """One thing to know of the pieces of a kind; `choices` are what may be said, for `FieldType.CHOICE` alone."""

    kind: str
    code: str
    label_fr: str
    label_en: str
    type: FieldType
    required: bool
    choices: tuple[str, ...]

    def label(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.label_en if language == "en" else self.label_fr


@dataclass(frozen=True, slots=True)
class PieceKind:
    """What a piece of a dossier is: a permit, a plan, minutes."""

    code: str
    label_fr: str
    label_en: str

    def label(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.label_en if language == "en" else self.label_fr


@dataclass(frozen=True, slots=True)
class DossierTemplate:
    """The structure that a dossier starts with: the names of its parts, in order."""

    code: str
    label_fr: str
    label_en: str
    parts: tuple[str, ...]

    def label(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.label_en if language == "en" else self.label_fr


@dataclass(frozen=True, slots=True)
class DossierModel:
    """What the configuration says of dossiers."""

    kinds: tuple[PieceKind, ...] = ()
    fields: tuple[PieceField, ...] = ()
    templates: tuple[DossierTemplate, ...] = ()

    def kind(self, code: str) -> PieceKind | None:
        """Return a kind by its code."""
        return next((each for each in self.kinds if each.code == code), None)

    def fields_of(self, kind: str) -> tuple[PieceField, ...]:
        """Return what is to be known of the pieces of a kind."""
        return tuple(each for each in self.fields if each.kind == kind)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a piece, as it was brought.

    Attributes:
        number: 1 for the first.
        sha256: 64 lower-case hexadecimal digits; the bytes are in the vault, `size` of them.
        sealed_at: None while its seal waits.
        reading: How far the machine is in reading it; one that was replaced before stays as it was.
        reading_error: Why it could not be read, a French sentence; "".
        page_count: How many pages were read; 0 until all are.
    """

    id: str
    piece_id: str
    number: int
    sha256: str
    size: int
    media_type: str
    filename: str
    remark: str
    added_at: datetime
    login: str
    name: str
    sealed_at: datetime | None = None
    reading: Reading = Reading.PENDING
    reading_error: str = ""
    page_count: int = 0


@dataclass(frozen=True, slots=True)
class DossierPiece:
    """A piece of a dossier.

    Attributes:
        part: The part of the dossier that it lies in; "" for none.
        kind: By code; "" while nobody said.
        metadata: What was said of it, by code of field; days as 2026-11-28.
        latest: The number of the version that stands.
        reserved_by: Login of who works on it, and `reserved_name`, since `reserved_at`; "" and None while it is free.
        withdrawn: Why it no longer counts; "" while it does. Its versions stay.
        condemned_at: Since when a disposal destroys its versions, or has; what was said of it stays.
        transferred_at: When an archive was said to have taken it; it is read here still, and changed no more.
    """

    id: str
    dossier_id: str
    part: str
    title: str
    kind: str
    metadata: Mapping[str, str]
    latest: int
    reserved_by: str
    reserved_name: str
    reserved_at: datetime | None
    withdrawn: str
    revision: int
    condemned_at: datetime | None = None
    transferred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptPiece:
    """A piece with all that its fate looks at.

    Attributes:
        brought_at: When its last version was; `digest` the SHA-256 of that one. `since`: when the first was.
        sealed: Whether none of its versions waits for its seal. `read`: whether its last does not wait to be read.
    """

    piece: DossierPiece
    dossier: Dossier
    brought_at: datetime
    since: datetime
    digest: str
    sealed: bool
    read: bool

    @property
    def label(self) -> str:
        """The code of its dossier and its title: how lists and archives name it."""
        return f"{self.dossier.code} · {self.piece.title}"


@dataclass(frozen=True, slots=True)
class IndexedPiece:
    """A piece as the index knows it: with its dossier and the version that stands.

    Attributes:
        filename: Of that version, brought `added_at`.
        revision: Raised whenever anything of it that is found, or by whom, changes.
        told_there: What the house that it came from said of it and its kind does not ask for here.
    """

    piece: DossierPiece
    dossier: Dossier
    filename: str
    added_at: datetime
    revision: int
    told_there: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The page of the piece."""
        return f"/dossiers/{self.dossier.id}/pieces/{self.piece.id}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a piece; `metadata` as typed."""

    title: str
    part: str
    kind: str
    metadata: Mapping[str, str]


def read_said(said: Said, parts: Sequence[str], model: DossierModel, today: date) -> tuple[Said, dict[str, str]]:
    """Return what was said with its values in the form in which they are kept, and a French sentence a faulty field."""
    faults: dict[str, str] = {}
    title = " ".join(said.title.split())
    if not folded_words(title) or len(title) > 200:
        faults["title"] = "Donnez à la pièce un titre de 200 caractères au plus, par exemple « Plan de bornage »."
    if said.part and said.part not in parts:
        faults["part"] = "Ce dossier n'a pas cette partie. Choisissez-en une autre."
    if said.kind and model.kind(said.kind) is None:
        faults["kind"] = "Ce type de pièce n'existe plus. Choisissez-en un autre."
    kept: dict[str, str] = {}
    for field in model.fields_of(said.kind):
        value, fault = _read(field, " ".join(said.metadata.get(field.code, "").split()), today)
        if fault:
            faults[f"meta-{field.code}"] = fault
        if value:
            kept[field.code] = value
    return Said(title, said.part, said.kind, kept), faults


def search_text(title: str, metadata: Mapping[str, str]) -> str:
    """Return what a piece is searched in: title and values, folded, a space before each word."""
    return " " + " ".join(folded_words(" ".join([title, *metadata.values()])))


def _read(field: PieceField, typed: str, today: date) -> tuple[str, str]:
    if not typed:
        return "", f"Renseignez « {field.label_fr} »." if field.required else ""
    match field.type:
        case FieldType.DATE:
            found = parse_date(typed, today)
            wrong = f"« {field.label_fr} » : écrivez un jour, par exemple 16/11/2026."
            return (found.isoformat(), "") if found else (typed, wrong)
        case FieldType.NUMBER:
            plain = typed.replace(" ", "").replace("\u202f", "").replace("\u00a0", "").replace(",", ".")
            if plain.isascii() and plain.replace(".", "", 1).removeprefix("-").isdigit():
                return plain, ""
            return typed, f"« {field.label_fr} » : écrivez un nombre, par exemple 12,5."
        case FieldType.CHOICE:
            return typed, "" if typed in field.choices else f"« {field.label_fr} » : choisissez dans la liste."
        case FieldType.TEXT:
            return typed[:500], ""
