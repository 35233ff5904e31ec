"""Notices in words, in the person's language: the number, what happened, a link; content only where it may leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.views.words import translations, typed_day
from ged.mail.notice import ShownNotice, may_be_mailed

_DIGEST = "Vos avis : %(count)s"
_FOOT = "Vous choisissez ces courriels sur la page « Mon compte » : %(address)s/compte"
_ABOUT = "Objet : %(subject)s"
_FROM = "De : %(sender)s"


@dataclass(frozen=True, slots=True)
class NoticeWriter:
    """Writes the e-mail of one notice, or of a digest; `address` is where the house is reached."""

    address: str

    def __call__(self, language: str, notices: Sequence[ShownNotice]) -> tuple[str, str]:
        """Return subject and body."""
        say = translations(language).gettext
        entries = [self._entry(each, language) for each in notices]
        foot = say(_FOOT) % {"address": self.address}
        subject = _headline(notices[0], language) if len(notices) == 1 else say(_DIGEST) % {"count": len(notices)}
        return subject, "\n\n".join([*entries, f"-- \n{foot}"]) + "\n"

    def _entry(self, shown: ShownNotice, language: str) -> str:
        say = translations(language).gettext
        lines = [_headline(shown, language)]
        if may_be_mailed(shown.confidentiality):
            lines += [say(_ABOUT) % {"subject": shown.subject}] if shown.subject else []
            lines += [say(_FROM) % {"sender": shown.sender}] if shown.sender else []
        return "\n".join([*lines, f"{self.address}{shown.address}"])


def _headline(shown: ShownNotice, language: str) -> str:
    notice = shown.notice
    facts = {"by": notice.by, "day": typed_day(notice.day), "rank": notice.rank}
    sentence = translations(language).gettext(shown.kind.sentence) % facts
    return f"{shown.number} : {sentence}" if shown.number else sentence
