"""The notebook of an audit: how far it is, in a file of its own, whole or absent; never in what is audited."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from ged.mail import said
from ged.mail.audit import Audit, Checked, Depth, Finding, Head, Weight
from ged.seal.tiles import durable_write


class Notebook:
    """Keeps one audit as it stands, so that a run that was killed is taken up where it was."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._file = folder / "audit.json"

    def write(self, audit: Audit) -> None:
        """Keep an audit as it stands."""
        durable_write(self._file, json.dumps(plain(audit), ensure_ascii=False).encode())

    def read(self) -> Audit | None:
        """Return the audit that was kept, or None."""
        try:
            return read(json.loads(self._file.read_bytes()))
        except FileNotFoundError:
            return None


def plain(audit: Audit) -> dict[str, Any]:
    """Return an audit as JSON values: its texts in French, and apart, by text, those made of a sentence and values."""
    values = asdict(audit)
    values["told"] = _told(audit)
    values["started_at"] = audit.started_at.isoformat()
    values["finished_at"] = audit.finished_at.isoformat() if audit.finished_at else None
    return values


def _told(audit: Audit) -> dict[str, Any]:
    """Return how each text was made that is more than one sentence: a page tells it in another language."""
    texts = [
        *audit.not_checked,
        *(text for one in audit.checks for text in (one.skipped, one.stopped)),
        *(text for one in audit.checks for each in one.findings for text in (each.about, each.detail)),
    ]
    return {text: said.plain(text) for text in texts if isinstance(text, said.Said) and text.values}


def read(values: dict[str, Any]) -> Audit:
    """Return the audit that these values are the plain form of; in those of before, no text was told apart."""
    values = dict(values)
    told = {text: said.read(each) for text, each in values.pop("told", {}).items()}
    checks = [
        Checked(
            **(
                one
                | {name: told.get(one[name], one[name]) for name in ("skipped", "stopped")}
                | {
                    "findings": tuple(
                        Finding(
                            each["code"],
                            told.get(each["about"], each["about"]),
                            told.get(each["detail"], each["detail"]),
                            Weight(each["weight"]),
                        )
                        for each in one["findings"]
                    )
                }
            )
        )
        for one in values["checks"]
    ]
    finished = values["finished_at"]
    changed: dict[str, Any] = {
        "depth": Depth(values["depth"]),
        "started_at": datetime.fromisoformat(values["started_at"]),
        "finished_at": datetime.fromisoformat(finished) if finished else None,
        "heads": tuple(Head(**one) for one in values["heads"]),
        "checks": tuple(checks),
        "not_checked": tuple(told.get(each, each) for each in values["not_checked"]),
    }
    return Audit(**(values | changed))
