"""Which entries of the log of acts go along with a letter's history."""

from __future__ import annotations

import pytest

from ged.mail.entry_details import goes_along
from ged.mail.journal import Act

ORIGINAL = "ab" * 32


@pytest.mark.parametrize(
    ("act", "details", "goes"),
    [
        (Act.READ, {}, True),
        (Act.MOVED, {"move": "affecter", "before": "recu", "after": "affecte"}, True),
        (Act.HELD, {"hold": "g1", "reason": "contentieux", "letters": 1}, True),
        (Act.SIGNED, {"draft": "d1", "digest": "cd" * 32, "title": "Le ministre", "level": "B-LTA"}, True),
        (Act.VERIFIED, {"outcome": "intact", "presented": ORIGINAL}, True),
        (Act.VERIFIED, {"outcome": "altere", "presented": "cd" * 32}, False),
        (Act.LINKED, {"kind": "repond", "other": "another-letter"}, False),
        (Act.FILED, {"dossier": "a-dossier"}, False),
        (Act.CAME_IN_BATCH, {"batch": "b", "label": "Contentieux", "rank": 2, "files": []}, False),
        (Act.OPENED_TO_CIRCUIT, {"draft": "d2", "units": ["cabinet"]}, False),
        (Act.DRAFT_READ, {"draft": "d2", "file": "x"}, False),
        (Act.READ, {"details_sha256": "cd" * 32}, False),
        (Act.READ, {"of a later version": "?"}, False),
    ],
)
def test_details_that_name_anything_but_the_letter_keep_an_entry_in_the_log(
    act: Act, details: dict[str, object], goes: bool
) -> None:
    assert goes_along(act, details, ORIGINAL) is goes
