"""Near-duplicates (doublons): the same letter received twice, known by its words, whatever a scanner made of them.

Bytes tell only the same file. A scan and the e-mailed copy of one letter share their words but for misread ones, and
so do two letters of one form: what parts them is that a form differs in words that were read well on both sides, a
name here against a name there, a figure against a figure. A misread word leaves a trace on one side only, or looks
like its neighbour.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from rapidfuzz.distance import LCSseq

from ged.mail.folding import folded_words, within
from ged.mail.item import Letter, State
from ged.mail.page import Page
from ged.mail.qualification import Field

BANDS, ROWS = 32, 3
"""A band is as many smallest hashes read together: half of the words in common are found almost surely, a fifth
seldom. Source: Broder, On the resemblance and containment of documents, 1997."""
MIN_WORDS = 12
"""With fewer words, a page says nothing of its own."""
MAX_WORDS = 1_500
"""The first pages are enough to know a letter again, and keep a comparison to milliseconds."""
ROUGH_SHARE, MIN_SHARE = 0.35, 0.7
"""How much of the shorter letter the other must have: before misread words are paired, and after."""
MAX_APART = 1.0
"""From one word on that says another thing, two letters are two. Source: scripts/measure_duplicates.py, 2026-11-24."""
SURE_FIGURE = 0.9
"""Two figures read at least so surely are not one figure misread."""
SHOWN = 12
_LONGEST, _MOST_MISREAD, _MOST_COMPARED = 60, 5, 50_000
"""Letters of a word, those of them that may be misread, and pairs of words compared letter by letter of two letters.

Without them, two letters made for it would be compared for minutes."""
_PRIME = (1 << 61) - 1
_SEEDS = tuple(
    tuple(int.from_bytes(hashlib.blake2b(f"{n} {part}".encode(), digest_size=8).digest()) % _PRIME for part in "ab")
    for n in range(BANDS * ROWS)
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one letter is known again by.

    Attributes:
        words: Its words folded, each with how surely it was read, in [0, 1].
        reference: The sender's number without spaces nor accents, "" for none; `day` in ISO 8601, `sender` folded.
    """

    words: tuple[tuple[str, float], ...]
    reference: str = ""
    day: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How two letters compare.

    Attributes:
        share: Share of the shorter one's words that the other has, in [0, 1].
        apart: How many words, read well on both sides, say one thing here and another there.
        here: Words of the first alone; `there` of the second alone.
        agree: Fields on which both agree.
        likely: Whether a person should be asked if they are one letter.
    """

    share: float
    apart: float
    here: tuple[str, ...]
    there: tuple[str, ...]
    agree: tuple[Field, ...]
    likely: bool


class Verdict(StrEnum):
    """What a person said of two letters."""

    SAME = "meme_courrier"
    OTHER = "different"


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A letter that another may be, as seen from that other, with what a person said of the two, if anything."""

    other_id: str
    share: float
    here: tuple[str, ...]
    there: tuple[str, ...]
    agree: tuple[Field, ...]
    verdict: Verdict | None
    name: str
    said_at: datetime | None


def asked_of(letter: Letter, other: Letter) -> bool:
    """Whether a person who qualifies `letter` is asked if it is `other`: the later of two, or the one still waiting."""
    if letter.state is not State.TO_QUALIFY or other.state in {State.CANCELLED, State.RECEIVED}:
        return False
    later = (letter.registered_at, letter.id) > (other.registered_at, other.id)
    return later or other.state is not State.TO_QUALIFY


def facts_of(pages: Sequence[Page], fields: Mapping[Field, str]) -> Facts:
    """Return what a letter is known again by: its pages as read, and its fields as decided or proposed."""
    words = (
        (part[:_LONGEST], word.confidence)
        for page in pages
        for word in page.words
        for part in folded_words(word.text)
        if len(part) > 1
    )
    return Facts(
        tuple(islice(words, MAX_WORDS)),
        reference="".join(folded_words(fields.get(Field.SENDER_REFERENCE, ""))),
        day=fields.get(Field.LETTER_DATE, ""),
        sender=" ".join(folded_words(fields.get(Field.SENDER, ""))),
    )


def sketch(facts: Facts) -> tuple[int, ...]:
    """Return the marks of a letter, signed 64-bit: letters that may be one share at least one; () says nothing.

    One mark a band of its words' smallest hashes, and one for its number together with its sender.
    """
    hashes = [_hash(word) % _PRIME for word in {word for word, _ in facts.words if len(word) > 3}]
    if len(hashes) < MIN_WORDS:
        return ()
    least = [min((a * each + b) % _PRIME for each in hashes) for a, b in _SEEDS]
    marks = [_signed(f"{at} {least[at : at + ROWS]}") for at in range(0, len(least), ROWS)]
    if facts.reference and facts.sender:
        marks.append(_signed(f"n° {facts.reference} {facts.sender}"))
    return tuple(marks)


def resemblance(one: Facts, other: Facts) -> Resemblance:
    """Compare two letters; a stamp or a signature on one of them alone does not part them."""
    left, right = _alone(one, other), _alone(other, one)
    agree = _agree(one, other)
    shorter, fewer = (one, left) if len(one.words) <= len(other.words) else (other, right)
    length = len(shorter.words)
    if length < MIN_WORDS or sum(word.count for word in fewer.values()) > length * (1 - ROUGH_SHARE):
        return Resemblance(0.0, 0.0, (), (), agree, likely=False)
    near = _misread(left, right) | _cut_otherwise(left, right)
    here = {word: found for word, found in left.items() if word not in near}
    there = {word: found for word, found in right.items() if word not in near}
    share = 1 - sum(found.count for word, found in fewer.items() if word not in near) / length
    apart = _apart(one, other, here, there)
    likely = share >= MIN_SHARE and apart < MAX_APART
    return Resemblance(round(share, 3), round(apart, 2), tuple(here)[:SHOWN], tuple(there)[:SHOWN], agree, likely)


def _apart(one: Facts, other: Facts, here: Mapping[str, _Alone], there: Mapping[str, _Alone]) -> float:
    """Return how much is said here where something else is said there."""
    first, second = [word for word, _ in one.words], [word for word, _ in other.words]
    found, begin, start = 0.0, 0, 0
    for same in LCSseq.editops(first, second).as_matching_blocks():  # the last is empty, at the end of both
        found += min(_weight(first[begin : same.a], here), _weight(second[start : same.b], there))
        begin, start = same.a + same.size, same.b + same.size
    return found


@dataclass(frozen=True, slots=True)
class _Alone:
    """A word that one letter has more often than the other: how much more, and how surely it was read."""

    count: int
    confidence: float


def _alone(one: Facts, other: Facts) -> dict[str, _Alone]:
    surplus = Counter(word for word, _ in one.words) - Counter(word for word, _ in other.words)
    sure: dict[str, float] = {}
    for word, confidence in one.words:
        if word in surplus:
            sure[word] = max(sure.get(word, 0.0), confidence)
    return {word: _Alone(count, sure[word]) for word, count in surplus.items()}


def _misread(left: Mapping[str, _Alone], right: Mapping[str, _Alone]) -> set[str]:
    """Return the words of both sides that are most likely one word, misread on one of them."""
    found: set[str] = set()
    letters = {word: frozenset(word) for word in (*left, *right)}
    compared = 0
    for word, one in left.items():
        for candidate, other in right.items():
            if candidate in found:
                continue
            distance = _distance(word, candidate, min(one.confidence, other.confidence))
            if (
                abs(len(word) - len(candidate)) > distance
                or len(letters[word] ^ letters[candidate]) > 2 * distance  # an edit brings one and takes one away
            ):
                continue
            if compared == _MOST_COMPARED:
                return found
            compared += 1
            if within(word, candidate, distance):
                found |= {word, candidate}
                break
    return found


def _distance(word: str, candidate: str, confidence: float) -> int:
    """Return how many letters of two words may be misread that are one; figures read well are not one misread."""
    if word.isdigit() and candidate.isdigit():
        return int(confidence < SURE_FIGURE)
    return min(_MOST_MISREAD, max(1, (min(len(word), len(candidate)) + 1) // 3))


def _cut_otherwise(left: Mapping[str, _Alone], right: Mapping[str, _Alone]) -> set[str]:
    """Return the figures that one side has in one piece and the other in several: 1958 and 19 58."""
    found: set[str] = set()
    for whole, parts in ((left, right), (right, left)):
        pieces = [word for word in parts if word.isdigit()]
        for word in whole:
            if word.isdigit() and len(word) > 3 and word in "".join(pieces):
                found |= {word, *(piece for piece in pieces if piece in word)}
    return found


def _weight(words: Sequence[str], alone: Mapping[str, _Alone]) -> float:
    """Return how much words say that the letters differ."""
    return sum(_weight_of(word, alone[word].confidence) for word in words if word in alone)


def _weight_of(word: str, confidence: float) -> float:
    """Short words say little, and doubtful ones less."""
    says = (1.0 if len(word) > 2 else 0.4) if word.isdigit() else (1.0 if len(word) > 3 else 0.3)
    return says * (1.0 if confidence >= 0.85 else 0.6 if confidence >= 0.5 else 0.3)


def _agree(one: Facts, other: Facts) -> tuple[Field, ...]:
    pairs = {
        Field.SENDER_REFERENCE: (one.reference, other.reference),
        Field.LETTER_DATE: (one.day, other.day),
        Field.SENDER: (one.sender, other.sender),
    }
    return tuple(field for field, (first, second) in pairs.items() if first and first == second)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _signed(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)
