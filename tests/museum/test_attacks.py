"""One lie a test, told with the powers of whoever could tell it, and the audit that catches it.

The lines are those of the attack table in docs/threats.md. Whoever holds the disk writes to it, whoever is superuser
writes SQL, whoever holds the keys signs with them: nothing here is pretended.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ged.clock import system_clock
from ged.mail.anchor import LogAnchor, Stamp
from ged.mail.audit import EXIT, Depth, Outcome, Weight
from ged.seal.cosignature import cosign
from ged.seal.leaf import Leaf
from ged.seal.ledger import TileLedger
from ged.seal.log_key import read_checkpoint
from ged.services.anchored_proofs import anchored_suffix, keep_proofs
from ged.services.audit.ground import Ground, Step
from ged.services.audit.heads import compare_heads
from ged.services.audit.judge import Entry, Judge
from ged.services.audit.log import recompute
from ged.services.audit.objects import check_objects
from ged.services.beside import proof_suffix
from rooms.audits import (
    OLDER,
    Sealed,
    Victim,
    as_superuser,
    asked,
    audited,
    build,
    codes,
    copy_of,
    findings,
    ground,
    kept_head,
    with_own_database,
)

canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
FORGED = b"%PDF-1.7 un autre original"
WITNESS = Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def sealed(postgres_url: str, pilot_template: str, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return build(postgres_url, pilot_template, tmp_path_factory.mktemp("scelle"))


@pytest.fixture
def victim(sealed: Sealed, postgres_url: str, tmp_path: Path) -> Iterator[Victim]:
    with copy_of(sealed, postgres_url, tmp_path) as house:
        yield house


@pytest.fixture
def taken(victim: Victim, sealed: Sealed, postgres_url: str) -> Iterator[Victim]:
    """One whose database is written to as well."""
    with with_own_database(victim, sealed, postgres_url) as house:
        yield house


def leaf_at(victim: Victim, index: int) -> Leaf:
    return Leaf.decode(victim.ledger.entry(index))


def file_of(victim: Victim, digest: str, suffix: str = "") -> Path:
    place = victim.data / "vault" / digest[:2] / digest[2:4]
    return place / (f"{digest}.{suffix}" if suffix else digest)


def overwrite(path: Path, data: bytes) -> None:
    """Write as root does: whatever the file's mode says."""
    path.chmod(0o640)
    path.write_bytes(data)


def signed_anew(victim: Victim, digest: str) -> bytes:
    """Sign with the real key, as an insider who has it."""
    return victim.signer.sign(bytes.fromhex(digest), system_clock())


def rebuild_log(victim: Victim, entries: list[bytes]) -> None:
    """Make the log anew from entries, with the real log key, and hand new proofs out."""
    folder = victim.data / "ledger"
    shutil.rmtree(folder)
    ledger = TileLedger(folder, victim.keys.log)
    for entry in entries:
        made = ledger.append([entry])[0]
        overwrite_or_add(file_of(victim, Leaf.decode(entry).sha256, proof_suffix(made.index)), made.proof.encode())


def overwrite_or_add(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        overwrite(path, data)
    else:
        path.write_bytes(data)


def entries_of(victim: Victim) -> list[bytes]:
    return [victim.ledger.entry(index) for index in range(victim.ledger.head().size)]


def forge(victim: Victim, index: int) -> bytes:
    """Put another original, really signed, in the place of a sealed one everywhere but in the log; return its leaf."""
    leaf, digest = leaf_at(victim, index), hashlib.sha256(FORGED).hexdigest()
    signature = signed_anew(victim, digest)
    overwrite_or_add(file_of(victim, digest), FORGED)
    overwrite_or_add(file_of(victim, digest, "p7s"), signature)
    forged = leaf._replace(sha256=digest, size=len(FORGED), p7s_sha256=hashlib.sha256(signature).hexdigest()).encode()
    as_superuser(
        victim,
        "INSERT INTO original (sha256, size, media_type, version, stored_at) "
        "VALUES (%(digest)s, %(size)s, 'application/pdf', '', now())",
        "UPDATE letter SET original = %(digest)s WHERE id = %(id)s",
        "UPDATE seal SET leaf = %(leaf)s, p7s_sha256 = %(p7s)s WHERE letter_id = %(id)s",
        digest=digest, size=len(FORGED), id=leaf.document, leaf=forged, p7s=hashlib.sha256(signature).hexdigest(),
    )  # fmt: skip
    return forged


def test_nothing_is_found_where_nothing_was_touched(victim: Victim) -> None:
    done = audited(victim, retained=(kept_head(victim),))
    assert findings(done) == []
    assert (done.outcome, EXIT[done.outcome]) == (Outcome.SOUND, 0)
    assert {one.code for one in done.checks if not one.done} == {"actes"}, "nothing ships the journal here"
    assert audited(victim, Depth.QUICK).outcome is Outcome.SOUND


def test_stored_bytes_swapped(victim: Victim) -> None:
    overwrite(file_of(victim, leaf_at(victim, 1).sha256), FORGED)
    done = audited(victim)
    assert "object.altered" in codes(done)
    assert EXIT[done.outcome] == 1
    assert any("ARR-" in one.about for one in findings(done)), "the report names the letter"


def test_stored_bytes_swapped_for_others_of_the_same_length(victim: Victim) -> None:
    leaf = leaf_at(victim, 1)
    overwrite(file_of(victim, leaf.sha256), os.urandom(leaf.size))
    assert "object.altered" in codes(audited(victim))
    assert "object.altered" in codes(audited(victim, Depth.QUICK)), "a sample that holds it is read to the last byte"


def test_an_insider_signs_again_with_the_real_key(victim: Victim) -> None:
    leaf = leaf_at(victim, 1)
    overwrite(file_of(victim, leaf.sha256, "p7s"), signed_anew(victim, leaf.sha256))
    assert "p7s.altered" in codes(audited(victim))


def test_an_insider_signs_a_forged_original_and_rewrites_the_database(taken: Victim) -> None:
    forge(taken, 1)
    assert {"database.leaf", "database.row"} <= codes(audited(taken))


def test_an_insider_with_every_key_rebuilds_the_log(taken: Victim) -> None:
    kept, entries = kept_head(taken), entries_of(taken)
    entries[1] = forge(taken, 1)
    rebuild_log(taken, entries)
    done = audited(taken, retained=(kept,))
    assert "log.two_heads" in codes(done)
    assert EXIT[done.outcome] == 1


def test_a_log_rebuilt_and_grown_since(taken: Victim) -> None:
    kept, entries = kept_head(taken), entries_of(taken)
    entries[1] = forge(taken, 1)
    rebuild_log(taken, entries)
    taken.ledger.append([leaf_at(taken, 2)._replace(document="depuis").encode()])
    assert "log.rewritten" in codes(audited(taken, Depth.QUICK, retained=(kept,)))


def test_an_insider_with_the_log_key_logs_what_is_no_leaf(victim: Victim) -> None:
    told, before = json.loads(leaf_at(victim, 2).encode()), victim.ledger.head().size
    odd = [
        {"sha256": 7}, {"sha256": None}, {"sha256": "Z" * 64}, {"sha256": told["sha256"].upper()}, {"size": True},
        {"size": "11"}, {"size": -1}, {"size": 10**400}, {"document": []}, {"event": {}}, {"time": "hier"},
    ]  # fmt: skip
    entries = [canonical(told | each).encode() for each in odd]
    nested = b"[" * 30_000 + b"]" * 30_000
    victim.ledger.append([*entries, nested, b'{"sha512":' + nested + b"}", b"", b"\xff"])
    done = audited(victim)
    assert EXIT[done.outcome] == 1
    about = " ".join(one.about for one in findings(done))
    assert all(f"n° {before + at}" in about for at in range(len(entries) + 4))


def test_without_a_head_kept_elsewhere_a_rebuilt_log_is_not_seen_and_the_report_says_so(taken: Victim) -> None:
    entries = entries_of(taken)
    entries[1] = forge(taken, 1)
    rebuild_log(taken, entries)
    done = audited(taken)
    assert not {code for code in codes(done) if code.startswith("log.")}
    assert any("aucune n'a été donnée" in one for one in done.not_checked)


def test_a_log_rolled_back_to_an_older_signed_head(victim: Victim) -> None:
    kept = kept_head(victim)
    shutil.rmtree(victim.data / "ledger")
    shutil.copytree(victim.data / OLDER, victim.data / "ledger")
    assert "log.rolled_back" in codes(audited(victim, Depth.QUICK, retained=(kept,)))
    assert "database.entry" in codes(audited(victim)), "the database still names the entry"


def test_an_object_deleted(victim: Victim) -> None:
    file_of(victim, leaf_at(victim, 2).sha256).unlink()
    assert "object.missing" in codes(audited(victim))
    assert "object.missing" in codes(audited(victim, Depth.QUICK))


def test_an_object_that_nothing_refers_to(victim: Victim) -> None:
    digest = hashlib.sha256(FORGED).hexdigest()
    overwrite_or_add(file_of(victim, digest), FORGED)
    assert "vault.unreferenced" in codes(audited(victim))


def test_a_stranger_in_the_vault(victim: Victim) -> None:
    leaf = leaf_at(victim, 0)
    overwrite_or_add(file_of(victim, leaf.sha256).with_name("passager.txt"), b"x")
    overwrite_or_add(file_of(victim, leaf.sha256, "p7s.bak"), b"x")
    assert sum(one.code == "vault.stranger" for one in findings(audited(victim))) == 2


@pytest.mark.parametrize("place", ["tile/0/000.p/3", "tile/entries/000.p/3"])
def test_a_tile_or_a_bundle_altered(victim: Victim, place: str) -> None:
    path = victim.data / "ledger" / place
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    overwrite(path, bytes(data))
    done = audited(victim)
    assert "log.altered" in codes(done)
    assert EXIT[done.outcome] == 1


def test_the_head_altered(victim: Victim) -> None:
    path = victim.data / "ledger" / "checkpoint"
    overwrite(path, path.read_bytes().replace(b"\n3\n", b"\n2\n"))
    assert "head.unsigned" in codes(audited(victim, Depth.QUICK))


def test_a_proof_altered_or_taken_away(victim: Victim) -> None:
    first, second = leaf_at(victim, 0), leaf_at(victim, 1)
    path = file_of(victim, first.sha256, proof_suffix(0))
    overwrite(path, path.read_bytes().replace(b"index 0", b"index 1"))
    file_of(victim, second.sha256, proof_suffix(1)).unlink()
    assert {"proof.invalid", "proof.missing"} <= codes(audited(victim))


def test_a_letter_deleted_from_the_database(taken: Victim) -> None:
    leaf = leaf_at(taken, 1)
    as_superuser(
        taken,
        "SET session_replication_role = replica",
        "DELETE FROM seal WHERE letter_id = %(id)s",
        "DELETE FROM letter WHERE id = %(id)s",
        id=leaf.document,
    )
    assert {"database.gone", "register.faulty"} <= codes(audited(taken))


def test_a_seal_deleted_from_the_database(taken: Victim) -> None:
    as_superuser(taken, "DELETE FROM seal WHERE letter_id = %(id)s", id=leaf_at(taken, 1).document)
    assert "database.seal" in codes(audited(taken))


def test_a_number_given_away_in_the_register(taken: Victim) -> None:
    as_superuser(taken, "UPDATE letter SET sequence = 9 WHERE id = %(id)s", id=leaf_at(taken, 1).document)
    assert "register.faulty" in codes(audited(taken))


def test_a_letter_dated_back_in_the_database(taken: Victim) -> None:
    as_superuser(
        taken,
        "UPDATE letter SET registered_at = registered_at - interval '3 days' WHERE id = %(id)s",
        id=leaf_at(taken, 1).document,
    )
    assert {"database.row", "register.faulty"} <= codes(audited(taken))


def test_a_letter_dated_back_before_a_stamped_head(taken: Victim) -> None:
    claimed = datetime.fromisoformat(leaf_at(taken, 2).time)
    anchored(taken, claimed + timedelta(days=1))
    assert "leaf.backdated" in codes(audited(taken))


def test_a_letter_sealed_within_minutes_of_a_stamped_head_is_not_dated_back(taken: Victim) -> None:
    anchored(taken, datetime.fromisoformat(leaf_at(taken, 2).time) + timedelta(minutes=2))
    assert "leaf.backdated" not in codes(audited(taken))


def test_an_anchor_rewritten_in_the_database(taken: Victim) -> None:
    anchored(taken, taken.clock())
    as_superuser(taken, "UPDATE anchor SET root = repeat('0', 64)")
    assert "anchor.altered" in codes(audited(taken, Depth.QUICK))
    as_superuser(taken, "UPDATE anchor SET note = '\\x00'")
    assert "anchor.altered" in codes(audited(taken, Depth.QUICK))


def anchored(victim: Victim, at: datetime) -> None:
    """Keep the head of two entries as stamped at an instant."""
    note = (victim.data / OLDER / "checkpoint").read_bytes()
    head = read_checkpoint(note.decode(), victim.keys.log.verifier)
    one = LogAnchor("documents", head.size, head.root.hex(), note, at)
    with victim.store.unit() as unit:
        unit.anchors.add(one)
        unit.anchors.stamp(one, Stamp(b"jeton", "essai", at, at + timedelta(days=365)))
        unit.commit()


@pytest.mark.parametrize("suffix", ["p7s", "0.tlog-proof"])
def test_every_byte_of_a_signature_or_of_a_proof_flipped(victim: Victim, suffix: str) -> None:
    path = file_of(victim, leaf_at(victim, 0).sha256, suffix)
    entry = Entry(0, victim.ledger.entry(0), leaf_at(victim, 0).sha256)

    def judged(stands: Ground) -> Iterator[Step]:
        yield Step("", findings=tuple(Judge(stands, stands.documents.head()).findings(entry)))

    assert undetected(victim, path, judged) == []


def test_every_byte_of_a_proof_under_a_head_that_others_vouched_for_flipped(taken: Victim) -> None:
    head, name = taken.ledger.head(), "temoin.example"
    line = cosign(read_checkpoint(head.note, taken.keys.log.verifier), name, WITNESS, system_clock())
    one = LogAnchor("documents", head.size, head.root, head.note.encode(), system_clock())
    with taken.store.unit() as unit:
        unit.anchors.add(one)
        unit.anchors.cosign(one, line)
        unit.commit()
    assert keep_proofs("documents", ledger=taken.ledger, store=taken.store, vault=taken.vault) == 3
    path = file_of(taken, leaf_at(taken, 0).sha256, anchored_suffix(0, 3))
    assert name in path.read_text(encoding="utf-8")
    assert undetected(taken, path, lambda stands: check_objects(stands, "")) == []
    elsewhere = path.with_name(path.name.replace(".0.3.", ".1.3."))
    overwrite_or_add(elsewhere, path.read_bytes())
    assert [one.code for one in findings(audited(taken)) if "1.3." in one.about] == ["proof.invalid"]


@pytest.mark.parametrize("place", ["checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"])
def test_every_byte_of_the_log_flipped(victim: Victim, place: str) -> None:
    check = compare_heads if place == "checkpoint" else recompute
    assert undetected(victim, victim.data / "ledger" / place, lambda stands: check(stands, "")) == []


def test_every_byte_of_an_original_flipped(victim: Victim) -> None:
    small = b"%PDF-1.4 un original court"
    digest = hashlib.sha256(small).hexdigest()
    overwrite_or_add(file_of(victim, digest), small)
    assert undetected(victim, file_of(victim, digest), lambda stands: check_objects(stands, "")) == []


def undetected(victim: Victim, path: Path, check: Callable[[Ground], Iterator[Step]]) -> list[int]:
    """Flip each byte of a file in turn, and return the places that the check which reads it did not notice."""
    whole, stands = path.read_bytes(), ground(victim, asked())
    stands.folder.mkdir(parents=True)
    path.chmod(0o640)
    missed = []
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1 :])
        faults = [one for step in check(stands) for one in step.findings if one.weight is Weight.FAULT]
        missed += [] if faults else [place]
    path.write_bytes(whole)
    assert not [one for step in check(stands) for one in step.findings if one.weight is Weight.FAULT]
    return missed
