"""One's own notices: listed, counted, marked as read; how one wants them by e-mail."""

from __future__ import annotations

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.notice import Channel, Choice, Group, Notice, ShownNotice
from ged.store.unit import Store


def mine(*, store: Store, actor: Actor) -> tuple[ShownNotice, ...]:
    """Return the actor's notices, unread first; the subject or title only of what the actor may read now."""
    if actor.person_id is None:
        return ()
    with store.unit() as unit:
        return unit.notices.listed(actor.person_id, actor)


def open_notice(notice_id: str, *, store: Store, actor: Actor, clock: Clock) -> Notice:
    """Return one of the actor's notices, read from now on.

    Raises:
        NotFound: `notice.unknown`.
    """
    with store.unit() as unit:
        found = unit.notices.get(notice_id, actor.person_id or "")
        if found is None:
            raise NotFound("notice.unknown", "Cet avis n'existe pas, ou il n'est pas le vôtre.")
        unit.notices.read(found.person_id, clock(), ids=[notice_id])
        unit.commit()
    return found


def mark_all_read(
    *, store: Store, actor: Actor, clock: Clock, letter_id: str | None = None, piece_id: str | None = None
) -> int:
    """Mark the actor's notices as read, all or those of one letter or piece, and give how many were not."""
    if actor.person_id is None:
        return 0
    with store.unit() as unit:
        count = unit.notices.read(actor.person_id, clock(), letter_id=letter_id, piece_id=piece_id)
        if count:
            unit.commit()
    return count


def choice_of(*, store: Store, actor: Actor) -> tuple[Choice, str]:
    """Return how the actor wants notices by e-mail, and the address, "" when the organisation gives none."""
    with store.unit() as unit:
        person_id = actor.person_id or ""
        return unit.notices.choice(person_id), unit.notices.address(person_id)


def choose(channels: dict[str, str], hour: int, *, store: Store, actor: Actor) -> None:
    """Write how the actor wants notices by e-mail.

    Raises:
        Refused: `notice.choice`.
    """
    try:
        chosen = {Group(name): Channel(value) for name, value in channels.items()}
    except ValueError as error:
        raise _no_choice() from error
    if not 0 <= hour <= 23:
        raise _no_choice()
    with store.unit() as unit:
        unit.notices.choose(actor.person_id or "", Choice(chosen, hour))
        unit.commit()


def _no_choice() -> Refused:
    return Refused(
        "notice.choice", "Choisissez pour chaque groupe : rien, aussitôt ou résumé ; et une heure de 0 à 23."
    )
