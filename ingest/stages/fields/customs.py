"""Customs of letters, beside what trees have learned of layouts: they hold on layouts that nobody was taught.

A letterhead that names a house outweighs the person who signs for it; who is greeted is who is written to; mottoes and
arrival stamps write nothing; a subject ends where its lines do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ged.mail.french_dates import plain
from ged.mail.qualification import Field
from ingest.stages.fields.blocks import FOOT, GREETED, MAX_GAP
from ingest.stages.fields.candidates import Candidate
from ingest.stages.fields.lexicon import FLAGS
from ingest.stages.fields.sheet import Placed, Sheet

_NEVER, _SIGNED, _HEADED, _CUT, _GREETED = 8.0, 3.0, 3.0, 2.0, 4.0
"""Log-odds that a custom takes or gives."""
_LIKELY = 1.0
"""Where the trees find nobody this likely, in log-odds, the letterhead and the greeting speak for who they name."""
_UNLIKELY = -2.0
"""Where nobody over it is even this likely, the greeting alone says to whom."""
_SAME = 0.85
"""How like it a block begins that a greeting greets."""
_TOLD = 4
"""Words of a greeting that says who is greeted: « Monsieur le Ministre » says it of too many."""
_ALIGNED, _READ, _MOST_LINES = 0.03, 0.5, 3
_HOUSE = re.compile(
    "|".join(f"(?:{FLAGS[name].pattern})" for name in ("ministry", "unit", "firm"))
    + r"|^(?:bureau|cabinet|etude|pharmacie|hotel|laboratoire|observatoire|pole|regie|fonds|ordre|paroisse)\b"
)
_FOR = re.compile(r"^pour (?:l'|l[ae]s? )?")
_STAMP = re.compile(r"\barrivee?s?\b|\brecu le\b|\breceived\b")
_MOTTO = re.compile(r"^\W*(?:republi.?ue togo|travail\s*[-–.,]|liberte|patrie)")
_OF_ITS_OWN = (
    "nation", "contact", "street", "ours", "theirs", "number", "subject", "civility", "via", "function", "placed",
    "dated", "stamp", "title",
)  # fmt: skip
"""What a line says that is no part of the name over it."""
_NO_SUBJECT = ("contact", "ours", "theirs", "number", "subject", "greeting", "via", "pieces", "item", "placed")
"""What a line says that is no part of the subject over it."""
_WORD = re.compile(r"[^\W\d_]{3}")
_OPEN = re.compile(r"[:,]$|\b(?:de|du|des|la|le|les|et|aux?|en|pour|dans|sur)$|\b[dl]'$")
_UNEVEN = 0.5
"""How far the blanks between the lines of one text differ, in line heights: letters reach over and under their line."""


def leaned(field: Field, found: Sequence[Candidate], scores: Sequence[float], sheet: Sheet) -> list[float]:
    """Return the log-odds of a field's candidates as customs move them."""
    if field is Field.SENDER:
        return _of_senders(found, scores, sheet)
    if field is Field.RECIPIENT:
        return _of_recipients(found, scores, sheet)
    if field is Field.SUBJECT:
        return _of_subjects(found, scores, sheet)
    return list(scores)


def _of_senders(found: Sequence[Candidate], scores: Sequence[float], sheet: Sheet) -> list[float]:
    lines = [sheet.line_of[id(one.words[0])] for one in found]
    houses = [_is_head(one, line, sheet) for one, line in zip(found, lines, strict=True)]
    told = []
    for one, line, house, score in zip(found, lines, houses, scores, strict=True):
        text = plain(one.value)
        signed = (line.line.page, line.line.box.top) > sheet.closing and not _HOUSE.search(_FOR.sub("", text))
        nobody = not house and (_MOTTO.search(text) or _is_stamp(line, sheet))
        told.append(score - (_NEVER if nobody else _SIGNED if signed and any(houses) and not house else 0.0))
    if not any(houses) or max(told) >= _LIKELY:
        return told
    raised = min(_HEADED, max(0.0, -max(score for score, house in zip(told, houses, strict=True) if house)))
    told = [score + raised * house for score, house in zip(told, houses, strict=True)]
    for at, (one, house) in enumerate(zip(found, houses, strict=True)):
        whole = _whole(one, lines[at], found, sheet) if house else None
        if whole is not None:  # what is more of the name, or writes under the ministry, is as likely as its beginning
            told[whole] = max(told[whole], told[at])
            told[at] -= _CUT
    return told


def _of_recipients(found: Sequence[Candidate], scores: Sequence[float], sheet: Sheet) -> list[float]:
    lines = [sheet.line_of[id(one.words[0])] for one in found]
    blocks = [at for at, one in enumerate(found) if _is_greeted(one, lines[at], sheet)]
    greetings = [at for at, one in enumerate(found) if lines[at].has("greeting") and one.line == lines[at].index]
    told = list(scores)
    if blocks:
        longest = len(found[max(blocks, key=scores.__getitem__)].words)
        for at in greetings:
            told[at] -= _GREETED * (len(found[at].words) + 1 < longest)
    elif max(told) < _UNLIKELY:
        blocks = [at for at in greetings if len(found[at].words) >= _TOLD]
    if max(told) < _LIKELY:
        for at in blocks:
            told[at] += _GREETED
    return told


def _of_subjects(found: Sequence[Candidate], scores: Sequence[float], sheet: Sheet) -> list[float]:
    told = list(scores)
    for label in (one for one in sheet.said if one.has("subject")):
        begun = {found[at].line: at for at in range(len(found)) if found[at].words[0] is label.line.words[0]}
        cut: list[int] = []
        last = label
        while (under := _more_of_subject(label, last, sheet)) is not None:
            cut += [begun[last.index]] if last.index in begun else []
            last = under
        if last.index in begun and cut:
            whole = begun[last.index]
            told[whole] = max(told[at] for at in (whole, *cut))
            for at in cut:
                told[at] -= _CUT
    return told


def _more_of_subject(label: Placed, last: Placed, sheet: Sheet) -> Placed | None:
    """Return the line that a subject goes on with under its last one: as near as lines of running text stand."""
    under = sheet.lines[last.under] if last.under >= 0 else None
    if under is None or sheet.gap(last.index, under.index) > min(MAX_GAP, sheet.leading + _UNEVEN):
        return None
    starts = [label.line.box.left, *(word.box.left for word in label.line.words[1:3])]
    aligned = min(abs(under.line.box.left - start) for start in starts) < _ALIGNED
    capitals = last.line.text.split(":")[-1].isupper() and under.line.text.isupper() and _WORD.search(under.line.text)
    small = under.line.text[:1].islower() or capitals or _OPEN.search(last.line.plain)
    listed = under.under >= 0 and sheet.lines[under.under].has("item")
    apart = listed or any(under.has(name) for name in _NO_SUBJECT)
    return under if aligned and small and not apart else None


def _is_head(one: Candidate, line: Placed, sheet: Sheet) -> bool:
    """Whether a candidate names a house in the letterhead, or before the contacts at the foot of the page."""
    if line.stamped or not _HOUSE.search(plain(one.value)) or _is_stamp(line, sheet):
        return False
    if line.line.box.top > FOOT:
        return line.has("contact") and one.words[0] is line.line.words[0]
    over = line.line.page == sheet.first_page and line.line.box.top < min(sheet.greeting, sheet.subject)
    return over and not line.has("contact") and not _is_addressed(line, sheet)


def _is_stamp(one: Placed, sheet: Sheet) -> bool:
    """Whether a line is of an arrival stamp: it says so, or the line under it does, under the name of the house."""
    under = sheet.lines[one.under].line.plain if one.under >= 0 else ""
    return bool(_STAMP.search(one.line.plain) or _STAMP.match(under))


def _is_addressed(one: Placed, sheet: Sheet) -> bool:
    """Whether a line stands under a civility or a function, as the house of an addressee does."""
    lower, upper = one.index, one.above
    for _ in range(_MOST_LINES):
        if upper < 0 or sheet.gap(upper, lower) > MAX_GAP:
            return False
        line = sheet.lines[upper]
        if line.has("civility") or line.has("to") or (line.has("function") and not _HOUSE.search(line.line.plain)):
            return True
        lower, upper = upper, line.above
    return False


def _whole(one: Candidate, first: Placed, found: Sequence[Candidate], sheet: Sheet) -> int | None:
    """Return which candidate says the whole name of which another says the beginning; None where it says it all.

    A ministry is the beginning of the unit under it; a name in capitals goes on in capitals set as it is.
    """
    last = sheet.lines[one.line]
    under = _next(last, sheet)
    if under is None:
        return None
    if first.has("ministry") and under.has("unit") and not under.has("contact"):
        starts = under.index
    elif under.index == last.under and _goes_on_in_capitals(last, under, sheet):
        starts = first.index
    else:
        return None
    begun = [at for at, other in enumerate(found) if sheet.line_of[id(other.words[0])].index == starts]
    return next((at for at in begun if under.index in {starts, found[at].line}), None)


def _goes_on_in_capitals(last: Placed, under: Placed, sheet: Sheet) -> bool:
    here, there = last.line.box, under.line.box
    aside = min(abs(here.left - there.left), abs(here.left + here.right - there.left - there.right) / 2)
    capitals = last.line.text.isupper() and under.line.text.isupper()
    alone = any(under.has(name) for name in _OF_ITS_OWN) or _HOUSE.search(under.line.plain)
    return capitals and aside < _ALIGNED and sheet.gap(last.index, under.index) < MAX_GAP and not alone


def _next(one: Placed, sheet: Sheet) -> Placed | None:
    """Return the line under another, without rules, mottoes and what was not read between them."""
    at = one.under
    for _ in range(_MOST_LINES):
        if at < 0 or not (sheet.lines[at].has("nation") or sheet.lines[at].line.confidence < _READ):
            break
        at = sheet.lines[at].under
    return sheet.lines[at] if at >= 0 else None


def _is_greeted(one: Candidate, line: Placed, sheet: Sheet) -> bool:
    """Whether a block over the greeting begins as the greeting does."""
    over = line.line.page == sheet.first_page and line.line.box.top < sheet.greeting
    return over and max(one.numbers[GREETED]) >= _SAME and not line.has("via")
