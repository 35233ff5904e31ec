"""The certificate of a disposal, opened by whoever may read every line of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Forbidden, NotFound
from ged.mail.access import Actor
from ged.mail.disposal import Disposal
from ged.mail.journal import Act
from ged.ports import Vault
from ged.store.unit import Store


def certificate_of(
    disposal_id: str, *, store: Store, vault: Vault, actor: Actor, clock: Clock
) -> tuple[Disposal, AbstractContextManager[BinaryIO]]:
    """Open a certificate as it was sealed, and write in the journal that it was.

    Raises:
        NotFound: `disposal.unknown`, there is none of that id in the actor's organisation, or it is not done.
        Forbidden: `disposal.hidden`, a letter or a dossier on it is not open to the actor.
    """
    with store.unit() as unit:
        one = unit.disposals.get(disposal_id, actor.post.tenant_id)
        if one.certificate is None or one.leaf_index is None:
            raise NotFound("disposal.unknown", "Ce bordereau n'a pas encore de certificat.")
        seen = unit.disposals.count_seen(one.id, actor)
        if not seen or seen < sum(unit.disposals.counts(one.id).values()):
            raise Forbidden(
                "disposal.hidden",
                "Ce certificat nomme des documents qui ne vous sont pas ouverts. Demandez-le à l'archiviste.",
                login=actor.login,
            )
        unit.journal.write_about(clock(), Act.DISPOSAL_READ, actor, one.id)
        unit.commit()
    return one, vault.open(one.certificate)
