"""Drafts as rows and back: contents and circuits are JSON, of plain values only."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.mail.access import Capacity
from ged.mail.circuit import Approver, Circuit, Said, Stage, StageKind, Visa
from ged.mail.draft import Attachment, Content, Copy, Draft, Version, readers_of_draft
from ged.mail.draft_acts import DraftAct, DraftStep
from ged.mail.item import Confidentiality, Direction, Priority, State


def draft_row(draft: Draft) -> dict[str, Any]:
    """Return the columns of a draft, with what lists filter on."""
    values = {one.name: getattr(draft, one.name) for one in fields(Draft)}
    waiting = draft.waiting
    return values | {
        "recipients": list(draft.recipients),
        "answers": list(draft.answers),
        "circuit": [_plain_stage(stage) for stage in draft.circuit.stages],
        "waiting_positions": [each.position_id for each in waiting if each.position_id],
        "waiting_units": [each.entity_id for each in waiting if not each.position_id],
        "reader_tokens": sorted(readers_of_draft(draft)),
    }


def draft_of(row: sa.Row[Any]) -> Draft:
    """Return a draft from its columns."""
    values = {one.name: getattr(row, one.name) for one in fields(Draft)}
    values |= {
        "direction": Direction(row.direction),
        "state": State(row.state),
        "confidentiality": Confidentiality(row.confidentiality),
        "priority": Priority(row.priority),
        "recipients": tuple(row.recipients),
        "answers": tuple(row.answers),
        "circuit": Circuit(tuple(_stage(stage) for stage in row.circuit)),
    }
    return Draft(**values)


def version_of(row: sa.Row[Any]) -> Version:
    """Return a version from its columns."""
    values = {one.name: getattr(row, one.name) for one in fields(Version)}
    return Version(**(values | {"content": _content(row.content)}))


def step_of(row: sa.Row[Any]) -> DraftStep:
    """Return an act from its columns."""
    values = {one.name: getattr(row, one.name) for one in fields(DraftStep)}
    said = Said(row.said) if row.said else None
    return DraftStep(**(values | {"act": DraftAct(row.act), "capacity": Capacity(row.capacity), "said": said}))


def plain_content(content: Content) -> dict[str, Any]:
    """Return a content as JSON values."""
    return asdict(content)


def _content(values: dict[str, Any]) -> Content:
    return Content(
        **(
            values
            | {
                "recipients": tuple(values["recipients"]),
                "correspondents": tuple(values["correspondents"]),
                "file": Attachment(**values["file"]) if values["file"] else None,
                "attachments": tuple(Attachment(**one) for one in values["attachments"]),
                "copies": tuple(Copy(**one) for one in values.get("copies", ())),
            }
        )
    )


def _plain_stage(stage: Stage) -> dict[str, Any]:
    plain = asdict(stage)
    plain["visas"] = [one | {"at": one["at"].isoformat()} for one in plain["visas"]]
    return plain


def _stage(values: dict[str, Any]) -> Stage:
    return Stage(
        kind=StageKind(values["kind"]),
        approvers=tuple(Approver(**one) for one in values["approvers"]),
        delay_days=values["delay_days"],
        visas=tuple(_visa(one) for one in values["visas"]),
    )


def _visa(values: dict[str, Any]) -> Visa:
    return Visa(
        **(
            values
            | {
                "approver": Approver(**values["approver"]),
                "said": Said(values["said"]),
                "capacity": Capacity(values["capacity"]),
                "at": datetime.fromisoformat(values["at"]),
            }
        )
    )
