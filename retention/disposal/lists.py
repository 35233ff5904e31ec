"""Lists of disposal (bordereaux d'élimination): made, corrected, visaed, approved by a second person, read."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor, Right, Role, require
from ged.mail.disposal import (
    MOST_LINES,
    Disposal,
    DisposalLine,
    DisposalState,
    LineState,
    ObjectLeft,
    Signed,
    refuse_same_person,
    require_reason,
    require_state,
)
from ged.mail.item import Confidentiality, Letter
from ged.mail.journal import Act, JournalEntry
from ged.mail.notice import DISPOSAL_ASKED, DISPOSAL_BACK, NoticeKind
from ged.mail.organisation import Seat
from ged.mail.reason import said as as_said
from ged.services.notify import Told, tell, tell_positions
from ged.store.unit import Store, Unit
from retention.disposal.look import DISPOSED, Look, looks_at, looks_at_pieces

_APPROVING = frozenset({Role.HEAD, Role.ARCHIVIST})


Destroyed = tuple[Disposal, DisposalLine, tuple[ObjectLeft, ...]]
"""The disposal that destroyed something, its line there, and what is left of it in the store."""


@dataclass(frozen=True, slots=True)
class DisposalFile:
    """A list as one reader may see it.

    Attributes:
        lines: Some of its lines, with the letter of each, None for a piece; only those open to the reader.
        hidden: How many lines are not.
        may: Codes of the acts open to the reader: `retirer`, `viser`, `approuver`, `renvoyer`, `abandonner`.
    """

    disposal: Disposal
    lines: tuple[tuple[DisposalLine, Letter | None], ...]
    counts: dict[LineState, int]
    seen: int
    hidden: int
    left: tuple[ObjectLeft, ...]
    journal: tuple[JournalEntry, ...]
    may: frozenset[str]


def prepare(*, store: Store, actor: Actor, clock: Clock, most: int = MOST_LINES) -> Disposal:
    """Make a list of what fell due at the last sweep and may be destroyed today: `most` lines, half of them for pieces.

    Raises:
        Forbidden: `access.right`.
        Refused: `disposal.nothing`.
        Conflict: `disposal.taken`.
    """
    require(actor, Right.PREPARE_DISPOSAL)
    now, tenant_id = clock(), actor.post.tenant_id
    with store.unit() as unit:
        ids = unit.disposals.candidates(tenant_id, actor.tokens(), DISPOSED, most)
        letters = {each.id: each for each in unit.letters.many(ids)}
        pieces = unit.dossier_pieces.kept(unit.disposals.candidate_pieces(actor, DISPOSED, most))
        looks = share(
            _ripe(looks_at(unit, [letters[one] for one in ids], now.date())),
            _ripe(looks_at_pieces(unit, pieces, now.date())),
            most,
        )
        if not looks:
            raise Refused(
                "disposal.nothing",
                "Rien n'est à éliminer : la liste de la nuit ne porte ni courrier ni pièce de dossier clos, non gelés, "
                "dont le sort soit l'élimination ou le tri, et qui ne soient déjà sur un bordereau.",
            )
        made = Disposal(
            id=secrets.token_urlsafe(16),
            tenant_id=tenant_id,
            number=unit.disposals.next_number(tenant_id, now.year),
            state=DisposalState.PREPARED,
            prepared=Signed(actor.login, actor.name, now),
        )
        unit.disposals.add(made, [_line(rank, look) for rank, look in enumerate(looks, 1)])
        unit.journal.write_about(now, Act.DISPOSAL_PREPARED, actor, made.id, number=made.number, letters=len(looks))
        unit.commit()
    return made


def share(letters: Sequence[Look], pieces: Sequence[Look], most: int) -> list[Look]:
    """Take what is ripe of both, letters first: half of a list is for each, and what one leaves is the other's."""
    room = max(most // 2, most - len(letters))
    kept = pieces[:room]
    return [*letters[: most - len(kept)], *kept]


def remove(disposal_id: str, subject_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Take a letter or a piece off a list that is not approved yet, with a reason; it comes up again for a later one.

    Raises:
        Forbidden: `access.right`.
        NotFound: `disposal.unknown`, `letter.unknown`, `dossier.unknown`.
        Refused: `disposal.no_reason`.
        Conflict: `disposal.state`, `disposal.line`.
    """
    said = require_reason(reason)
    now = clock()
    with store.unit() as unit:
        one = unit.disposals.get(disposal_id, actor.post.tenant_id, lock=True)
        if "retirer" not in _may(one, actor):
            require(actor, Right.PREPARE_DISPOSAL)
            require_state(one, DisposalState.PREPARED, DisposalState.VISAED)
        line = unit.disposals.line(one.id, subject_id)
        if line is not None and line.dossier_id is not None:
            require(actor, Right.SEE_DOSSIERS)
            unit.dossiers.get(line.dossier_id, actor)
        else:
            unit.letters.get(subject_id, actor.tokens())
        if line is None or line.state not in {LineState.PROPOSED, LineState.KEPT}:
            raise Conflict("disposal.line", "Cette ligne n'est plus à retirer : le bordereau a changé. Relisez-le.")
        unit.disposals.change_line(one.id, subject_id, state=LineState.REMOVED, said=as_said(said), by=actor.name)
        about = {"disposal": one.id, "reason": said}
        if line.dossier_id is None:
            unit.journal.write(now, Act.DISPOSAL_LINE_REMOVED, actor, subject_id, **about)
        else:
            about |= {"piece": subject_id, "title": line.title}
            unit.journal.write_about(now, Act.DISPOSAL_LINE_REMOVED, actor, line.dossier_id, **about)
        unit.commit()


def visa(disposal_id: str, approver_id: str, *, store: Store, actor: Actor, clock: Clock) -> Disposal:
    """Give the archivist's visa, and ask a position for its approval.

    Raises:
        Forbidden: `access.right`.
        NotFound: `disposal.unknown`.
        Refused: `disposal.approver`, `disposal.empty`.
        Conflict: `disposal.state`.
    """
    require(actor, Right.PREPARE_DISPOSAL)
    now = clock()
    with store.unit() as unit:
        one = unit.disposals.get(disposal_id, actor.post.tenant_id, lock=True)
        require_state(one, DisposalState.PREPARED)
        if not unit.disposals.counts(one.id).get(LineState.PROPOSED):
            raise Refused("disposal.empty", "Il ne reste aucune ligne à éliminer. Abandonnez ce bordereau.")
        if all(seat.position.id != approver_id for seat in _approvers(unit, one, actor, now.date())):
            raise Refused(
                "disposal.approver",
                "Choisissez le poste d'une autre personne qui puisse approuver : un responsable, un autre archiviste.",
                field="poste",
            )
        changed = unit.disposals.change(
            one, state=DisposalState.VISAED, visa=Signed(actor.login, actor.name, now), approver_id=approver_id, said=""
        )
        unit.journal.write_about(now, Act.DISPOSAL_VISAED, actor, one.id, approver=approver_id)
        tell_positions(unit, _told(unit, DISPOSAL_ASKED, changed, actor, now), [approver_id], but=actor.login)
        unit.commit()
    return changed


def approve(disposal_id: str, *, store: Store, actor: Actor, clock: Clock) -> Disposal:
    """Approve a list as the second person; a worker begins at once. Every line must be open to whoever approves.

    Raises:
        Forbidden: `access.right`, `disposal.same_person`, `disposal.not_asked`, `disposal.hidden`.
        NotFound: `disposal.unknown`.
        Conflict: `disposal.state`.
    """
    require(actor, Right.APPROVE_DISPOSAL)
    now = clock()
    with store.unit() as unit:
        one = unit.disposals.get(disposal_id, actor.post.tenant_id, lock=True)
        require_state(one, DisposalState.VISAED)
        _refuse_unasked(one, actor)
        if unit.disposals.count_seen(one.id, actor) < sum(unit.disposals.counts(one.id).values()):
            raise Forbidden(
                "disposal.hidden",
                "Des lignes de ce bordereau ne vous sont pas ouvertes : personne n'approuve ce qu'il ne peut pas lire. "
                "Renvoyez-le, pour qu'il soit confié à un autre poste.",
            )
        changed = unit.disposals.change(
            one, state=DisposalState.APPROVED, approved=Signed(actor.login, actor.name, now)
        )
        unit.journal.write_about(now, Act.DISPOSAL_APPROVED, actor, one.id, visa=one.visa.login if one.visa else "")
        unit.queue.defer("dispose", disposal_id=one.id)
        unit.commit()
    return changed


def send_back(disposal_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> Disposal:
    """Send a list back to whoever prepared it, with a reason: the visa falls.

    Raises:
        Forbidden: `access.right`, `disposal.same_person`, `disposal.not_asked`.
        NotFound: `disposal.unknown`.
        Refused: `disposal.no_reason`.
        Conflict: `disposal.state`.
    """
    require(actor, Right.APPROVE_DISPOSAL)
    said, now = require_reason(reason), clock()
    with store.unit() as unit:
        one = unit.disposals.get(disposal_id, actor.post.tenant_id, lock=True)
        require_state(one, DisposalState.VISAED)
        _refuse_unasked(one, actor)
        changed = unit.disposals.change(one, state=DisposalState.PREPARED, visa=None, approver_id=None, said=said)
        unit.journal.write_about(now, Act.DISPOSAL_SENT_BACK, actor, one.id, reason=said)
        tell(unit, _told(unit, DISPOSAL_BACK, one, actor, now), [one.prepared.login], but=actor.login)
        unit.commit()
    return changed


def abandon(disposal_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> Disposal:
    """Give a list up before it is approved; its letters come up again for a later one.

    Raises:
        Forbidden: `access.right`.
        NotFound: `disposal.unknown`.
        Refused: `disposal.no_reason`.
        Conflict: `disposal.state`.
    """
    require(actor, Right.PREPARE_DISPOSAL)
    said, now = require_reason(reason), clock()
    with store.unit() as unit:
        one = unit.disposals.get(disposal_id, actor.post.tenant_id, lock=True)
        require_state(one, DisposalState.PREPARED, DisposalState.VISAED)
        changed = unit.disposals.change(one, state=DisposalState.ABANDONED, said=said, finished_at=now)
        unit.disposals.free(one.id)
        unit.journal.write_about(now, Act.DISPOSAL_ABANDONED, actor, one.id, reason=said)
        unit.commit()
    return changed


def listed(
    *, store: Store, actor: Actor, limit: int, offset: int = 0
) -> tuple[tuple[tuple[Disposal, dict[LineState, int]], ...], int]:
    """Return the lists of the actor's organisation; to who only approves, those that were put to their posts.

    Raises:
        Forbidden: `access.right`.
    """
    mine = _reads(actor)
    with store.unit() as unit:
        return unit.disposals.page(actor.post.tenant_id, limit=limit, offset=offset, for_positions=mine)


def disposal_file(disposal_id: str, *, store: Store, actor: Actor, limit: int = 50, offset: int = 0) -> DisposalFile:
    """Return a list with the lines that are open to the actor.

    Raises:
        Forbidden: `access.right`.
        NotFound: `disposal.unknown`.
    """
    with store.unit() as unit:
        one = seen(unit, disposal_id, actor)
        lines = unit.disposals.lines(one.id, actor, limit=limit, offset=offset)
        letters = {each.id: each for each in unit.letters.many([line.subject_id for line in lines])}
        counts = unit.disposals.counts(one.id)
        count = unit.disposals.count_seen(one.id, actor)
        return DisposalFile(
            disposal=one,
            lines=tuple((line, letters.get(line.subject_id)) for line in lines),
            counts=counts,
            seen=count,
            hidden=sum(counts.values()) - count,
            left=unit.disposals.left(one.id, actor),
            journal=unit.journal.about(one.id),
            may=_may(one, actor),
        )


def approvers(disposal_id: str, *, store: Store, actor: Actor, clock: Clock) -> tuple[Seat, ...]:
    """Return the positions that may be asked to approve a list.

    Raises:
        NotFound: `disposal.unknown`.
    """
    with store.unit() as unit:
        one = seen(unit, disposal_id, actor)
        return _approvers(unit, one, actor, clock().date())


def of_letter(letter_id: str, *, store: Store, actor: Actor) -> Destroyed | None:
    """Return the disposal that destroyed a letter which the actor may read, its line, what is left of it in the store.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        return _destroyed(unit, [letter.id]).get(letter.id)


def of_pieces(dossier_id: str, *, store: Store, actor: Actor) -> dict[str, Destroyed]:
    """Return the disposal that destroyed each piece of a dossier which the actor sees, by the piece; not for others.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
    """
    require(actor, Right.SEE_DOSSIERS)
    with store.unit() as unit:
        pieces = unit.dossier_pieces.of(unit.dossiers.get(dossier_id, actor).id)
        return _destroyed(unit, [each.id for each in pieces if each.condemned_at is not None])


def _destroyed(unit: Unit, subject_ids: Sequence[str]) -> dict[str, Destroyed]:
    found = unit.disposals.that_condemned(subject_ids)
    left = {one.id: unit.disposals.left(one.id, None) for one, _ in found.values()}
    return {
        each: (one, line, tuple(file for file in left[one.id] if file.subject_id == each))
        for each, (one, line) in found.items()
    }


def seen(unit: Unit, disposal_id: str, actor: Actor) -> Disposal:
    """Return a list that the actor may read.

    Raises:
        Forbidden: `access.right`.
        NotFound: `disposal.unknown`.
    """
    mine = _reads(actor)
    one = unit.disposals.get(disposal_id, actor.post.tenant_id)
    if mine is not None and one.approver_id not in mine:
        raise NotFound("disposal.unknown", "Ce bordereau n'existe pas, ou n'est pas ouvert à votre poste.")
    return one


def _reads(actor: Actor) -> list[str] | None:
    """Return the positions whose lists an actor reads; None for all of the organisation."""
    if actor.has(Right.SEE_RETENTION):
        return None
    require(actor, Right.APPROVE_DISPOSAL)
    return [post.position_id for post in actor.posts]


def _may(one: Disposal, actor: Actor) -> frozenset[str]:
    found: set[str] = set()
    prepared, visaed = one.state is DisposalState.PREPARED, one.state is DisposalState.VISAED
    if actor.has(Right.PREPARE_DISPOSAL) and (prepared or visaed):
        found |= {"retirer", "abandonner"}
        if prepared:
            found.add("viser")
    asked = any(post.position_id == one.approver_id for post in actor.posts)
    signed = {one.prepared.login, one.visa.login if one.visa else ""}
    if actor.has(Right.APPROVE_DISPOSAL) and visaed and asked and actor.login not in signed:
        found |= {"approuver", "renvoyer", "retirer"}
    return frozenset(found)


def _refuse_unasked(one: Disposal, actor: Actor) -> None:
    refuse_same_person(one, actor.login)
    if all(post.position_id != one.approver_id for post in actor.posts):
        raise Forbidden(
            "disposal.not_asked", "Ce bordereau est confié à un autre poste que le vôtre.", login=actor.login
        )


def _approvers(unit: Unit, one: Disposal, actor: Actor, today: date) -> tuple[Seat, ...]:
    own = {post.position_id for post in actor.posts}
    return tuple(
        seat
        for seat in unit.organisation.seats(one.tenant_id, today)
        if seat.position.role in _APPROVING and seat.position.id not in own and (seat.holders or seat.interim)
    )


def _ripe(looks: Sequence[Look]) -> list[Look]:
    return [each for each in looks if not each.against]


def _line(rank: int, look: Look) -> DisposalLine:
    assert look.fate.keep_until is not None  # noqa: S101 - nothing is against it, so its term is known
    said = as_said("Gardé par le tri que sa règle demande.") if look.fate.selected else None
    of = look.of
    if isinstance(of, Letter):
        named: dict[str, Any] = {"subject_id": of.id, "number": of.number, "digest": of.original}
    else:
        number = f"{of.dossier.code} · {of.piece.title}"
        named = {"subject_id": of.piece.id, "number": number, "digest": of.digest, "dossier_id": of.dossier.id}
    return DisposalLine(
        rank=rank,
        rule=look.rule,
        kept_until=look.fate.keep_until,
        reasons=look.fate.reasons,
        state=LineState.KEPT if look.fate.selected else LineState.PROPOSED,
        said=said,
        **named,
    )


def _told(unit: Unit, kind: NoticeKind, one: Disposal, actor: Actor, now: datetime) -> Told:
    entities = unit.organisation.every_entity(tenant_id=one.tenant_id)
    readers = frozenset(f"svc:{each.id}:{Confidentiality.PUBLIC}" for each in entities)
    return Told(
        kind, None, f"{one.id}:{now.isoformat()}", now, by=actor.name, link=f"/eliminations/{one.id}", readers=readers
    )
