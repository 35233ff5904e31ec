"""An audit's rules without an installation: the log recomputed as it grows, the draw, heads read back, the notebook."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ged.errors import Refused
from ged.mail.audit import EXIT, NEVER, Audit, Checked, Depth, Finding, Head, Outcome, Periods, Weight
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.ledger import TileLedger
from ged.seal.tiles import WIDTH, tile_path
from ged.seal.tree import leaf_hash, root_of
from ged.services.audit.log import Growing
from ged.services.audit.meanings import MEANINGS
from ged.services.audit.notebook import Notebook
from ged.services.audit.retained import read_heads
from ged.services.audit.sample import draw
from ged.services.audit.table import CHECKS, checks_of

NOW = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
AUDIT = Audit("a1", Depth.FULL, "", "graine", 3, "essai", NOW)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    return ensure_keys(tmp_path_factory.mktemp("keys"), organisation="Essai")


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537])
def test_a_log_recomputed_as_it_grows_has_the_root_and_the_tiles_of_the_norm(size: int) -> None:
    hashes = [leaf_hash(b"%d" % n) for n in range(size)]
    growing, full = Growing(), dict[tuple[int, int], list[bytes]]()
    for first in range(0, size, WIDTH):
        full |= {(level, index): row for level, index, row in growing.add(hashes[first : first + WIDTH], first)}
        growing = Growing([[bytes.fromhex(each) for each in row] for row in growing.plain()])
    assert growing.root() == root_of(hashes)
    full |= {(level, index): row for level, index, row in growing.open_tiles(size)}
    assert [full[0, n // WIDTH][n % WIDTH] for n in range(size)] == hashes
    above = [root_of(hashes[n : n + WIDTH]) for n in range(0, size - size % WIDTH, WIDTH)]
    assert [full[1, n // WIDTH][n % WIDTH] for n in range(len(above))] == above


def test_the_tiles_of_a_growing_log_are_those_that_a_ledger_wrote(keys: SealKeys, tmp_path: Path) -> None:
    TileLedger(tmp_path, keys.log).append([b"%d" % n for n in range(600)])
    growing = Growing()
    hashes = [leaf_hash(b"%d" % n) for n in range(600)]
    made = [tile for first in range(0, 600, WIDTH) for tile in growing.add(hashes[first : first + WIDTH], first)]
    for level, index, row in (*made, *growing.open_tiles(600)):
        width = min(WIDTH, (600 >> (8 * level)) - WIDTH * index)
        assert (tmp_path / tile_path(str(level), index, width)).read_bytes() == b"".join(row)


def test_a_draw_depends_on_its_seed_alone_and_anybody_can_repeat_it() -> None:
    by_hand = sorted(range(1000), key=lambda n: hashlib.sha256(f"dés du 28 novembre:{n}".encode()).hexdigest())[:20]
    assert draw("dés du 28 novembre", 1000, 20) == sorted(by_hand)
    assert draw("autre", 1000, 20) != sorted(by_hand)
    assert draw("graine", 3, 20) == [0, 1, 2]


def test_heads_are_read_from_notes_proofs_and_paper(keys: SealKeys, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, keys.log)
    proof = ledger.append([b"a", b"b"])[1].proof
    head = ledger.head()
    origins = {keys.log.origin: "documents"}
    typed = f"Tête du 28/11, registre p. 12\ndocuments {head.size} {head.root}\n"
    for text in (head.note, proof, typed, f"{proof}\n\n{head.note}"):
        assert {(one.log, one.size, one.root) for one in read_heads(text, origins=origins)} == {
            ("documents", 2, head.root)
        }
    for wrong in ("rien", head.note.replace(keys.log.origin, "ailleurs"), ""):
        with pytest.raises(Refused) as refused:
            read_heads(wrong, origins=origins)
        assert refused.value.code == "audit.heads"


def test_a_fault_outweighs_what_was_not_done_and_only_a_whole_audit_is_sound() -> None:
    done, stopped = Checked("tetes", done=True), Checked("coffre", stopped="Le coffre ne répond pas.")
    finished = replace(AUDIT, finished_at=NOW)
    for checks, outcome in (
        ((done,), Outcome.SOUND),
        ((done, Checked("base", skipped="Pas de base.")), Outcome.SOUND),
        ((done, stopped), Outcome.UNFINISHED),
        ((replace(done, faults=1), stopped), Outcome.ALTERED),
        ((replace(done, remarks=4),), Outcome.SOUND),
    ):
        assert replace(finished, checks=checks).outcome is outcome
    assert replace(AUDIT, checks=(done,)).outcome is Outcome.UNFINISHED
    assert sorted(EXIT.values()) == [0, 1, 2]


def test_an_audit_comes_back_from_its_notebook_as_it_was(tmp_path: Path) -> None:
    finding = Finding("object.missing", "ARR-2026-000001", "Plus là.", Weight.REMARK)
    whole = replace(
        AUDIT,
        heads=(Head("documents", 2, "00", "note"),),
        checks=(Checked("coffre", "ab/cd", 3, None, 9, (finding,), 0, 1),),
        not_checked=("x",),
    )
    notebook = Notebook(tmp_path / "audit")
    assert notebook.read() is None
    notebook.write(whole)
    assert notebook.read() == whole


def test_the_table_is_whole() -> None:
    assert len({check.code for check in CHECKS}) == len(CHECKS)
    assert all(checks_of(depth) for depth in Depth)
    assert all(meaning.means.endswith(".") and meaning.do.endswith(".") for meaning in MEANINGS.values())


def test_an_audit_is_due_after_its_period_and_late_half_a_period_later() -> None:
    day = timedelta(days=1)
    periods = Periods(day, 7 * day)
    assert periods.due(None, None, NOW) is Depth.FULL
    assert periods.due(NOW - day, NOW - 2 * day, NOW) is Depth.QUICK
    assert periods.due(NOW - day / 2, NOW - 2 * day, NOW) is None
    assert NEVER.due(None, None, NOW) is None
    long_ago = NOW - 99 * day
    assert periods.late(NOW - day, NOW - 7 * day, long_ago, NOW) == ()
    assert periods.late(NOW - 2 * day, NOW - 11 * day, long_ago, NOW) == (Depth.QUICK, Depth.FULL)
    assert periods.late(None, None, NOW - 2 * day, NOW) == (Depth.QUICK,)
    assert NEVER.late(None, None, long_ago, NOW) == ()
