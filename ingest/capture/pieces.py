"""What a file holds, kept: each piece durable in the vault by itself, before its letter is registered."""

from __future__ import annotations

from pathlib import Path

from ged.mail.electronic import Piece, fitting
from ged.ports import Vault
from ingest.capture.names import shown_path
from ingest.own_folder import own_folder
from ingest.readers.limits import Limits
from ingest.readers.unpack import Ask, Unpacked, unpack


def keep_pieces(
    path: Path, media_type: str, ask: Ask, *, vault: Vault, limits: Limits, tenant_id: str
) -> tuple[Piece, ...]:
    """Return the pieces that a file holds, at any depth, each in the vault under its digest; none for most files.

    Raises:
        Refused: `capture.archive`, `capture.damaged`, `mail.too_deep`, `mail.too_many_parts`.
        Unavailable: the vault does not answer.
    """
    with own_folder("pieces") as folder:
        unpacked = unpack(path, media_type, folder, limits, ask)
        return fitting([_kept(each, vault, tenant_id) for each in unpacked], limits.max_pages)


def _kept(one: Unpacked, vault: Vault, tenant_id: str) -> Piece:
    with one.path.open("rb") as stream:
        stored = vault.put(stream, media_type=one.media_type, tenant_id=tenant_id)
    name = shown_path(one.name)
    return Piece("", one.rank, one.parent, stored.digest, stored.size, name, one.media_type, one.page_count, one.remark)
