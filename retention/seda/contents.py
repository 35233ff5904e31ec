"""What a transfer package holds, as values: units (dossiers, letters, pieces), their files, who gives and who takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

NAMESPACE = "fr:gouv:culture:archivesdefrance:seda:v2.3"
MANIFEST, CONTENT = "manifest.xml", "content"
"""The names that a package has at its root. Source: Vitam, « Structuration des SIP », 4.1."""
MASTER, DISSEMINATION, TEXT, PAPER = "BinaryMaster_1", "Dissemination_1", "TextContent_1", "PhysicalMaster_1"
"""Uses of an object in its group. Source: SEDA 2.3, DataObjectVersion."""
ACCESS = "ACCES-"
"""What a code of access rules begins with; the level of confidentiality follows."""
METADATA = "metadonnees"
"""The scheme of the keywords that say what is known of a piece: reference the field, content the value."""
PIECE = "piece_dossier"
"""What tells a piece of a dossier from a letter, where a letter says its direction."""
BROUGHT = "depot_version"
"""The type of the event that says what the last version of a piece changes: its unit describes the piece itself."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of a package.

    Attributes:
        usage: What it is in its group, `BinaryMaster_1` for what was received.
        sha256: Of its bytes, 64 lower-case hexadecimal digits: its name in the package, and in the vault.
        size: In bytes, more than 0.
        format_id: Its PRONOM identifier where whoever packs it knows; "" leaves it to its first bytes.
        data: Its bytes, for a small one made for the package; None for one that the vault holds.
        made: Where its bytes lie, for a larger one made for the package.
        alone: Why no PDF/A-2b copy of it goes with it, a French sentence; "" where one does, or none is due.
    """

    usage: str
    sha256: str
    size: int
    media_type: str
    filename: str
    format_id: str = ""
    data: bytes | None = None
    made: Path | None = None
    alone: str = ""


@dataclass(frozen=True, slots=True)
class PaperTwin:
    """The paper of a letter: what is written on it, and how many pages it has."""

    identifier: str
    pages: int


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened to a letter, for its custodial history."""

    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a piece of a dossier: code and name of the field, and its value."""

    code: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Agency:
    """Somebody who produces, gives or takes records: an identifier, and a name in words."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Described:
    """A unit of description; what is not known of it is "" or None.

    Attributes:
        id: Within the package, an XML name.
        level: `RecordGrp` for a dossier, `SubGrp` for a part of one, `Item` for a letter or a piece. Source: ISAD(G),
            3.1.4.
        identifier: Registration number, or code of the dossier.
        system_id: How the house that gives it names it.
        cote: Its place in the file plan.
        version: Number of a version of a piece.
        facts: What its kind asks to be known of a piece.
        remark: What the last version of a piece changes, as who brought it said.
        access: Level of confidentiality.
        proves: Id of the unit whose seal this one's file proves.
        sealed: How it was sealed, in words.
    """

    id: str
    level: str
    title: str
    identifier: str = ""
    system_id: str = ""
    cote: str = ""
    description: str = ""
    version: str = ""
    direction: str = ""
    facts: tuple[Fact, ...] = ()
    remark: str = ""
    kind: tuple[str, str] = ("", "")
    agency: Agency | None = None
    sender: str = ""
    recipient: str = ""
    reference: str = ""
    written_on: date | None = None
    sent_on: date | None = None
    received_at: datetime | None = None
    registered_at: datetime | None = None
    closed_on: date | None = None
    rule: str = ""
    access: str = ""
    history: tuple[Deed, ...] = ()
    sealed: str = ""
    proves: str = ""
    files: tuple[PackedFile, ...] = ()
    paper: PaperTwin | None = None
    children: tuple[Described, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """What the package says of itself: `identifier` is what a reply names."""

    identifier: str
    at: datetime
    comment: str
    agreement: str
    archive: Agency
    sender: Agency
    producer: Agency
    related: tuple[str, ...] = ()
