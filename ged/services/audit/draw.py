"""A sample of letters that anybody can draw again from its seed, each of them verified to the last byte.

The key of a letter is SHA-256 of « seed:register:number » in hexadecimal; the smallest keys are drawn, in their order.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict

from ged.clock import Clock
from ged.errors import Corrupt, GedError, NotFound, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.audit import Draw, DrawnLine, Stratum
from ged.mail.journal import Act
from ged.mail.said import Said, joined
from ged.ports import Ledger, Signer, Vault
from ged.seal.verify import Outcome, Verdict
from ged.services.verify import verify_letter
from ged.store.unit import Store

MOST = 200


def draw_letters(
    seed: str,
    stratum: Stratum,
    count: int,
    *,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    actor: Actor,
    clock: Clock,
    time_roots: bytes,
) -> Draw:
    """Draw letters among those that the actor may read, verify each, and keep the sample with its seed.

    Raises:
        Forbidden: `access.right`.
        Refused: `audit.sample`, the count is none, or too large.
    """
    require(actor, Right.DRAW)
    if not 1 <= count <= MOST:
        raise Refused(
            "audit.sample",
            Said("Un échantillon compte de 1 à %(most)s courriers. Corrigez le nombre demandé.", most=MOST),
        )
    seed, head = seed.strip() or secrets.token_hex(16), ledger.head()
    with store.unit() as unit:
        population, drawn = unit.audits.drawn(seed, stratum, count, actor.tokens())
    lines = []
    for key, letter_id, number in drawn:
        try:
            verdict = verify_letter(
                letter_id,
                store=store,
                vault=vault,
                signer=signer,
                ledger=ledger,
                actor=actor,
                clock=clock,
                time_roots=time_roots,
            )
            lines.append(DrawnLine(key, number, letter_id, verdict.outcome, _failed(verdict)))
        except Corrupt as error:
            lines.append(DrawnLine(key, number, letter_id, Outcome.ALTERED, error.sentence))
        except GedError as error:
            lines.append(DrawnLine(key, number, letter_id, "illisible", error.sentence))
    made = Draw(
        id=secrets.token_hex(8),
        seed=seed,
        stratum=asdict(stratum),
        count=count,
        population=population,
        drawn_at=clock(),
        login=actor.login,
        name=actor.name,
        log_size=head.size,
        log_root=head.root,
        lines=tuple(lines),
    )
    with store.unit() as unit:
        unit.audit_runs.add_draw(made)
        unit.journal.write_about(
            made.drawn_at, Act.SAMPLE_DRAWN, actor, made.id, seed=seed, count=count, population=population
        )
        unit.commit()
    return made


def _failed(verdict: Verdict) -> str:
    """Return the steps that did not hold, one after the other."""
    failed = (step for step in verdict.steps if not step.passed)
    told = [Said("%(check)s : %(why)s", check=Said(step.title), why=step.detail) for step in failed]
    return joined(told, "%(one)s ; %(other)s") if told else ""


def draws(*, store: Store, actor: Actor) -> tuple[Draw, ...]:
    """Return the samples that the actor drew, the last first.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.DRAW)
    with store.unit() as unit:
        return tuple(one for one in unit.audit_runs.draws() if one.login == actor.login)


def draw_of(draw_id: str, *, store: Store, actor: Actor) -> Draw:
    """Return a sample that the actor drew.

    Raises:
        Forbidden: `access.right`.
        NotFound: `audit.unknown`.
    """
    found = next((one for one in draws(store=store, actor=actor) if one.id == draw_id), None)
    if found is None:
        raise NotFound("audit.unknown", "Cet échantillon n'existe pas, ou un autre l'a tiré.")
    return found
