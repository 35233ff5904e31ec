"""Spoilt scans read and compared with what was written: given letters where there are any, else our own, unseen."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from ged.mail.qualification import Field
from ingest.stages.extract import extract
from ingest.stages.reading import read_page
from ingest.stages.triage import triage
from scripts.sample_letters.generate import generate

GIVEN = Path(__file__).resolve().parents[3] / "shared" / "data" / "letters"
UNSEEN_SEED = 31
READ, FOUND = 0.90, 0.75
"""Floors well under what docs/measures.md reports: a broken stage falls through them, a noisy scan does not."""


@dataclass(frozen=True)
class Truth:
    path: Path
    words: Counter[str]
    fields: dict[Field, str]


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> list[Truth]:
    if GIVEN.is_dir():
        paths = [path for path in sorted(GIVEN.glob("*.pdf")) if ".digital" not in path.name][::3]
        return [given(path) for path in paths]
    made = generate(16, UNSEEN_SEED, tmp_path_factory.mktemp("scans"))
    return [own(path) for path in made if path.suffix == ".pdf"]


def given(path: Path) -> Truth:
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    told = facts["meta"]
    fields = {Field.SUBJECT: told["objet"], Field.LETTER_DATE: told["date"], Field.SENDER_REFERENCE: told["n_ref"]}
    text = " ".join(line["text"] for page in facts["pages"] for line in page["lines"])
    return Truth(path, words_of(text), {name: value for name, value in fields.items() if value})


def own(path: Path) -> Truth:
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    fields = {
        Field.SUBJECT: facts["subject"],
        Field.LETTER_DATE: facts["date"],
        Field.SENDER_REFERENCE: facts["reference"],
        Field.SENDER: facts["sender"],
    }
    return Truth(path, words_of(" ".join(facts["pages"])), {name: value for name, value in fields.items() if value})


def words_of(text: str) -> Counter[str]:
    """Count the words of four letters or more: shorter ones are where two programs cut a line differently."""
    return Counter(re.findall(r"\w{4,}", unicodedata.normalize("NFC", text)))


def test_most_words_and_fields_are_what_was_written(letters: list[Truth]) -> None:
    assert len(letters) >= 10
    missed, written, right, asked = Counter[str](), Counter[str](), 0, 0
    for letter in letters:
        sources = triage(letter.path)
        pages = [read_page(letter.path, number, source, "tesserocr") for number, source in enumerate(sources, 1)]
        written += letter.words
        missed += letter.words - words_of(" ".join(page.text for page in pages))
        proposed = {one.field: one.value for one in extract(pages)}
        asked += len(letter.fields)
        right += sum(same(proposed.get(name), value) for name, value in letter.fields.items())
    assert 1 - missed.total() / written.total() > READ
    assert right / asked > FOUND


def same(proposed: str | None, value: str) -> bool:
    return proposed is not None and proposed.casefold().strip(" .") == value.casefold().strip(" .")
