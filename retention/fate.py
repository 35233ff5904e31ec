"""The fate of a letter or a piece: how long it is kept, what then, and why. Pure: the same facts, the same fate.

Of several rules the longest term counts, and the disposition that keeps most: a rule more never brings a date nearer
nor destroys what another keeps.

Source: ISO 15489-1, 8.5 (disposition authorities); MoReq2010, R8 (disposal schedules); loi n° 2017-007, art. 72.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ged.mail.dossier_piece import KeptPiece
from ged.mail.filing import Disposition, Facts, RetentionRule, Ruling, Span, Start, Term
from ged.mail.item import Letter
from ged.mail.reason import Reason, Why, because

LEGAL_FLOOR = Term(20, Span.YEARS)
"""Every original is signed at its sealing, and an electronic writing is kept so long at least.

It runs from the letter's date or from the reception, whichever is later: a date typed too old makes nothing due early.

Source: loi n° 2017-007 du 22 juin 2017, art. 72.
"""


@dataclass(frozen=True, slots=True)
class _Words:
    """How the sentences call what is kept: where no rule applies, what starts a term, what a sorting would do."""

    no_rule: Why
    starts: dict[Start, Why]
    chosen: Why
    not_chosen: Why


_LETTER = _Words(
    Why.NO_RULE,
    {
        Start.LETTER_DATE: Why.LETTER_DATE,
        Start.RECEPTION: Why.RECEPTION,
        Start.CLOSING: Why.CLOSING,
        Start.DOSSIER_CLOSING: Why.DOSSIER_CLOSING,
    },
    Why.LETTER_CHOSEN,
    Why.LETTER_NOT_CHOSEN,
)
_PIECE = _Words(
    Why.NO_RULE_PIECE,
    {
        Start.LETTER_DATE: Why.LAST_VERSION,
        Start.RECEPTION: Why.LAST_VERSION,
        Start.CLOSING: Why.DOSSIER_CLOSING,
        Start.DOSSIER_CLOSING: Why.DOSSIER_CLOSING,
    },
    Why.PIECE_CHOSEN,
    Why.PIECE_NOT_CHOSEN,
)


@dataclass(frozen=True, slots=True)
class AsKept:
    """A piece as terms and sortings see it: as old as its last version, of the year in which its dossier was opened.

    It has no number and no sender: a sorting by one of them keeps it.
    """

    received_at: datetime
    closed_on: date | None
    year: int
    letter_date: date | None = None
    sequence: int = 0
    sender: str | None = None


_Kept = Letter | AsKept


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a letter, or of a piece of a dossier.

    Attributes:
        keep_until: The last day it must be kept; None when nobody can say yet.
        due: Whether the disposition may be proposed today.
        reasons: The holds first, then one fit to be shown alone, then the rules.
        rule: Code of the rule that sets the term; None when the law's floor does, or nothing yet.
        version: Number of the version of the schedule that was applied.
        selected: Whether a sorting (tri) keeps the letter; None where the disposition is no sorting.
    """

    keep_until: date | None
    disposition: Disposition | None
    due: bool
    held: bool
    reasons: tuple[Reason, ...]
    rule: str | None = None
    version: int | None = None
    selected: bool | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What the rules come to for a letter, before a sentence is said of it: all that most of a sweep needs.

    Attributes:
        keep_until: The last day it must be kept; None when nobody can say yet.
        ends: When the term of each rule ends, the rulings in their order.
        first: The ruling that sets the term; None where no rule applies. `most` is the rule that keeps most.
        by_law: Whether the law's floor sets the term instead.
    """

    keep_until: date | None
    ends: tuple[tuple[date | None, Ruling], ...] = ()
    first: Ruling | None = None
    most: RetentionRule | None = None
    by_law: bool = False

    def due(self, facts: Facts, today: date) -> bool:
        """Whether the disposition may be proposed: the term is over, and no hold stands."""
        return not facts.holds and self.keep_until is not None and today > self.keep_until


def reckon(letter: _Kept, facts: Facts) -> Reckoned:
    """Return until when a letter is kept by the longest of its rules, holds aside."""
    if not facts.rulings:
        return Reckoned(None)
    ends = tuple((_end(each.rule, letter, facts), each) for each in facts.rulings)
    until, first = max(ends, key=lambda one: (one[0] or date.max, one[0] is None, -one[1].rule.disposition.rank))
    most = min((each.rule for each in facts.rulings), key=lambda rule: rule.disposition.rank)
    if until is None:
        return Reckoned(None, ends, first, most)
    floor = floor_of(letter)
    return Reckoned(max(until, floor), ends, first, most, by_law=floor > until)


def fate_of(letter: Letter, facts: Facts, today: date) -> Fate:
    """Return the fate of a letter as it stands; a hold wins over every rule."""
    return _fate(letter, facts, today, _LETTER)


def fate_of_piece(one: KeptPiece, facts: Facts, today: date) -> Fate:
    """Return the fate of a piece: it follows its dossier, and the law's floor runs from its last version."""
    return _fate(as_kept(one), facts, today, _PIECE)


def as_kept(one: KeptPiece) -> AsKept:
    """Return a piece as terms see it."""
    return AsKept(one.brought_at, one.dossier.closed_on, one.dossier.created_at.year)


def _fate(letter: _Kept, facts: Facts, today: date, words: _Words) -> Fate:
    held = tuple(
        because(Why.HELD, since=each.placed_on, by=each.placed_by, reason=each.reason.rstrip(" ."))
        for each in facts.holds
    )
    found = reckon(letter, facts)
    if found.first is None or found.most is None:
        reasons = (*held, because(Why.NO_RULE_RECEIVED if facts.received else words.no_rule))
        return Fate(None, None, due=False, held=bool(held), reasons=reasons, version=facts.version)
    verdict = _verdict(found.first.rule, found.keep_until, words, by_law=found.by_law)
    return Fate(
        keep_until=found.keep_until,
        disposition=found.most.disposition,
        due=found.due(facts, today),
        held=bool(held),
        reasons=(*held, verdict, *_rules(found, letter, facts, words)),
        rule=None if found.by_law else found.first.rule.code,
        version=facts.version,
        selected=_selected(found.most, letter),
    )


def before_floor(today: date) -> date:
    """Return a day such that whatever is younger is kept by the law today; a little of what is older is too."""
    year = max(today.year - LEGAL_FLOOR.count, 1)
    return date(year, today.month, min(today.day, monthrange(year, today.month)[1]))


def floor_of(letter: _Kept) -> date:
    """Return the last day on which the law has a letter kept, whatever the rules say."""
    received = letter.received_at.date()
    return LEGAL_FLOOR.after(max(letter.letter_date or received, received))


def _began(rule: RetentionRule, letter: _Kept, facts: Facts) -> date | None:
    """Return from when a rule's term runs; None while what starts it has not happened.

    Of several closings or events the last one counts: something more never brings the date nearer.
    """
    received = letter.received_at.date()
    if rule.start is Start.EVENT:
        return max((each.on for each in facts.events if each.name == rule.event), default=None)
    if rule.start is Start.DOSSIER_CLOSING and facts.dossiers:
        closed = [day for day in facts.dossiers if day is not None]
        return max(closed) if len(closed) == len(facts.dossiers) else None
    return {Start.LETTER_DATE: letter.letter_date or received, Start.RECEPTION: received}.get(
        rule.start, letter.closed_on
    )


def _end(rule: RetentionRule, letter: _Kept, facts: Facts) -> date | None:
    began = _began(rule, letter, facts)
    return None if began is None else rule.term.after(began)


def _verdict(rule: RetentionRule, until: date | None, words: _Words, *, by_law: bool) -> Reason:
    if until is None:
        return because(Why.AWAITING, term=rule.term.told, start=_awaited(rule, words), basis=rule.basis)
    return because(Why.UNTIL_BY_LAW, until=until) if by_law else because(Why.UNTIL, until=until, basis=rule.basis)


def _awaited(rule: RetentionRule, words: _Words) -> Reason:
    return because(Why.EVENT, event=rule.event) if rule.start is Start.EVENT else because(words.starts[rule.start])


def _rules(found: Reckoned, letter: _Kept, facts: Facts, words: _Words) -> tuple[Reason, ...]:
    """Return a reason for each rule, the one that counts first, each with what it was found by."""
    first, most = found.first, found.most
    if first is None or most is None:
        return ()
    said = []
    for until, ruling, by in _each_once(found.ends, first):
        rule, began = ruling.rule, _began(ruling.rule, letter, facts)
        since = (
            because(Why.AWAITED, start=_awaited(rule, words))
            if began is None
            else because(Why.FROM, since=began, start=_by(rule, facts, words))
        )
        told: dict[str, Any] = {"code": rule.code, "label": rule.label, "by": by, "term": rule.term.told}
        told |= {"since": since, "then": rule.disposition.told}
        if ruling.rule == first.rule or until is None:
            said.append(because(Why.RULE, **told))
        else:
            said.append(because(Why.RULE_UNTIL, until=until, **told))
    if most is not first.rule and most.disposition is not first.rule.disposition:
        said.append(because(Why.MOST, then=most.disposition.told))
    if most.disposition is Disposition.SAMPLE and most.sampling is not None:
        chosen = because(words.chosen if _selected(most, letter) else words.not_chosen)
        said.append(because(Why.SORTED, sampling=most.sampling.told, chosen=chosen))
    if facts.version is not None:
        said.append(because(Why.VERSION, number=facts.version))
    return tuple(said)


def _each_once(ends: Sequence[tuple[date | None, Ruling]], first: Ruling) -> list[tuple[date | None, Ruling, Reason]]:
    """Return each rule once, the one that counts first, with all that it was found by."""
    found: dict[str, tuple[date | None, Ruling, Reason]] = {}
    for until, ruling in sorted(ends, key=lambda one: one[1].rule != first.rule):
        before = found.get(ruling.rule.code)
        by = because(Why.BOTH, one=before[2], other=ruling.by) if before else ruling.by
        found[ruling.rule.code] = (until, ruling, by)
    return list(found.values())


def _by(rule: RetentionRule, facts: Facts, words: _Words) -> Reason:
    if rule.start is not Start.EVENT:
        return because(words.starts[rule.start])
    last = max((each for each in facts.events if each.name == rule.event), key=lambda each: each.on)
    return because(Why.EVENT_BY, event=rule.event, by=last.recorded_by)


def _selected(rule: RetentionRule, letter: _Kept) -> bool | None:
    if rule.disposition is not Disposition.SAMPLE:
        return None
    return rule.sampling is None or rule.sampling.keeps(letter.sequence, letter.year, letter.sender or "")
