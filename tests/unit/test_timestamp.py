"""Tokens of time: openssl's are read; one that covers something else, by another, or for another purpose is refused."""

from __future__ import annotations

import hashlib
import secrets
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.time_authority import POLICY, TimeAuthority, answering, make_authority
from ged.errors import Corrupt, Unavailable
from ged.seal.timestamp.authority import TokenAuthority, http_authority
from ged.seal.timestamp.chain import check_response
from ged.seal.timestamp.request import read_response, write_request
from ged.seal.timestamp.token import read_token

HEAD = b"ged-courrier/essai\n12\nq83vEjRWeJA=\n"
IMPRINT = hashlib.sha256(HEAD).digest()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeAuthority]:
    with answering(make_authority(tmp_path_factory.mktemp("tsa") / "tsa")) as running:
        yield running


@pytest.fixture(scope="module")
def reply(authority: TimeAuthority) -> bytes:
    return authority.reply(write_request(IMPRINT, "sha256", 7))


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("nonce", [0, 127, 128, 2**63, 2**64 - 1])
def test_a_request_says_to_others_what_it_means(algorithm: str, nonce: int) -> None:
    imprint = hashlib.new(algorithm, HEAD).digest()
    read = tsp.TimeStampReq.load(write_request(imprint, algorithm, nonce, POLICY), strict=True).native
    assert read["message_imprint"]["hash_algorithm"]["algorithm"] == algorithm
    assert read["message_imprint"]["hashed_message"] == imprint
    assert (read["nonce"], read["req_policy"], read["cert_req"]) == (nonce, POLICY, True)


def test_a_token_says_when_and_by_whom(authority: TimeAuthority, reply: bytes) -> None:
    found = check_response(reply, IMPRINT, authority.roots)
    assert abs(found.token.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert (found.token.nonce, found.demonstration, len(found.chain)) == (7, False, 2)
    assert found.ends == authority.roots[0].not_valid_after_utc


def test_what_openssl_refuses_we_refuse(authority: TimeAuthority, reply: bytes, tmp_path: Path) -> None:
    other = make_authority(tmp_path / "other")
    for data, ca in ((HEAD, authority), (HEAD + b" ", authority), (HEAD, other)):
        (tmp_path / "data").write_bytes(data)
        (tmp_path / "token").write_bytes(reply)
        command = ["openssl", "ts", "-verify", "-in", "token", "-data", "data", "-CAfile", str(ca.ca_file)]
        openssl = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
        assert openssl == _accepts(reply, data, ca)
        assert openssl == ((data, ca) == (HEAD, authority))


def _accepts(reply: bytes, data: bytes, authority: TimeAuthority) -> bool:
    try:
        check_response(reply, hashlib.sha256(data).digest(), authority.roots)
    except ValueError:
        return False
    return True


def test_a_flipped_bit_of_the_token_changes_nothing_that_it_says_or_is_refused(
    authority: TimeAuthority, reply: bytes
) -> None:
    whole = check_response(reply, IMPRINT, authority.roots)
    escaped = []
    for place in range(len(reply)):
        changed = reply[:place] + bytes([reply[place] ^ 1]) + reply[place + 1 :]
        try:
            found = check_response(changed, IMPRINT, authority.roots)
        except ValueError:
            continue
        said = (found.token.at, found.token.imprint, found.chain[0], found.token.nonce, found.token.policy)
        if said != (whole.token.at, IMPRINT, whole.chain[0], 7, whole.token.policy):
            escaped.append(place)
    assert escaped == []


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_answer_are_refused_and_no_error(noise: bytes) -> None:
    for read in (read_response, read_token):
        with pytest.raises(ValueError, match=r".*"):
            read(noise)


def test_a_refusal_is_told_in_the_words_of_the_authority(authority: TimeAuthority) -> None:
    answer = authority.reply(write_request(IMPRINT, "sha256", 7, "1.2.3.4.99"))
    with pytest.raises(ValueError, match="refusé"):
        read_response(answer)


def test_a_certificate_for_another_purpose_stamps_nothing(tmp_path: Path, reply: bytes) -> None:
    # openssl will not stamp with such a certificate: the token is a good one whose signer we judge by itself.
    server = make_authority(tmp_path / "server", purpose=ExtendedKeyUsageOID.SERVER_AUTH)
    with pytest.raises(subprocess.CalledProcessError):
        server.reply(write_request(IMPRINT, "sha256", 7))
    assert not _accepts(reply, HEAD, server)


@pytest.mark.parametrize("since", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)])
def test_a_certificate_that_is_not_valid_at_the_time_of_the_token_is_refused(tmp_path: Path, since: datetime) -> None:
    authority = make_authority(tmp_path / "tsa", since=since, days=30)
    answer = authority.reply(write_request(IMPRINT, "sha256", 7))
    with pytest.raises(ValueError, match="pas valable à l'heure"):
        check_response(answer, IMPRINT, authority.roots)


def asked(authority: TimeAuthority, *, policy: str = "", roots: TimeAuthority | None = None) -> TokenAuthority:
    return http_authority("essai", authority.url, (roots or authority).roots, policy=policy, timeout_s=5)


def test_an_authority_answers_over_http(authority: TimeAuthority) -> None:
    now = datetime.now(UTC)
    stamp = asked(authority, policy=POLICY).stamp(IMPRINT, now=now, after=now)
    assert (stamp.authority, abs(stamp.at - now) < timedelta(seconds=10)) == ("essai", True)


@pytest.mark.parametrize(
    ("minutes", "after", "said"),
    [(6, None, "loin de la nôtre"), (-6, None, "loin de la nôtre"), (0, 2, "précède celle du dernier jeton")],
)
def test_a_time_that_cannot_be_is_refused(authority: TimeAuthority, minutes: int, after: int | None, said: str) -> None:
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    before = None if after is None else now + timedelta(minutes=after)
    with pytest.raises(Corrupt) as error:
        asked(authority).stamp(IMPRINT, now=now, after=before)
    assert error.value.code == "timestamp.refused"
    assert said in str(error.value.diagnostics()["reason"])


def test_an_answer_to_another_question_is_refused(authority: TimeAuthority, reply: bytes) -> None:
    authority.garble = reply  # a good token over the same bytes, made earlier: its nonce is another
    try:
        with pytest.raises(Corrupt) as error:
            asked(authority).stamp(IMPRINT, now=datetime.now(UTC), after=None)
    finally:
        authority.garble = b""
    assert "nonce" in str(error.value.diagnostics()["reason"])


def test_a_token_of_a_stranger_is_refused(authority: TimeAuthority, tmp_path: Path) -> None:
    other = make_authority(tmp_path / "other")
    with pytest.raises(Corrupt) as error:
        asked(authority, roots=other).stamp(IMPRINT, now=datetime.now(UTC), after=None)
    assert "aucun chemin" in str(error.value.diagnostics()["reason"])


def test_another_policy_is_asked_for_and_refused_by_the_authority(authority: TimeAuthority) -> None:
    with pytest.raises(Corrupt) as error:
        asked(authority, policy="1.2.3.99").stamp(IMPRINT, now=datetime.now(UTC), after=None)
    assert "refusé" in str(error.value.diagnostics()["reason"])


@pytest.mark.parametrize("garble", [b"<html>proxy</html>", secrets.token_bytes(300_000)])
def test_what_is_no_answer_at_all_is_refused(authority: TimeAuthority, garble: bytes) -> None:
    authority.garble = garble
    try:
        with pytest.raises(Corrupt):
            asked(authority).stamp(IMPRINT, now=datetime.now(UTC), after=None)
    finally:
        authority.garble = b""


def test_an_authority_that_is_away_is_said_so(authority: TimeAuthority) -> None:
    nobody = http_authority("absente", "http://127.0.0.1:9/", authority.roots)
    authority.broken = True
    try:
        for each in (nobody, asked(authority)):
            with pytest.raises(Unavailable) as error:
                each.stamp(IMPRINT, now=datetime.now(UTC), after=None)
            assert error.value.code == "timestamp.unavailable"
    finally:
        authority.broken = False
