"""Reading a package's manifest: what it says that it holds, as values; nothing of it is believed yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from ged.errors import Refused
from ged.mail.said import Said
from retention.seda.contents import ACCESS, BROUGHT, METADATA
from retention.seda.trusting_nothing import MAX_MANIFEST_BYTES, all_at, read_root, text_at

_URI = re.compile(r"content/[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
_ALGORITHMS = {"SHA-512": 128, "SHA512": 128, "SHA-256": 64, "SHA256": 64}
_MAX_UNITS, _MAX_OBJECTS, _MAX_DEPTH = 20_000, 20_000, 20


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that a manifest names: `usage` without its rank, the digest in hexadecimal, its size in bytes."""

    uri: str
    usage: str
    algorithm: str
    digest: str
    size: int
    filename: str


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit that a manifest describes; dates as written, texts cut to what an office writes.

    Attributes:
        parent: Id of the unit that it lies in, "" at the top.
        files: What it carries; a unit that carries some, under none that does, is a letter.
        cote: Its place in the file plan of that house; `version` is the number of a version of a piece.
        facts: (code, name, value) of what was known of a piece; `remark` is what its last version changes.
        paper: What is written on its paper, "" without.
        proves: Id of the unit whose seal its file proves.
    """

    id: str
    parent: str
    level: str
    title: str
    number: str
    system_id: str
    cote: str
    version: str
    facts: tuple[tuple[str, str, str], ...]
    remark: str
    description: str
    kind: str
    kind_label: str
    direction: str
    sender: str
    recipient: str
    reference: str
    agency: str
    written: str
    sent: str
    received: str
    registered: str
    ended: str
    rule: str
    access: str
    history: tuple[tuple[str, str], ...]
    paper: str
    proves: str
    files: tuple[ReadFile, ...]


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """A manifest as read."""

    identifier: str
    at: str
    comment: str
    archive: str
    sender: str
    sender_name: str
    units: tuple[ReadUnit, ...]
    files: tuple[ReadFile, ...]

    def below(self, unit_id: str) -> tuple[ReadUnit, ...]:
        """Return the units that lie in another, directly."""
        return tuple(one for one in self.units if one.parent == unit_id)

    def top(self, unit: ReadUnit) -> ReadUnit | None:
        """Return the highest unit that another lies in, a dossier above its parts; None for one at the top."""
        parents = {one.id: one.parent for one in self.units}
        above = list(_above(unit.id, parents))
        return next((one for one in self.units if above and one.id == above[-1]), None)

    def letters(self) -> tuple[ReadUnit, ...]:
        """Return the units that stand for letters: the highest ones that carry a file."""
        carrying = {one.id for one in self.units if one.files}
        parents = {one.id: one.parent for one in self.units}
        return tuple(one for one in self.units if one.files and not (set(_above(one.id, parents)) & carrying))


def _above(unit_id: str, parents: dict[str, str]) -> Iterator[str]:
    while unit_id := parents.get(unit_id, ""):
        yield unit_id


def read_manifest(path: Path) -> ReadPackage:
    """Return what a manifest says, once it is sure to be one of ours to read.

    Raises:
        Refused: `transfer.xml`; `transfer.manifest`, it is incomplete or contradicts itself.
    """
    root = read_root(path, ("ArchiveTransfer",), MAX_MANIFEST_BYTES)
    package = root.find("{*}DataObjectPackage")
    if package is None or not text_at(root, "s:MessageIdentifier"):
        raise faulty(Said("il ne décrit aucun contenu, ou ne dit pas son identifiant"))
    groups = {str(one.get("id", "")): one for one in all_at(package, "s:DataObjectGroup")}
    files = {name: tuple(_file(one) for one in all_at(group, "s:BinaryDataObject")) for name, group in groups.items()}
    every = tuple(one for group in files.values() for one in group)
    if len(every) > _MAX_OBJECTS:
        raise faulty(Said("il nomme trop de fichiers"))
    metadata = package.find("{*}DescriptiveMetadata")
    units = tuple(_units(metadata, "", files, groups, 1)) if metadata is not None else ()
    if len({one.id for one in units}) != len(units):
        raise faulty(Said("deux unités portent le même identifiant"))
    sender = root.find("{*}TransferringAgency/{*}Identifier")
    return ReadPackage(
        identifier=text_at(root, "s:MessageIdentifier", 200),
        at=text_at(root, "s:Date", 40),
        comment=text_at(root, "s:Comment", 500),
        archive=text_at(root, "s:ArchivalAgency/s:Identifier", 200),
        sender=text_at(root, "s:TransferringAgency/s:Identifier", 200),
        sender_name="" if sender is None else " ".join(str(sender.get("schemeName", "")).split())[:200],
        units=units,
        files=every,
    )


def faulty(why: str) -> Refused:
    """Return the refusal of a manifest that is well formed and makes no sense."""
    return Refused(
        "transfer.manifest",
        Said("Le manifeste de ce versement n'est pas accepté : %(why)s. Rien n'a été pris.", why=why),
    )


def _file(element: etree._Element) -> ReadFile:
    uri, digest = text_at(element, "s:Uri", 300), element.find("{*}MessageDigest")
    algorithm = "" if digest is None else str(digest.get("algorithm", "")).upper()
    value = text_at(element, "s:MessageDigest", 200).lower()
    if not _URI.fullmatch(uri):
        raise faulty(Said("il nomme un fichier hors du dossier « content » ou d'un nom interdit"))
    if _ALGORITHMS.get(algorithm) != len(value) or not re.fullmatch(r"[0-9a-f]+", value):
        raise faulty(Said("l'empreinte de %(file)s manque ou n'est ni SHA-256 ni SHA-512", file=uri))
    size = text_at(element, "s:Size", 20)
    if not (size.isascii() and size.isdigit()):
        raise faulty(Said("la taille de %(file)s manque", file=uri))
    usage = text_at(element, "s:DataObjectVersion", 60).partition("_")[0]
    name = text_at(element, "s:FileInfo/s:Filename", 200)
    return ReadFile(uri, usage, "sha512" if len(value) == 128 else "sha256", value, int(size), name)


def _units(
    above: etree._Element,
    parent: str,
    files: dict[str, tuple[ReadFile, ...]],
    groups: dict[str, etree._Element],
    depth: int,
) -> Iterator[ReadUnit]:
    if depth > _MAX_DEPTH:
        raise faulty(Said("ses unités sont emboîtées trop profondément"))
    for rank, one in enumerate(all_at(above, "s:ArchiveUnit")):
        if one.find("{*}ArchiveUnitRefId") is not None:
            continue
        if rank > _MAX_UNITS:
            raise faulty(Said("il décrit trop d'unités"))
        references = all_at(one, "s:DataObjectReference/s:DataObjectGroupReferenceId")
        named = ["".join(each.itertext()).strip() for each in references]
        if any(name not in groups for name in named):
            raise faulty(Said("une unité renvoie à un groupe de fichiers qui n'existe pas"))
        papers = (text_at(groups[name], "s:PhysicalDataObject/s:PhysicalId") for name in named)
        paper = next((text for text in papers if text), "")
        yield _unit(one, parent, tuple(each for name in named for each in files[name]), paper)
        yield from _units(one, str(one.get("id", "")), files, groups, depth + 1)


def _unit(one: etree._Element, parent: str, files: tuple[ReadFile, ...], paper: str) -> ReadUnit:
    content = one.find("{*}Content")
    unit_id = str(one.get("id", ""))
    if content is None or not re.fullmatch(r"[A-Za-z_][\w.-]{0,79}", unit_id, re.ASCII):
        raise faulty(Said("une unité n'a ni description ni identifiant utilisable"))
    history = tuple(
        (str(each.get("when", ""))[:40], " ".join("".join(each.itertext()).split())[:500])
        for each in all_at(content, "s:CustodialHistory/s:CustodialHistoryItem")
    )
    access = text_at(one, "s:Management/s:AccessRule/s:Rule", 80)
    told = [(each, each.find("{*}KeywordReference")) for each in all_at(content, "s:Keyword")]
    facts = [(each, named) for each, named in told if named is not None and named.get("schemeID") == METADATA]
    kinds = [each for each, named in told if named is None or named.get("schemeID") != METADATA]
    events = all_at(content, "s:Event")
    brought = [text_at(each, "s:EventDetail", 500) for each in events if text_at(each, "s:EventTypeCode") == BROUGHT]
    return ReadUnit(
        id=unit_id,
        parent=parent,
        level=text_at(content, "s:DescriptionLevel", 40),
        title=text_at(content, "s:Title", 500),
        number=text_at(content, "s:OriginatingAgencyArchiveUnitIdentifier", 100),
        system_id=text_at(content, "s:OriginatingSystemId", 100),
        cote=text_at(content, "s:FilePlanPosition", 80),
        version=text_at(content, "s:Version", 20),
        facts=tuple(
            (
                text_at(each, "s:KeywordReference", 80),
                " ".join(str(named.get("schemeName", "")).split())[:200],
                text_at(each, "s:KeywordContent", 500),
            )
            for each, named in facts
        ),
        remark=next(iter(brought), ""),
        description=text_at(content, "s:Description"),
        kind=text_at(kinds[0], "s:KeywordReference", 80) if kinds else "",
        kind_label=text_at(content, "s:DocumentType", 200)
        or (text_at(kinds[0], "s:KeywordContent", 200) if kinds else ""),
        direction=text_at(content, "s:Tag", 40),
        sender=_name(content, "Sender"),
        recipient=_name(content, "Recipient"),
        reference=text_at(content, "s:RelatedObjectReference/s:References/s:ExternalReference", 200),
        agency=text_at(content, "s:OriginatingAgency/s:Identifier", 200),
        written=text_at(content, "s:CreatedDate", 40),
        sent=text_at(content, "s:SentDate", 40),
        received=text_at(content, "s:ReceivedDate", 40),
        registered=text_at(content, "s:RegisteredDate", 40),
        ended=text_at(content, "s:EndDate", 40),
        rule=text_at(one, "s:Management/s:AppraisalRule/s:Rule", 80),
        access=access.removeprefix(ACCESS) if access.startswith(ACCESS) else "",
        history=history,
        paper=paper,
        proves=text_at(content, "s:SigningInformation/s:SignedDocumentReferenceId", 80),
        files=files,
    )


def _name(content: etree._Element, role: str) -> str:
    return text_at(content, f"s:{role}/s:FullName", 300) or text_at(content, f"s:{role}/s:Corpname", 300)
