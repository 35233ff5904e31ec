"""Filing under the plan: the code of a letter or of a dossier, at any time of its life, and what starts terms."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from ged.clock import Clock
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.filing import Start
from ged.mail.folding import folded_words
from ged.mail.item import Letter, State
from ged.mail.journal import Act
from ged.mail.qualification import Decision
from ged.mail.schedule import PlanLine
from ged.store.retention_events import RecordedEvent, unknown_event
from ged.store.unit import Store, Unit

_GONE = frozenset({State.CANCELLED, State.TRANSFERRED, State.DESTROYED})
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Filing:
    """Where a letter or a dossier is filed, and the events on it; `names` are those that rules in force wait for."""

    line: PlanLine | None
    events: tuple[RecordedEvent, ...]
    names: tuple[str, ...]


def codes_like(text: str, *, store: Store, actor: Actor, clock: Clock, limit: int = 12) -> tuple[PlanLine, ...]:
    """Return the lines of the plan in use whose code begins so, or whose title has words that begin so."""
    words, typed = folded_words(text[:200])[:8], text.strip().lower()
    with store.unit() as unit:
        plan = unit.schedules.plan_on(actor.post.tenant_id, clock().date())
    by_code = [each for each in plan if typed and each.code.lower().startswith(typed)]
    titles = {each.code: folded_words(f"{each.code} {each.title}") for each in plan}
    by_title = [
        each
        for each in plan
        if each not in by_code
        and words
        and all(any(own.startswith(word) for own in titles[each.code]) for word in words)
    ]
    return tuple((*by_code, *by_title)[:limit])


def filing_of(
    letter: Letter | None = None,
    dossier_id: str = "",
    code: str | None = None,
    *,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> Filing:
    """Return how a letter, or a dossier of that code, that the caller has been let to read is filed."""
    with store.unit() as unit:
        _, schedule = unit.schedules.applied(actor.post.tenant_id, clock().date())
        filed = letter.file_code if letter is not None else code
        events = unit.retention_events.of(letter_id=letter.id if letter else "", dossier_id=dossier_id)
    names = tuple(dict.fromkeys(each.event for each in schedule.rules if each.start is Start.EVENT))
    return Filing(schedule.line(filed) if filed else None, events, names)


def file_letter(letter_id: str, typed: str, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """File a letter under a code, open or closed; "" under none.

    It is a decision like the others: it stands in the history, and teaches.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Refused: `code.unknown`; `code.gone`, the letter is cancelled, transferred or destroyed.
        Conflict: `code.same`, it is filed there already.
    """
    require(actor, Right.KEEP_SCHEDULE)
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        if letter.state in _GONE:
            raise Refused("code.gone", "Ce courrier est annulé, versé ou éliminé : sa cote ne change plus.")
        version, code = _code(unit, letter.tenant_id, typed, letter.file_code, now.date())
        changed = unit.letters.change(letter, file_code=code or None, schedule_version=version)
        if letter.kind and letter.service_id:
            unit.proposals.decide(letter.id, _as_decided(changed), changed.revision, actor, now)
        unit.journal.write(now, Act.CLASSIFIED, actor, letter.id, before=letter.file_code or "", after=code)
        unit.outbox.add(letter.id, now)
        unit.queue.defer("note_term", letter_id=letter.id)
        unit.commit()
    return changed


def file_dossier(dossier_id: str, typed: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """File a dossier under a code: its letters fall under that code's rule too.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
        Refused: `code.unknown`.
        Conflict: `code.same`.
    """
    require(actor, Right.KEEP_SCHEDULE)
    now = clock()
    with store.unit() as unit:
        current = unit.dossiers.get(dossier_id, actor, lock=True)
        _, code = _code(unit, current.tenant_id, typed, current.file_code, now.date())
        unit.dossiers.file_under(current, code or None)
        unit.outbox.add_pieces_of(current.id, now)
        unit.queue.defer("note_terms", dossier_id=current.id)
        changes = {"cote": [current.file_code or "", code]}
        unit.journal.write_about(now, Act.DOSSIER_CHANGED, actor, current.id, changes=changes)
        unit.commit()


def record_event(
    name: str,
    on: date | None,
    *,
    letter_id: str = "",
    dossier_id: str = "",
    store: Store,
    actor: Actor,
    clock: Clock,
) -> RecordedEvent:
    """Record on a letter or on a dossier something that starts terms; the day may be to come.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`, `dossier.unknown`.
        Refused: `event.faulty`.
    """
    require(actor, Right.KEEP_SCHEDULE)
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or on is None:
        raise Refused("event.faulty", "Dites quel événement, et quel jour, par exemple « fin de permis », 31/12/2026.")
    now = clock()
    event = RecordedEvent(secrets.token_urlsafe(16), name, on, actor.name, now)
    with store.unit() as unit:
        if letter_id:
            about = unit.letters.get(letter_id, actor.tokens()).id
            unit.retention_events.add(event, letter_id=about)
            unit.journal.write(now, Act.EVENT_RECORDED, actor, about, name=name, on=str(on))
            unit.queue.defer("note_term", letter_id=about)
        else:
            about = unit.dossiers.get(dossier_id, actor).id
            unit.retention_events.add(event, dossier_id=about)
            unit.journal.write_about(now, Act.EVENT_RECORDED, actor, about, name=name, on=str(on))
            unit.queue.defer("note_terms", dossier_id=about)
        unit.commit()
    return event


def withdraw_event(event_id: str, *, store: Store, actor: Actor, clock: Clock) -> tuple[str | None, str | None]:
    """Let an event that was wrong count no more, and return the letter and the dossier that it stood on.

    Raises:
        Forbidden: `access.right`.
        NotFound: `event.unknown`.
    """
    require(actor, Right.KEEP_SCHEDULE)
    now = clock()
    with store.unit() as unit:
        letter_id, dossier_id = unit.retention_events.about(event_id)
        try:
            if letter_id is not None:
                unit.letters.get(letter_id, actor.tokens())
            else:
                unit.dossiers.get(dossier_id or "", actor)
        except NotFound as error:
            raise unknown_event() from error
        unit.retention_events.withdraw(event_id, actor, now)
        if letter_id is not None:
            unit.journal.write(now, Act.EVENT_WITHDRAWN, actor, letter_id, event=event_id)
            unit.queue.defer("note_term", letter_id=letter_id)
        else:
            unit.journal.write_about(now, Act.EVENT_WITHDRAWN, actor, dossier_id or "", event=event_id)
            unit.queue.defer("note_terms", dossier_id=dossier_id or "")
        unit.commit()
    return letter_id, dossier_id


def _code(unit: Unit, tenant_id: str, typed: str, standing: str | None, today: date) -> tuple[int | None, str]:
    version, schedule = unit.schedules.applied(tenant_id, today)
    code = schedule.named(typed)
    line = schedule.line(code)
    if code and (line is None or not line.open_on(today)):
        raise Refused(
            "code.unknown", "Cette cote n'est pas dans le plan de classement. Choisissez-en une autre, ou aucune."
        )
    if code == (standing or ""):
        raise Conflict("code.same", "Cette cote est déjà la sienne. Rien n'a été changé.")
    return version, code


def _as_decided(letter: Letter) -> Decision:
    return Decision(
        expected_revision=letter.revision,
        sender=letter.sender or "",
        recipient=letter.recipient or "",
        subject=letter.subject or "",
        sender_reference=letter.sender_reference or "",
        letter_date=letter.letter_date,
        due_date=letter.due_date,
        kind=letter.kind or "",
        service_id=letter.service_id or "",
        confidentiality=letter.confidentiality,
        priority=letter.priority,
        file_code=letter.file_code or "",
    )
