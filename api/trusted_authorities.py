"""The authorities that the site trusts for signatures of others."""

from __future__ import annotations

from pathlib import Path

from ged.errors import Refused
from ged.mail.said import Said


def trusted_pem(folder: Path | None) -> str:
    """Return the certificates and revocation lists (PEM) of the site's folder of trusted authorities, joined.

    Raises:
        Refused: `config.faulty`, the folder cannot be read.
    """
    if folder is None:
        return ""
    try:
        return "".join(path.read_text(encoding="ascii") + "\n" for path in sorted(folder.glob("*.pem")))
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "config.faulty",
            Said(
                "Le dossier des autorités de confiance (%(folder)s) ne se lit pas : il faut des fichiers PEM.",
                folder=str(folder),
            ),
            folder=str(folder),
        ) from error
