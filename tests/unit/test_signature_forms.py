"""A signature file of a known form is read without DER, and says what it says when it is read whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ged.seal import signature
from ged.seal.keys import ensure_keys
from ged.seal.sign import CmsSigner
from ged.seal.signature import Signature, read_signature

AT = datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Signatures of one key, some of one length and some of others."""
    signer = CmsSigner(ensure_keys(tmp_path_factory.mktemp("cles"), organisation="Essai", clock=lambda: AT))
    return [signer.sign(hashlib.sha256(b"%d" % n).digest(), AT + timedelta(seconds=n)) for n in range(40)]


def said(p7s: bytes) -> Signature | str:
    try:
        return read_signature(p7s)
    except (ValueError, KeyError) as error:
        return str(error)


def anew(p7s: bytes) -> Signature | str:
    signature._forms.clear()
    return said(p7s)


def test_signatures_of_one_key_share_a_few_forms_and_say_each_their_own(signed: list[bytes]) -> None:
    signature._forms.clear()
    read = [read_signature(each) for each in signed]
    assert [one.message_digest for one in read] == [hashlib.sha256(b"%d" % n).digest() for n in range(40)]
    assert [one.claimed_at for one in read] == [AT + timedelta(seconds=n) for n in range(40)]
    assert len(signature._forms) == len({len(each) for each in signed}) < 8
    assert read == [anew(each) for each in signed]


@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # a flipped sign: refused as another number
@pytest.mark.parametrize("flip", [0x01, 0x80])
def test_each_byte_changed_is_told_the_same_with_the_form_known_and_not(signed: list[bytes], flip: int) -> None:
    first, other = next((a, b) for a in signed for b in signed if a != b and len(a) == len(b))
    for place in range(len(other)):
        changed = other[:place] + bytes([other[place] ^ flip]) + other[place + 1 :]
        without = anew(changed)
        anew(first)
        assert said(changed) == without, place
        assert said(changed) == without, place  # and once more: a form that was read from a false file is none


@pytest.mark.parametrize("change", [lambda each: each[:-1], lambda each: each + b"\0", lambda _: b""])
def test_what_is_cut_or_longer_is_refused(signed: list[bytes], change: Callable[[bytes], bytes]) -> None:
    anew(signed[0])
    assert isinstance(said(change(signed[0])), str)
