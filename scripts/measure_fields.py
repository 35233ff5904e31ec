"""How many fields are proposed right, how sure, and whether a probability means what it says.

    python -m scripts.measure_fields [--count N]

On the shared letters (scans and born digital) and on letters of templates that were held out of training, born
digital and spoilt in every way. A field counts where the letter says it; a value proposed where the letter says none
is wrong.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ged.mail.qualification import SURE, SURE_FROM, Field
from ingest.stages.extract import extract
from scripts.field_letters import Sample, composed, given, spoilt
from scripts.field_truth import TRUTH, digits, right, true_value
from scripts.measures import table, write_section

UNSEEN_SEED, MORE_SEED = 77, 78
LATER_SEED, LATER_SCANS = 8501, 132
LOOKED_AT, LOOKED_AT_SCANS = (9613, 8101, 8207), 121
"""Letters whose misses were looked at while choosing was mended, as were those of the first seed: no more held out."""
FRESH_SEEDS, FRESH_SCANS = (8311, 8423), 121
"""Letters whose misses nobody looked at; what ships was judged on each once."""
_INTRODUCTION = (
    "Right: the value says what the letter says, over letters that say it. Sure: shown without a doubt mark "
    f"(probability of {SURE} and above; of sender, subject and reference more), over the values proposed; "
    "then how many of those are right. "
    "Held out: templates, bodies and names that training never saw; the misses of letters looked at since, and of the "
    "first spoilt ones, were read to mend how senders, recipients and subjects are chosen: the others tell more."
)
_STEPS = (0.0, 0.3, 0.5, 0.7, 0.85, 0.95, 0.98, 0.99, 1.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """One field of a letter: whether the letter says it, how sure the proposal is if any, whether it is right."""

    field: Field
    group: str
    said: bool
    confidence: float | None
    right: bool

    @property
    def sure(self) -> bool:
        """Whether it is shown without a doubt mark."""
        return self.confidence is not None and self.confidence >= SURE_FROM.get(self.field, SURE)


def judged(samples: Iterable[Sample]) -> list[Judged]:
    """Return every field of every letter whose truth is known."""
    found = []
    for sample in samples:
        proposals = {one.field: one for one in extract(sample.pages)}
        for field, name in TRUTH.items():
            if name not in sample.truth:
                continue
            said, proposal = bool(true_value(sample.truth, field)), proposals.get(field)
            if field is Field.ADDRESS and proposal is not None and not digits(proposal.value):
                proposal = None  # a place without a post box: the truth knows boxes alone
            good = proposal is not None and said and right(field, proposal.value, sample.truth)
            if said or proposal:
                found.append(Judged(field, sample.group, said, proposal.confidence if proposal else None, good))
    return found


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="born-digital letters of held-out templates")
    parser.add_argument("--scans", type=int, default=55, help="scans of held-out templates")
    parser.add_argument("--more", type=int, default=165, help="more scans of held-out templates, other letters")
    asked = parser.parse_args()
    sets = {
        "given scans": judged(given(digital=False)),
        "given, born digital": judged(given(digital=True)),
        "held out, born digital": judged(composed(asked.count, UNSEEN_SEED, unseen=True)),
        "held out, spoilt": judged(spoilt(asked.scans, UNSEEN_SEED, unseen=True)),
        "held out, spoilt, other letters": judged(spoilt(asked.more, MORE_SEED, unseen=True)),
        "held out, spoilt, later letters": judged(spoilt(LATER_SCANS, LATER_SEED, unseen=True)),
        **{
            f"held out, spoilt, letters {seed}, looked at since": judged(spoilt(LOOKED_AT_SCANS, seed, unseen=True))
            for seed in LOOKED_AT
        },
        "held out, spoilt, fresh letters": judged(
            [each for seed in FRESH_SEEDS for each in spoilt(FRESH_SCANS, seed, unseen=True)]
        ),
    }
    scans = [one for name, found in sets.items() if name.startswith("held out, spoilt") for one in found]
    held = sets["held out, born digital"] + scans
    parts = [_INTRODUCTION]
    parts += [f"**{name}**\n\n{_by_field(found)}" for name, found in sets.items() if found]
    parts += [f"All fields of all held-out scans: {_whole(scans)}"]
    parts += ["**By way of spoiling**, held-out templates, % right:", _by_way(scans)]
    parts += [
        "**Reliability**, held-out templates: of the values of a probability, how many are right.",
        _reliability(held),
    ]
    write_section("fields", "Fields of a letter", "\n\n".join(parts))


def _by_field(found: Sequence[Judged]) -> str:
    rows = []
    for field in TRUTH:
        mine = [one for one in found if one.field is field]
        said = [one for one in mine if one.said]
        if not said:
            continue
        proposed = [one for one in mine if one.confidence is not None]
        sure = [one for one in proposed if one.sure]
        invented = sum(not one.said for one in proposed)
        rows.append(
            [
                field.value,
                len(said),
                _share(one.right for one in said),
                _share(one.sure for one in proposed),
                _share(one.right for one in sure),
                invented,
            ]
        )
    return table(["field", "letters", "right %", "sure %", "right of the sure %", "invented"], rows)


def _whole(found: Sequence[Judged]) -> str:
    proposed = [one for one in found if one.confidence is not None]
    sure = [one for one in proposed if one.sure]
    shown = f"{100 * len(sure) / len(proposed):.1f}"
    return f"{shown} % shown as sure, {_share(one.right for one in sure)} % of these right."


def _by_way(found: Sequence[Judged]) -> str:
    main_fields = list(TRUTH)[:6]
    ways: dict[str, list[Judged]] = defaultdict(list)
    for one in found:
        ways[one.group].append(one)
    rows = [
        [way, *(_share(one.right for one in mine if one.field is field and one.said) for field in main_fields)]
        for way, mine in sorted(ways.items())
    ]
    return table(["way", *(field.value for field in main_fields)], rows)


def _reliability(found: Sequence[Judged]) -> str:
    rows = []
    for low, high in pairwise(_STEPS):
        mine = [one for one in found if one.confidence is not None and low <= one.confidence < high]
        if mine:
            said = sum(one.confidence or 0 for one in mine) / len(mine)
            share = sum(one.right for one in mine) / len(mine)
            span = f"{low:.2f} to {min(1.0, high):.2f}"
            rows.append([span, len(mine), f"{100 * said:.1f}", f"{100 * share:.1f}", "█" * round(20 * share)])
    return table(["probability", "values", "mean said %", "right %", ""], rows)


def _share(flags: Iterable[bool]) -> str:
    known = list(flags)
    return f"{100 * sum(known) / len(known):.1f}" if known else "–"


if __name__ == "__main__":
    main()
