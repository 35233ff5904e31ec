"""Formats of files by their PRONOM identifier, where the type and the first bytes of a file say which.

Source: The National Archives, PRONOM, DROID signature file V119.
"""

from __future__ import annotations

import re

_PDF = {
    "1.0": "fmt/14",
    "1.1": "fmt/15",
    "1.2": "fmt/16",
    "1.3": "fmt/17",
    "1.4": "fmt/18",
    "1.5": "fmt/19",
    "1.6": "fmt/20",
    "1.7": "fmt/276",
    "2.0": "fmt/1129",
}
PDF_A_2B = "fmt/477"
"""What the reading of a letter renders."""
_TYPES = {
    "image/tiff": "fmt/353",
    "message/rfc822": "fmt/278",
    "text/plain": "x-fmt/111",
    "text/csv": "x-fmt/18",
    "application/zip": "x-fmt/263",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "fmt/412",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "fmt/214",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "fmt/215",
    "application/vnd.ms-outlook": "x-fmt/430",
}
_JFIF = {b"\x01\x00": "fmt/42", b"\x01\x01": "fmt/43", b"\x01\x02": "fmt/44"}
_PDF_HEAD = re.compile(rb"%PDF-(\d\.\d)")


def pronom(media_type: str, head: bytes) -> str:
    """Return the PRONOM identifier of a file, "" where its first bytes do not tell it from its neighbours."""
    if media_type == "application/pdf":
        found = _PDF_HEAD.search(head[:1024])
        return _PDF.get(found[1].decode(), "") if found else ""
    if media_type == "image/jpeg":
        return _JFIF.get(head[11:13], "") if head[6:10] == b"JFIF" else ""
    return _TYPES.get(media_type, "")
