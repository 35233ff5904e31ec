"""The entry that tells of second digests: one encoding, told from a leaf, never larger than an entry may be."""

from __future__ import annotations

import hashlib
import json

import pytest

from ged.seal.leaf import Leaf
from ged.seal.ledger import MAX_ENTRY
from ged.seal.second_digest import MOST, SecondDigests, blind_second, is_second_digests

AT = "2026-11-03T09:00:00+00:00"


def told(count: int) -> dict[str, str]:
    data = [str(number).encode() for number in range(count)]
    return {hashlib.sha256(each).hexdigest(): hashlib.sha512(each).hexdigest() for each in data}


def test_the_largest_entry_is_one_that_a_log_takes_and_is_read_again() -> None:
    one = SecondDigests(AT, told(MOST // 2), {weak[::-1]: strong for weak, strong in told(MOST // 2).items()})
    assert SecondDigests.decode(one.encode()) == one
    assert len(one.encode()) < MAX_ENTRY
    assert is_second_digests(one.encode())


def test_neither_is_taken_for_the_other() -> None:
    leaf = Leaf("lettre", "0" * 64, 1, "0" * 64, "", "sha512", "systeme", AT)
    assert not is_second_digests(leaf.encode())
    with pytest.raises(ValueError, match="inscription"):
        Leaf.decode(SecondDigests(AT, told(1)).encode())


@pytest.mark.parametrize(
    "changed",
    [
        {"sha512": {"0" * 63: "0" * 128}},
        {"sha512": {"0" * 64: "0" * 127}},
        {"sha512": ["0" * 64]},
        {"sha512": {"0" * 64: 1}},
        {"time": "hier"},
        {"time": 1},
        {"format": 2},
        {"more": 1},
    ],
)
def test_what_is_not_written_so_is_not_believed(changed: dict[str, object]) -> None:
    fields = json.loads(SecondDigests(AT, told(1)).encode()) | changed
    assert not is_second_digests(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode())
    assert not is_second_digests(json.dumps(json.loads(SecondDigests(AT, told(1)).encode()), indent=1).encode())


def test_without_its_salt_a_blinded_digest_confirms_no_guess() -> None:
    digest = hashlib.sha512(b"secret").hexdigest()
    salted = [blind_second(digest, bytes([number]) * 32) for number in range(2)]
    assert salted[0] == hashlib.sha512(b"\0" * 32 + bytes.fromhex(digest)).hexdigest()
    assert len({digest, *salted}) == 3
