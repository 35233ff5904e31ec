"""Judging the signatures of a PDF that came in: what was found stands in its journal; the file is never written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor, Right, require
from ged.mail.disposal import refuse_destroyed
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.pdf_signature import PdfSignature
from ged.ports import Vault
from ged.store.unit import Store

PDF = "application/pdf"


def judge_signatures(
    letter_id: str,
    judge: Callable[[Path], list[PdfSignature]],
    *,
    store: Store,
    vault: Vault,
    actor: Actor,
    clock: Clock,
) -> tuple[Letter, tuple[PdfSignature, ...]]:
    """Return what `judge` says of a copy of a letter's original, and write the three answers in the journal.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Refused: `signatures.not_pdf`.
        Unavailable: the vault does not answer.
    """
    require(actor, Right.VERIFY)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
    if letter.media_type != PDF:
        raise Refused("signatures.not_pdf", "L'original n'est pas un PDF : il n'a pas de signature de PDF.")
    with TemporaryDirectory(prefix="ged-signatures-") as folder:
        path = Path(folder) / "original.pdf"
        with vault.open(letter.original) as stream, path.open("xb") as file:
            copyfileobj(stream, file)
        found = tuple(judge(path))
    answers = [{"signer": each.signer, "reason": each.reason, "since": each.since, **_three(each)} for each in found]
    with store.unit() as unit:
        unit.journal.write(clock(), Act.VERIFIED, actor, letter.id, signatures=answers)
        unit.commit()
    return letter, found


def _three(one: PdfSignature) -> dict[str, bool]:
    return {"intact": one.intact, "valid": one.valid, "trusted": one.trusted}
