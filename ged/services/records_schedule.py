"""The plan and the schedule in versions: written by one person, approved by another, in force from a day."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import RIGHTS, Actor, Right, require
from ged.mail.item import Confidentiality
from ged.mail.journal import Act
from ged.mail.notice import SCHEDULE_ASKED, SCHEDULE_BACK, NoticeKind
from ged.mail.said import Said
from ged.mail.schedule import (
    Difference,
    LineFault,
    Part,
    Schedule,
    ScheduleVersion,
    VersionState,
    differences,
    schedule_faults,
)
from ged.services.notify import Told, tell
from ged.store.unit import Store, Unit

_LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class VersionFile:
    """One version with its lines, what parts it from the one before, and whether it applies today.

    Attributes:
        faults: What keeps a version in preparation from being submitted.
        may_write: Whether the reader may write in it now; `may_approve` whether they may approve it.
    """

    version: ScheduleVersion
    schedule: Schedule
    before: ScheduleVersion | None
    differences: tuple[Difference, ...]
    faults: tuple[LineFault, ...]
    in_force: bool
    may_write: bool
    may_approve: bool


def versions(*, store: Store, actor: Actor) -> tuple[ScheduleVersion, ...]:
    """Return every version of the actor's organisation, the latest first.

    Raises:
        Forbidden: `access.right`.
    """
    _require_reader(actor)
    with store.unit() as unit:
        return unit.schedules.versions(actor.post.tenant_id)


def version_file(version_id: str, *, store: Store, actor: Actor, clock: Clock, against: str = "") -> VersionFile:
    """Return one version; "" for the one in force. It is compared with `against`, or with the one before it.

    What is in force, everybody reads; the others, those who keep, approve or inspect.

    Raises:
        Forbidden: `access.right`.
        NotFound: `schedule.version`, there is none such, or none in force.
    """
    tenant_id = actor.post.tenant_id
    with store.unit() as unit:
        standing = unit.schedules.in_force(tenant_id, clock().date())
        version = standing if standing and not version_id else unit.schedules.get(version_id, tenant_id)
        if standing is None or version.id != standing.id:
            _require_reader(actor)
        known = unit.schedules.versions(tenant_id)
        earlier = next((each for each in known if each.number < version.number), None)
        before = unit.schedules.get(against, tenant_id) if against else earlier
        schedule = unit.schedules.lines(version.id)
        old = unit.schedules.lines(before.id) if before else Schedule()
        kinds = _kinds(unit)
    return VersionFile(
        version,
        schedule,
        before,
        differences(old, schedule),
        schedule_faults(schedule, kinds) if version.state is not VersionState.APPROVED else (),
        in_force=standing is not None and standing.id == version.id,
        may_write=version.state is VersionState.DRAFT and actor.has(Right.KEEP_SCHEDULE),
        may_approve=version.state is VersionState.SUBMITTED
        and actor.has(Right.APPROVE_SCHEDULE)
        and actor.login not in version.writers,
    )


def exported(version_id: str, part: Part, *, store: Store, actor: Actor, clock: Clock) -> VersionFile:
    """Return a version whose lines leave the house as a file: the journal says so.

    Raises:
        Forbidden: `access.right`.
        NotFound: `schedule.version`.
    """
    file = version_file(version_id, store=store, actor=actor, clock=clock)
    with store.unit() as unit:
        unit.journal.write_about(
            clock(), Act.LIST_EXPORTED, actor, file.version.id, list=str(part), number=file.version.number
        )
        unit.commit()
    return file


def letters_by_code(*, store: Store, actor: Actor) -> dict[str, int]:
    """Count the letters under each code, those that the actor may read."""
    with store.unit() as unit:
        return unit.letters.count_by_code(actor.tokens())


def begin(*, store: Store, actor: Actor, clock: Clock) -> ScheduleVersion:
    """Begin a version from what is in force, or will be once every approved version is, and return it.

    Raises:
        Forbidden: `access.right`.
        Conflict: `schedule.open`.
    """
    require(actor, Right.KEEP_SCHEDULE)
    now, tenant_id = clock(), actor.post.tenant_id
    with store.unit() as unit:
        number = unit.schedules.next_number(tenant_id)
        _, schedule = unit.schedules.applied(tenant_id, date.max)
        begun = ScheduleVersion(
            id=secrets.token_urlsafe(16),
            tenant_id=tenant_id,
            number=number,
            state=VersionState.DRAFT,
            note="",
            author=actor.name,
            author_login=actor.login,
            written_at=now,
            submitted_at=None,
            approved_by="",
            approved_at=None,
            in_force_on=None,
            refusal="",
            revision=1,
        )
        unit.schedules.add(begun, schedule)
        unit.journal.write_about(now, Act.SCHEDULE_BEGUN, actor, begun.id, number=number)
        unit.commit()
    return begun


def write(
    version_id: str,
    change: Callable[[Schedule], Schedule],
    note: str,
    *,
    revision: int,
    store: Store,
    actor: Actor,
    clock: Clock,
) -> None:
    """Write the lines of a draft anew, faults and all: they keep it from being submitted, not from being kept.

    Raises:
        Forbidden: `access.right`.
        NotFound: `schedule.version`.
        Conflict: `schedule.revision`, somebody wrote in it meanwhile; `schedule.state`, it is no draft any more.
    """
    require(actor, Right.KEEP_SCHEDULE)
    now = clock()
    with store.unit() as unit:
        current = unit.schedules.get(version_id, actor.post.tenant_id, lock=True)
        _refuse_state(current, VersionState.DRAFT)
        _refuse_stale(current, revision)
        before = unit.schedules.lines(current.id)
        after = change(before)
        unit.schedules.write_lines(current.id, after)
        writers = ",".join(dict.fromkeys((actor.login, *current.writers)))
        written = {"author": actor.name, "author_login": writers, "written_at": now}
        unit.schedules.change(current, note=note.strip()[:_LONGEST_NOTE] or current.note, **written)
        changed = [f"{each.change} {each.code}" for each in differences(before, after)]
        unit.journal.write_about(now, Act.SCHEDULE_WRITTEN, actor, current.id, number=current.number, lines=changed)
        unit.commit()


def submit(version_id: str, *, revision: int, store: Store, actor: Actor, clock: Clock) -> None:
    """Submit a draft for approval: nobody writes in it any more.

    Raises:
        Forbidden: `access.right`.
        NotFound: `schedule.version`.
        Refused: `schedule.faulty`; `schedule.same`, nothing differs from what is in force, or will be.
        Conflict: `schedule.revision`, `schedule.state`.
    """
    require(actor, Right.KEEP_SCHEDULE)
    now = clock()
    with store.unit() as unit:
        current = unit.schedules.get(version_id, actor.post.tenant_id, lock=True)
        _refuse_state(current, VersionState.DRAFT)
        _refuse_stale(current, revision)
        schedule = unit.schedules.lines(current.id)
        if schedule_faults(schedule, _kinds(unit)):
            raise Refused("schedule.faulty", "Des lignes sont à corriger avant de soumettre cette version.")
        if schedule == unit.schedules.applied(current.tenant_id, date.max)[1]:
            raise Refused("schedule.same", "Cette version dit ce qui est déjà approuvé : il n'y a rien à approuver.")
        unit.schedules.change(current, state=VersionState.SUBMITTED, submitted_at=now, refusal="")
        unit.journal.write_about(now, Act.SCHEDULE_SUBMITTED, actor, current.id, number=current.number)
        seats = unit.organisation.seats(current.tenant_id, now.date())
        posts = {seat.position.id for seat in seats if Right.APPROVE_SCHEDULE in RIGHTS[seat.position.role]}
        able = [each for each in unit.notices.logins_at(posts, now.date()) if each not in current.writers]
        tell(unit, _told(unit, SCHEDULE_ASKED, current, actor, now), able, but=actor.login)
        unit.commit()


def send_back(version_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Make a submitted version a draft again: whoever approves says why, or its author takes it back.

    Raises:
        Forbidden: `access.right`.
        NotFound: `schedule.version`.
        Refused: `schedule.no_reason`.
        Conflict: `schedule.state`.
    """
    if not actor.has(Right.KEEP_SCHEDULE):
        require(actor, Right.APPROVE_SCHEDULE)
    if not reason.strip():
        raise Refused("schedule.no_reason", "Dites ce qui est à revoir : son auteur le lira.")
    now = clock()
    with store.unit() as unit:
        current = unit.schedules.get(version_id, actor.post.tenant_id, lock=True)
        _refuse_state(current, VersionState.SUBMITTED)
        refusal = f"{actor.name} : {reason.strip()[:_LONGEST_NOTE]}"
        unit.schedules.change(current, state=VersionState.DRAFT, submitted_at=None, refusal=refusal)
        unit.journal.write_about(
            now, Act.SCHEDULE_SENT_BACK, actor, current.id, number=current.number, reason=reason.strip()
        )
        tell(unit, _told(unit, SCHEDULE_BACK, current, actor, now), current.writers, but=actor.login)
        unit.commit()


def discard(version_id: str, *, revision: int, store: Store, actor: Actor, clock: Clock) -> None:
    """Give a draft up: its lines go, and its number is the next version's; the journal keeps that there was one.

    Raises:
        Forbidden: `access.right`.
        NotFound: `schedule.version`.
        Conflict: `schedule.revision`, `schedule.state`.
    """
    require(actor, Right.KEEP_SCHEDULE)
    now = clock()
    with store.unit() as unit:
        current = unit.schedules.get(version_id, actor.post.tenant_id, lock=True)
        _refuse_state(current, VersionState.DRAFT)
        _refuse_stale(current, revision)
        lines = unit.schedules.lines(current.id)
        unit.schedules.remove(current)
        unit.journal.write_about(
            now,
            Act.SCHEDULE_DISCARDED,
            actor,
            current.id,
            number=current.number,
            author=current.author,
            note=current.note,
            lines=len(lines.rules) + len(lines.plan),
        )
        unit.commit()


def approve(version_id: str, from_day: date | None, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Approve a submitted version: it applies from a day, today at the earliest, and never changes again.

    Raises:
        Forbidden: `access.right`; `schedule.own`, the actor wrote in it.
        NotFound: `schedule.version`.
        Refused: `schedule.day`, also one before that of a version approved earlier, which would take the place of this
            one; `schedule.faulty` (a kind came meanwhile).
        Conflict: `schedule.state`.
    """
    require(actor, Right.APPROVE_SCHEDULE)
    now = clock()
    with store.unit() as unit:
        current = unit.schedules.get(version_id, actor.post.tenant_id, lock=True)
        _refuse_state(current, VersionState.SUBMITTED)
        if actor.login in current.writers:
            raise Forbidden("schedule.own", "Vous avez écrit dans cette version : une autre personne l'approuve.")
        if from_day is None or from_day < now.date():
            raise Refused("schedule.day", "Choisissez le jour d'entrée en vigueur : aujourd'hui au plus tôt.")
        last = unit.schedules.in_force(current.tenant_id, date.max)
        if last is not None and last.in_force_on is not None and from_day < last.in_force_on:
            raise Refused(
                "schedule.day",
                Said(
                    "La version %(version)s, déjà approuvée, entre en vigueur le %(day)s : elle prendrait alors la "
                    "place de celle-ci. Choisissez ce jour-là, ou un jour d'après.",
                    version=last.number,
                    day=f"{last.in_force_on:%d/%m/%Y}",
                ),
            )
        if schedule_faults(unit.schedules.lines(current.id), _kinds(unit)):
            raise Refused("schedule.faulty", "Des lignes sont à corriger avant de soumettre cette version.")
        approved = {"state": VersionState.APPROVED, "approved_by": actor.name, "approved_at": now}
        unit.schedules.change(current, in_force_on=from_day, **approved)
        unit.journal.write_about(
            now, Act.SCHEDULE_APPROVED, actor, current.id, number=current.number, from_day=str(from_day)
        )
        unit.commit()


def _require_reader(actor: Actor) -> None:
    if not actor.has(Right.APPROVE_SCHEDULE):
        require(actor, Right.SEE_RETENTION)


def _told(unit: Unit, kind: NoticeKind, current: ScheduleVersion, actor: Actor, now: datetime) -> Told:
    entities = unit.organisation.every_entity(tenant_id=current.tenant_id)
    readers = frozenset(f"svc:{each.id}:{Confidentiality.PUBLIC}" for each in entities)
    mark, link = f"{current.id}:{now.isoformat()}", f"/referentiel/{current.id}"
    return Told(kind, None, mark, now, by=actor.name, link=link, readers=readers)


def _kinds(unit: Unit) -> dict[str, str]:
    return {each.code: each.rule for each in unit.organisation.kinds()}


def _refuse_state(version: ScheduleVersion, wanted: VersionState) -> None:
    if version.state is not wanted:
        raise Conflict("schedule.state", "Cette version a changé d'état entre-temps. Rien n'a été écrit : relisez-la.")


def _refuse_stale(version: ScheduleVersion, revision: int) -> None:
    if version.revision != revision:
        raise Conflict(
            "schedule.revision",
            Said(
                "%(name)s a écrit dans cette version entre-temps. Rien n'a été écrit : relisez-la.", name=version.author
            ),
        )
