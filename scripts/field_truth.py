"""Whether a proposed value is what was written: how each field is judged, by training and by the measure alike."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

from ged.mail.folding import folded_words
from ged.mail.qualification import Field

TRUTH: dict[Field, str] = {
    Field.SENDER: "sender",
    Field.RECIPIENT: "recipient",
    Field.SUBJECT: "subject",
    Field.SENDER_REFERENCE: "reference",
    Field.OUR_REFERENCE: "their_reference",
    Field.LETTER_DATE: "date",
    Field.DEADLINE: "deadline",
    Field.STAMP_DATE: "stamp",
    Field.SIGNER: "signer",
    Field.AMOUNT: "amount",
    Field.PIECES: "pieces",
    Field.PHONE: "phone",
    Field.EMAIL: "email",
    Field.ADDRESS: "address",
}
"""The name of each field in the truth of a letter."""
_CIVILITIES = {"monsieur", "madame", "messieurs", "mesdames", "mr", "mrs", "m", "mme", "dr"}
_SPARE = _CIVILITIES | {"a", "aux", "to", "de", "du", "des", "la", "le", "les", "et"}
LIKE = 0.94
"""Names and subjects may differ by one letter in sixteen: OCR took one for another, the register is not wrong."""
MAX_MORE = 9
"""Words that may stand around the name of a recipient: civility and office; of a sender: the body above it."""


def true_value(truth: dict[str, Any], field: Field) -> str:
    """Return what is true of a field; empty where the letter does not say it or nobody knows."""
    value = truth.get(TRUTH[field], "")
    return str(value[-1]) if isinstance(value, list) else str(value)


def right(field: Field, value: str, truth: dict[str, Any]) -> bool:
    """Whether a proposed value says what the letter says."""
    wanted = true_value(truth, field)
    if field in {Field.SENDER, Field.RECIPIENT}:
        return _names(value, wanted)
    if field in {Field.SUBJECT, Field.SIGNER}:
        return likeness(value, wanted) >= LIKE
    if field is Field.PHONE:
        return digits(value)[-8:] == digits(wanted)[-8:]
    if field is Field.ADDRESS:
        return digits(wanted) in digits(value)
    if field in {Field.SENDER_REFERENCE, Field.OUR_REFERENCE, Field.EMAIL}:
        return marks(value) == marks(wanted)
    return value == wanted


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, in [0, 1], case, accents, marks and small words apart."""
    left, right_ = _folded(one), _folded(other)
    if left == right_:
        return 1.0
    matcher = SequenceMatcher(None, left, right_, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.6 else 0.0


def digits(text: str) -> str:
    """Return the digits of a text."""
    return re.sub(r"\D", "", text)


def marks(text: str) -> str:
    """Return the letters and digits of a reference or of an address, in capitals, without « n° »."""
    return re.sub(r"[^0-9A-Z@]", "", re.sub(r"^\s*n\s?[°ºo*]\.?\s*", "", text, flags=re.IGNORECASE).upper())


def _folded(text: str) -> str:
    return " ".join(word for word in folded_words(text) if word not in _SPARE)


def _names(value: str, wanted: str) -> bool:
    """Whether a value names who is meant, with no more around than what its block says of them."""
    got, true = _folded(value).split(), _folded(wanted).split()
    if not true or len(got) > len(true) + MAX_MORE:
        return False
    return any(
        likeness(" ".join(got[start : start + len(true)]), " ".join(true)) >= LIKE
        for start in range(max(1, len(got) - len(true) + 1))
    )
