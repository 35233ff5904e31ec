"""Queries in families over made-up letters, with their graded answers: 3 is what was looked for, 1 is worth a look.

The answers are known by construction, from what each letter says it is about, never from an engine. A letter whose
words do not stand unharmed is worth 1: it must be found, below the clean ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from ged.mail.folding import fold, within
from scripts.search_corpus import Record
from scripts.search_words import Topic, Words

MOST = 40
"""No query has more answers than this, so that fifty hits can hold them all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One query as typed, and the grade of each letter that answers it."""

    family: str
    text: str
    answers: dict[str, int]


class Asker:
    """Makes queries over letters, which must be those that whoever asks may read."""

    def __init__(self, letters: Sequence[Record], words: Words, seed: int) -> None:
        self._letters, self._words, self._rng = letters, words, Random(f"queries-{seed}")
        self._about: dict[tuple[Topic, str], list[Record]] = defaultdict(list)
        self._at: dict[str, list[Record]] = defaultdict(list)
        self._passing: dict[tuple[Topic, str], list[Record]] = defaultdict(list)
        self._references: dict[str, list[Record]] = defaultdict(list)
        self._from: dict[str, list[Record]] = defaultdict(list)
        for one in letters:
            self._from[_name_of(one.citizen)].append(one)
            self._about[one.topic, one.place].append(one)
            self._at[one.place].append(one)
            self._references[_parts(one.reference)[0] + _parts(one.reference)[1]].append(one)
            if one.passing:
                self._passing[one.passing].append(one)
        self._names = {fold(name) for one in letters for name in _words_of(f"{one.place} {one.person} {one.citizen}")}

    def ask(self, each: int) -> list[Asked]:
        """Return so many queries of each family, none twice."""
        families: dict[str, Callable[[Record], Asked | None]] = {
            "accents left out": self._accents,
            "elision, inflection, verb and noun": self._inflected,
            "exact phrase, negation, dates": self._exactly,
            "synonyms and acronyms": self._synonyms,
            "short ambiguous words": self._ambiguous,
            "long questions": self._questions,
            "words spread over sender and subject": self._spread,
            "words damaged by OCR": self._damaged,
            "names misspelt by one letter": self._misspelt,
            "references in another spelling": self._references_of,
            "English, and French with English": self._english,
            "Ewe and Kabiyè": self._local,
        }
        asked: list[Asked] = []
        for make in families.values():
            asked += islice(_different(filter(None, (make(one) for one in self._draws()))), each)
        return asked

    def _draws(self) -> Iterator[Record]:
        for _ in range(400_000):
            yield self._rng.choice(self._letters)

    def _case(self, one: Record, keep: Callable[[Record], bool] = lambda _: True) -> dict[str, int]:
        """Grade the letters about the same topic at the same place, and those that mention it.

        Letters in English are left out: who asks in French is not judged on translation.
        """
        forms = [one.topic.noun, one.topic.plural, one.topic.said]
        same = [each for each in self._about[one.topic, one.place] if keep(each) and not each.english]
        passing = [each for each in self._passing[one.topic, one.place] if keep(each)]
        return {each.id: 1 for each in passing} | {each.id: _grade(each, forms, [each.place]) for each in same}

    def _accents(self, one: Record) -> Asked | None:
        typed = fold(f"{self._rng.choice((one.topic.noun, one.topic.plural))} {one.place}")
        return self._asked("accents left out", self._rng.choice((typed, typed, typed.upper())), self._case(one))

    def _inflected(self, one: Record) -> Asked | None:
        said = self._rng.choice((one.topic.plural, one.topic.said, _of(one.topic.noun)))
        if said == one.topic.said:
            said = " ".join(word for word in said.split() if len(fold(word)) > 4)
        return self._asked("elision, inflection, verb and noun", f"{said} {one.place}", self._case(one))

    def _exactly(self, one: Record) -> Asked | None:
        way = self._rng.randrange(3)
        if way == 0:
            wanted = {
                each.id: 3 if one.topic.noun in fold_case(each.subject) else 2
                for each in self._at[one.place]
                if one.topic.noun in fold_case(f"{each.subject}\n{each.text}") and each.place in each.text
            }
            return self._asked("exact phrase, negation, dates", f'"{one.topic.noun}" {one.place}', wanted)
        if way == 1:
            day = one.when.date()
            answers = self._case(one, lambda each: each.when.date() >= day)
            return self._asked("exact phrase, negation, dates", f"{one.topic.noun} {one.place} depuis:{day}", answers)
        out = self._rng.choice([word for word in re.findall(r"[^\W\d_]{6,}", one.text) if word.islower()] or ["projet"])
        if out in one.topic.noun + one.topic.plural + one.topic.said:
            return None
        start = fold(out)[:5]
        answers = self._case(one, lambda each: start not in fold(f"{each.subject} {each.text}"))
        return self._asked("exact phrase, negation, dates", f"{one.topic.noun} {one.place} -{out}", answers)

    def _synonyms(self, one: Record) -> Asked | None:
        if one.synonym is not None and self._rng.random() < 0.5:
            pair = self._words.synonyms[one.synonym[0]]
            same = [each for each in self._at[one.place] if each.synonym and each.synonym[0] == one.synonym[0]]
            answers = {each.id: _grade(each, pair, [each.place], at_least=3) for each in same}
            return self._asked("synonyms and acronyms", f"{self._rng.choice(pair)} {one.place}", answers)
        if not one.body:
            return None
        body = next(each for each in self._words.bodies if each.acronym == one.body)
        same = [each for each in self._at[one.place] if each.body == one.body]
        answers = {each.id: _grade(each, [body.acronym, body.name], [each.place], at_least=3) for each in same}
        signed = [each for each in self._at[one.place] if body.acronym in _parts(each.reference)]
        answers = {each.id: 2 for each in signed} | answers
        typed = self._rng.choice((body.acronym, body.acronym.lower(), fold(body.name)))
        return self._asked("synonyms and acronyms", f"{typed} {one.place}", answers)

    def _ambiguous(self, one: Record) -> Asked | None:
        meant = next((each for each in self._words.ambiguous if each.word == one.planted), None)
        if meant is None:
            return None
        same = [each for each in self._letters if each.planted == one.planted]
        if self._rng.random() < 0.5:
            typed = self._rng.choice((meant.word, *meant.subjects))
            if typed in meant.subjects:
                same = [each for each in same if fold(typed) in fold(each.subject)]
            answers = {each.id: 3 if meant.word in fold_case(each.subject) else 2 for each in same}
            return self._asked("short ambiguous words", typed, answers)
        same = [each for each in same if each.place == one.place]
        answers = {each.id: 3 if meant.word in fold_case(each.subject) else 2 for each in same}
        return self._asked("short ambiguous words", f"{meant.word} {one.place}", answers)

    def _questions(self, one: Record) -> Asked | None:
        topic = one.topic
        question = self._rng.choice(self._words.questions)
        typed = question.format(
            noun=topic.noun, plural=topic.plural, said=topic.said, place=one.place, citizen=one.citizen
        )
        return self._asked("long questions", typed, self._case(one))

    def _spread(self, one: Record) -> Asked | None:
        same = [each for each in self._from[_name_of(one.citizen)] if each.topic == one.topic and not each.english]
        forms = [one.topic.noun, one.topic.plural, one.topic.said]
        answers = {each.id: _grade(each, forms, [_name_of(one.citizen)], whole=True) for each in same}
        kept = [word for word in _words_of(one.topic.noun) if len(word) > 4]
        name = [word for word in _words_of(_name_of(one.citizen)) if word not in {"de", "des"}]
        return self._asked("words spread over sender and subject", f"{' '.join(name)} {' '.join(kept)}", answers)

    def _case_letters(self, one: Record) -> list[Record]:
        return self._about[one.topic, one.place]

    def _damaged(self, one: Record) -> Asked | None:
        if self._rng.random() < 0.5 and len(one.place) >= 7:
            answers = {each.id: _grade(each, [each.place], []) for each in self._at[one.place]}
            typed = one.place
        else:
            answers, typed = self._case(one), f"{one.topic.noun} {one.place}"
        spoilt = [each for each in self._case_letters(one) if answers.get(each.id) == 1]
        return self._asked("words damaged by OCR", typed, answers) if spoilt else None

    def _misspelt(self, one: Record) -> Asked | None:
        way = self._rng.randrange(3)
        if way == 0:
            wrong = self._wrong(one.place)
            answers = {each.id: _grade(each, [each.place], []) for each in self._at[one.place]}
            return self._asked("names misspelt by one letter", wrong, answers) if wrong else None
        if way == 1:
            wrong = self._wrong(one.place)
            kept = " ".join(word for word in _words_of(one.topic.noun) if len(word) > 4)
            return self._asked("names misspelt by one letter", f"{kept} {wrong}", self._case(one)) if wrong else None
        first, _, last = one.person.partition(" ")
        wrong = self._wrong(last)
        same = [each for each in self._letters if one.person in {each.person, each.citizen}]
        answers = {
            each.id: 1 if one.person not in f"{each.sender}\n{each.recipient}\n{each.text}" else
            3 if one.person in each.sender else 2
            for each in same
        }  # fmt: skip
        return self._asked("names misspelt by one letter", f"{first} {wrong}", answers) if wrong else None

    def _wrong(self, name: str) -> str:
        """Return a name with one letter lost, doubled, changed or swapped, which is nobody's; "" when none is found."""
        for _ in range(20):
            letters = list(name if self._rng.random() < 0.5 else fold(name))
            at = self._rng.randrange(1, len(letters))
            if not letters[at].isalpha():
                continue
            way = self._rng.randrange(4)
            if way == 0:
                del letters[at]
            elif way == 1:
                letters[at] = self._rng.choice("aeioubdgklmnprstz")
            elif way == 2:
                letters.insert(at, letters[at])
            elif at + 1 < len(letters):
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            wrong = "".join(letters)
            others = self._names - {fold(name), *map(fold, _words_of(name))}
            if not any(within(fold(word), other, 1) for word in _words_of(wrong) for other in others):
                return wrong
        return ""

    def _references_of(self, one: Record) -> Asked | None:
        number, year, *rest = _parts(one.reference)
        bare = number.lstrip("0")
        known = self._rng.randrange(len(rest) + 1)
        kept = rest[: max(known, 1)]
        typed = self._rng.choice(
            (
                f"{bare} {year} {' '.join(kept)}".lower(),
                f"{bare}/{year}/{'/'.join(kept)}",
                f"n° {number}-{year}-{'-'.join(kept)}",
                f"{'/'.join(kept)} {bare} {year}",
                f"{number}/{year}/{'/'.join(rest)}".lower(),
                f"{number}{year}{''.join(rest)}",
            )
        )
        wanted = rest if "".join(rest).lower() in re.sub(r"\W", "", typed).lower() else kept
        same = [each for each in self._references[number + year] if _parts(each.reference)[2:][: len(wanted)] == wanted]
        answers = {each.id: 3 for each in same}
        named = {each.reference for each in same}
        quoting = {each.id: 2 for each in self._letters if each.quoted in named and each.quoted in each.text}
        return self._asked("references in another spelling", typed, quoting | answers)

    def _english(self, one: Record) -> Asked | None:
        if not one.english:
            return None
        answers = {
            each.id: _grade(each, [one.topic.english], [each.place]) for each in self._case_letters(one) if each.english
        }
        english = one.topic.english
        typed = self._rng.choice((english, english.upper(), f"the {english}s", f"dossier {english}"))
        return self._asked("English, and French with English", f"{typed} {one.place}", answers)

    def _local(self, one: Record) -> Asked | None:
        if not one.local:
            return None
        same = [each for each in self._letters if each.local == one.local]
        answers = {each.id: 3 if each.local in each.text else 1 for each in same}
        plain = one.local.lower().translate(str.maketrans("ɖɛŋɔʋɣɩƒ", "denovgif"))
        typed = self._rng.choice((one.local, one.local.lower(), one.local.upper(), plain))
        return self._asked("Ewe and Kabiyè", typed, answers)

    def _asked(self, family: str, typed: str, answers: dict[str, int]) -> Asked | None:
        wanted = any(grade >= 2 for grade in answers.values()) or family == "words damaged by OCR"
        return Asked(family, typed, answers) if wanted and 0 < len(answers) <= MOST else None


def _grade(one: Record, forms: Iterable[str], places: Iterable[str], *, at_least: int = 2, whole: bool = False) -> int:
    """Return 3 when the head says one of the forms and the places, 2 (`at_least`) when the text does, 1 when harmed.

    The head is the subject, and with `whole` the names too.
    """
    head = f"{one.subject}\n{one.sender}\n{one.recipient}" if whole else one.subject
    for text, grade in ((head, 3), (one.text, at_least)):
        read = fold_case(text)
        if any(fold_case(form) in read for form in forms) and all(fold_case(place) in read for place in places):
            return grade
    return 1


def fold_case(text: str) -> str:
    """Return a text in lower case: what is compared keeps its accents."""
    return text.lower()


def _name_of(citizen: str) -> str:
    """Return a name without the form of a firm, which nobody types."""
    return re.sub(r" (?:SA|SARL|et Fils)$", "", citizen)


def _of(noun: str) -> str:
    return f"l'affaire d'{noun}" if fold(noun[0]) in "aeiou" else f"l'affaire du {noun}"


def _words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)


def _parts(reference: str) -> list[str]:
    return reference.split("/")


def _different(asked: Iterable[Asked]) -> Iterator[Asked]:
    seen: set[str] = set()
    for one in asked:
        if one.text not in seen:
            seen.add(one.text)
            yield one
