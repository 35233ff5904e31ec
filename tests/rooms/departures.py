"""Letters that leave: a draft sent round and ready to be signed, signed in one line, and ports that fail on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.circuit import Approver, Stage, StageKind
from ged.mail.draft import Content, Draft
from ged.mail.draft_acts import DraftAct, DraftOrder
from ged.mail.item import Letter
from ged.mail.sheet import Sheet
from ged.mail.signature_block import SignatureBlock
from ged.ports import Press, PressReport
from ged.services import circuit
from ged.services.draft import Plan, begin
from ged.services.sign_draft import sign_draft

Who = Callable[[str], Actor]
MINISTER = Stage(StageKind.SIGNATURE, (Approver("MME", "MIN"),))
TEXT = Content("Réponse à votre demande", ("Société des Carrières du Mono",), "C'est **accordé**, sous réserve.")


def to_be_signed(house: House, author: Actor, content: Content = TEXT, **plan: Any) -> Draft:
    """Return a draft of somebody's that waits for the minister's signature and for nobody else."""
    given: dict[str, Any] = {"store": house.store, "actor": author, "clock": house.clock}
    draft = begin(Plan(**({"stages": (MINISTER,)} | plan)), content, **given)
    return circuit.act(draft.id, DraftOrder(DraftAct.START, draft.revision), **given)


def signing(house: House, actor: Actor) -> dict[str, Any]:
    """What signing asks for."""
    return {
        "store": house.store,
        "vault": house.vault,
        "press": house.press,
        "pdf_signer": house.pdf_signer,
        "actor": actor,
        "clock": house.clock,
    }


def signed(house: House, author: Actor, signer: Actor, content: Content = TEXT, **plan: Any) -> Letter:
    """Return a letter that was just signed."""
    draft = to_be_signed(house, author, content, **plan)
    return sign_draft(draft.id, draft.digest, **signing(house, signer))


class FailingPress:
    """A press whose `broken` step does what it is told, and whose others work."""

    def __init__(self, press: Press, broken: str, fault: Callable[[], NoReturn]) -> None:
        self._press, self._broken, self._fault = press, broken, fault

    def _step(self, name: str) -> Press:
        if name == self._broken:
            self._fault()
        return self._press

    def fill(self, template: bytes, sheet: Sheet, *, later: bool = False) -> bytes:
        return self._step("fill").fill(template, sheet, later=later)

    def print_document(self, docx: bytes) -> bytes:
        return self._step("print_document").print_document(docx)

    def print_sheet(self, sheet: Sheet) -> bytes:
        return self._step("print_sheet").print_sheet(sheet)

    def with_code(self, pdf: bytes, code: str) -> bytes:
        return self._step("with_code").with_code(pdf, code)

    def with_copies(self, pdf: bytes, copies: tuple[str, ...]) -> bytes:
        return self._step("with_copies").with_copies(pdf, copies)

    def print_block(self, block: SignatureBlock) -> bytes:
        return self._step("print_block").print_block(block)

    def report(self) -> PressReport:
        return self._press.report()
