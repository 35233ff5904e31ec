"""Two workers read a lot and are killed in the middle of it, again and again: all is there, once, and was done once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from api.model_folder import read_folder
from ged.services.establish import establish
from scripts.measure_kills import WAYS, read_while_killed
from scripts.measured_house import measured_house
from scripts.measures import ROOT

PAGES = 24


def test_a_lot_whose_workers_are_killed_loses_nothing_and_does_no_page_twice() -> None:
    with measured_house() as (house, environment), TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)
        found = read_while_killed(house, {**environment, "TMPDIR": folder}, PAGES, 8100, (2, 5))
        left = [each.name for each in Path(folder).glob("ged-*")]
    assert min(found.kills.values()) > 0, "nobody was killed, which shows nothing"
    assert [row for row in found.rows if row[1] != row[2]] == []
    assert Counter(page[0] for page, _ in found.kept) == dict.fromkeys(WAYS, PAGES)
    assert {page for page, _ in found.begun} == {page for page, _ in found.kept}
    assert found.again() == []
    assert [name for name in left if not re.fullmatch(r"ged-[a-z]+-\d+-.*", name)] == [], "nobody would remove these"
