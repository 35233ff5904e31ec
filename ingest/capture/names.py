"""Names of files as they are shown and kept: never obeyed."""

from __future__ import annotations

import unicodedata

NAME_LENGTH = 200


def shown_name(filename: str) -> str:
    """Return a file's name fit to be shown and kept: no folder, no control character, not endless."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c for c in last if not unicodedata.category(c).startswith("C"))
    return printable.strip()[:NAME_LENGTH] or "sans nom"


def shown_path(filename: str) -> str:
    """Return the name of a file within an archive, with its folders, fit to be shown and kept."""
    parts = [part for part in filename.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    return "/".join(shown_name(part) for part in parts)[-NAME_LENGTH:] or "sans nom"
