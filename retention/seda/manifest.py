"""The `ArchiveTransfer` message of SEDA 2.3, written element by element in the order of its schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from lxml import etree

from retention.archive_file import Added
from retention.seda.contents import (
    ACCESS,
    BROUGHT,
    METADATA,
    NAMESPACE,
    Agency,
    Described,
    Message,
    PackedFile,
    PaperTwin,
)

_DIGEST = "SHA-512"


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that is in the package: where, and what it was found to be."""

    file: PackedFile
    uri: str
    added: Added
    format_id: str


@dataclass(frozen=True, slots=True)
class Group:
    """The files of one unit, and its paper."""

    id: str
    placed: tuple[Placed, ...]
    paper: PaperTwin | None


class MessageWriter:
    """Writes a message of SEDA into a stream; nothing of it is kept in memory."""

    def __init__(self, xml: Any) -> None:
        self._xml = xml

    @contextmanager
    def inside(self, name: str, **attributes: str) -> Iterator[None]:
        """Write what comes inside an element."""
        with self._xml.element(f"{{{NAMESPACE}}}{name}", attributes):
            yield

    def say(self, name: str, value: str, **attributes: str) -> None:
        """Write an element with a text; none for a text that is empty."""
        text = plain(value)
        if text:
            element = etree.Element(f"{{{NAMESPACE}}}{name}", attributes, nsmap={None: NAMESPACE})
            element.text = text
            self._xml.write(element)

    def organisation(self, name: str, agency: Agency) -> None:
        """Write somebody by their identifier."""
        with self.inside(name):
            self.say("Identifier", agency.code, schemeName=plain(agency.name) or agency.code)


@contextmanager
def message(stream: BinaryIO, root: str) -> Iterator[MessageWriter]:
    """Write a message of SEDA into a stream."""
    with etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(f"{{{NAMESPACE}}}{root}", nsmap={None: NAMESPACE}):
            yield MessageWriter(xml)


def write_manifest(
    told: Message, units: Sequence[Described], groups: Sequence[Group], held: dict[str, str], stream: BinaryIO
) -> None:
    """Write the manifest of a package; `held` names the group of each unit that has files or paper.

    Source: SEDA 2.3, `ArchiveTransferType`; NF Z44-022 (MEDONA).
    """
    with message(stream, "ArchiveTransfer") as out:
        out.say("Comment", told.comment)
        out.say("Date", instant(told.at))
        out.say("MessageIdentifier", told.identifier)
        out.say("ArchivalAgreement", told.agreement)
        with out.inside("CodeListVersions"):
            out.say("ReplyCodeListVersion", "SEDA 2.3")
            out.say("MessageDigestAlgorithmCodeListVersion", "RFC 6234")
            out.say("MimeTypeCodeListVersion", "IANA")
            out.say("FileFormatCodeListVersion", "PRONOM")
            out.say("AppraisalRuleCodeListVersion", "Tableau de gestion")
            out.say("AccessRuleCodeListVersion", "Niveaux de confidentialité")
        with out.inside("DataObjectPackage"):
            for group in groups:
                _group(out, group, told.at)
            with out.inside("DescriptiveMetadata"):
                for unit in units:
                    _unit(out, unit, held)
            with out.inside("ManagementMetadata"):
                out.say("AcquisitionInformation", "Versement")
                out.say("LegalStatus", "Public Archive")
                out.say("OriginatingAgencyIdentifier", told.producer.code)
                out.say("SubmissionAgencyIdentifier", told.sender.code)
        for other in told.related:
            out.say("RelatedTransferReference", other)
        out.organisation("ArchivalAgency", told.archive)
        out.organisation("TransferringAgency", told.sender)


def _group(out: MessageWriter, group: Group, at: datetime) -> None:
    with out.inside("DataObjectGroup", id=group.id):
        for rank, one in enumerate(group.placed, 1):
            with out.inside("BinaryDataObject", id=f"{_object(group)}-{rank}"):
                out.say("DataObjectVersion", one.file.usage)
                out.say("Uri", one.uri)
                out.say("MessageDigest", one.added.sha512, algorithm=_DIGEST)
                out.say("Size", str(one.added.size))
                with out.inside("FormatIdentification"):
                    out.say("MimeType", one.file.media_type)
                    out.say("FormatId", one.format_id)
                with out.inside("FileInfo"):
                    out.say("Filename", one.file.filename or one.uri)
        if group.paper is not None:
            with out.inside("PhysicalDataObject", id=f"{_object(group)}-papier"):
                out.say("DataObjectVersion", "PhysicalMaster_1")
                out.say("PhysicalId", group.paper.identifier)
                if group.paper.pages:
                    with out.inside("PhysicalDimensions"):
                        out.say("NumberOfPage", str(group.paper.pages))
        alone = [(rank, one.file.alone) for rank, one in enumerate(group.placed, 1) if one.file.alone]
        if alone:
            with out.inside("LogBook"):
                for rank, why in alone:
                    _unconverted(out, f"{_object(group)}-{rank}", why, at)


def _unconverted(out: MessageWriter, object_id: str, why: str, at: datetime) -> None:
    """Say of a file that it goes without a PDF/A-2b copy, and why. Source: SEDA 2.3, `LogBookOgType`."""
    with out.inside("Event"):
        out.say("EventTypeCode", "CONVERSION_PDF_A_2B")
        out.say("EventType", "Conversion en PDF/A-2b")
        out.say("EventDateTime", instant(at))
        out.say("Outcome", "KO")
        out.say("OutcomeDetailMessage", why)
        out.say("DataObjectReferenceId", object_id)


def _object(group: Group) -> str:
    """Return what the ids of a group's objects begin with; a group's own id is none of them."""
    return f"DO{group.id.removeprefix('DOG')}"


def _unit(out: MessageWriter, unit: Described, held: dict[str, str]) -> None:
    with out.inside("ArchiveUnit", id=unit.id):
        if unit.rule or unit.access:
            _management(out, unit)
        with out.inside("Content"):
            _content(out, unit)
        for child in unit.children:
            _unit(out, child, held)
        if unit.id in held:
            with out.inside("DataObjectReference"):
                out.say("DataObjectGroupReferenceId", held[unit.id])


def _management(out: MessageWriter, unit: Described) -> None:
    with out.inside("Management"):
        if unit.rule:
            with out.inside("AppraisalRule"):
                out.say("Rule", unit.rule)
                out.say("FinalAction", "Keep")
        if unit.access:
            with out.inside("AccessRule"):
                out.say("Rule", f"{ACCESS}{unit.access}")
                out.say("StartDate", day(unit.written_on or unit.sent_on))


def _content(out: MessageWriter, unit: Described) -> None:
    out.say("DescriptionLevel", unit.level)
    out.say("Title", unit.title)
    out.say("FilePlanPosition", unit.cote)
    out.say("OriginatingSystemId", unit.system_id)
    out.say("OriginatingAgencyArchiveUnitIdentifier", unit.identifier)
    out.say("Description", unit.description)
    if unit.history:
        with out.inside("CustodialHistory"):
            for deed in unit.history:
                out.say("CustodialHistoryItem", deed.said, when=instant(deed.at))
    out.say("DocumentType", unit.kind[1])
    out.say("Version", unit.version)
    out.say("Tag", unit.direction)
    code, label = unit.kind
    if label:
        with out.inside("Keyword"):
            out.say("KeywordContent", label)
            out.say("KeywordReference", code)
            out.say("KeywordType", "genreform")
    for fact in unit.facts:
        with out.inside("Keyword"):
            out.say("KeywordContent", fact.value)
            out.say("KeywordReference", fact.code, schemeID=METADATA, schemeName=plain(fact.label) or fact.code)
    if unit.agency is not None:
        out.organisation("OriginatingAgency", unit.agency)
    for role, name in (("Recipient", unit.recipient), ("Sender", unit.sender)):
        if plain(name):
            with out.inside(role):
                out.say("FullName", name)
    if plain(unit.reference):
        with out.inside("RelatedObjectReference"), out.inside("References"):
            out.say("ExternalReference", unit.reference)
    out.say("CreatedDate", day(unit.written_on))
    out.say("SentDate", day(unit.sent_on))
    out.say("ReceivedDate", instant(unit.received_at))
    out.say("RegisteredDate", instant(unit.registered_at))
    out.say("EndDate", day(unit.closed_on))
    if plain(unit.remark):
        with out.inside("Event"):
            out.say("EventTypeCode", BROUGHT)
            out.say("EventDateTime", instant(unit.received_at))
            out.say("EventDetail", unit.remark)
    _signing(out, unit)


def _signing(out: MessageWriter, unit: Described) -> None:
    """Say of a letter that it is sealed apart from its bytes, and of its proofs what they prove. Source: SEDA 2.3."""
    if unit.sealed:
        with out.inside("SigningInformation"):
            out.say("SigningRole", "SignedDocument")
            out.say("DetachedSigningRole", "Signature")
            out.say("DetachedSigningRole", "AdditionalProof")
            with out.inside("AdditionalProof"):
                out.say("AdditionalProofInformation", unit.sealed)
    elif unit.proves:
        with out.inside("SigningInformation"):
            out.say("SigningRole", "AdditionalProof")
            out.say("SignedDocumentReferenceId", unit.proves)


def plain(text: str) -> str:
    """Return a text that XML can carry, without what commands a machine; lines become spaces. Source: XML 1.0, 2.2."""
    return " ".join("".join(each if _carried(each) else " " for each in text).split())


def _carried(each: str) -> bool:
    return each >= " " and each not in "\ufffe\uffff\x7f" and not "\ud800" <= each <= "\udfff"


def instant(at: datetime | None) -> str:
    """Return an instant as xsd:dateTime, in UTC; "" for none."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else ""


def day(on: date | None) -> str:
    """Return a day as xsd:date; "" for none."""
    return on.isoformat() if on else ""
