"""Filing: document kinds (natures), the terms and rules that letters follow, and the facts that decide a letter's fate.

The rules are data of the tenant, in versions (`ged.mail.schedule`); what they imply for one letter is `retention.fate`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ged.mail.folding import fold
from ged.mail.reason import Reason, Why, because


class Disposition(StrEnum):
    """Final disposition (sort final), from the one that keeps most to the one that keeps least."""

    KEEP = "conservation"
    TRANSFER = "versement"
    SAMPLE = "tri"
    DESTROY = "elimination"

    @property
    def rank(self) -> int:
        """Return 0 for what keeps most: of two rules on one letter, the one that keeps more has the last word."""
        return _RANKS[self]

    @property
    def told(self) -> Reason:
        """Return it as sentences name it."""
        return because(_ENDS[self])


_RANKS = {each: rank for rank, each in enumerate(Disposition)}
_ENDS = {
    Disposition.KEEP: Why.KEEP,
    Disposition.TRANSFER: Why.TRANSFER,
    Disposition.SAMPLE: Why.SAMPLE,
    Disposition.DESTROY: Why.DESTROY,
}


class Start(StrEnum):
    """From what the retention period (DUA) runs."""

    LETTER_DATE = "date_courrier"
    RECEPTION = "reception"
    CLOSING = "cloture"
    DOSSIER_CLOSING = "cloture_dossier"
    EVENT = "evenement"


class Span(StrEnum):
    """In what a term is counted."""

    YEARS = "ans"
    MONTHS = "mois"
    DAYS = "jours"


_SPANS = {Span.YEARS: Why.YEARS, Span.MONTHS: Why.MONTHS, Span.DAYS: Why.DAYS}


@dataclass(frozen=True, slots=True)
class Term:
    """A retention period (DUA), in whole calendar years, calendar months or days."""

    count: int
    span: Span

    def __str__(self) -> str:
        """Return it as people write it, `1 an`, `20 ans`, `6 mois`, `1 jour`."""
        return str(self.told)

    @property
    def told(self) -> Reason:
        """Return it as sentences say it."""
        return because(_SPANS[self.span], num=self.count)

    def after(self, day: date) -> date:
        """Return the last day of a term that runs from a day; in a month too short, that month's last day.

        A term that goes past the calendar ends on its last day.

        Source: loi usage of « de quantième à quantième »; Règlement (CEE, Euratom) n° 1182/71, art. 3(2)(c).
        """
        if self.span is Span.DAYS:
            return day + timedelta(days=min(self.count, (date.max - day).days))
        months = self.count * (12 if self.span is Span.YEARS else 1) + day.year * 12 + day.month - 1
        year, month = divmod(months, 12)
        if year > date.max.year:
            return date.max
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


_TERM = re.compile(r"(\d{1,5})\s*(ans?|annees?|mois|jours?)")
_LONGEST_DAYS = 200 * 366


def read_term(text: str) -> Term | None:
    """Return the term that a person wrote, `20 ans`, `18 mois`, `90 jours`; None when it is none, or past 200 years."""
    found = _TERM.fullmatch(fold(text).strip())
    if found is None or int(found[1]) == 0:
        return None
    span = {"a": Span.YEARS, "m": Span.MONTHS, "j": Span.DAYS}[found[2][0]]
    days = int(found[1]) * {Span.YEARS: 365, Span.MONTHS: 30, Span.DAYS: 1}[span]
    return Term(int(found[1]), span) if days <= _LONGEST_DAYS else None


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which letters of a sorting (tri) are kept: decided by the letter alone, so that anybody finds the same ones.

    Attributes:
        one_in: One letter in so many, by its registration number; 0 when the others decide.
        years: What the year of the register ends in, `5` or `2025`; any of them.
        letters: First letters of the sender's name, folded, upper case; any of them.
    """

    one_in: int = 0
    years: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as the file writes it."""
        return str(self.told)

    @property
    def told(self) -> Reason:
        """Return it as sentences say it."""
        if self.one_in:
            return because(Why.ONE_IN, count=self.one_in)
        if self.years:
            return because(Why.YEARS_IN, ends=" ".join(self.years))
        return because(Why.LETTERS_IN, letters=" ".join(self.letters))

    def keeps(self, sequence: int, year: int, sender: str) -> bool:
        """Whether a letter is among those kept; one without a sender is, when names decide."""
        if self.one_in:
            return sequence % self.one_in == 0
        if self.years:
            return str(year).endswith(self.years)
        first = next((each for each in fold(sender).upper() if each.isalnum()), "")
        return not first or first in self.letters


_ONE_IN = re.compile(r"(?:un|1) sur (\d{1,4})")
_YEARS = re.compile(r"annees en ((?:\d{1,4} ?)+)")
_LETTERS = re.compile(r"lettres ((?:[a-z] ?)+)")


def read_sampling(text: str) -> Sampling | None:
    """Return the sampling that a person wrote: `un sur 10`, `années en 0 5`, `lettres A B`; None when it is none."""
    plain = " ".join(fold(text).replace(",", " ").split())
    if (found := _ONE_IN.fullmatch(plain)) and int(found[1]) > 0:
        return Sampling(one_in=int(found[1]))
    if found := _YEARS.fullmatch(plain):
        return Sampling(years=tuple(found[1].split()))
    if found := _LETTERS.fullmatch(plain):
        return Sampling(letters=tuple(found[1].upper().split()))
    return None


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One line of the retention schedule (tableau de gestion).

    Attributes:
        basis: Why: the text or the decision that sets the term, shown to whoever asks.
        event: What the term waits for, « fin de permis », where `start` is an event; "" elsewhere.
        sampling: Which letters are kept, where the disposition is a sorting; None elsewhere.
    """

    code: str
    label: str
    term: Term
    start: Start
    disposition: Disposition
    basis: str
    event: str = ""
    sampling: Sampling | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A document kind (nature), the retention rule that its letters follow, and words by which one knows them."""

    code: str
    label_fr: str
    label_en: str
    rule: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold (gel): it wins over every rule while it stands."""

    reason: str
    placed_by: str
    placed_on: date


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule that a letter falls under, and by what: « la nature « Facture » », « la cote C2 »."""

    rule: RetentionRule
    by: Reason


@dataclass(frozen=True, slots=True)
class RetentionEvent:
    """Something that starts terms, as somebody recorded it on a letter or on a dossier that it lies in."""

    name: str
    on: date
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides a letter's fate beside the letter itself.

    Attributes:
        version: The number of the version of the schedule that applies; None while none is in force.
        rulings: Every rule that the letter falls under; the longest wins.
        dossiers: The day on which each dossier that it lies in was closed; None for an open one.
        received: Whether another house transferred it here.
    """

    version: int | None = None
    rulings: tuple[Ruling, ...] = ()
    dossiers: tuple[date | None, ...] = ()
    events: tuple[RetentionEvent, ...] = ()
    holds: tuple[Hold, ...] = ()
    received: bool = False
