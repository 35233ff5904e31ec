"""The sender: the last unit named in the letterhead of an administration, or the first line of anybody else's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ged.mail.qualification import Field, Proposal
from ingest.stages.fields.layout import Line, below, evidence_of

ORIGIN = "regles 1"
_NATION = re.compile(r"republique|travail|liberte|patrie|^[-=_.*~o\s]+$|togolaise")
_CONTACT = re.compile(
    r"\b(?:tel|fax|bp|b\.?\s?p|e-?mail|email|www|cel|rccm|nif|site|quartier|rue|avenue|lome|kara)\b|@|\d{2} \d{2}"
)
_UNIT = re.compile(
    r"^(?:ministere|direction|secretariat|cabinet|division|service|inspection|cellule|prefecture|mairie|commune"
    r"|agence|autorite|office|ambassade|universite|societe|compagnie|banque|ong|association|collectif|groupement"
    r"|cooperative|syndicat|conseil|cour|tribunal|haute|bureau|delegation|institut|ecole|lycee|primature|presidence"
    r"|commissariat|embassy|ministry|entreprise|ets|sarl|fondation|comite|federation|chambre|hopital|clinique)\b"
)
_STOPS = re.compile(r"^n\s?[°ºo/]|\bref\b|^(?:le|la) |^objet|^a\b")
_SMALL = {"de", "du", "des", "la", "le", "les", "et", "à", "au", "aux", "en", "pour", "l'", "d'"}


def propose_sender(lines: Sequence[Line]) -> Proposal | None:
    """Return who writes, as the letterhead names them, with the words that say it."""
    head = [line for line in lines if line.box.top < 0.30 and line.box.left < 0.5 and not _NATION.search(line.plain)]
    centred = [line for line in head if abs((line.box.left + line.box.right) / 2 - 0.5) < 0.12]
    column = [line for line in head if line.box.right < 0.62 or line.box.left < 0.25] or centred or head
    named = [line for line in column if _UNIT.search(line.plain)]
    if named:
        return _proposal(_whole(named[-1], column), 0.88 if len(named) == 1 else 0.72)
    plain_lines = [line for line in column if not _CONTACT.search(line.plain) and not _STOPS.search(line.plain)]
    first = next((line for line in plain_lines if len(line.text) > 4), None)
    return _proposal([first], 0.86 if _looks_like_a_name(first.text) else 0.6) if first else None


def _whole(line: Line, column: Sequence[Line]) -> list[Line]:
    found = [line]
    while len(found) < 4:
        following = below(found[-1], column, most=2.0)
        if following is None or _stops(following) or _changes_case(line, following):
            break
        found.append(following)
    return found


def _stops(line: Line) -> bool:
    return bool(
        _NATION.search(line.plain)
        or _CONTACT.search(line.plain)
        or _STOPS.search(line.plain)
        or _UNIT.search(line.plain)
    )


def _changes_case(line: Line, following: Line) -> bool:
    """Whether the next line is of another hand: capitals give way, or an address with its comma follows."""
    address = "," in following.text and "," not in line.text and not line.text.isupper()
    return line.text.isupper() != following.text.isupper() or address


def _looks_like_a_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 5 and all(word[0].isupper() for word in words if word[0].isalpha())


def _proposal(found: list[Line], likely: float) -> Proposal:
    words = [word for line in found for word in line.words]
    sure = sum(word.confidence for word in words) / len(words)
    value = _titled(" ".join(line.text for line in found).strip(" .,;:-–"))
    return Proposal(
        Field.SENDER, value, likely * min(1.0, 0.3 + 0.75 * sure), evidence_of(words, found[0].page), ORIGIN
    )


def _titled(text: str) -> str:
    """Return a name that was all in capitals as it is written in a register."""
    if not text.isupper() or len(text.split()) < 2:
        return text
    words = text.lower().split()
    return " ".join(word if word in _SMALL or word[:2] in _SMALL else word.capitalize() for word in words).replace(
        text.lower()[0], text[0], 1
    )
