"""The leaf in its two formats: what stands in the log for ever, and what it says to whom."""

from __future__ import annotations

import hashlib
import json

import pytest

from ged.seal.journal_leaf import read_entry
from ged.seal.leaf import SALT_BYTES, Leaf, blind

DIGEST = hashlib.sha256(b"un courrier").hexdigest()
SALT = bytes(range(SALT_BYTES))
PLAIN = Leaf("abc", DIGEST, 11, "0" * 64, "", "capture", "systeme", "2026-11-28T10:00:00+00:00")
BLINDED = PLAIN._replace(sha256=blind(DIGEST, SALT), blinded=True)


def test_the_first_format_is_what_it_always_was() -> None:
    assert PLAIN.encode() == (
        b'{"actor":"systeme","document":"abc","event":"capture","p7s_sha256":"' + b"0" * 64 + b'","sha256":"'
        + DIGEST.encode() + b'","size":11,"time":"2026-11-28T10:00:00+00:00","version":""}'
    )  # fmt: skip


@pytest.mark.parametrize("leaf", [PLAIN, BLINDED])
def test_either_format_is_read_back(leaf: Leaf) -> None:
    assert Leaf.decode(leaf.encode()) == leaf


def test_a_blinded_leaf_says_nothing_of_its_document_without_the_salt() -> None:
    assert DIGEST.encode() not in BLINDED.encode()
    assert BLINDED.is_of(DIGEST, SALT)
    for salt in (b"", SALT[:-1], SALT[::-1], SALT + b"\x00"):
        assert not BLINDED.is_of(DIGEST, salt)
    assert not BLINDED.is_of(hashlib.sha256(b"autre").hexdigest(), SALT)


def test_a_plain_leaf_needs_no_salt() -> None:
    assert PLAIN.is_of(DIGEST)
    assert not PLAIN.is_of(BLINDED.sha256)


@pytest.mark.parametrize(
    "data",
    [
        BLINDED.encode().replace(b'"format":2', b'"format":3'),
        BLINDED.encode().replace(b'"format":2', b'"format":true'),
        BLINDED.encode().replace(b"blinded_sha256", b"sha256"),
        PLAIN.encode().replace(b'"size"', b'"format":2,"size"'),
        PLAIN.encode().replace(b'"time"', b'"blinded":true,"time"'),
        b'{"format":2}',
        b'["format"]',
        b'"format"',
        b"2",
        b"[" * 30_000 + b"]" * 30_000,
        PLAIN.encode().replace(b'"size":11', b'"size":-1'),
        PLAIN.encode().replace(b'"size":11', b'"size":true'),
        PLAIN.encode().replace(b'"size":11', b'"size":"11"'),
        PLAIN.encode().replace(b'"size":11', b'"size":9223372036854775808'),
        PLAIN.encode().replace(f'"{DIGEST}"'.encode(), b"7"),
        PLAIN.encode().replace(b'"systeme"', b"[]"),
    ],
)
def test_what_mixes_the_formats_or_kinds_of_values_is_no_leaf(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"inscription|canonique"):
        Leaf.decode(data)


def by_json(data: bytes) -> Leaf:
    """What a leaf says by JSON alone, and only if it is the one encoding of it."""
    leaf = Leaf(**json.loads(data))
    if leaf.encode() != data:
        raise ValueError("not the canonical encoding")
    return leaf


@pytest.mark.parametrize("other", [b"\x00", b'"', b"\\", b"\x7f", b"\x80", b"9", b"0", b",", b" ", b"\xc3\xa9"])
def test_whatever_byte_is_changed_a_leaf_is_read_as_by_json(other: bytes) -> None:
    whole = PLAIN.encode()
    for at in range(len(whole)):
        for data in (whole[:at] + other + whole[at + 1 :], whole[:at] + other + whole[at:]):
            try:
                due = by_json(data)
            except (ValueError, TypeError):
                with pytest.raises(ValueError, match=r"."):
                    Leaf.decode(data)
            else:
                assert Leaf.decode(data) == due


@pytest.mark.parametrize("size", [0, 7, 10**17, 10**18, 2**63 - 1])
@pytest.mark.parametrize("actor", ["", "Kossi « A »", 'a"b', "a\\b", "a\nb", "a\x7fb", "a\u2028b", "𝔘"])
def test_any_value_is_read_back(actor: str, size: int) -> None:
    leaf = PLAIN._replace(actor=actor, size=size)
    assert Leaf.decode(leaf.encode()) == leaf


@pytest.mark.parametrize("entry", [b"[" * 30_000, b"7", b'{"id":true}', b'{"id":9223372036854775808}'])
def test_what_names_no_line_is_no_entry_of_a_journal(entry: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_entry(entry)
