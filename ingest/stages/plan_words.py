"""Words of the plan: the file code whose title and scope note a letter says most, and the default one of its kind.

« Demandes, extensions, coupures, compteurs » files a letter on « coupures répétées » before anybody decided of one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ged.mail.french_dates import plain
from ged.mail.page import Evidence, Page
from ged.mail.qualification import Field, Proposal
from ged.mail.schedule import PlanLine
from ingest.stages.fields.layout import evidence_of, lines_of
from ingest.stages.lexicon import part_of

PLAN = "plan de classement"
_WEIGHTS = {"subject": 4.0, "body": 0.5}
"""What a word is worth that one code alone has; shared by several codes, it is worth that much less."""
_BY_KIND = 8.0
"""What it is worth that a surely known kind falls under a code by default: as much as two words in the subject."""
_WORD = re.compile(r"[a-z]{4,}")
_ENDING = re.compile(r"(?:es|s|x|e)$")


def by_plan(plan: Sequence[PlanLine], pages: Sequence[Page], best: Mapping[Field, Proposal]) -> Proposal | None:
    """Return the code that words and kind of a letter point to most; None where nothing points to any."""
    scores: dict[str, float] = defaultdict(float)
    seen: dict[str, tuple[float, Evidence]] = {}
    worth = _worth(tuple(plan))
    for line in (line for page in pages[:2] for line in lines_of(page)):
        weight = _WEIGHTS.get(part_of(line, best), 0.0)
        said: dict[str, float] = defaultdict(float)
        for root in set(_roots(line.text)) if weight else ():
            for code, value in worth.get(root, {}).items():
                said[code] += weight * value
        for code, value in said.items():
            scores[code] += value
            if value > seen.get(code, (0.0,))[0]:
                seen[code] = value, evidence_of(line.words, line.page)
    kind = best.get(Field.KIND)
    for one in plan:
        if kind and kind.value in one.kinds:
            scores[one.code] += _BY_KIND * kind.confidence
    if not scores:
        return None
    code, first = max(scores.items(), key=lambda item: item[1])
    second = max((score for other, score in scores.items() if other != code), default=0.0)
    evidence = seen[code][1] if code in seen else None
    return Proposal(Field.FILE_CODE, code, 0.9 * first / (first + second + 1.5), evidence, PLAN)


@lru_cache(maxsize=16)
def _worth(plan: tuple[PlanLine, ...]) -> dict[str, dict[str, float]]:
    """Return for each root the codes that have it and what it is worth to them.

    A sentence of a scope note that names a code says what goes elsewhere.
    """
    names = re.compile("|".join(rf"\b{re.escape(line.code)}\b" for line in plan) or "(?!)")
    roots = {
        line.code: {
            root
            for sentence in (line.title, *re.split(r"[.;]", line.scope))
            if sentence is line.title or not names.search(sentence)
            for root in _roots(sentence)
        }
        for line in plan
    }
    shared = Counter(root for own in roots.values() for root in own)
    return {root: {code: 1 / shared[root] for code, own in roots.items() if root in own} for root in shared}


def _roots(text: str) -> list[str]:
    """Return the words of a text of four letters and more, without what number and gender add to them."""
    return [_ENDING.sub("", word) for word in _WORD.findall(plain(text))]
