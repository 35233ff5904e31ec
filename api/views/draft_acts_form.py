"""The acts on a draft as a page asks for them."""

from __future__ import annotations

from pydantic import BaseModel

from api.views.acts_form import destination_of
from ged.errors import Refused
from ged.mail.circuit import Said, Stage, StageKind
from ged.mail.draft_acts import DraftAct, DraftOrder
from ged.mail.organisation import Seat


class AskedOfDraft(BaseModel):
    """The form as typed.

    Attributes:
        revision: The one that the screen showed, with the digest that was read.
        formule: A stock sentence, put before what is typed.
        sens: Of an advice; `vers` is where a refusal goes: `auteur` or `etape`.
        qui: Whom a stage is added for, or whom one passes over; `genre` the kind of that stage.
        suite: Whether to go on with the next afterwards.
    """

    acte: str = ""
    revision: int = 0
    empreinte: str = ""
    texte: str = ""
    formule: str = ""
    sens: str = ""
    vers: str = "auteur"
    qui: str = ""
    genre: str = StageKind.VISA
    suite: str = ""

    @property
    def said(self) -> str:
        """The stock sentence and the words typed, as one text."""
        return " ".join(part.strip() for part in (self.formule, self.texte) if part.strip())[:4000]

    def order(self, seats: tuple[Seat, ...]) -> DraftOrder:
        """Return what is asked for.

        Raises:
            Refused: `draft.state`, no such act.
        """
        if self.acte not in set(DraftAct):
            raise Refused("draft.state", "Cet acte n'existe pas. Rechargez la page.")
        who = destination_of(self.qui, seats)
        kind = StageKind(self.genre) if self.genre in set(StageKind) else StageKind.VISA
        return DraftOrder(
            act=DraftAct(self.acte),
            revision=self.revision,
            digest=self.empreinte,
            text=self.said,
            said=Said(self.sens) if self.sens in set(Said) else None,
            to_author=self.vers != "etape",
            stage=Stage(kind, (who,)) if who else None,
            approver=who,
        )
