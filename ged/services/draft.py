"""Writing a draft: begun, saved version by version, never overwritten, annotated by its readers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from ged.clock import Clock
from ged.errors import Forbidden, NotFound, Refused
from ged.mail.access import Actor, Post
from ged.mail.circuit import Circuit, Stage
from ged.mail.draft import WRITING, Content, Draft, Version, refuse_faulty
from ged.mail.draft_acts import DraftAct, DraftOrder, DraftStep
from ged.mail.draft_outcome import allowed
from ged.mail.item import Confidentiality, Direction, Priority, State
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.services.note import LONGEST
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes with a draft and is not signed: how it is to travel, and what it answers.

    Attributes:
        position_id: The post in which it is written; "" for the author's first that writes.
        answers: Ids of the letters that it answers.
        stages: The circuit, without what was said at its stages.
    """

    direction: Direction = Direction.OUTGOING
    confidentiality: Confidentiality = Confidentiality.INTERNAL
    priority: Priority = Priority.NORMAL
    position_id: str = ""
    answers: tuple[str, ...] = ()
    closes_answered: bool = True
    stages: tuple[Stage, ...] = ()


def begin(plan: Plan, content: Content, *, comment: str = "", store: Store, actor: Actor, clock: Clock) -> Draft:
    """Begin a draft with its first version; it is kept even when it is far from finished.

    Raises:
        Forbidden: `draft.writing`, none of the actor's posts prepares mail.
        NotFound: `letter.unknown`, of a letter answered or joined; `move.destination`, of a unit that gets a copy.
        Refused: `draft.direction`, `draft.level`, `draft.long`, `draft.attachments`, `draft.copies`.
    """
    now, post = clock(), _writing_post(actor, plan.position_id)
    refuse_faulty(content)
    _refuse_plan(plan, post)
    with store.unit() as unit:
        content = _units_named(unit, content, post.tenant_id)
        _refuse_unread(unit, plan.answers, content, actor)
        draft = _new(plan, content, actor, post, now)
        unit.drafts.add(draft)
        _keep(unit, step(draft, DraftAct.WRITE, actor, post, now, text=comment), content)
        unit.journal.write(now, Act.DRAFT_BEGUN, actor, draft=draft.id, direction=draft.direction)
        unit.commit()
    return draft


def save(
    draft_id: str,
    revision: int,
    plan: Plan,
    content: Content,
    *,
    comment: str = "",
    store: Store,
    actor: Actor,
    clock: Clock,
) -> Draft:
    """Keep what was written as a new version, unless it is the one that stands, and the plan beside it.

    Raises:
        NotFound: `draft.unknown`, `letter.unknown`, `move.destination`.
        Conflict: `draft.stale`, somebody saved or acted first.
        Forbidden: `draft.party`.
        Refused: `draft.state`, `draft.level`, `draft.long`, `draft.attachments`, `draft.copies`.
    """
    now = clock()
    refuse_faulty(content)
    with store.unit() as unit:
        draft = unit.drafts.get(draft_id, actor.tokens(), lock=True)
        order = DraftOrder(DraftAct.WRITE, revision)
        post = allowed(draft, order, unit.drafts.last(draft.id), actor=actor)
        _refuse_plan(plan, post)
        content = _units_named(unit, content, draft.tenant_id)
        _refuse_unread(unit, tuple(set(plan.answers) - set(draft.answers)), content, actor)
        changed = replace(
            draft,
            direction=plan.direction,
            confidentiality=plan.confidentiality,
            priority=plan.priority,
            answers=plan.answers,
            closes_answered=plan.closes_answered,
            circuit=_with_stages(draft.circuit, plan.stages),
        )
        if content.digest != draft.digest:
            written = step(replace(draft, version=draft.version + 1), DraftAct.WRITE, actor, post, now, text=comment)
            changed = changed.written(_keep(unit, written, content))
        elif changed != draft:
            changed = replace(changed, revision=draft.revision + 1, changed_at=now)
        if changed != draft:
            unit.drafts.change(changed)
            unit.journal.write(now, Act.DRAFT_WRITTEN, actor, draft=draft.id, version=changed.version)
        unit.commit()
    return changed


def annotate(draft_id: str, text: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Write a note beside a draft, for all its readers.

    Raises:
        NotFound: `draft.unknown`.
        Refused: `note.empty`, `note.long`.
    """
    said = text.strip()
    if not said:
        raise Refused("note.empty", "Écrivez la note avant de l'ajouter.", field="note")
    if len(said) > LONGEST:
        raise Refused(
            "note.long",
            Said("Une note compte %(most)s caractères au plus. Raccourcissez-la.", most=LONGEST),
            field="note",
        )
    now = clock()
    with store.unit() as unit:
        draft = unit.drafts.get(draft_id, actor.tokens())
        unit.drafts.add_step(step(draft, DraftAct.NOTE, actor, actor.post, now, text=said))
        unit.journal.write(now, Act.DRAFT_ACTED, actor, draft=draft.id, move=DraftAct.NOTE)
        unit.commit()


def step(draft: Draft, act: DraftAct, actor: Actor, post: Post, at: datetime, *, text: str = "") -> DraftStep:
    """Return the record of an act on a draft as it stood."""
    return DraftStep(
        id=0,
        draft_id=draft.id,
        act=act,
        at=at,
        login=actor.login,
        name=actor.name,
        title=post.title,
        capacity=post.capacity,
        instrument=post.instrument,
        version=draft.version,
        stage=None,
        said=None,
        text=text.strip(),
        opened_at=None,
        opened_by=None,
    )


def _writing_post(actor: Actor, position_id: str) -> Post:
    for post in actor.posts:
        if post.role in WRITING and position_id in {"", post.position_id}:
            return post
    raise Forbidden("draft.writing", "Votre poste ne prépare pas de courrier. Demandez au service qui en est chargé.")


def _refuse_plan(plan: Plan, post: Post) -> None:
    if plan.direction is Direction.INCOMING:
        raise Refused("draft.direction", "Un projet est un courrier départ ou une note interne.", field="sens")
    if plan.confidentiality not in post.clearance.up_to():
        raise Refused(
            "draft.level",
            "Votre poste n'est pas habilité à ce niveau : vous ne pourriez plus lire votre projet.",
            field="confidentialite",
        )


def _refuse_unread(unit: Unit, answers: tuple[str, ...], content: Content, actor: Actor) -> None:
    """One answers, and joins, only what one may read."""
    joined = {one.letter_id for one in content.attachments if one.letter_id}
    for letter_id in sorted(joined | set(answers)):
        unit.letters.get(letter_id, actor.tokens())


def _units_named(unit: Unit, content: Content, tenant_id: str) -> Content:
    """Return a content whose units that get a copy are printed under their name."""
    names = {each.id: each.name_fr for each in unit.organisation.entities(tenant_id=tenant_id)}
    if any(each.entity_id and each.entity_id not in names for each in content.copies):
        raise NotFound("move.destination", "Ce service n'existe pas dans votre organisation. Choisissez-en un autre.")
    named = (replace(one, label=names[one.entity_id]) if one.entity_id else one for one in content.copies)
    return replace(content, copies=tuple(dict.fromkeys(named)))


def _new(plan: Plan, content: Content, actor: Actor, post: Post, now: datetime) -> Draft:
    return Draft(
        id=secrets.token_urlsafe(16),
        tenant_id=post.tenant_id,
        entity_id=post.entity_id,
        position_id=post.position_id,
        login=actor.login,
        name=actor.name,
        direction=plan.direction,
        state=State.IN_PROGRESS,
        confidentiality=plan.confidentiality,
        priority=plan.priority,
        subject=content.subject,
        recipients=content.recipients,
        kind=content.kind,
        answers=plan.answers,
        closes_answered=plan.closes_answered,
        version=1,
        digest=content.digest,
        revision=1,
        circuit=Circuit(plan.stages),
        created_at=now,
        changed_at=now,
        due_date=None,
        letter_id=None,
    )


def _keep(unit: Unit, done: DraftStep, content: Content) -> Version:
    """Keep the content as the version that a step wrote, with that step."""
    version = Version(
        done.draft_id, done.version, done.at, done.login, done.name, done.title, done.text, content, content.digest
    )
    unit.drafts.add_version(version)
    unit.drafts.add_step(done)
    return version


def _with_stages(standing: Circuit, stages: tuple[Stage, ...]) -> Circuit:
    """Return the circuit as chosen; stages that did not change keep what was said at them."""
    kept = {(one.kind, one.approvers): one.visas for one in standing.stages}
    return Circuit(tuple(replace(one, visas=kept.get((one.kind, one.approvers), ())) for one in stages))
