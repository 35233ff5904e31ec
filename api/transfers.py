"""What the worker, the pages and the command share of transfers: what makes packages, and for whom."""

from __future__ import annotations

from pathlib import Path

from api.wiring import House
from ingest.office.archival import to_pdf_a
from ingest.own_folder import own_folder
from retention.described import Packer
from retention.seda.replies import Answer, read_answer
from retention.transfers import Archive


def packer_of(house: House) -> Packer:
    """Return what makes the packages of this installation."""
    from api.views.words import ACTS  # noqa: PLC0415 - the pages are loaded with it

    given = house.settings.transfer
    return Packer(
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        journal_log=house.journal_log,
        published=house.published,
        clock=house.clock,
        say=lambda act: ACTS.get(act, str(act)),
        to_pdf_a=lambda path, title: to_pdf_a(path, title, house.confined),
        folder=lambda: own_folder("versement"),
        max_bytes=given.package_megabytes * 1_000_000,
        max_letters=given.package_letters,
    )


def archive_of(house: House) -> Archive:
    """Return the archive that this installation transfers to."""
    given = house.settings.transfer
    return Archive(given.archive_code, given.archive_name, given.agreement)


def read_reply(path: Path, house: House) -> tuple[Answer, str]:
    """Return what an archive's message says, read behind walls, and its text.

    Raises:
        Refused: `transfer.xml`, `transfer.reply_code`.
    """
    return house.entrance.ask(read_answer, path), path.read_text(encoding="utf-8", errors="replace")
