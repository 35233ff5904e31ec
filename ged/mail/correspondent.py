"""Correspondents: people and organisations that write to the house or are written to, and which two may be one.

A letter keeps each name as it was written. The name leads to a correspondent when one matches; when two turn out to
be the same, one is merged into the other, which the letters of both then follow, until the merge is undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ged.mail.folding import fold, folded_words, within
from ged.mail.item import Confidentiality, Direction


class Sort(StrEnum):
    """Whether somebody or an organisation."""

    PERSON = "personne"
    ORGANISATION = "organisme"


class Side(StrEnum):
    """Which end of a letter a name stands at."""

    SENDER = "expediteur"
    RECIPIENT = "destinataire"


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a correspondent (fiche): a name, and as many addresses, e-mails and telephones as there are."""

    sort: Sort
    name: str
    civility: str = ""
    organisation: str = ""
    function: str = ""
    addresses: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name, with the organisation of a person: what parts two people of one name."""
        return f"{self.name} ({self.organisation})" if self.organisation else self.name


@dataclass(frozen=True, slots=True)
class Correspondent:
    """One correspondent of a tenant.

    Attributes:
        merged_into: The one that it was merged into, if it was.
        survivor_id: Who stands for it at the end of its merges: itself until it is merged.
        revision: Grows by one at every change.
    """

    id: str
    tenant_id: str
    card: Card
    merged_into: str | None
    survivor_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name on a letter as it was written, first of its side at rank 1, and the correspondent it leads to."""

    side: Side
    rank: int
    name: str
    correspondent_id: str | None = None
    survivor: Correspondent | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two correspondents are one: in [0, 1], with a French reason for each thing they share."""

    score: float
    reasons: tuple[str, ...]


LIKELY = 0.5
"""From here on two correspondents are shown as a possible duplicate."""
MOST_NAMES = 20
"""Senders or recipients of one letter."""
# fmt: off
_CIVILITIES = frozenset([
    "m", "mr", "mm", "mme", "mlle", "mmes", "monsieur", "madame", "mademoiselle", "messieurs", "mesdames",
    "dr", "docteur", "pr", "professeur", "me", "maitre", "general", "colonel",
])
_LEGAL_FORMS = frozenset([
    "sa", "sarl", "sarlu", "suarl", "sas", "sasu", "snc", "eurl", "gie", "scoop", "scop", "ltd", "inc", "plc", "llc",
    "gmbh", "societe", "ste", "ets", "etablissement", "etablissements", "cie", "compagnie", "entreprise",
])
# fmt: on
LINKS = frozenset(["de", "du", "des", "la", "le", "les", "et", "a", "au", "aux", "en", "of", "the", "and"])
_VOWELS = re.compile(r"[aeiouyɛɔ]")
_TWICE = re.compile(r"(.)\1+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def names_in(text: str) -> tuple[str, ...]:
    """Return the names that a field holds, separated by semicolons or lines, each once, in order."""
    parts = (" ".join(part.split()) for part in re.split(r"[;\n]", text))
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_NAMES]


def joined(names: Iterable[str]) -> str:
    """Return several names as lists show them."""
    return " ; ".join(names)


def name_key(name: str) -> str:
    """Return a name as it is matched: folded, without the civility before it."""
    words = folded_words(name)
    while len(words) > 1 and words[0] in _CIVILITIES:
        words = words[1:]
    return " ".join(words)


def written_as(name: str) -> Card:
    """Return the card of a name that nobody knew: a person when a civility stands before it."""
    first, _, rest = name.partition(" ")
    if rest.strip() and fold(first).rstrip(".") in _CIVILITIES:
        return Card(Sort.PERSON, rest.strip(), civility=first)
    return Card(Sort.ORGANISATION, name.strip())


def enters_directory(direction: Direction, side: Side, level: Confidentiality) -> bool:
    """Whether a new name becomes a correspondent by itself: the outer side of a letter that is open to the house.

    The directory is read by the whole tenant: the sender of a confidential letter must not appear in it.
    """
    outer = {Direction.INCOMING: Side.SENDER, Direction.OUTGOING: Side.RECIPIENT}.get(direction)
    return side is outer and level.rank <= Confidentiality.INTERNAL.rank


def card_faults(card: Card) -> dict[str, str]:
    """Return the French sentence for each faulty field; empty when the card can stand."""
    found: dict[str, str] = {}
    if not name_key(card.name):
        found["name"] = "Indiquez le nom, par exemple « Mairie de Kpalimé » ou « Koffi Agbéko »."
    elif ";" in card.name or ";" in card.organisation:
        found["name"] = "Un nom ne contient pas de point-virgule : il sépare deux correspondants."
    wrong = [email for email in card.emails if not _EMAIL.fullmatch(email)]
    if wrong:
        found["emails"] = f"Cette adresse électronique ne se lit pas : {wrong[0]}. Écrivez-la comme nom@domaine.tg."
    if any(not _digits(phone) for phone in card.phones):
        found["phones"] = "Un téléphone compte au moins quatre chiffres, par exemple +228 90 11 22 33."
    return found


def search_words(card: Card) -> frozenset[str]:
    """Return the words by whose beginning a correspondent is found."""
    words = set(folded_words(f"{card.name} {card.organisation} {card.function}"))
    for email in card.emails:
        words |= {email.lower(), *folded_words(email)}
    return frozenset(words | {_digits(phone) for phone in card.phones})


def words_typed(text: str) -> list[str]:
    """Return what somebody types to find a correspondent, as the words to be found begin; a number is one word."""
    if not any(character.isalpha() for character in text):
        digits = "".join(character for character in text if character.isdigit())
        return [digits[-8:]] if digits else []
    return [text.strip().lower()] if "@" in text else folded_words(text)[:8]


def marks(card: Card) -> frozenset[str]:
    """Return what two correspondents that may be one have in common: each pair is looked for by these alone.

    Two spellings of a name share its words sorted, the beginnings of its words, or its consonants.
    """
    words = _significant(card.name)
    bones = (_TWICE.sub(r"\1", _VOWELS.sub("", word)) or word for word in words)
    names = {
        "nom:" + " ".join(words),
        "debuts:" + " ".join(sorted(word[:4] for word in words)),
        "consonnes:" + " ".join(sorted(bones)),
    }
    emails = {"courriel:" + email.lower() for email in card.emails}
    return frozenset(emails | {"tel:" + _digits(phone) for phone in card.phones} | (names if words else set()))


def likeness(one: Card, other: Card) -> Likeness:
    """Return how likely two correspondents are one; each reason takes away its part of what was left to doubt."""
    found = _shared(one, other)
    doubt = 1.0
    for weight, _ in found:
        doubt *= 1 - weight
    score = 1 - doubt
    if one.sort is not other.sort or _elsewhere(one, other):
        score *= 0.6
    return Likeness(round(score, 2), tuple(reason for _, reason in found))


def _shared(one: Card, other: Card) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    emails = {each.lower() for each in one.emails} & {each.lower() for each in other.emails}
    phones = {_digits(each) for each in one.phones} & {_digits(each) for each in other.phones}
    if emails:
        found.append((0.7, "même adresse électronique"))
    if phones:
        found.append((0.55, "même téléphone"))
    first, second = name_key(one.name), name_key(other.name)
    words, others = _significant(one.name), _significant(other.name)
    if first == second:
        found.append((0.85, "même nom"))
    elif words and words == others:
        found.append((0.75, "mêmes mots, à l'ordre ou à la forme juridique près"))
    elif _near(words, others) or _near(first.split(), second.split()):
        found.append((0.6, "noms presque identiques"))
    return found


def _near(ones: list[str], others: list[str]) -> bool:
    """Whether two names are the same word by word, but for one edit in five letters and two in nine."""
    return len(ones) == len(others) > 0 and all(
        within(one, other, _tolerance(min(len(one), len(other)))) for one, other in zip(ones, others, strict=True)
    )


def _tolerance(letters: int) -> int:
    return 0 if letters < 5 else 1 if letters < 9 else 2


def _elsewhere(one: Card, other: Card) -> bool:
    """Whether two people work for organisations that have other names."""
    first, second = _significant(one.organisation), _significant(other.organisation)
    return bool(first and second) and first != second


def _significant(name: str) -> list[str]:
    """Return the words of a name, sorted, without legal forms nor small words; all of them when no other is left."""
    words = name_key(name).split()
    return sorted([word for word in words if word not in _LEGAL_FORMS and word not in LINKS] or words)


def _digits(phone: str) -> str:
    """Return a number as it is compared: its last eight digits, so that +228 and 00228 do not count; "" for none."""
    digits = "".join(character for character in phone if character.isdigit())
    return digits[-8:] if len(digits) >= 4 else ""
