"""The same letter twice, against letters that only look like it: how often each is asked about.

    python -m scripts.measure_duplicates

Pairs that are one letter: its e-mailed copy and its scan, and two scans spoilt in different ways. Pairs that are two:
the same form with another name, another amount, another number or another place, and any two letters at all. Letters
of seeds that were not looked at while the rule was made; the given letters, where there are any, beside them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from random import Random

from ged.mail.near_duplicate import Facts, facts_of, resemblance, sketch
from ged.mail.page import Page
from ingest.stages.extract import extract
from ingest.stages.reading import read_page
from ingest.stages.triage import triage
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters.compose import Letter, compose
from scripts.sample_letters.generate import scan
from scripts.sample_letters.sheet import set_letter
from scripts.sample_letters.spoil import WAYS
from scripts.sample_letters.words import FIRST, LAST, PLACES

COUNT, SEED = 60, 63
GIVEN = ROOT.parent / "shared" / "data" / "letters"
_FIGURES = re.compile(r"\d{3,}(?: \d{3})*")


@dataclass(frozen=True, slots=True)
class Reading:
    """One file of a letter, as read: which letter, which form it is, and how it came."""

    letter: str
    form: str
    way: str
    pages: tuple[Page, ...]

    @property
    def facts(self) -> Facts:
        """What the search for the same letter goes by."""
        return facts_of(self.pages, {each.field: each.value for each in extract(self.pages)})


def another_name(letter: Letter, r: Random) -> Letter:
    """Return the same form, of somebody else."""
    name = f"{r.choice(FIRST)} {r.choice(LAST)}"
    if letter.style == "citizen":
        return replace(letter, head=(name,), sender=name, signer=name)
    return another_number(replace(letter, signer=name), r)


def another_amount(letter: Letter, r: Random) -> Letter:
    """Return the same form with other figures; one without any gets another number."""

    def other(text: str) -> str:
        return _FIGURES.sub(lambda found: str(r.randrange(200, 9000)) + found.group()[3:], text)

    changed = replace(letter, subject=other(letter.subject), paragraphs=tuple(other(one) for one in letter.paragraphs))
    return changed if changed != letter else another_number(letter, r)


def another_number(letter: Letter, r: Random) -> Letter:
    """Return the same form, registered by its sender under another number; one without a number gets another day."""
    if letter.printed_reference is None or letter.reference is None:
        return replace(letter, printed_date=f"{letter.place}, le {r.randrange(10, 28)} novembre 2026")
    number = f"{r.randrange(100, 2500)}"
    return replace(
        letter,
        reference=re.sub(r"^\d+", number, letter.reference),
        printed_reference=re.sub(r"\d+", number, letter.printed_reference, count=1),
    )


def another_place(letter: Letter, r: Random) -> Letter:
    """Return the same form about another place."""
    place = r.choice([one for one in PLACES if one != letter.place])

    def moved(text: str) -> str:
        for one in PLACES:
            text = text.replace(one, place)
        return text

    changed = replace(letter, subject=moved(letter.subject), paragraphs=tuple(moved(one) for one in letter.paragraphs))
    return changed if changed != letter else another_name(letter, r)


FORMS: dict[str, Callable[[Letter, Random], Letter]] = {
    "autre nom": another_name,
    "autre montant": another_amount,
    "autre numéro": another_number,
    "autre lieu": another_place,
}


def read(path: Path) -> tuple[Page, ...]:
    """Return the pages of a file as the product reads them."""
    return tuple(read_page(path, number, source, "tesserocr") for number, source in enumerate(triage(path), 1))


def composed(seeds: Iterable[int], folder: Path) -> list[Reading]:
    """Return each letter three times (as sent, and spoilt in two ways), and one other letter of the same form."""
    ways, found = list(WAYS), []
    for index, seed in enumerate(seeds):
        letter, name = compose(seed), str(seed)
        form = list(FORMS)[index % len(FORMS)]
        digital = folder / f"{seed}.pdf"
        digital.write_bytes(set_letter(letter))
        found.append(Reading(name, name, "numérique", read(digital)))
        for step in (0, 5):
            way = ways[(index + step) % len(ways)]
            path = scan(digital.read_bytes(), seed + step, way, index, folder / f"{seed}-{step}")
            found.append(Reading(name, name, way, read(path)))
        other = FORMS[form](letter, Random(seed))
        way = ways[(index + 3) % len(ways)]
        path = scan(set_letter(other), seed + 9, way, index, folder / f"{seed}-autre")
        found.append(Reading(f"{seed}, {form}", name, way, read(path)))
    return found


def given() -> list[Reading]:
    """Return the given letters, each as sent and as scanned."""
    found = []
    for path in sorted(GIVEN.glob("*.digital.pdf")):
        name = path.name.removesuffix(".digital.pdf")
        found.append(Reading(name, name, "numérique", read(path)))
        found.append(Reading(name, name, name.rsplit("-", 1)[1], read(path.with_name(f"{name}.pdf"))))
    return found


def judged(readings: list[Reading]) -> dict[str, tuple[int, int]]:
    """Return, for each sort of pair, how many there are and how many are asked about."""
    marked = [(one, one.facts) for one in readings]
    sketches = [frozenset(sketch(facts)) for _, facts in marked]
    counts: dict[str, tuple[int, int]] = {}
    for (i, (one, first)), (j, (other, second)) in combinations(enumerate(marked), 2):
        sort = _sort(one, other)
        asked = bool(sketches[i] & sketches[j]) and resemblance(first, second).likely
        n, hits = counts.get(sort, (0, 0))
        counts[sort] = (n + 1, hits + asked)
    return counts


def _sort(one: Reading, other: Reading) -> str:
    if one.letter == other.letter:
        return "même lettre, copie et numérisation" if one.way == "numérique" else "même lettre, deux numérisations"
    if one.form == other.form:
        return f"même formule, {next(each.letter.split(', ')[1] for each in (one, other) if ', ' in each.letter)}"
    return "deux lettres"


def main() -> None:
    """Read, compare every pair, write."""
    with tempfile.TemporaryDirectory(prefix="ged-mesure-") as folder:
        sets = {"composed": composed(range(SEED * 100_000, SEED * 100_000 + COUNT), Path(folder))}
    if GIVEN.is_dir():
        sets["given"] = given()
    rows, verdicts = [], []
    for name, readings in sets.items():
        counts = judged(readings)
        rows += [(name, sort, n, hits, f"{hits / n:.1%}") for sort, (n, hits) in sorted(counts.items())]
        same = [pair for sort, pair in counts.items() if sort.startswith("même lettre")]
        asked = sum(hits for _, hits in counts.values())
        right = sum(hits for _, hits in same)
        verdicts.append(
            f"{name}: recall {right / sum(n for n, _ in same):.1%}, precision {right / max(asked, 1):.1%} "
            f"({asked - right} of {asked} questions were about two letters)"
        )
    text = table(("letters", "pairs", "n", "asked about", "share"), rows)
    write_section(
        "duplicates", "The same letter received twice", f"{text}\n\n" + "\n".join(f"- {v}." for v in verdicts)
    )


if __name__ == "__main__":
    main()
