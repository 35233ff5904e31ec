"""Blocks: runs of lines one under the other, which may be a sender, a recipient, a subject or a signer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ged.mail.page import Word
from ged.mail.qualification import Field
from ingest.stages.fields.candidates import Candidate
from ingest.stages.fields.echoes import Echoes, echoes_of
from ingest.stages.fields.layout import Line, words_at
from ingest.stages.fields.lexicon import SUBJECT_LABEL
from ingest.stages.fields.sheet import Placed, Sheet

MAX_LINES = 5
MAX_GAP = 1.6
"""Blank lines that part two blocks, in line heights."""
ECHOES = slice(-21, -16)
"""Which of a block's numbers say its echoes; those after say whether the text goes on, and what heads the sheet."""
GREETED = slice(-18, -16)
"""Which of its numbers say how like it, and its first line, the greeting is."""
_TIGHT, _ALIGNED = 0.8, 0.03
"""Within so many line heights, and shares of the page's width, a line goes on with the one above it."""
_ENDS_OPEN = re.compile(r"\b(?:de|du|des|la|le|les|et|aux?|en|pour|of|and|for)$|\b[dl]'$")
_GOES_ON = re.compile(r"(?:et|de|du|des|la|les|aux?|en|d['’]|l['’])\b|[a-zà-ÿ]{3}")
_GOES_ON_IN_CAPITALS = re.compile(r"(?:(?:ET|DE|DES|DU)\b|D['’])[^a-zà-ÿ:]*$")
_L_READ = re.compile(r"\b([A-ZÀ-Ý])I(?=[a-zà-ÿ])")
_SARL_READ = re.compile(r"\bSAR[I1l]\b")
"""« Plus » read as « PIus », « SARL » as « SARI »."""
FOOT = 0.85
"""From here down a line is of the foot of the page."""
_MOST_RULES = 8
"""Lines that part two names of a letterhead."""
_DASHES = {"-", "–", "—", "|", "•", "·", "*"}
_LABELS: dict[Field, re.Pattern[str]] = {
    Field.SENDER: re.compile(
        r"^(?:de|from|expediteur|emetteur|nom et prenoms?|nom)\s*[:;.]\s*|^(?:m\.|mme|mlle|mr\.?)\s+"
        r"|^pour\s+(?:l'|l[ae]s?\s)?(?=\w)"
    ),
    Field.RECIPIENT: re.compile(
        r"^(?:a l'attention d(?:e |u )|attn\.?\s*:?\s*|(?:a|aux?|to)\s*[:;]\s*|(?:a|aux?|to)\s+(?=\w))"
    ),
    Field.SUBJECT: SUBJECT_LABEL,
    Field.SIGNER: re.compile(r"^(?:m\.|mme|mlle|mr\.?|dr\.?)\s+"),
}  # fmt: skip


def blocks(sheet: Sheet) -> list[Candidate]:
    """Return every run of lines that could be one of these fields."""
    found = []
    echoes = echoes_of(sheet)
    for one in sheet.said:
        if one.body and not (
            _over_greeting(one, sheet) or one.has("subject") or one.has("from") or one.has("civility")
        ):
            if one.line.box.top > FOOT:
                found += [_candidate([part], sheet, echoes) for part in _parts(one)]
            continue
        if not _comes_from_above(one, sheet):
            found += [_candidate(run, sheet, echoes) for run in _runs(one, sheet) if not _goes_on(run[-1], sheet)]
        found += [_candidate([part], sheet, echoes) for part in _parts(one)]
    return found


def polished(field: Field, candidate: Candidate) -> tuple[str, tuple[Word, ...]]:
    """Return a block's value for a field and its words, without the label before it; empty for a label alone."""
    line = Line(candidate.words, candidate.page)
    label = _LABELS[field].search(line.plain)
    start = label.end() if label else 0
    if start >= len(line.text):
        return "", ()
    text = _SARL_READ.sub("SARL", _L_READ.sub(r"\1l", " ".join(line.text[start:].split())))
    return text.strip(" .,;:-–—_*"), tuple(words_at(line, start, len(line.text)))


def _runs(first: Placed, sheet: Sheet) -> Iterator[list[Placed]]:
    run = [first]
    yield list(run)
    while len(run) < MAX_LINES:
        last = run[-1]
        if last.under < 0 or sheet.gap(last.index, last.under) > MAX_GAP:
            return
        following = sheet.lines[last.under]
        if following.line.box.left < first.line.box.left - 0.25 or following.has("greeting"):
            return
        run.append(following)
        yield list(run)


def _goes_on(last: Placed, sheet: Sheet) -> bool:
    """Whether no name nor subject ends here: with « de la », or right over a line that begins small in its column."""
    if last.under < 0:
        return False
    gap, under = sheet.gap(last.index, last.under), sheet.lines[last.under]
    if gap > MAX_GAP:
        return False
    if _ENDS_OPEN.search(last.line.plain):
        return True
    aligned = min(_against(last, last.under, sheet)[:2]) < _ALIGNED
    small = _GOES_ON.match(under.line.text)
    capitals = last.line.text.isupper() and _GOES_ON_IN_CAPITALS.match(under.line.text)
    return gap < _TIGHT and aligned and bool(small or capitals) and not under.has("contact")


def _over_greeting(one: Placed, sheet: Sheet) -> bool:
    return one.line.page == sheet.first_page and one.line.box.top < sheet.greeting


def _comes_from_above(first: Placed, sheet: Sheet) -> bool:
    """Whether no name nor subject begins here: the line right above goes on, and is no running text."""
    if first.above < 0 or sheet.gap(first.above, first.index) >= _TIGHT:
        return False
    above = sheet.lines[first.above]
    return above.under == first.index and not above.body and _goes_on(above, sheet)


def _parts(one: Placed) -> list[Placed]:
    """Return the names between the dashes of a line that says several things, as footers do."""
    if not any(word.text in _DASHES for word in one.line.words) or not (one.has("contact") or one.line.box.top > FOOT):
        return []
    found: list[list[Word]] = [[]]
    for word in one.line.words:
        if word.text in _DASHES:
            found.append([])
        else:
            found[-1].append(word)
    kept = [Line(tuple(words), one.line.page) for words in found if words]
    if len(kept) < 2:
        return []
    return [Placed(line, one.index, above=one.above, under=one.under, left=one.left) for line in kept]


def _candidate(run: Sequence[Placed], sheet: Sheet, echoes: Echoes) -> Candidate:
    words = tuple(word for one in run for word in one.line.words)
    first, last = run[0], run[-1]
    text = " ".join(word.text for word in words)
    echoed = (*echoes.of(text), echoes.of(first.line.text)[3])
    numbers = (*_numbers(run, sheet), *echoed, *_ending(run, sheet), *_beneath(last, sheet), *sheet.heading)
    return Candidate(text, words, first.line.page, numbers, last.index)


def _numbers(run: Sequence[Placed], sheet: Sheet) -> tuple[float, ...]:
    first, last = run[0], run[-1]
    words = [word.text for one in run for word in one.line.words]
    text = first.line.plain
    again = sheet.text.count(text) - 1 if len(text) > 5 else 0
    inner = [sheet.gap(upper.index, lower.index) for upper, lower in pairwise(run)]
    body = sum(one.body for one in run)
    return (
        *first.shape,
        *first.flags,
        *last.flags,
        *sheet.flags(first.above),
        *sheet.flags(last.under),
        *sheet.flags(first.left),
        *(float(any(one.flags[at] for one in run[1:])) for at in range(len(first.flags))),
        float(len(run)),
        float(len(words)),
        float(sum(len(word) for word in words)),
        float(body),
        max(inner, default=0.0),
        max(one.line.box.right for one in run) - min(one.line.box.left for one in run),
        sheet.gap(first.above, first.index),
        sheet.gap(last.index, last.under),
        *_against(first, first.above, sheet),
        *_against(last, last.under, sheet),
        *_against(first, last.index, sheet),
        first.line.box.top - sheet.greeting,
        first.line.box.top - sheet.subject,
        float((first.line.page, first.line.box.top) > sheet.closing),
        first.line.box.top - sheet.closing[1],
        float(first.line.page == sheet.first_page),
        float(first.line.page == sheet.last_page),
        first.line.height / max(sheet.height, 1e-4),
        float(min(3, max(0, again))),
        float(sum(word.isupper() and len(word) > 2 for word in words)),
        float(sum(word.istitle() for word in words)),
        float(sum(any(c.isdigit() for c in word) for word in words)),
        float(len(first.line.words) < len(sheet.lines[first.index].line.words)),
    )


def _ending(run: Sequence[Placed], sheet: Sheet) -> tuple[float, ...]:
    """Return whether the text goes on under a run: a line that is full, and one under it that begins small."""
    last = run[-1]
    widest = max(one.line.box.right for one in run)
    if last.under < 0:
        return (last.line.box.right, last.line.box.right - widest, 0.0, 0.0, 0.0, 0.0)
    under = sheet.lines[last.under]
    box = under.line.box
    return (
        last.line.box.right,
        last.line.box.right - max(widest, box.right),
        under.shape[-1],
        box.right - last.line.box.right,
        box.left - last.line.box.left,
        float(under.body),
    )


def _beneath(last: Placed, sheet: Sheet) -> tuple[float, ...]:
    """Return what the next line that is no rule says: in a letterhead, the body over a unit stands apart from it."""
    at = last.under
    for _ in range(_MOST_RULES):
        if at < 0 or not sheet.lines[at].has("nation"):
            break
        at = sheet.lines[at].under
    if at < 0:
        return (0.0, 0.0, 0.0, 9.0)
    return (*(float(sheet.lines[at].has(name)) for name in ("ministry", "unit", "firm")), sheet.gap(last.index, at))


def _against(one: Placed, other: int, sheet: Sheet) -> tuple[float, float, float, float]:
    """Return how far a line and another are out of line, left and centre, and whether case or size changes."""
    if other < 0:
        return (1.0, 1.0, 0.0, 1.0)
    here, there = one.line.box, sheet.lines[other].line.box
    upper = one.line.text.isupper(), sheet.lines[other].line.text.isupper()
    return (
        abs(here.left - there.left),
        abs(here.left + here.right - there.left - there.right) / 2,
        float(upper[0] != upper[1]),
        sheet.lines[other].line.height / max(one.line.height, 1e-4),
    )
