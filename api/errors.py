"""Error kind → HTTP status, exit code. The sentence is the error's own; the diagnostics go to the log."""

from __future__ import annotations

from ged.errors import GedError

STATUS = {"not_found": 404, "forbidden": 403, "conflict": 409, "refused": 422, "unavailable": 503, "corrupt": 500}
EXIT = {"not_found": 4, "forbidden": 5, "conflict": 6, "refused": 2, "unavailable": 7, "corrupt": 1}


def problem(error: GedError) -> dict[str, object]:
    """Return an error as problem details. Source: RFC 9457."""
    body: dict[str, object] = {
        "type": f"urn:ged:error:{error.code}",
        "title": error.sentence,
        "status": STATUS.get(error.kind, 500),
        "code": error.code,
        "retryable": error.retryable,
    }
    faults = error.diagnostics().get("faults")
    if faults:
        body["faults"] = faults
    return body
