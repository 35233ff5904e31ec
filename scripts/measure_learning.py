"""Kind, service and file code: what the configuration's words find on the first day, and what so many decisions teach.

    python -m scripts.measure_learning

Composed letters, half of them with the misread letters of poor paper, each decided as a clerk of the pilot ministry
would: the kind that it is of, the service and the file code written beside its subject below, by hand and not by the
words of entites.csv or the default codes of plan_classement.csv. One decision in twenty is wrong, as people are. Tried
on letters that taught nothing, decided rightly.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence

from api.model_folder import read_folder
from ged.mail.page import Box, Page, TextSource, Word
from ged.mail.qualification import Field, Proposal
from ingest.models.linear import LinearModel
from ingest.models.nightly import calibration_gap
from ingest.models.training import train
from ingest.models.words import features
from ingest.stages.classify import classify, text_of
from ingest.stages.extract import extract
from ingest.stages.propose import propose
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters import words
from scripts.sample_letters.compose import Letter, compose

TAUGHT, TRIED = range(71_000_000, 71_001_000), range(72_000_000, 72_000_400)
COUNTS = (50, 200, 1000)
WRONG, MISREAD = 0.05, 0.03
_CONFUSED = {"l": "i", "i": "l", "e": "c", "c": "e", "n": "u", "u": "n", "o": "0", "m": "rn", "t": "f"}
SERVICES = {
    "demande": ("DGE-ELEC", "DGMG-EXP", "DGE-HC", "CAB", "DGE-ER", "DGE-ELEC"),
    "invitation": ("DPP", "CAB", "DGMG", "DGMG-CAD"),
    "facture": ("DAF-COMPTA", "DAF-COMPTA", "DAF-COMPTA", "DAF-COMPTA"),
    "plainte": ("DGMG-ENV", "DGE-ELEC", "DGMG", "DGE-HC"),
    "recours": ("DAJ", "DAJ", "DAJ"),
    "candidature": ("DRH", "DRH", "DRH"),
    "stage": ("DRH", "DRH", "DRH"),
    "rapport": ("SG", "DGMG", "DGE-EE", "IG"),
    "transmission": ("DGMG-CAD", "SG", "SG", "SG"),
    "convention": ("DPP", "DAJ", "DAJ"),
    "appel_offres": ("PRMP", "PRMP", "PRMP"),
    "note_verbale": ("CAB", "CAB"),
    "information": ("DGE-ELEC", "DAF", "DGE-HC"),
    "reponse": ("DGMG-CAD", "SG", "DGE-ER"),
    "decision": ("DGMG", "DRH", "DGE-REG"),
}
"""The service of each subject of scripts/sample_letters/words.py, in its order."""
CODES = {
    "demande": ("E2", "D2", "F2", "A1", "E1", "E2"),
    "invitation": ("A1", "A1", "A1", "A1"),
    "facture": ("C2", "C2", "C2", "C2"),
    "plainte": ("A4", "E2", "A4", "A4"),
    "recours": ("A4", "A4", "A4"),
    "candidature": ("B2", "B2", "B2"),
    "stage": ("B3", "B3", "B3"),
    "rapport": ("A6", "D4", "E4", "A5"),
    "transmission": ("D1", "A3", "A3", "A3"),
    "convention": ("G1", "G1", "G1"),
    "appel_offres": ("C3", "C3", "C3"),
    "note_verbale": ("G2", "G2"),
    "information": ("E2", "A3", "F3"),
    "reponse": ("D1", "A3", "E1"),
    "decision": ("D1", "B1", "A2"),
}
"""The code of the pilot's plan under which each is filed, by the scope notes of the plan."""
LEARNED = (Field.KIND, Field.SERVICE, Field.FILE_CODE)


def truth_of(letter: Letter) -> dict[Field, str]:
    """Return kind, service and file code of a letter, by the subject that it was composed with."""
    subjects, _ = words.KINDS[letter.kind]
    starts = [subject.split("{")[0] for subject in subjects]
    at = max(range(len(starts)), key=lambda n: len(starts[n]) if letter.subject.startswith(starts[n]) else -1)
    return {
        Field.KIND: letter.kind,
        Field.SERVICE: SERVICES[letter.kind][at],
        Field.FILE_CODE: CODES[letter.kind][at],
    }


def page_of(letter: Letter, r: random.Random) -> Page:
    """Return a letter as a page of words, one line a line, half of them misread as on poor paper."""
    lines = [*letter.head, letter.printed_date, *letter.to, f"{letter.subject_label} {letter.subject}"]
    lines += [f"{letter.salutation},", *letter.paragraphs, *(" ".join(row) for row in letter.table), letter.signer]
    noisy = r.random() < 0.5
    found = []
    for row, line in enumerate(lines):
        parts = line.split()
        for at, part in enumerate(parts):
            text = "".join(_CONFUSED.get(c, c) if noisy and r.random() < MISREAD else c for c in part)
            top = 0.05 + 0.9 * row / len(lines)
            found.append(Word(text, Box(at / len(parts), top, (at + 0.9) / len(parts), top + 0.01), 0.9, row))
    return Page(1, 1654, 2339, 200.0, 0, 0.0, TextSource.OCR, 0.9, "composed", tuple(found))


def composed(seeds: range) -> list[tuple[Page, dict[Field, str]]]:
    """Return (page, what is right of it) for each seed."""
    letters = [(seed, compose(seed)) for seed in seeds]
    return [(page_of(letter, random.Random(seed)), truth_of(letter)) for seed, letter in letters]


def taught(examples: Sequence[tuple[Page, dict[Field, str]]]) -> dict[Field, tuple[str, LinearModel]]:
    """Return what so many decisions teach, one in twenty of them wrong."""
    r = random.Random(5)
    counts = [features(text_of([page])) for page, _ in examples]
    models = {}
    for field in LEARNED:
        all_labels = [truth[field] for _, truth in examples]
        model = train(counts, [r.choice(all_labels) if r.random() < WRONG else label for label in all_labels])
        if model is not None:
            models[field] = ("mesure", model)
    return models


def main() -> None:
    """Teach, try, write."""
    pilot = read_folder(ROOT / "deploy" / "pilote")
    entities, plan = [one for one in pilot.entities if one.tenant_id == "MME"], pilot.schedules["MME"].plan
    lessons, tried = composed(TAUGHT), composed(TRIED)
    rows = []
    for count in (0, *COUNTS):
        begun = time.process_time()
        models = taught(lessons[:count]) if count else {}
        spent = time.process_time() - begun
        proposed = [
            {
                each.field: each
                for each in propose([page], [*extract([page]), *classify([page], models)], entities, pilot.kinds, plan)
            }
            for page, _ in tried
        ]
        truths = [truth for _, truth in tried]
        cells = [_judged(field, proposed, truths) for field in LEARNED]
        size = sum(len(model.as_bytes()) for _, model in models.values()) // 1024
        rows.append(
            (count or "words of the configuration", *(cell for each in cells for cell in each), f"{spent:.1f}", size)
        )
    told = ("sure", "right of these %", "gap")
    head = ("decisions", *(cell for name in ("kind %", "service %", "file code %") for cell in (name, *told)))
    text = table((*head, "CPU s to train", "KiB"), rows)
    note = (
        f"{len(TRIED)} letters that taught nothing. Sure: pre-filled, not « à vérifier ». Gap: expected"
        " calibration error. Letters of one factory: that the curve rises is what it shows; real mail is harder."
    )
    write_section("learning", "Kind, service and file code, learned", f"{text}\n\n{note}")


def _judged(
    field: Field, proposed: Sequence[Mapping[Field, Proposal]], truths: Sequence[Mapping[Field, str]]
) -> tuple[str, str, str, str]:
    said = [
        (way[field], way[field].value == truth[field])
        for way, truth in zip(proposed, truths, strict=True)
        if field in way
    ]
    sure = [right for one, right in said if one.sure]
    gap = calibration_gap([(one.confidence, right) for one, right in said])
    share = 100 * sum(right for _, right in said) / len(truths)
    return (
        f"{share:.1f}",
        f"{100 * len(sure) / len(truths):.0f} %",
        f"{100 * sum(sure) / max(len(sure), 1):.1f}",
        f"{gap:.3f}",
    )


if __name__ == "__main__":
    main()
