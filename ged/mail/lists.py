"""Lists that the configuration folder gives: words to choose from, letterheads, templates of replies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class TermList(StrEnum):
    """Which list a term belongs to."""

    DELIVERY = "acheminement"
    TRANSMITTAL = "bordereau"
    LEVEL = "confidentialite"
    REFUSAL = "renvoi"
    ANNOTATION = "annotation"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list: its code for ever, what it is called today, its place.

    For `TermList.LEVEL` the codes and their order are those of `Confidentiality`: only the names are data.
    """

    list: TermList
    code: str
    label_fr: str
    label_en: str
    rank: int

    def label(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.label_en if language == "en" else self.label_fr


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What an entity prints above and below what it writes; `lines` go from the State down to the entity."""

    entity_id: str
    lines_fr: tuple[str, ...]
    lines_en: tuple[str, ...]
    city: str
    footer: str


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """A model of reply: a DOCX file with fields (`TEMPLATE_FIELDS`).

    Attributes:
        kind: The document kind that it answers or makes; "" for any.
        entity_id: The entity that uses it, with all that is under it; "" for every one.
        digest: SHA-256 of the file, 64 lower-case hexadecimal digits: a draft names the file that it was made from.
    """

    code: str
    label_fr: str
    label_en: str
    file: str
    kind: str
    entity_id: str
    digest: str
    rank: int

    def label(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.label_en if language == "en" else self.label_fr


TEMPLATE_FIELDS = {
    "entete": "the lines of the letterhead, a list",
    "ville": "the city of the letterhead",
    "date": "the day it is signed, in full: 3 mars 2026",
    "numero": "the registration number, given at signature",
    "civilite": "how the addressee is called: Monsieur le Directeur",
    "destinataire": "name or office of the addressee",
    "adresse": "the lines of the address, a list",
    "objet": "the subject",
    "reference": "the reference of the letter that is answered, as its sender wrote it",
    "reference_date": "the day of that letter, in full",
    "reference_numero": "the number under which that letter was registered",
    "corps": "the paragraphs of the text, a list",
    "pieces": "the enclosures, a list",
    "ampliations": "who receives a copy, a list",
    "titre": "by what title it is signed: Pour le ministre et par délégation, le Secrétaire général",
    "signataire": "name of who signs",
    "pied": "the footer of the letterhead",
}
"""Every field that a template may name, and what it will hold. A field that has nothing is an empty text or list."""


def letterhead_of(chain: Sequence[str], letterheads: Iterable[Letterhead]) -> Letterhead | None:
    """Return the first letterhead of a chain of entities, as `upwards` gives it: one's own, or the nearest above."""
    given = {each.entity_id: each for each in letterheads}
    return next((given[each] for each in chain if each in given), None)


def templates_of(chain: Sequence[str], templates: Iterable[ReplyTemplate]) -> tuple[ReplyTemplate, ...]:
    """Return the templates that an entity may use: its own, those of the entities above, and everybody's."""
    return tuple(each for each in templates if not each.entity_id or each.entity_id in chain)
