"""Receptions: a package that another house transfers to this one: checked whole, then taken whole, or refused whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReceptionState(StrEnum):
    """Where a reception stands."""

    WAITING = "recu"
    CHECKED = "controle"
    ACCEPTED = "accepte"
    REFUSED = "refuse"


class Proofs(StrEnum):
    """What the proofs that came with a letter are worth."""

    NONE = "sans_preuve"
    SOUND = "verifiees"
    KNOWN = "verifiees_cles_connues"


@dataclass(frozen=True, slots=True)
class Reception:
    """One package that came in.

    Attributes:
        sha256: Of the package as it came; `size` in bytes.
        held: The same, while the vault keeps it: until it was taken or refused.
        identifier: What the package says that it is called; what our reply answers. "" until it is read.
        sender: Identifier of who gives, and `sender_name` their name, as the package says.
        reasons: Why it was refused, French sentences; () otherwise.
        total: Letters and pieces that it brings, and `done` those that are registered here.
        reply: The `ArchiveTransferReply`, as XML; "" until it has ended.
    """

    id: str
    tenant_id: str
    sha256: str
    size: int
    filename: str
    state: ReceptionState
    received_at: datetime
    login: str
    name: str
    identifier: str = ""
    sender: str = ""
    sender_name: str = ""
    reasons: tuple[str, ...] = ()
    total: int = 0
    done: int = 0
    finished_at: datetime | None = None
    reply: str = ""
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a letter or a piece of a dossier that was received from another house comes from.

    Attributes:
        unit: Id of its unit in the package.
        letter_id: Of the letter; None for a piece, of which `piece_id` is.
        number: The number that it had there, of a piece the code of its dossier and its title, and `system_id` how that
            house names it.
        dossier: Code and title of the dossier that it lay in there; "".
        history: (when, what) as that house told it.
        cote: Its place in that house's file plan, `rule` the code of its rule there, and `remark` what was said of it.
        facts: (code, name, value) of what was known of a piece there and has no place in what its kind asks for here.
        evidence: SHA-256 of what came to prove a piece, kept in the vault; None for a letter, where it is an annex.
    """

    reception_id: str
    unit: str
    letter_id: str | None
    number: str
    system_id: str
    house: str
    dossier: str
    proofs: Proofs
    history: tuple[tuple[str, str], ...]
    piece_id: str | None = None
    cote: str = ""
    rule: str = ""
    remark: str = ""
    facts: tuple[tuple[str, str, str], ...] = ()
    evidence: str | None = None
