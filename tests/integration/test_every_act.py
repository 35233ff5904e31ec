"""Every address that hands out a file or opens a letter leaves its line, and every service that writes says who did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg

import ged.services
from api.config import Settings
from api.wiring import House
from integration.test_acknowledgement import signed_in
from integration.test_every_route import Closed, closed, contexts
from rooms.house import driver_url
from rooms.server import bearer

__all__ = ["closed"]

INSIDERS = ("daj", "kossi", "audit")
"""A head, a clerk, an auditor."""
PAGES = {
    "/courrier/{letter_id}": "courrier.lu",
    "/courrier/{letter_id}/texte": "courrier.lu",
    "/projet/{draft_id}": "projet.lu",
    "/courriels-ecartes/{aside_id}": "papier.lu",
    "/journal": "journal.consulte",
    "/api/v1/letters/{letter_id}": "courrier.lu",
    "/api/v1/letters/{letter_id}/history": "historique.exporte",
    "/api/v1/drafts/{draft_id}": "projet.lu",
}
"""Pages that show what one thing says; lists show lines of many, and are no readings (docs/decisions/0231)."""
QUIET_SERVICES = {
    "anchor": "the machine asks others to vouch for its logs; each answer is kept with its instant",
    "anchored_proofs": "proofs beside originals, made of what is logged",
    "batch_sheets": "codes of sheets; printing them leaves the line",
    "idempotent": "the answer to a call that has its own line",
    "lay_out_batch": "the board of a lot; confirming it leaves the line",
    "mail_notices": "e-mails that a notice becomes: the message has its line when it is sent",
    "notices": "what somebody has looked at of their own notices",
    "saved_searches": "somebody's own searches, kept and recent",
    "saved_views": "somebody's own lists",
    "scan": "a scanner at work: what it gives is received, with its line",
    "ship": "the journal itself on its way",
    "stations": "that a watched folder was looked at",
    "tell_deadlines": "notices to administrators of certificates that end",
    "upload": "bytes that are no letter yet: receiving them leaves the line",
}
"""Services that write without a line, and why."""
FILES = ("application/pdf", "image/", "text/csv", "application/zip", "application/octet", "message/")
"""What says something by itself; a signature apart from what it signs does not."""
IMAGES = {"courrier.lu", "papier.lu", "projet.lu"}
"""The images of one thing are one reading of it."""


def lines_by(settings: Settings, login: str) -> list[str]:
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as connection:
        rows = connection.execute("SELECT act FROM journal WHERE login = %s ORDER BY id", (login,))
        return [row[0] for row in rows]


def test_whatever_is_handed_out_leaves_its_line(
    house: House, closed: Closed, settings: Settings, client: httpx.Client
) -> None:
    faults = [each for login in INSIDERS for each in walked(house, closed, settings, client, login)]
    assert not faults, "\n".join(faults)


def walked(house: House, closed: Closed, settings: Settings, client: httpx.Client, login: str) -> Iterator[str]:
    """Walk every address as somebody, and give those that handed something out without a line."""
    session, program = signed_in(house, login), bearer(house, login)
    handed_out = 0
    for context in contexts():
        path = str(context.path)
        if "GET" not in (context.methods or ()):
            continue
        for address in sorted(closed.addresses(path)):
            before = lines_by(settings, login)
            answer = client.get(address, headers=program if path.startswith("/api/") else session)
            if answer.status_code != httpx.codes.OK:
                continue
            added, sort = lines_by(settings, login)[len(before) :], answer.headers.get("content-type", "")
            handed_out += sort.startswith(FILES)
            if sort.startswith(FILES) and not added and not (sort.startswith("image/") and IMAGES & {*before}):
                yield f"{address} handed out {sort}"
            if path in PAGES and PAGES[path] not in added:
                yield f"{address} left no {PAGES[path]}"
    assert handed_out


def test_every_service_that_writes_leaves_a_line_or_says_why_not() -> None:
    folder = Path(ged.services.__path__[0])
    writing = {path.stem: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    silent = {name for name, text in writing.items() if ".commit()" in text and "journal.write" not in text}
    assert silent - QUIET_SERVICES.keys() == set()
    assert QUIET_SERVICES.keys() <= silent
