"""Error kind → HTTP status, exit code. The sentence is the error's own; the diagnostics go to the log."""

from __future__ import annotations

from ged.errors import GedError

STATUS = {"not_found": 404, "forbidden": 403, "conflict": 409, "refused": 422, "unavailable": 503, "corrupt": 500}
EXIT = {"not_found": 4, "forbidden": 5, "conflict": 6, "refused": 2, "unavailable": 7, "corrupt": 1}

STATUS_OF_CODE = {
    "capture.too_large": 413,
    "upload.chunk_too_large": 413,
    "upload.checksum": 460,
    "upload.media_type": 415,
    "upload.version": 412,
    "upload.header": 400,
}
"""What the tus protocol asks otherwise. Source: tus 1.0.0, core protocol and checksum."""


def status_of(error: GedError) -> int:
    """Return the HTTP status that says an error."""
    return STATUS_OF_CODE.get(error.code) or STATUS.get(error.kind, 500)


def problem(error: GedError) -> dict[str, object]:
    """Return an error as problem details. Source: RFC 9457."""
    body: dict[str, object] = {
        "type": f"urn:ged:error:{error.code}",
        "title": error.sentence,
        "status": status_of(error),
        "code": error.code,
        "retryable": error.retryable,
    }
    faults = error.diagnostics().get("faults")
    if faults:
        body["faults"] = faults
    return body
