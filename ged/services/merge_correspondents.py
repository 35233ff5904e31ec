"""Merging: one correspondent stands for another from now on; nothing is lost, and it can be undone."""

from __future__ import annotations

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.correspondent import Correspondent
from ged.mail.journal import Act
from ged.store.unit import Store


def merge(survivor_id: str, merged_id: str, *, store: Store, actor: Actor, clock: Clock) -> Correspondent:
    """Merge one correspondent into another: letters keep the name as written, and are found under the survivor.

    Raises:
        Forbidden: `access.right`.
        NotFound: `correspondent.unknown`.
        Refused: `correspondent.same`.
        Conflict: `correspondent.merged`, one of them is merged already.
    """
    require(actor, Right.KEEP_CORRESPONDENTS)
    if survivor_id == merged_id:
        raise Refused("correspondent.same", "C'est le même correspondant. Choisissez-en un autre à fusionner.")
    now, tenant_id = clock(), actor.post.tenant_id
    with store.unit() as unit:
        held = {each: unit.correspondents.get(each, tenant_id, lock=True) for each in sorted((survivor_id, merged_id))}
        survivor, merged = held[survivor_id], held[merged_id]
        if survivor.merged_into or merged.merged_into:
            raise Conflict(
                "correspondent.merged",
                "L'un des deux est déjà fusionné avec un autre. Ouvrez sa fiche pour voir avec lequel.",
            )
        unit.correspondents.merge(merged, survivor)
        unit.holds.catch_named(now)
        for about in (survivor.id, merged.id):
            unit.journal.write_about(now, Act.CORRESPONDENTS_MERGED, actor, about, kept=survivor.id, merged=merged.id)
        unit.commit()
    return survivor


def separate(merged_id: str, *, store: Store, actor: Actor, clock: Clock) -> Correspondent:
    """Undo a merge: the correspondent stands by itself again, with its letters and whoever it stood for before.

    Raises:
        Forbidden: `access.right`.
        NotFound: `correspondent.unknown`.
        Conflict: `correspondent.not_merged`.
    """
    require(actor, Right.KEEP_CORRESPONDENTS)
    now, tenant_id = clock(), actor.post.tenant_id
    with store.unit() as unit:
        merged = unit.correspondents.get(merged_id, tenant_id, lock=True)
        if merged.merged_into is None:
            raise Conflict("correspondent.not_merged", "Ce correspondant n'est pas, ou n'est plus, fusionné.")
        restored = unit.correspondents.separate(merged)
        for about in (merged.merged_into, merged.id):
            unit.journal.write_about(
                now, Act.CORRESPONDENTS_PARTED, actor, about, kept=merged.merged_into, merged=merged.id
            )
        unit.commit()
    return restored


def keep_apart(one_id: str, other_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Remember that two correspondents are not one, so that they are not suggested again.

    Raises:
        Forbidden: `access.right`.
        NotFound: `correspondent.unknown`.
    """
    require(actor, Right.KEEP_CORRESPONDENTS)
    now, tenant_id = clock(), actor.post.tenant_id
    with store.unit() as unit:
        for each in (one_id, other_id):
            unit.correspondents.get(each, tenant_id)
        unit.correspondents.keep_apart(one_id, other_id, actor, now)
        unit.journal.write_about(now, Act.CORRESPONDENTS_DISTINCT, actor, one_id, other=other_id)
        unit.commit()
