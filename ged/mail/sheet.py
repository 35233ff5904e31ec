"""What a letter that leaves says, field by field, before a press lays it out: from a template, or on a plain sheet.

The number and the date have a place and nothing in it until the letter is signed: they are taken at signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ged.mail.french_dates import long_date, plain
from ged.mail.markup import Enumeration, Line, Paragraph, Table, blocks

BLANK = "……………"
"""What stands in the place of the number and of the date before they are given."""
ANCHOR = "(signature)"
"""The words under which the block of an electronic signature goes: they stand where a template prints the title."""
_ROOM = "\n".join("\u00a0" * 6)
"""Empty lines where a template prints the signer's name: with the title's, room for the block."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter ready to be laid out.

    Attributes:
        letterhead: From the State down to the entity that writes.
        number: As printed in the register; "" until the letter is signed, as `day` is None.
        salutation: How the addressee is called, « Monsieur le Directeur »; "" for none.
        recipient: Name or office of the addressee; `address` the lines under it: the other addressees, if there are.
        reference: The reference of the letter that is answered, as its sender wrote it.
        text: The body, in the markup of `ged.mail.markup`.
        enclosures: What is joined; `copies` who receives a copy (ampliations).
        title: By what title it is signed, « Le Directeur » or « Pour le ministre et par délégation, … ».
        by_hand: Whether title and name are printed, for a signature in ink; else the block of an electronic one
            comes in their place.
    """

    letterhead: tuple[str, ...]
    city: str
    footer: str
    subject: str
    text: str
    number: str = ""
    day: date | None = None
    salutation: str = ""
    recipient: str = ""
    address: tuple[str, ...] = ()
    reference: str = ""
    reference_day: date | None = None
    reference_number: str = ""
    enclosures: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    title: str = ""
    signer: str = ""
    by_hand: bool = False


def fields_of(sheet: Sheet) -> dict[str, str | list[str]]:
    """Return what each field of a template holds; what is not known is an empty text or list, never missing."""
    return {
        "entete": list(sheet.letterhead),
        "ville": sheet.city,
        "date": long_date(sheet.day) if sheet.day else BLANK,
        "numero": sheet.number or BLANK,
        "civilite": sheet.salutation,
        "destinataire": sheet.recipient,
        "adresse": list(sheet.address),
        "objet": sheet.subject,
        "reference": sheet.reference,
        "reference_date": long_date(sheet.reference_day) if sheet.reference_day else "",
        "reference_numero": sheet.reference_number,
        "corps": paragraphs(sheet.text),
        "pieces": list(sheet.enclosures),
        "ampliations": list(sheet.copies),
        "titre": sheet.title if sheet.by_hand else ANCHOR,
        "signataire": sheet.signer if sheet.by_hand else _ROOM,
        "pied": sheet.footer,
    }


def open_fields(sheet: Sheet) -> dict[str, str | list[str]]:
    """Return the same with what only the signature gives left as fields, so that the document is filled once more."""
    later = ("date", "numero", "titre", "signataire")
    return fields_of(sheet) | {name: f"{{{{ {name} }}}}" for name in later}


def paragraphs(text: str) -> list[str]:
    """Return a body as plain paragraphs, for a template that lays them out: marks of weight are left out."""
    found: list[str] = []
    for block in blocks(text):
        if isinstance(block, Paragraph):
            found.append("\n".join(_plain(line) for line in block.lines))
        elif isinstance(block, Enumeration):
            marks = (f"{n}." if block.ordered else "–" for n in range(1, len(block.items) + 1))
            found += [f"{mark} {_plain(item)}" for mark, item in zip(marks, block.items, strict=True)]
        elif isinstance(block, Table):
            found += [" | ".join(_plain(cell) for cell in row) for row in block.rows]
        else:
            found.append(_plain(block.line))
    return found


def salutation_of(recipient: str) -> str:
    """Return how an addressee is called: « Monsieur le Directeur » of « Monsieur le Directeur de la CEET, Lomé »."""
    called = recipient.split(",", 1)[0].strip()
    if not plain(called).startswith(("monsieur", "madame", "mademoiselle", "messieurs", "mesdames")):
        return "Madame, Monsieur"
    words = called.split()
    ends = (n for n, word in enumerate(words) if plain(word) in _LINKING or plain(word).startswith(("d'", "d\u2019")))
    return " ".join(words[: next(ends, len(words))])


_LINKING = frozenset({"de", "du", "des"})
"""Words after which comes what somebody leads, which is not how one calls them."""


def _plain(line: Line) -> str:
    return "".join(run.text for run in line)
