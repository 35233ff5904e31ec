"""Where objects and companions lie in a store, and back: what a name found in a store stands for."""

from __future__ import annotations

import re

from ged.errors import NotFound

_DIGEST = re.compile("[0-9a-f]{64}")
_OURS = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})(?:\.([a-z0-9.-]+))?")


def place_of(digest: str, suffix: str = "") -> str:
    """Return where an object lies, or its companion of that suffix: `ab/cd/<digest>`, `ab/cd/<digest>.<suffix>`.

    Raises:
        NotFound: `vault.unknown`, this is no SHA-256.
    """
    if not _DIGEST.fullmatch(digest):
        raise NotFound("vault.unknown", "Ce nom n'est pas une empreinte SHA-256.", digest=digest[:80])
    place = f"{digest[:2]}/{digest[2:4]}/{digest}"
    return f"{place}.{suffix}" if suffix else place


def read_place(name: str) -> tuple[str, str]:
    """Return (digest, suffix) of what lies under a name; ("", "") for one that is not ours."""
    ours = _OURS.fullmatch(name)
    return (ours[3], ours[4] or "") if ours else ("", "")
