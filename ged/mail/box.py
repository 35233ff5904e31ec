"""Boxes of the paper archives: where each stands, what paper is in it, what became of paper that left for good."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from ged.errors import Conflict, Refused
from ged.mail.custody import HandOver, Way
from ged.mail.said import Said

MOST_TYPED = 500
"""Numbers put into a box at once: more than a box holds."""
MOST_CAPACITY = 10_000
_COTE = re.compile(r"[\w/.\- ]{1,40}")


@dataclass(frozen=True, slots=True)
class BoxSheet:
    """What is written on a box.

    Attributes:
        cote: The box's own reference, unique in the organisation, as its label carries it.
        room: The store-room (magasin); `bay` the bay of shelves (travée); `shelf` the shelf (tablette).
        capacity: How many letters it is made for.
        entity_id: The unit whose paper it holds; None for several.
        dates: The dates covered as somebody wrote them, "1998-2003"; "" to have them read from the letters.
    """

    cote: str
    label: str
    room: str
    bay: str
    shelf: str
    capacity: int
    entity_id: str | None = None
    dates: str = ""

    @property
    def place(self) -> str:
        """Where the box stands: store-room / bay / shelf; "" when nobody has said."""
        parts = (self.room, self.bay, self.shelf)
        return " / ".join(part or "–" for part in parts) if any(parts) else ""


@dataclass(frozen=True, slots=True)
class Box:
    """A box; `count` letters are in it, lent ones too, of `first` to `last` as they are dated."""

    id: str
    tenant_id: str
    sheet: BoxSheet
    made_at: datetime
    made_by: str
    login: str
    count: int = 0
    first: date | None = None
    last: date | None = None

    @property
    def covers(self) -> str:
        """The dates covered: as written, else the years of its letters."""
        if self.sheet.dates or self.first is None or self.last is None:
            return self.sheet.dates
        return str(self.first.year) if self.first.year == self.last.year else f"{self.first.year}-{self.last.year}"

    @property
    def filling(self) -> int:
        """How full it is, in percent of its capacity; more than 100 when it holds more."""
        return round(100 * self.count / self.sheet.capacity)


@dataclass(frozen=True, slots=True)
class Boxed:
    """The paper of one letter in a box, for as long as it is its place; it may be lent meanwhile."""

    letter_id: str
    box_id: str
    cote: str
    place: str
    put_at: datetime
    put_by: str


@dataclass(frozen=True, slots=True)
class PaperTwin:
    """The paper of a letter on a list: in which box, or with whom; `boxed` is None for paper in no box.

    `gone` names the act by which it left for good, once it has; `cote` the box that it is in, or was in then, or "".
    """

    letter_id: str
    number: str
    boxed: Boxed | None
    standing: HandOver | None
    gone: PaperGone | None = None
    cote: str = ""

    @property
    def lent(self) -> bool:
        """Whether somebody has it on loan."""
        return self.standing is not None and self.standing.way is Way.LENT


@dataclass(frozen=True, slots=True)
class PaperGone:
    """Paper destroyed, or given to another archive, on a day, before two people.

    Attributes:
        about: The disposal or the transfer slip that it belongs to.
        first: Name of who did it; `second` of who saw it, or received it.
        certificate: SHA-256 of the certificate of a destruction in the vault, once it is made; the rest is its seal,
            `leaf_index` its entry in the log. Paper that was given has none: the archive's answer stands for it.
    """

    id: str
    tenant_id: str
    about: str
    done_on: date
    first: str
    second: str
    recorded_at: datetime
    recorded_by: str
    login: str
    certificate: str | None = None
    leaf: bytes | None = None
    leaf_index: int | None = None
    p7s_sha256: str | None = None
    sealed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GoneLine:
    """The paper of one letter that left for good.

    Attributes:
        number: Registration number; `digest` SHA-256 of the electronic original, destroyed before it.
        cote: The box that it was in; "" for none.
    """

    letter_id: str
    number: str
    digest: str
    cote: str


def checked_sheet(sheet: BoxSheet) -> BoxSheet:
    """Return what is written on a box, spaces made single, the cote in capitals.

    Raises:
        Refused: `box.cote`, `box.capacity`, `box.too_long`.
    """
    said = {name: " ".join(getattr(sheet, name).split()) for name in ("cote", "label", "room", "bay", "shelf", "dates")}
    said["cote"] = said["cote"].upper()
    if not _COTE.fullmatch(said["cote"]):
        raise Refused(
            "box.cote",
            "Donnez à la boîte une cote de 40 caractères au plus : lettres, chiffres, tirets, points, barres.",
            field="cote",
        )
    if not 1 <= sheet.capacity <= MOST_CAPACITY:
        raise Refused(
            "box.capacity",
            Said("La capacité est un nombre de courriers, de 1 à %(most)s.", most=MOST_CAPACITY),
            field="capacite",
        )
    if max(map(len, said.values())) > 200:
        raise Refused("box.too_long", "Un champ de la boîte dépasse 200 caractères : raccourcissez-le.")
    return BoxSheet(**said, capacity=sheet.capacity, entity_id=sheet.entity_id or None)


def typed_lines(text: str) -> tuple[str, ...]:
    """Return numbers, one a line, as typed or as a barcode reader typed them, each once.

    Raises:
        Refused: `box.nothing_typed`, `box.too_many`.
    """
    found = tuple(dict.fromkeys(line.strip() for line in re.split(r"[\r\n;]+", text) if line.strip()))
    if not found:
        raise Refused("box.nothing_typed", "Lisez ou tapez au moins un numéro, un par ligne.", field="numeros")
    if len(found) > MOST_TYPED:
        raise Refused(
            "box.too_many", Said("On met %(most)s courriers au plus à la fois.", most=MOST_TYPED), field="numeros"
        )
    return found


def refuse_boxed(boxed: Boxed | None, number: str) -> None:
    """Let pass paper that is in no box.

    Raises:
        Conflict: `custody.boxed`.
    """
    if boxed is not None:
        raise Conflict(
            "custody.boxed",
            Said(
                "L'original de %(number)s est aux archives, boîte %(box)s : demandez à l'archiviste de le prêter.",
                number=number,
                box=boxed.cote,
            ),
            letter_id=boxed.letter_id,
        )


def checked_names(first: str, second: str, done_on: date, today: date) -> tuple[str, str]:
    """Return the two names under a list of paper, spaces made single.

    Raises:
        Refused: `paper_list.names`, `paper_list.day`.
    """
    one, other = (" ".join(name.split())[:200] for name in (first, second))
    if not one or not other or one.casefold() == other.casefold():
        raise Refused("paper_list.names", "Donnez les noms des deux personnes qui ont signé la liste.", field="premier")
    if done_on > today:
        raise Refused(
            "paper_list.day", "Ce jour n'est pas encore venu : donnez celui de la liste signée.", field="jour"
        )
    return one, other
