"""Why a letter or a piece has its fate: a code and its values, told in the reader's language when it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from ged.mail.french_dates import long_date


def _(sentence: str) -> str:
    """Mark a sentence for translation."""
    return sentence


class Why(StrEnum):
    """What is said; the values are kept in the database, and so they stay."""

    SAID = "dit"
    HELD = "gele"
    NO_RULE = "sans_regle"
    NO_RULE_PIECE = "piece_sans_regle"
    NO_RULE_RECEIVED = "recu_sans_regle"
    UNTIL = "jusqu_au"
    UNTIL_BY_LAW = "jusqu_au_loi"
    AWAITING = "attend"
    RULE = "regle"
    RULE_UNTIL = "regle_jusqu_au"
    MOST = "garde_le_plus"
    SORTED = "tri"
    VERSION = "version"
    FROM = "a_partir"
    AWAITED = "attendu"
    LETTER_DATE = "date_courrier"
    RECEPTION = "reception"
    CLOSING = "cloture"
    DOSSIER_CLOSING = "cloture_dossier"
    LAST_VERSION = "derniere_version"
    EVENT = "evenement"
    EVENT_BY = "evenement_note"
    BY_KIND = "nature"
    BY_CODE = "cote"
    BY_DOSSIER = "dossier"
    BOTH = "et"
    YEARS = "ans"
    MONTHS = "mois"
    DAYS = "jours"
    ONE_IN = "un_sur"
    YEARS_IN = "annees_en"
    LETTERS_IN = "lettres"
    KEEP = "conservation"
    TRANSFER = "versement"
    SAMPLE = "echantillon"
    DESTROY = "elimination"
    LETTER_CHOSEN = "courrier_garde"
    LETTER_NOT_CHOSEN = "courrier_non_retenu"
    PIECE_CHOSEN = "piece_gardee"
    PIECE_NOT_CHOSEN = "piece_non_retenue"
    NOT_OVER = "non_passe"
    OTHER_END = "autre_sort"


SENTENCES: dict[Why, str | tuple[str, str]] = {
    Why.HELD: _("Gelé depuis le %(since)s par %(by)s : %(reason)s."),
    Why.NO_RULE: _(
        "À conserver sans limite, parce qu'aucune règle ne s'applique encore : ni nature ni cote n'en donnent."
    ),
    Why.NO_RULE_PIECE: _(
        "À conserver sans limite, parce qu'aucune règle ne s'applique à une pièce dont le dossier n'a pas de cote "
        "qui en donne."
    ),
    Why.NO_RULE_RECEIVED: _(
        "À conserver sans limite, parce qu'une autre maison l'a versé ici pour qu'il soit gardé : aucune règle ne "
        "s'applique tant que ni lui ni un dossier où il est n'a de cote qui en donne."
    ),
    Why.UNTIL: _("À conserver jusqu'au %(until)s, parce que %(basis)s."),
    Why.UNTIL_BY_LAW: _(
        "À conserver jusqu'au %(until)s, parce que la loi n° 2017-007, art. 72, fixe vingt ans pour les écrits "
        "électroniques."
    ),
    Why.AWAITING: _("À conserver %(term)s après %(start)s, qui n'a pas eu lieu, parce que %(basis)s."),
    Why.RULE: _("Règle %(code)s (%(label)s), par %(by)s : %(term)s %(since)s, puis %(then)s."),
    Why.RULE_UNTIL: _(
        "Règle %(code)s (%(label)s), par %(by)s : %(term)s %(since)s, soit jusqu'au %(until)s, puis %(then)s."
    ),
    Why.MOST: _("Sort final : %(then)s, celui des règles qui garde le plus."),
    Why.SORTED: _("Tri : %(sampling)s. %(chosen)s"),
    Why.VERSION: _("Tableau de gestion, version %(number)s."),
    Why.FROM: _("à partir du %(since)s (%(start)s)"),
    Why.AWAITED: _("après %(start)s, attendu"),
    Why.LETTER_DATE: _("la date du courrier"),
    Why.RECEPTION: _("la réception"),
    Why.CLOSING: _("la clôture"),
    Why.DOSSIER_CLOSING: _("la clôture du dossier"),
    Why.LAST_VERSION: _("sa dernière version"),
    Why.EVENT: _("« %(event)s »"),
    Why.EVENT_BY: _("« %(event)s », noté par %(by)s"),
    Why.BY_KIND: _("la nature « %(label)s »"),
    Why.BY_CODE: _("la cote %(code)s"),
    Why.BY_DOSSIER: _("le dossier %(dossier)s, cote %(code)s"),
    Why.BOTH: _("%(one)s et %(other)s"),
    Why.YEARS: ("%(num)s an", "%(num)s ans"),
    Why.MONTHS: ("%(num)s mois", "%(num)s mois"),
    Why.DAYS: ("%(num)s jour", "%(num)s jours"),
    Why.ONE_IN: _("un sur %(count)s"),
    Why.YEARS_IN: _("années en %(ends)s"),
    Why.LETTERS_IN: _("lettres %(letters)s"),
    Why.KEEP: _("conservation"),
    Why.TRANSFER: _("versement"),
    Why.SAMPLE: _("tri"),
    Why.DESTROY: _("élimination"),
    Why.LETTER_CHOSEN: _("Ce courrier serait gardé."),
    Why.LETTER_NOT_CHOSEN: _("Ce courrier serait non retenu."),
    Why.PIECE_CHOSEN: _("Cette pièce serait gardée."),
    Why.PIECE_NOT_CHOSEN: _("Cette pièce serait non retenue."),
    Why.NOT_OVER: _("Son délai n'est pas passé. %(fate)s"),
    Why.OTHER_END: _("Son sort final est %(then)s, non l'élimination."),
}
"""What each code says, in French; a pair is of one and of several, by the value `num`."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What is said and with which values, in the order in which they were given; as text it is French."""

    why: Why
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        """Return it in French."""
        return tell(self, FRENCH)


Value = str | int | date | Reason
"""What stands in a sentence: words of people as they are, and what depends on the language."""


def because(why: Why, **values: Value) -> Reason:
    """Return a reason."""
    return Reason(why, tuple(values.items()))


def said(words: str) -> Reason:
    """Return what stands as it is: a person's words, or a sentence of before reasons had codes."""
    return because(Why.SAID, words=words)


class Tongue(Protocol):
    """A language: its sentences by the French ones, and its dates."""

    def say(self, sentence: str) -> str:
        """Return a sentence."""

    def count(self, one: str, several: str, number: int) -> str:
        """Return a sentence for one or for several."""

    def day(self, day: date) -> str:
        """Return a day in full."""


class _French:
    def say(self, sentence: str) -> str:
        return sentence

    def count(self, one: str, several: str, number: int) -> str:
        return one if number == 1 else several

    def day(self, day: date) -> str:
        return long_date(day)


FRENCH: Tongue = _French()


def tell(reason: Reason, tongue: Tongue) -> str:
    """Return a reason in a language."""
    values = {name: _told(value, tongue) for name, value in reason.values}
    if reason.why is Why.SAID:
        words = str(values["words"])
        return tongue.say(words) if words else ""
    sentence = SENTENCES[reason.why]
    if isinstance(sentence, tuple):
        return tongue.count(*sentence, int(values["num"])) % values
    return tongue.say(sentence) % values


def _told(value: Value, tongue: Tongue) -> str | int:
    if isinstance(value, Reason):
        return tell(value, tongue)
    return tongue.day(value) if isinstance(value, date) else value
