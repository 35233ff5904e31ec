"""What an archive answers: `ArchiveTransferReply` and `Acknowledgement`, written by us and read from others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from ged.errors import Refused
from ged.mail.said import Said
from retention.seda.contents import Agency
from retention.seda.manifest import instant, message
from retention.seda.trusting_nothing import MAX_MESSAGE_BYTES, all_at, read_root, text_at

REPLY, ACKNOWLEDGEMENT = "ArchiveTransferReply", "Acknowledgement"
_ACCEPTED, _REFUSED = frozenset({"OK", "WARNING", "000"}), frozenset({"KO", "FATAL", "ERROR"})
"""Codes of replies. Source: SEDA 2.3, `ReplyCode`; MEDONA, codes « 000 »."""
_NOT_REFUSED = frozenset({"", *_ACCEPTED})
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """What an archive says of one unit: the identifier that it gave it, or why it did not take it."""

    id: str
    identifier: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as read.

    Attributes:
        name: `ArchiveTransferReply`, or `Acknowledgement` for « we have it, and will say ».
        request: Identifier of the message that it answers.
        accepted: Whether the transfer was; None for an acknowledgement.
        reasons: What the archive said, in its own words.
        units: Those that it says something of.
    """

    name: str
    identifier: str
    request: str
    at: str
    archive: str
    accepted: bool | None
    reasons: tuple[str, ...]
    units: tuple[UnitAnswer, ...]


def read_answer(path: Path) -> Answer:
    """Return what an archive's message says.

    Raises:
        Refused: `transfer.xml`; `transfer.reply_code`, the code is none that says yes or no.
    """
    root = read_root(path, (REPLY, ACKNOWLEDGEMENT), MAX_MESSAGE_BYTES)
    common: dict[str, Any] = {
        "identifier": text_at(root, "s:MessageIdentifier", 200),
        "at": text_at(root, "s:Date", 40),
    }
    if root.tag.endswith("}" + ACKNOWLEDGEMENT):
        request, sender = text_at(root, "s:MessageReceivedIdentifier", 200), text_at(root, "s:Sender/s:Identifier", 200)
        comments = tuple(" ".join("".join(one.itertext()).split())[:500] for one in all_at(root, "s:Comment"))
        told: dict[str, Any] = {
            "request": request,
            "archive": sender,
            "accepted": None,
            "reasons": comments,
            "units": (),
        }
        return Answer(ACKNOWLEDGEMENT, **common, **told)
    code = text_at(root, "s:ReplyCode", 40)
    if code.upper() not in _ACCEPTED | _REFUSED:
        shown = code if _CODE.fullmatch(code) else Said("absent")
        raise Refused(
            "transfer.reply_code",
            Said(
                "Cette réponse ne dit ni oui ni non (code %(code)s). Rien n'a été changé : demandez-en une autre au "
                "service d'archives.",
                code=shown,
            ),
        )
    return Answer(
        REPLY,
        request=text_at(root, "s:MessageRequestIdentifier", 200),
        archive=text_at(root, "s:ArchivalAgency/s:Identifier", 200),
        accepted=code.upper() in _ACCEPTED,
        reasons=_reasons(root),
        units=tuple(_unit(one) for one in root.iter("{*}ArchiveUnit")),
        **common,
    )


def _reasons(root: Any) -> tuple[str, ...]:
    events = all_at(root, "s:Operation/s:Event")
    said = [text_at(one, "s:OutcomeDetailMessage", 500) or text_at(one, "s:EventDetail", 500) for one in events]
    comments = [" ".join("".join(one.itertext()).split())[:500] for one in all_at(root, "s:Comment")]
    return tuple(dict.fromkeys(one for one in (*comments, *said) if one))


def _unit(element: Any) -> UnitAnswer:
    identifiers = ("s:Content/s:ArchivalAgencyArchiveUnitIdentifier", "s:Content/s:SystemId")
    found = next((text for path in identifiers if (text := text_at(element, path, 200))), "")
    refused = [
        text_at(one, "s:OutcomeDetailMessage", 500) or text_at(one, "s:EventDetail", 500) or "sans motif"
        for one in all_at(element, "s:Management/s:LogBook/s:Event")
        if text_at(one, "s:Outcome", 40).upper() not in _NOT_REFUSED
    ]
    return UnitAnswer(str(element.get("id", ""))[:80], found, " ".join(refused))


@dataclass(frozen=True, slots=True)
class Given:
    """What a reply of ours says.

    Attributes:
        units: (id of the unit in the package, identifier given here) of each letter that was taken.
        reasons: Why nothing was taken, one sentence each; () when all was.
    """

    identifier: str
    request: str
    at: datetime
    archive: Agency
    sender: Agency
    units: Sequence[tuple[str, str]]
    reasons: Sequence[str]


def write_reply(given: Given) -> bytes:
    """Return a reply as XML. Source: SEDA 2.3, `ArchiveTransferReplyType`."""
    target = BytesIO()
    with message(target, REPLY) as out:
        out.say("Date", instant(given.at))
        out.say("MessageIdentifier", given.identifier)
        with out.inside("CodeListVersions"):
            out.say("ReplyCodeListVersion", "SEDA 2.3")
        if given.units:
            with out.inside("DataObjectPackage"):
                with out.inside("DescriptiveMetadata"):
                    for unit_id, identifier in given.units:
                        with out.inside("ArchiveUnit", id=unit_id), out.inside("Content"):
                            out.say("ArchivalAgencyArchiveUnitIdentifier", identifier)
                with out.inside("ManagementMetadata"):
                    pass
        out.say("ReplyCode", "KO" if given.reasons else "OK")
        if given.reasons:
            with out.inside("Operation"):
                for reason in given.reasons:
                    with out.inside("Event"):
                        out.say("EventType", "Contrôle du versement")
                        out.say("EventDateTime", instant(given.at))
                        out.say("Outcome", "KO")
                        out.say("OutcomeDetailMessage", reason)
        out.say("MessageRequestIdentifier", given.request)
        if not given.reasons:
            out.say("GrantDate", instant(given.at))
        out.organisation("ArchivalAgency", given.archive)
        out.organisation("TransferringAgency", given.sender)
    return target.getvalue()
