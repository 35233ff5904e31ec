"""Whatever a line of the journal tells has a name that people read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields

from api.views.journal_words import DETAILS, read_details
from ged.mail.journal_query import JournalQuery
from rooms.house import ROOT

ROOMS = ("ged", "ingest", "retention", "api", "search")


NOT_WRITTEN = ("actor", "clock", "letter_id", "once", "store")
"""What `leave_line` is given beside details."""


def written() -> Iterator[str]:
    """The names of details that the product writes into the journal, as its own sources say."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                    ("journal.write", "journal.write_about", "journal.write_once", "leave_line")
                ):
                    yield from (each.arg for each in node.keywords if each.arg and each.arg not in NOT_WRITTEN)
                match node:
                    case ast.Call(func=ast.Name(id="told_digest"), args=[_, _, ast.Constant(value=str(name))]):
                        yield name
    yield from (each.name for each in fields(JournalQuery) if each.name != "before")  # what readers of it asked for


def test_every_detail_that_is_written_has_a_name() -> None:
    names = set(written())
    assert len(names) > 100
    assert names - DETAILS.keys() == set()


def test_values_are_read_and_what_somebody_typed_stays() -> None:
    details = {"outcome": "inacheve", "reason": "inacheve", "private": True, "letters": ["A", "B"], "until": None}
    assert read_details(details, "fr") == [
        ("Résultat", "Inachevé"), ("Motif", "inacheve"), ("Privée", "oui"), ("Courriers", "A, B"), ("Jusqu'à", "–"),
    ]  # fmt: skip
    assert read_details({"before": {"due_date": "2026-11-30"}}, "en") == [("Before", "Due date : 2026-11-30")]
    assert read_details({"inconnu": "x"}, "fr") == [("inconnu", "x")]
