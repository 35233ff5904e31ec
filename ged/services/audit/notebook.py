"""The notebook of an audit: how far it is, in a file of its own, whole or absent; never in what is audited."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

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
    """Return an audit as JSON values."""
    values = asdict(audit)
    values["started_at"] = audit.started_at.isoformat()
    values["finished_at"] = audit.finished_at.isoformat() if audit.finished_at else None
    return values


def read(values: dict[str, Any]) -> Audit:
    """Return the audit that these values are the plain form of."""
    checks = [
        Checked(
            **(
                one
                | {
                    "findings": tuple(
                        Finding(**(each | {"weight": Weight(each["weight"])})) for each in one["findings"]
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
        "not_checked": tuple(values["not_checked"]),
    }
    return Audit(**(values | changed))
