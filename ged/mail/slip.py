"""The routing slip (fiche d'imputation) on paper: where each box stands, and what its ticks propose.

Lengths are millimetres from the top left corner of an A4 sheet (ISO 216). The same geometry prints the sheet and
reads it back. What is read only proposes: a person confirms it, beside the picture of the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.mail.calendar import WorkingCalendar
from ged.mail.organisation import Entity, Mention, Seat
from ged.mail.said import Said

PAGE = (210.0, 297.0)
MARK = 5.0
MARKS = ((12.0, 12.0), (198.0, 12.0), (12.0, 285.0), (198.0, 285.0))
"""Centres of the four black squares by which a scan is laid straight: top left, top right, bottom left, right."""
QR_AT, QR_SIDE = (160.0, 20.0), 28.0
"""The QR without its quiet zone: its top left corner, and its side."""
WITNESSES = ((30.0, 8.0), (168.0, 280.0))
"""Pale crosses of the size of a box: a scan that does not show them shows no pale tick either."""
SIGNED = (110.0, 249.0, 76.0, 19.0)
"""Where a transmittal is signed by who receives: left, top, width, height, on each of its pages."""
BOX = 4.5
DAYS = (1, 2, 3, 5, 8, 15, 30)
"""Working days that the slip offers as a deadline."""
_ROWS, _PITCH, _COLUMNS = 12, 7.4, (20.0, 112.0)
_TO_TOP, _MENTION_TOP, _DAYS_TOP = 82.0, 186.0, 232.0
_MENTION_COLUMNS = (20.0, 80.0, 140.0)
MAX_ADDRESSEES = _ROWS * len(_COLUMNS)
MAX_MENTIONS = 5 * len(_MENTION_COLUMNS)
_SEVERAL = {
    "to": "Plusieurs destinataires : %(boxes)s. Choisissez.",
    "mention": "Plusieurs instructions : %(boxes)s. Choisissez.",
    "days": "Plusieurs délais : %(boxes)s. Choisissez.",
}


class Mark(StrEnum):
    """What is in a box, by how much of it is inked."""

    EMPTY = "vide"
    TICKED = "cochee"
    DOUBTFUL = "douteuse"


@dataclass(frozen=True, slots=True)
class Box:
    """One box: what it means (`to:e:DAF`, `cc:e:DAF`, `mention:suite`, `days:8`), its top left corner, its label."""

    name: str
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The boxes of one printed slip, kept with it: a slip printed last year is read as it was printed."""

    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class SlipReading:
    """What was read in the boxes; `laid` is whether the sheet could be laid straight: if not, every box is doubtful."""

    marks: Mapping[str, Mark]
    laid: bool


@dataclass(frozen=True, slots=True)
class RoutingSlip:
    """A slip for one letter and one authority.

    Attributes:
        scan: SHA-256 of the file it came back in, None before.
        picture: SHA-256 of the sheet laid straight (WebP), to show beside what was read.
        step_id: The step that its confirmation made.
    """

    id: str
    code: str
    tenant_id: str
    register_id: str
    letter_id: str
    position_id: str
    layout: Layout
    printed_at: datetime
    printed_by: str
    returned_at: datetime | None
    scan: str | None
    picture: str | None
    reading: SlipReading | None
    closed_at: datetime | None
    closed_by: str
    step_id: int | None

    @property
    def waits(self) -> bool:
        """Whether it came back and nobody has said yet what it decides."""
        return self.returned_at is not None and self.closed_at is None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the ticks propose, as a form takes it; `doubts` are French sentences, what to look at before confirming."""

    to: str
    mention: str
    due_date: date | None
    copies: tuple[str, ...]
    doubts: tuple[str, ...]


def layout_for(
    authority: Seat, entities: Sequence[Entity], seats: Sequence[Seat], mentions: Sequence[Mention]
) -> Layout:
    """Return the boxes of a slip for an authority: whom it may give letters to, the instructions, the deadlines."""
    boxes: list[Box] = []
    for index, (code, label) in enumerate(_addressees(authority, entities, seats)[:MAX_ADDRESSEES]):
        left, top = _COLUMNS[index // _ROWS], _TO_TOP + index % _ROWS * _PITCH
        boxes.append(Box(f"to:{code}", left, top, label))
        if code.startswith("e:"):
            boxes.append(Box(f"cc:{code}", left + 10, top, ""))
    for index, one in enumerate(mentions[:MAX_MENTIONS]):
        left, top = _MENTION_COLUMNS[index // 5], _MENTION_TOP + index % 5 * _PITCH
        boxes.append(Box(f"mention:{one.code}", left, top, one.label_fr))
    boxes += [Box(f"days:{days}", 20 + 24.0 * index, _DAYS_TOP, f"{days} j") for index, days in enumerate(DAYS)]
    return Layout(tuple(boxes))


def _addressees(authority: Seat, entities: Sequence[Entity], seats: Sequence[Seat]) -> list[tuple[str, str]]:
    """Return (code, label) of the posts beside an authority in its unit, then the units below it, nearest first."""
    home = authority.position.entity_id
    found = [
        (f"p:{seat.position.id}", seat.position.title)
        for seat in seats
        if seat.position.entity_id == home and seat.position.id != authority.position.id and seat.holders
    ]
    level, tenant = [home], {each.id: each.tenant_id for each in entities}
    while level:
        below = [each for each in entities if each.parent_id in level and each.tenant_id == tenant.get(home)]
        found += [(f"e:{each.id}", f"{each.acronym} · {each.name_fr}") for each in below]
        level = [each.id for each in below]
    return found


def proposed(slip: RoutingSlip, today: date, calendar: WorkingCalendar) -> Proposed:
    """Return what a returned slip proposes; of what is doubtful, or ticked twice, nothing is chosen and it is said."""
    reading = slip.reading or SlipReading({}, laid=False)
    if not reading.laid:
        return Proposed(
            "", "", None, (), ("La feuille n'a pas pu être redressée : reportez vous-même ce qu'elle dit.",)
        )
    doubts: list[str] = []
    labels = {box.name: _called(slip.layout, box) for box in slip.layout.boxes}
    if Mark.EMPTY not in reading.marks.values():  # pale marks are lost: one sentence for the sheet, not one a box
        seen = [labels[name] for name, mark in reading.marks.items() if mark is Mark.TICKED]
        doubts.append(
            Said(
                "Cette numérisation ne montre pas les traits pâles : une case cochée au crayon a pu s'y perdre. "
                "Lisez la feuille d'origine, ou numérisez-la de nouveau en niveaux de gris. "
                "Coché à coup sûr : %(boxes)s.",
                boxes=", ".join(seen) or Said("rien"),
            )
        )
    else:
        doubtful = [name for name, mark in reading.marks.items() if mark is Mark.DOUBTFUL]
        doubts += [Said("Case douteuse : %(box)s.", box=labels[name]) for name in doubtful]
    to = _only("to", reading, labels, doubts)
    mention = _only("mention", reading, labels, doubts)
    days = _only("days", reading, labels, doubts)
    copies = tuple(name.split(":", 2)[2] for name, mark in reading.marks.items() if _ticked(name, "cc", mark))
    if not to and not any(name.startswith("to:") and mark is not Mark.EMPTY for name, mark in reading.marks.items()):
        doubts.append("Aucun destinataire n'est coché.")
    return Proposed(
        to=to,
        mention=mention,
        due_date=calendar.after(today, int(days)) if days else None,
        copies=copies,
        doubts=tuple(doubts),
    )


def _only(sort: str, reading: SlipReading, labels: Mapping[str, str], doubts: list[str]) -> str:
    """Return the one choice ticked among those of a sort; "" when there is none, several, or a doubt about one."""
    found = [name for name, mark in reading.marks.items() if _ticked(name, sort, mark)]
    if len(found) > 1:
        doubts.append(Said(_SEVERAL[sort], boxes=", ".join(labels[name] for name in found)))
    doubtful = any(name.startswith(f"{sort}:") and mark is Mark.DOUBTFUL for name, mark in reading.marks.items())
    return found[0].split(":", 1)[1] if len(found) == 1 and not doubtful else ""


def _ticked(name: str, sort: str, mark: Mark) -> bool:
    return name.startswith(f"{sort}:") and mark is Mark.TICKED


def _called(layout: Layout, box: Box) -> str:
    """Return what a box is called; that of a copy has no label, and stands beside whom it goes to."""
    if box.label:
        return box.label
    beside = (one.label for one in layout.boxes if one.y == box.y and one.label and 0 < box.x - one.x < 15)
    return Said("copie à %(label)s", label=next(beside, ""))
