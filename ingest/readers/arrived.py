"""The signatures of what came in, for those who have them judged behind walls and need not load what judges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ged.mail.arrived_signature import ArrivedSignature, Bearer
from ingest.confined.loads import loads


@loads("ingest.readers.cms_signatures")
def judge_arrived(files: Sequence[tuple[Bearer, Path]], trusted_pem: str) -> list[ArrivedSignature]:
    """Return what is to be said of every signature in the files of a letter (`cms_signatures.signatures_in`)."""
    from ingest.readers.cms_signatures import signatures_in  # noqa: PLC0415 - loads pyHanko

    return signatures_in(files, trusted_pem)
