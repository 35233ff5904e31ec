"""Made-up letters for measuring the search: varied, the same for a seed, each knowing what it is about.

    python -m scripts.search_corpus 20        # shows a few

A letter is one of a *case*: a topic at a place, about which a few letters go back and forth. What a letter is about
stays beside its text, so that the answers to a query are known by construction (`scripts.search_queries`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from random import Random
from zlib import crc32

from ged.mail.item import Confidentiality, Direction, Letter, Priority, Reading, Sealing, State
from ged.mail.page import Box, Page, TextSource, Word
from scripts import search_words as given
from scripts.search_words import Ambiguous, Topic, Words
from search.document import Document, document

BLOCK = 1_000
"""Letters made from one seed of their own: a block can be made alone, by any process."""
SERVICES = ("CAB", "SG", "DAF", "DRH", "DAJ", "DSID", "DPP", "DGMG", "DGE", "IG", "DAF-MAT", "DRH-FORM")
KINDS = ("demande", "invitation", "facture", "plainte", "recours", "rapport", "transmission", "convention", "reponse")
_LEVELS = (
    (Confidentiality.INTERNAL,) * 16
    + (Confidentiality.PUBLIC,) * 2
    + (Confidentiality.RESTRICTED, Confidentiality.CONFIDENTIAL)
)
_FIRST_DAY = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
_DAYS = 2_150
_VOWELS = "aeéioôuh"
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_MISREAD: dict[str, str | tuple[str, ...]] = {
    "e": "cao", "c": "eo", "o": "0ce", "a": "oe", "i": "l1j", "l": "1it", "t": "lf", "f": "t", "r": "n", "n": "ru",
    "u": "nv", "m": ("rn", "nn"), "s": "5a", "d": ("cl", "o"), "h": "bn", "b": "h6", "g": "q9", "q": "g", "v": "y",
    "p": "n", "é": "eèc", "è": "éc", "ê": "é", "É": "E", "I": "l1", "O": "0Q", "S": "5", "B": "8", "E": "F",
    "D": "O", "A": "4", "0": "O", "1": "l",
}  # fmt: skip
"""What an optical reader takes letters for. Source: confusions seen in docs/measures.md, reading of scans."""


@dataclass(slots=True)
class Record:
    """One letter and what it is about.

    Attributes:
        place: Where its case is, as spelt, and `citizen` who writes or is written to.
        passing: Another topic and place that it mentions in one sentence.
        told: Whether the subject says what the letter is about, or only the text does.
        body: Acronym of the organisation it names, "" for none; `spelt_out` when by its whole name.
        synonym: Number of the pair of words it says one of, and which; None for none.
        planted: The ambiguous word it means, "" for none.
        local: A word in Ewe or Kabiyè letters, "" for none.
        quoted: The reference of an earlier letter of its case, "" for none.
    """

    index: int
    topic: Topic
    place: str
    citizen: str
    passing: tuple[Topic, str] | None
    told: bool
    body: str
    spelt_out: bool
    synonym: tuple[int, int] | None
    planted: str
    local: str
    english: bool
    damaged: bool
    person: str
    reference: str
    quoted: str
    number: str
    when: datetime
    direction: Direction
    state: State
    level: Confidentiality
    kind: str
    service: str
    subject: str
    sender: str
    recipient: str
    text: str
    misread: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """The letter's id, from which `index` can be read again."""
        return f"essai{self.index:09d}"

    def letter(self) -> Letter:
        """Return the registered letter."""
        return Letter(
            id=self.id,
            tenant_id="MME",
            register_id="MME",
            direction=self.direction,
            year=self.when.year,
            sequence=self.index + 1,
            number=self.number,
            state=self.state,
            confidentiality=self.level,
            priority=Priority.NORMAL,
            revision=1,
            received_at=self.when,
            registered_at=self.when,
            kind=self.kind,
            service_id=self.service,
            position_id=None,
            concerned=(),
            subject=self.subject,
            sender=self.sender,
            recipient=self.recipient,
            sender_reference=self.reference,
            letter_date=self.when.date(),
            due_date=None,
            delay_days=None,
            suspended_on=None,
            closed_on=None,
            page_count=1,
            original=f"{self.index:064x}",
            original_size=1,
            media_type="application/pdf",
            filename="lettre.pdf",
            reading=Reading.READY,
            reading_error=None,
            sealing=Sealing.SEALED,
            held=False,
        )

    def pages(self) -> tuple[Page, ...]:
        """Return the one page of the letter, its words in boxes of their lines."""
        lines = [line.split() for line in self.text.split("\n")]
        words = tuple(
            Word(word, box, self._confidence(word), row)
            for row, line in enumerate(lines)
            for word, box in zip(line, _boxes(row, len(lines), len(line)), strict=True)
        )
        return (Page(1, 1654, 2339, 200.0, 0, 0.0, TextSource.OCR, 0.9, "essai 1", words),)

    def _confidence(self, word: str) -> float:
        """Return a doubt for as many words as our reading doubts: three in four misread, one in forty of the others."""
        drawn = crc32(f"{self.index} {word}".encode())
        return 0.6 if (drawn % 4 and word in self.misread) or drawn % 40 == 0 else 0.9

    def document(self) -> Document:
        """Return the letter as the index holds it."""
        return document(self.letter(), self.pages())


@lru_cache(maxsize=10_000)
def _boxes(row: int, rows: int, count: int) -> tuple[Box, ...]:
    return tuple(Box(at / count, row / rows, (at + 0.9) / count, (row + 0.8) / rows) for at in range(count))


def records(count: int, seed: int = 1, words: Words | None = None, *, first: int = 0) -> Iterator[Record]:
    """Give letters `first` to `first + count`, the same for the same seed and words; `first` at the start of a block.

    Raises:
        ValueError: `first` is not a multiple of `BLOCK`.
    """
    if first % BLOCK:
        message = f"{first} does not start a block of {BLOCK}"
        raise ValueError(message)
    words = words or given.both()
    blocks = (_block(words, seed, at) for at in range(first, first + count, BLOCK))
    yield from islice((record for block in blocks for record in block), count)


def letters(
    count: int, seed: int = 1, words: Words | None = None, *, first: int = 0
) -> Iterator[tuple[Letter, tuple[Page, ...]]]:
    """Give registered letters with their pages."""
    return ((one.letter(), one.pages()) for one in records(count, seed, words, first=first))


def documents(count: int, seed: int = 1, words: Words | None = None, *, first: int = 0) -> Iterator[Document]:
    """Give letters as the index holds them."""
    return (one.document() for one in records(count, seed, words, first=first))


def _block(words: Words, seed: int, first: int) -> Iterator[Record]:
    maker = _Maker(words, Random(f"{seed}-{first}"))
    index = first
    while index < first + BLOCK:  # the last case may be cut short
        made = list(islice(maker.case(index), first + BLOCK - index))
        yield from made
        index += len(made)


class _Maker:
    """Makes the letters of one block."""

    def __init__(self, words: Words, rng: Random) -> None:
        self._words, self._rng = words, rng

    def case(self, index: int) -> Iterator[Record]:
        """Give the letters of one case: one to seven."""
        rng, words = self._rng, self._words
        topic, place, body = rng.choice(words.topics), self._place(), rng.choice(words.bodies)
        citizen, when = self._someone(place), _FIRST_DAY + timedelta(days=rng.random() * _DAYS)
        named = rng.random() < 0.4
        pair = rng.randrange(len(words.synonyms)) if rng.random() < 0.15 else None
        quoted = ""
        for turn in range(rng.choice((1, 2, 3, 4, 5, 7))):
            record = self._record(index + turn, (topic, place), citizen, when, quoted)
            if named:
                record.body, record.spelt_out = body.acronym, rng.random() < 0.5
            if pair is not None:
                record.synonym = pair, rng.randrange(2)
            self._write(record, turn)
            yield record
            quoted = record.reference
            when += timedelta(days=rng.random() * 20, hours=rng.random() * 8)

    def _place(self) -> str:
        rng, words = self._rng, self._words
        if rng.random() < 0.3:
            return rng.choice(words.places)
        start, middle, end = words.syllables
        return rng.choice(start) + rng.choice(middle) + rng.choice(end)

    def _person(self) -> str:
        rng, words = self._rng, self._words
        if rng.random() < 0.7:
            return f"{rng.choice(words.first_names)} {rng.choice(words.last_names)}"
        start, middle, _ = words.syllables
        return f"{rng.choice(words.first_names)} {rng.choice(start)}{rng.choice(middle)}"

    def _someone(self, place: str) -> str:
        rng = self._rng
        chance = rng.random()
        if chance < 0.25:
            return f"Mairie de {place if rng.random() < 0.5 else self._place()}"
        if chance < 0.5:
            return f"Société {rng.choice(self._words.firms)} {rng.choice(('SA', 'SARL', 'et Fils'))}"
        return self._person() if chance < 0.85 else f"Collectif des riverains de {place}"

    def _record(self, index: int, about: tuple[Topic, str], citizen: str, when: datetime, quoted: str) -> Record:
        rng = self._rng
        incoming = rng.random() < 0.7
        service = rng.choice(SERVICES)
        chance = rng.random()
        code = f"MMRE/{service}" if not incoming else f"{citizen[:3].upper()}/{rng.choice(('DG', 'SG', 'CAB', 'DT'))}"
        return Record(
            index=index,
            topic=about[0],
            place=about[1],
            citizen=citizen,
            passing=(rng.choice(self._words.topics), self._place()) if rng.random() < 0.1 else None,
            told=rng.random() < 0.75,
            body="",
            spelt_out=False,
            synonym=None,
            planted="",
            local=rng.choice(self._words.local) + rng.choice(("", "nyo", "tɔ", "ɖe")) if chance < 0.02 else "",
            english=0.02 <= chance < 0.07,
            damaged=rng.random() < 0.2,
            person=self._person(),
            reference=f"{rng.randrange(1, 2_500):04d}/{when.year}/{code}",
            quoted=quoted if rng.random() < 0.6 else "",
            number=f"{'ARR' if incoming else 'DEP'}-{when.year}-{index + 1:06d}",
            when=when,
            direction=Direction.INCOMING if incoming else Direction.OUTGOING,
            state=rng.choice((State.ASSIGNED, State.IN_PROGRESS, State.DONE)),
            level=rng.choice(_LEVELS),
            kind=rng.choice(KINDS),
            service=service,
            subject="",
            sender=citizen if incoming else "Ministère des mines et de l'énergie",
            recipient="Monsieur le Ministre des mines" if incoming else citizen,
            text="",
        )

    def _write(self, record: Record, turn: int) -> None:
        rng, topic, place = self._rng, record.topic, record.place
        meant: Ambiguous | None = None
        if rng.random() < 0.01:
            meant = rng.choice(self._words.ambiguous)
            record.planted = meant.word
        record.subject = self._subject(record, meant, turn)
        slots = {
            "place": place,
            "noun": topic.noun,
            "plural": topic.plural,
            "said": topic.said,
            "english": topic.english,
        }
        core = [rng.choice(given.ENGLISH_OPENINGS if record.english else given.OPENINGS) % slots]
        if record.quoted:
            core.append(rng.choice(given.QUOTES) % {"quoted": record.quoted})
        if record.body:
            name = next(one for one in self._words.bodies if one.acronym == record.body)
            core.append(rng.choice(given.BODY_SENTENCES) % {"body": name.name if record.spelt_out else name.acronym})
        if record.synonym:
            said = self._words.synonyms[record.synonym[0]][record.synonym[1]]
            core.append(rng.choice(given.SYNONYM_SENTENCES) % {"said": said, "place": place})
        if meant is not None:
            core.append(f"Précisons que {rng.choice(meant.sentences)}.")
        if record.passing:
            core.append(given.PASSING % {"noun": record.passing[0].noun, "place": record.passing[1]})
        if record.local:
            core.append(f"Le groupement « {record.local} » s'associe à la présente.")
        self._fill(record, core)

    def _subject(self, record: Record, meant: Ambiguous | None, turn: int) -> str:
        rng, topic = self._rng, record.topic
        if meant is not None and rng.random() < 0.6:
            return f"{rng.choice(meant.subjects)}, {record.place}"
        if not record.told:
            return rng.choice(
                ("Relance", "Votre lettre", "Transmission de dossier", "Suite à donner", "Demande d'information")
            )
        if record.english:
            return f"{topic.english.capitalize()} in {record.place}"
        said = rng.choice((topic.noun, topic.noun, topic.plural))
        lead = rng.choice(("", "", "Demande : ", "Dossier : ", "Relance : " if turn else "Réclamation : "))
        return f"{lead}{said if lead else said[0].upper() + said[1:]} à {record.place}"

    def _fill(self, record: Record, core: list[str]) -> None:
        rng = self._rng
        fillers = given.ENGLISH_FILLERS if record.english else given.FILLERS
        sentences = rng.sample(fillers, 6) if record.english else rng.sample(fillers, 13)
        when = record.when
        for at, sentence in enumerate(sentences):
            day = when - timedelta(days=rng.randrange(1, 300))
            thing = rng.choice(given.THINGS)
            the = ("l'" if thing[0] in _VOWELS else "le ") + thing
            sentences[at] = sentence % {
                "thing": thing,
                "the": the,
                "The": the[0].upper() + the[1:],
                "things": rng.choice(given.THINGS) + "s",
                "quality": rng.choice(given.QUALITIES),
                "done": rng.choice(given.DONE),
                "someone": rng.choice(given.SOMEONE),
                "person": record.person,
                "other": record.place,
                "day": f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
                "count": rng.randrange(2, 60),
                "amount": f"{rng.randrange(10, 9_999)} 000",
                "e_thing": rng.choice(given.E_THINGS),
                "e_things": rng.choice(given.E_THINGS) + "s",
            }
        for sentence in core:
            sentences.insert(rng.randrange(len(sentences)), sentence)
        head = (
            f"RÉPUBLIQUE TOGOLAISE\nTravail - Liberté - Patrie\n{record.sender}\n"
            f"Lomé, le {when.day} {_MONTHS[when.month - 1]} {when.year}\nN° {record.reference}\n"
            f"{record.recipient}\nObjet : {record.subject}"
        )
        closing = given.ENGLISH_CLOSING if record.english else rng.choice(given.CLOSINGS)
        record.text = f"{head}\n" + "\n".join(sentences) + f"\n{closing}\n{record.person}"
        if record.damaged:
            rate = 0.01 + rng.random() * 0.05
            written = set(record.text.split())
            record.text = damaged(record.text, rate, rng)
            record.misread = frozenset(record.text.split()) - written
            if rng.random() < 0.5:  # nobody has corrected what was read of the head
                record.subject, record.sender = damaged(record.subject, rate, rng), damaged(record.sender, rate, rng)


def damaged(text: str, rate: float, rng: Random) -> str:
    """Return a text as a bad scan is read: `rate` of its letters taken for others, lost, doubled or cut apart."""
    letters = list(text)
    for at in rng.sample(range(len(letters)), round(len(letters) * rate + rng.random() - 0.5) if letters else 0):
        letter = letters[at]
        if not letter.isalnum():
            continue
        chance = rng.random()
        if chance < 0.75:
            letters[at] = rng.choice(_MISREAD.get(letter, "i"))
        elif chance < 0.88:
            letters[at] = ""
        else:
            letters[at] = letter + (" " if chance > 0.95 else rng.choice(".'i"))
    return "".join(letters)


if __name__ == "__main__":
    for one in records(int(sys.argv[1])):
        print(f"--- {one.number} {one.reference}\n{one.text}")
