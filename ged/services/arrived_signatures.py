"""Judging the signatures of what came in: what was found stands in its journal; no file is ever written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copyfileobj

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor, Right, require
from ged.mail.arrived_signature import ArrivedSignature, Bearer, Judgement, bearers
from ged.mail.disposal import refuse_destroyed
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.ports import Vault
from ged.store.unit import Store, Unit

STAGE = "signatures"
"""The stage of reading that judges what comes in; what it gave stays in its run."""


def judged_on_arrival(unit: Unit, letter_id: str) -> Judgement | None:
    """Return what was said of a letter's signatures when it came in; None where it has none, or was not read yet."""
    run = unit.runs.of(letter_id).get(STAGE)
    return Judgement.read(run.output) if run is not None and run.output else None


def judge_signatures(
    letter_id: str,
    judge: Callable[[list[tuple[Bearer, Path]]], list[ArrivedSignature]],
    folder: Path,
    *,
    store: Store,
    vault: Vault,
    actor: Actor,
    clock: Clock,
) -> tuple[Letter, tuple[ArrivedSignature, ...]]:
    """Return what `judge` says of a letter's files, copied to a folder, and write the three answers in the journal.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Refused: `signatures.nothing`.
        Unavailable: the vault does not answer.
    """
    require(actor, Right.VERIFY)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        pieces = unit.electronic.pieces(letter.id)
    held = bearers(letter.original, letter.media_type, pieces)
    if not held:
        raise Refused("signatures.nothing", "Rien dans ce courrier ne peut porter de signature électronique.")
    files = [(each, folder / str(each.rank)) for each in held]
    for each, path in files:
        with vault.open(each.digest) as stream, path.open("xb") as file:
            copyfileobj(stream, file)
    found = tuple(judge(files))
    with store.unit() as unit:
        write_answers(unit, letter.id, found, actor, clock)
        unit.commit()
    return letter, found


def write_answers(unit: Unit, letter_id: str, found: Sequence[ArrivedSignature], actor: Actor, clock: Clock) -> None:
    """Write the three answers of each signature in the journal, in the caller's transaction."""
    answers = [
        {"signer": each.signer, "reason": each.reason, "since": each.since, **_three(each), **_named(each)}
        for each in found
    ]
    unit.journal.write(clock(), Act.VERIFIED, actor, letter_id, signatures=answers)


def _named(one: ArrivedSignature) -> dict[str, str]:
    return {"piece": one.of} if one.of else {}


def _three(one: ArrivedSignature) -> dict[str, bool]:
    return {"intact": one.intact, "valid": one.valid, "trusted": one.trusted}
