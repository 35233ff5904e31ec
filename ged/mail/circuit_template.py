"""Circuits to choose from, as data: one line of text each.

`visa chef > avis DAJ + DAF-1 (3) > signature MIN`: stages parted by `>`, each with its kind, its approvers side by
side parted by `+`, and its delay in working days if it has one. An approver is a post's code, a unit's code, or
`chef`: the nearest head above whoever writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

CHIEF = "chef"
_STAGE = re.compile(r"(?P<kind>\w+)\s+(?P<who>[^()>]+?)\s*(?:\((?P<days>\d{1,3})\))?$")


class StageKind(StrEnum):
    """What a stage asks of its approvers."""

    VISA = "visa"
    ADVICE = "avis"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class TemplateStage:
    """One stage as the folder says it."""

    kind: StageKind
    who: tuple[str, ...]
    delay_days: int | None


@dataclass(frozen=True, slots=True)
class CircuitTemplate:
    """A circuit that a tenant's authors can choose."""

    code: str
    tenant_id: str
    label_fr: str
    label_en: str
    stages: tuple[TemplateStage, ...]
    rank: int

    def label(self, language: str) -> str:
        """Return what it is called in a language."""
        return self.label_en if language == "en" else self.label_fr


def read_stages(text: str) -> tuple[TemplateStage, ...]:
    """Return the stages that a line says.

    Raises:
        ValueError: with a French sentence that says what is wrong.
    """
    stages = tuple(_stage(part.strip()) for part in text.split(">"))
    signing = [n for n, stage in enumerate(stages) if stage.kind is StageKind.SIGNATURE]
    if signing != [len(stages) - 1] or len(stages[-1].who) != 1 or stages[-1].who == (CHIEF,):
        raise ValueError("La dernière étape, et elle seule, est la signature, d'un seul poste nommé.")
    named = [code for stage in stages for code in stage.who]
    twice = next((code for n, code in enumerate(named) if code in named[:n]), None)
    if twice is not None:
        raise ValueError(f"« {twice} » est deux fois dans le circuit : un refus y tournerait en rond.")
    return stages


def written_stages(stages: Iterable[TemplateStage]) -> str:
    """Return the line that says stages."""
    return " > ".join(
        f"{stage.kind} {' + '.join(stage.who)}" + (f" ({stage.delay_days})" if stage.delay_days else "")
        for stage in stages
    )


def _stage(text: str) -> TemplateStage:
    match = _STAGE.match(text)
    if match is None or match["kind"] not in set(StageKind):
        kinds = ", ".join(StageKind)
        raise ValueError(f"« {text} » n'est pas une étape : écrivez son genre ({kinds}), puis qui, puis son délai.")
    who = tuple(code.strip() for code in match["who"].split("+"))
    if not all(who):
        raise ValueError(f"« {text} » nomme un poste vide entre deux « + ».")
    return TemplateStage(StageKind(match["kind"]), who, int(match["days"]) if match["days"] else None)
