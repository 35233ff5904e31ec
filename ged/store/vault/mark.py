"""The mark of a vault in a folder: whose its disk is, so that an empty mount point is not taken for it."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from ged.errors import Unavailable
from ged.mail.said import Said

NAME = ".coffre"
"""In the folder itself; no object has such a name."""
_SHELF = re.compile(r"[0-9a-f]{2}")


def known(folder: Path, mark: bytes, *, holds: bool) -> None:
    """Make sure that a folder is the vault of an installation; mark one that is new, or older than marks.

    Args:
        folder: Where the vault should be.
        mark: What tells the installation from others.
        holds: Whether the installation has put something into its vault.

    Raises:
        Unavailable: `vault.away`, the folder is empty or another's: its disk is not there.
    """
    try:
        found = (folder / NAME).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        if holds and not _has_objects(folder):
            raise _away(Said("Le dossier du coffre est vide, alors que des originaux y furent mis."), folder) from None
        _marked(folder, mark.hex())
        return
    except (OSError, UnicodeDecodeError) as error:
        raise _away(Said("Le dossier du coffre ne se lit pas."), folder) from error
    if found != mark.hex():
        raise _away(Said("Le dossier du coffre est celui d'une autre installation."), folder)


def _has_objects(folder: Path) -> bool:
    try:
        return any(_SHELF.fullmatch(each.name) for each in folder.iterdir())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _away(Said("Le dossier du coffre ne se lit pas."), folder) from error


def _marked(folder: Path, mark: str) -> None:
    """Write a mark whole, once: of two processes that begin together, both write the same."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{NAME}.{secrets.token_hex(4)}"
    try:
        with draft.open("x", encoding="utf-8") as file:
            file.write(f"{mark}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o440)
        draft.replace(folder / NAME)
    except OSError as error:
        raise _away(Said("Le dossier du coffre ne s'écrit pas."), folder) from error
    finally:
        draft.unlink(missing_ok=True)


def _away(why: str, folder: Path) -> Unavailable:
    return Unavailable(
        "vault.away",
        Said(
            "%(why)s Rien n'est perdu et rien n'y est écrit : vérifiez que son disque est monté, puis relancez.",
            why=why,
        ),
        place=str(folder),
    )
