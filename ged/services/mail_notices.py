"""Notices by e-mail: at once, or one digest on the morning of a working day, as each person chose.

What an e-mail may say of a letter is decided in `ged.mail.notice`; `write` only puts it in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.calendar import WorkingCalendar
from ged.mail.message import Purpose
from ged.mail.notice import Channel, Choice, ShownNotice
from ged.services.post import hand_over
from ged.store.unit import Store, Unit

Write = Callable[[str, Sequence[ShownNotice]], tuple[str, str]]
"""Puts notices in words: (language, notices) → subject and body."""

STALE = timedelta(days=7)
"""What is older was told in the house while no server took messages: it is not told again."""


def mail_notices(*, store: Store, clock: Clock, write: Write) -> int:
    """Hand over the e-mails that notices make now, and give how many."""
    with store.unit() as unit:
        logins = unit.notices.waiting_for_mail()
    return sum(_mail(login, store, clock(), write) for login in logins)


def _mail(login: str, store: Store, now: datetime, write: Write) -> int:
    with store.unit() as unit:
        actor = unit.people.actor(login, now.date())
        if actor is None or actor.person_id is None:
            return 0
        waiting = unit.notices.to_mail(actor.person_id, actor)
        choice, address = unit.notices.choice(actor.person_id), unit.notices.address(actor.person_id)
        calendar = unit.organisation.calendar(actor.posts[0].tenant_id) if actor.posts else None
        letters = _letters(waiting, choice, address, now, calendar)
        settled = [each.notice.id for each in waiting if _silent(each, choice, address, now)]
        for letter in letters:
            subject, body = write(actor.language, letter)
            _post(unit, address, subject, body, letter, now)
            settled += [each.notice.id for each in letter]
        if settled:
            unit.notices.mailed(settled, now)
            unit.commit()
    return len(letters)


def _silent(shown: ShownNotice, choice: Choice, address: str, now: datetime) -> bool:
    """Whether a notice needs no e-mail any more: not wanted, read already, or old."""
    unwanted = not address or choice.channel(shown.kind.group) is Channel.NOTHING
    return unwanted or shown.notice.read_at is not None or now - shown.notice.at > STALE


def _letters(
    waiting: Sequence[ShownNotice], choice: Choice, address: str, now: datetime, calendar: WorkingCalendar | None
) -> list[list[ShownNotice]]:
    """Return the notices of each e-mail to write now: one for each told at once, one for the whole digest."""
    told = [each for each in waiting if not _silent(each, choice, address, now)]
    letters = [[each] for each in told if choice.channel(each.kind.group) is Channel.AT_ONCE]
    hour = datetime.combine(now.date(), time(choice.hour), UTC)
    if now >= hour and (calendar is None or calendar.works(now.date())):
        digest = [each for each in told if choice.channel(each.kind.group) is Channel.DIGEST and each.notice.at < hour]
        letters += [digest] if digest else []
    return letters


def _post(  # noqa: PLR0917 - private, the parts of one e-mail
    unit: Unit, address: str, subject: str, body: str, letter: Sequence[ShownNotice], now: datetime
) -> None:
    about = letter[0].notice.letter_id if len(letter) == 1 else None
    hand_over(unit, SYSTEM, now, purpose=Purpose.NOTICE, to=address, subject=subject, body=body, letter_id=about)
