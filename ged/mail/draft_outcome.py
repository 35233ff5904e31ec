"""What an act makes of a draft: pure, so that every order of acts by anybody can be tried.

A changed text does not void visas one by one: they are on a digest, and count only while it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor, Post
from ged.mail.circuit import ADVICE, Approver, Circuit, Said, Stage, StageKind, Visa, refuse_circuit
from ged.mail.draft import Draft
from ged.mail.draft_acts import (
    DRAFT_RULES,
    DraftAct,
    DraftOrder,
    DraftStep,
    Surroundings,
    acting,
    not_opened,
    post_for,
    stage_of,
)
from ged.mail.item import State
from ged.mail.said import Said as Told


def outcome(
    draft: Draft, order: DraftOrder, last: DraftStep | None, *, actor: Actor, around: Surroundings
) -> tuple[Draft, Post]:
    """Return the draft after any act but a new version, and the post in which it was done.

    Raises:
        Conflict: `draft.stale`, somebody acted since the screen was drawn; `draft.opened`, too late to take it back.
        Forbidden: `draft.party`, it is not the actor's turn.
        Refused: `draft.state`, `draft.no_reason`, `draft.no_advice`, `circuit.*`.
    """
    post = allowed(draft, order, last, actor=actor)
    return _done(draft, order, last, _Doer(actor, post, around)), post


def allowed(draft: Draft, order: DraftOrder, last: DraftStep | None, *, actor: Actor) -> Post:
    """Return the post in which the actor may do what is asked for.

    Raises:
        Conflict: `draft.stale`.
        Forbidden: `draft.party`.
        Refused: `draft.state`, `draft.no_reason`.
    """
    rule, stage = DRAFT_RULES[order.act], stage_of(draft)
    if order.revision != draft.revision or (order.digest and order.digest != draft.digest):
        raise _stale(draft, last.name if last else "")
    if draft.state not in rule.sources or (stage is not None and stage.kind not in rule.kinds):
        raise Refused(
            "draft.state",
            "Ce projet n'est plus dans un état qui permet cet acte. Rechargez la page pour voir où il en est.",
            draft_id=draft.id,
            state=str(draft.state),
        )
    post = post_for(rule.party, actor, draft, order.approver)
    if post is None:
        raise _not_yours(actor, draft, stage)
    if rule.reason and not order.text.strip():
        raise Refused("draft.no_reason", "Indiquez le motif : la personne suivante doit comprendre.", field="texte")
    return post


@dataclass(frozen=True, slots=True)
class _Doer:
    """Who acts, in which post, and when."""

    actor: Actor
    post: Post
    around: Surroundings


def _done(draft: Draft, order: DraftOrder, last: DraftStep | None, by: _Doer) -> Draft:
    around = by.around
    if order.act in _SAYS:
        return _spoken(draft, order, by)
    if order.act is DraftAct.START:
        return _started(draft, around)
    if order.act is DraftAct.REFUSE:
        return _refused(draft, order, by)
    if order.act is DraftAct.INSERT:
        return _inserted(draft, order, around)
    if order.act is DraftAct.ABANDON:
        return _changed(draft, around, state=State.NO_FURTHER_ACTION)
    if not not_opened(last):  # all that is left is to take it back
        raise Conflict(
            "draft.opened", "Quelqu'un a déjà ouvert ce projet : demandez-lui de vous le renvoyer.", draft_id=draft.id
        )
    return _changed(draft, around, state=State.IN_PROGRESS)


_SAYS = {
    DraftAct.APPROVE: Said.APPROVED,
    DraftAct.SIGN: Said.SIGNED,
    DraftAct.ADVISE: Said.FAVOURABLE,
    DraftAct.SKIP: Said.SKIPPED,
}


def _spoken(draft: Draft, order: DraftOrder, by: _Doer) -> Draft:
    said = _SAYS[order.act]
    if order.act is DraftAct.ADVISE:
        said = order.said or Said.FAVOURABLE
        if said not in ADVICE or (said is not Said.FAVOURABLE and not order.text.strip()):
            raise Refused("draft.no_advice", "Expliquez votre réserve ou votre refus en une phrase.", field="texte")
    approver, around = _for_whom(draft, order, by.actor), by.around
    before = draft.circuit.at(draft.digest)
    circuit = draft.circuit.said(draft.digest, _visa(draft, order, said, approver, by))
    if circuit.at(draft.digest) == before:  # others beside have still to speak: their screens stay good
        return replace(draft, circuit=circuit, changed_at=around.now)
    if order.act is DraftAct.SIGN:
        return _changed(draft, around, state=State.TO_DISPATCH, circuit=circuit)
    return _changed(draft, around, circuit=circuit)


def _for_whom(draft: Draft, order: DraftOrder, actor: Actor) -> Approver:
    if order.act is DraftAct.SKIP:
        return order.approver or draft.waiting[0]
    found = acting(actor, draft)
    assert found is not None  # noqa: S101 - `post_for` said so
    return found[0]


def _started(draft: Draft, around: Surroundings) -> Draft:
    author = Approver(draft.entity_id, draft.position_id)
    refuse_circuit(draft.circuit, author=author, level=draft.confidentiality, seats=around.seats, units=around.units)
    return _changed(draft, around, state=State.TO_APPROVE)


def _refused(draft: Draft, order: DraftOrder, by: _Doer) -> Draft:
    found = acting(by.actor, draft)
    assert found is not None  # noqa: S101 - `post_for` said so
    to_author = order.to_author or draft.circuit.at(draft.digest) == 0
    visa = _visa(draft, order, Said.REFUSED, found[0], by)
    circuit = draft.circuit.back(draft.digest, visa, to_author=to_author)
    state = State.APPROVAL_REFUSED if to_author else State.TO_APPROVE
    return _changed(draft, by.around, state=state, circuit=circuit)


def _inserted(draft: Draft, order: DraftOrder, around: Surroundings) -> Draft:
    stage = order.stage
    if stage is None or not stage.approvers or stage.kind is StageKind.SIGNATURE:
        raise Refused("circuit.empty", "Choisissez qui doit viser ou donner un avis avant vous.", field="circuit")
    circuit = draft.circuit.inserted(draft.digest, replace(stage, visas=()))
    author = Approver(draft.entity_id, draft.position_id)
    refuse_circuit(circuit, author=author, level=draft.confidentiality, seats=around.seats, units=around.units)
    return _changed(draft, around, circuit=circuit)


def _changed(
    draft: Draft, around: Surroundings, *, state: State | None = None, circuit: Circuit | None = None
) -> Draft:
    """Return the draft one revision on, in the state of the stage that it now waits at, with that stage's term."""
    after = replace(
        draft,
        state=state or draft.state,
        circuit=draft.circuit if circuit is None else circuit,
        revision=draft.revision + 1,
        changed_at=around.now,
        due_date=None,
    )
    stage = stage_of(after)
    if stage is None:
        return after
    due = around.calendar.after(around.now.date(), stage.delay_days) if stage.delay_days else None
    signing = stage.kind is StageKind.SIGNATURE
    return replace(after, state=State.TO_SIGN if signing else State.TO_APPROVE, due_date=due)


def _visa(draft: Draft, order: DraftOrder, said: Said, approver: Approver, by: _Doer) -> Visa:
    return Visa(
        approver=approver,
        said=said,
        digest=draft.digest,
        version=draft.version,
        at=by.around.now,
        login=by.actor.login,
        name=by.actor.name,
        title=by.post.title,
        capacity=by.post.capacity,
        instrument=by.post.instrument,
        text=order.text.strip(),
    )


def _not_yours(actor: Actor, draft: Draft, stage: Stage | None) -> Forbidden | Conflict:
    """The same post held by two people: the one who comes second is told who spoke for it."""
    held = {post.position_id for post in actor.posts}
    for visa in stage.standing(draft.digest) if stage else ():
        if visa.approver.position_id in held:
            return _stale(draft, visa.name)
    waited = {each.position_id for each in draft.waiting}
    beyond = next((post for post in actor.posts if post.position_id in waited), None)
    if beyond is not None:
        return Forbidden(
            "draft.delegation",
            Told(
                "Votre délégation (acte n° %(number)s) ne couvre pas cette nature de document : la signature revient à "
                "%(name)s.",
                number=beyond.instrument,
                name=beyond.holder or Told("la personne qui occupe le poste"),
            ),
            draft_id=draft.id,
            login=actor.login,
        )
    return Forbidden(
        "draft.party",
        "Ce projet n'attend pas votre acte : il est chez son auteur, ou à une autre étape de son circuit.",
        draft_id=draft.id,
        login=actor.login,
    )


def _stale(draft: Draft, name: str) -> Conflict:
    by = Told("%(name)s a agi sur ce projet", name=name) if name else Told("Ce projet a changé")
    return Conflict(
        "draft.stale",
        Told("%(by)s pendant que vous le lisiez. Rien n'a été fait : relisez où il en est, puis décidez.", by=by),
        draft_id=draft.id,
        standing=draft.revision,
    )
