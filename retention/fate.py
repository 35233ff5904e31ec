"""The fate of a letter: how long it is kept, what then, and why. Pure: the same facts give the same fate.

Source: ISO 15489-1, 8.5 (disposition authorities); loi n° 2017-007, art. 72 (20 years at least).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ged.mail.filing import Disposition, Hold, RetentionRule, Start
from ged.mail.french_dates import long_date
from ged.mail.item import Letter


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a letter.

    Attributes:
        keep_until: The last day it must be kept; None when nobody can say yet.
        due: Whether the disposition may be proposed today.
        reasons: French sentences, the first one fit to be shown alone.
    """

    keep_until: date | None
    disposition: Disposition | None
    due: bool
    held: bool
    reasons: tuple[str, ...]


def fate(
    rule: RetentionRule | None,
    *,
    letter_date: date | None,
    received_on: date,
    closed_on: date | None,
    holds: Sequence[Hold],
    today: date,
) -> Fate:
    """Return the fate of a letter under a rule; a hold wins over every rule."""
    held = tuple(f"Gelé depuis le {long_date(hold.placed_on)} par {hold.placed_by} : {hold.reason}." for hold in holds)
    if rule is None:
        reason = "À conserver sans limite, parce qu'aucune règle ne s'applique encore : la nature n'est pas décidée."
        return Fate(None, None, due=False, held=bool(holds), reasons=(*held, reason))
    start = {Start.LETTER_DATE: letter_date or received_on, Start.RECEPTION: received_on, Start.CLOSING: closed_on}
    began = start[rule.start]
    if began is None:
        reason = f"À conserver {rule.term_years} ans après la clôture, qui n'a pas eu lieu, parce que {rule.basis}."
        return Fate(None, rule.disposition, due=False, held=bool(holds), reasons=(*held, reason))
    until = _years_later(began, rule.term_years)
    reason = f"À conserver jusqu'au {long_date(until)}, parce que {rule.basis}."
    term = f"{rule.term_years} ans à partir du {long_date(began)}"
    then = f"Règle {rule.code} ({rule.label}) : {term}, puis {rule.disposition}."
    reasons = (*held, reason, then)
    return Fate(until, rule.disposition, due=not holds and today > until, held=bool(holds), reasons=reasons)


def fate_of(letter: Letter, rule: RetentionRule | None, holds: Sequence[Hold], today: date) -> Fate:
    """Return the fate of a letter as it stands, under the rule of its kind."""
    return fate(
        rule,
        letter_date=letter.letter_date,
        received_on=letter.received_at.date(),
        closed_on=letter.closed_on,
        holds=holds,
        today=today,
    )


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February, in a year that has none
        return day.replace(year=day.year + years, day=28)
