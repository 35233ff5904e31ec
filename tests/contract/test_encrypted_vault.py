"""The encrypted vault: what the store shows, what it refuses to open, whose keys open what, what shredding leaves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from engines.seaweedfs import S3Store
from ged.errors import Corrupt, NotFound, Unavailable
from ged.store.unit import Store
from ged.store.vault.encrypted import EncryptedVault
from ged.store.vault.kek import KekFolder
from ged.store.vault.local import LocalVault
from ged.store.vault.object_secret import lookup_of
from ged.store.vault.segments import SEGMENT_BYTES, plain_size, stored_size
from rooms.vaults import Died, MortalVault, s3_vault

LETTER = b"Monsieur le Ministre, le pli reste secret. " * 40
DIGEST = hashlib.sha256(LETTER).hexdigest()
LONG = os.urandom(1 << 16) * 40  # two segments and a half
SEALED_BYTES, HEADER_BYTES = SEGMENT_BYTES + 16, 15


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def keks(tmp_path: Path) -> KekFolder:
    return KekFolder(tmp_path / "keks")


@pytest.fixture
def vault(folder: Path, keks: KekFolder, key_store: Store) -> EncryptedVault:
    return EncryptedVault(LocalVault(folder), keks, key_store)


def put(vault: EncryptedVault, data: bytes = LETTER, tenant_id: str = "") -> str:
    return vault.put(BytesIO(data), media_type="application/pdf", tenant_id=tenant_id).digest


def read(vault: EncryptedVault, digest: str = DIGEST) -> bytes:
    with vault.open(digest) as stream:
        return stream.read()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o640)
    path.write_bytes(data)


@pytest.mark.parametrize("size", [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 2 * SEGMENT_BYTES])
def test_sizes_around_a_segment_come_back_whole(vault: EncryptedVault, folder: Path, size: int) -> None:
    data = os.urandom(size)
    digest = put(vault, data)
    assert read(vault, digest) == data
    (kept,) = files(folder)
    assert (stored_size(size), plain_size(kept.stat().st_size)) == (kept.stat().st_size, size)


def test_the_store_shows_neither_content_nor_digest_nor_what_a_companion_is(
    vault: EncryptedVault, folder: Path
) -> None:
    put(vault)
    vault.attach(DIGEST, "p7s", bytes.fromhex(DIGEST) + b"signature")
    vault.attach(DIGEST, "12.tlog-proof", b"preuve " + DIGEST.encode())
    kept = files(folder)
    assert len(kept) == 3
    names = " ".join(str(path.relative_to(folder)) for path in kept)
    assert not any(word in names for word in (DIGEST, "p7s", "tlog", "12."))
    for path in kept:
        data = path.read_bytes()
        assert not any(word in data for word in (b"Ministre", bytes.fromhex(DIGEST), DIGEST.encode(), b"preuve"))
    found = {(one.digest, one.suffix, one.size) for one in vault.objects()}
    assert found == {(DIGEST, "", len(LETTER)), (DIGEST, "p7s", 0), (DIGEST, "12.tlog-proof", 0)}


def test_a_byte_changed_anywhere_in_object_or_companion_is_refused(vault: EncryptedVault, folder: Path) -> None:
    put(vault, LETTER[:150])
    digest = hashlib.sha256(LETTER[:150]).hexdigest()
    vault.attach(digest, "p7s", b"signature")
    missed = []
    for path in files(folder):
        whole = path.read_bytes()
        for place in range(len(whole)):
            rewrite(path, whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with suppress(Corrupt):
                read(vault, digest)
                vault.companion(digest, "p7s")
                missed.append((path.name, place))
        rewrite(path, whole)
    assert missed == []
    assert (read(vault, digest), vault.companion(digest, "p7s")) == (LETTER[:150], b"signature")


def _cut(data: bytes, first: int, last: int) -> bytes:
    start = HEADER_BYTES + first * SEALED_BYTES
    return data[start : HEADER_BYTES + last * SEALED_BYTES]


@pytest.mark.parametrize(
    "lie",
    [
        lambda data: data[:-1],
        lambda data: data[: HEADER_BYTES + 2 * SEALED_BYTES],
        lambda data: data[:HEADER_BYTES],
        lambda data: data[:0],
        lambda data: data + b"\0",
        lambda data: data + _cut(data, 0, 1),
        lambda data: data[:HEADER_BYTES] + _cut(data, 1, 2) + _cut(data, 0, 1) + _cut(data, 2, 9),
        lambda data: data[:HEADER_BYTES] + _cut(data, 0, 1) * 2 + _cut(data, 2, 9),
        lambda data: data[:HEADER_BYTES] + _cut(data, 1, 9),
    ],
    ids=[
        "a byte",
        "a segment",
        "all segments",
        "all",
        "a byte more",
        "a segment more",
        "reordered",
        "twice",
        "shifted",
    ],
)
def test_segments_cut_added_or_moved_are_refused(
    vault: EncryptedVault, folder: Path, lie: Callable[[bytes], bytes]
) -> None:
    digest = put(vault, LONG)
    (kept,) = files(folder)
    rewrite(kept, lie(kept.read_bytes()))
    with pytest.raises(Corrupt) as error:
        read(vault, digest)
    assert error.value.code == "vault.ciphertext"


def test_an_object_or_companion_put_in_the_place_of_another_is_refused(vault: EncryptedVault, folder: Path) -> None:
    other = put(vault, LETTER[::-1])
    (theirs,) = files(folder)
    put(vault)
    (ours,) = [path for path in files(folder) if path != theirs]
    first, second = ours.read_bytes(), theirs.read_bytes()
    rewrite(ours, second)
    rewrite(theirs, first)
    for digest in (DIGEST, other):
        with pytest.raises(Corrupt):
            read(vault, digest)
    rewrite(ours, first)
    vault.attach(DIGEST, "p7s", b"premier")
    vault.attach(DIGEST, "sel", b"second")
    one, two = [path for path in files(folder) if path.name.startswith(ours.name + ".")]
    first, second = one.read_bytes(), two.read_bytes()
    rewrite(one, second)
    rewrite(two, first)
    for suffix in ("p7s", "sel"):
        with pytest.raises(Corrupt):
            vault.companion(DIGEST, suffix)


def test_a_key_put_in_the_place_of_another_is_refused(vault: EncryptedVault, keks: KekFolder, key_store: Store) -> None:
    put(vault)
    other = put(vault, b"une autre lettre")
    with key_store.unit() as unit:
        theirs = unit.object_keys.of(lookup_of(other, keks.lookup_key))[0]
        ours = lookup_of(DIGEST, keks.lookup_key)
        unit.object_keys.forget(ours)
        unit.object_keys.add(type(theirs)(ours, "", theirs.name, theirs.kek_id, theirs.wrapped))
        unit.commit()
    with pytest.raises(Corrupt) as error:
        read(vault)
    assert error.value.code == "vault.key"


def test_only_the_segments_that_are_read_are_opened(vault: EncryptedVault, folder: Path) -> None:
    digest = put(vault, LONG)
    (kept,) = files(folder)
    data = kept.read_bytes()
    rewrite(kept, data[:-1] + bytes([data[-1] ^ 1]))
    with vault.open(digest) as stream:
        assert stream.seek(SEGMENT_BYTES - 5) == SEGMENT_BYTES - 5
        assert stream.read(10) == LONG[SEGMENT_BYTES - 5 : SEGMENT_BYTES + 5]
        stream.seek(-3, os.SEEK_END)
        with pytest.raises(Corrupt):
            stream.read(1)


def test_the_same_bytes_of_two_organisations_are_one_object_that_either_key_opens(
    vault: EncryptedVault, folder: Path, keks: KekFolder
) -> None:
    put(vault, tenant_id="MME")
    put(vault, tenant_id="CEET")
    put(vault, tenant_id="MME")
    assert len(files(folder)) == 1
    ceet, mme = keks.ids()
    assert (ceet.split(".")[0], mme.split(".")[0]) == ("CEET", "MME")
    keks.destroy(ceet)
    assert read(vault) == LETTER
    keks.destroy(mme)
    with pytest.raises(Unavailable) as error:
        read(vault)
    assert error.value.code == "vault.kek"
    assert mme not in str(error.value.sentence)


def test_keys_that_wrap_keys_are_read_by_their_owner_alone(vault: EncryptedVault, keks: KekFolder) -> None:
    put(vault)
    kept = files(keks.folder)
    assert len([path for path in kept if path.name != "lock"]) == 2
    assert {path.stat().st_mode & 0o077 for path in kept if path.name != "lock"} == {0}
    assert keks.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_around_the_writing_nothing_acknowledged_is_lost_and_what_is_left_is_said_keyless(
    folder: Path, keks: KekFolder, key_store: Store, after: bool
) -> None:
    inner = MortalVault(folder)
    vault = EncryptedVault(inner, keks, key_store)
    inner.dies_at(1, after=after)
    with pytest.raises(Died):
        put(vault)
    assert vault.stat(DIGEST) is None
    left = list(vault.objects())
    assert [(one.keyless, one.stranger, one.digest) for one in left] == [(True, False, "")] * after
    assert put(vault) == DIGEST
    assert read(vault) == LETTER


def test_bytes_that_the_store_lost_are_taken_again(vault: EncryptedVault, folder: Path) -> None:
    put(vault, tenant_id="MME")
    (kept,) = files(folder)
    kept.unlink()
    with pytest.raises(NotFound):
        read(vault)
    again = vault.put(BytesIO(LETTER), media_type="application/pdf", tenant_id="CEET")
    assert not again.existed
    assert read(vault) == LETTER


def test_a_companion_needs_its_object(vault: EncryptedVault) -> None:
    with pytest.raises(NotFound):
        vault.attach(DIGEST, "p7s", b"signature")


def test_what_was_stored_before_is_read_and_not_stored_again(vault: EncryptedVault, folder: Path) -> None:
    LocalVault(folder).put(BytesIO(LETTER), media_type="application/pdf")
    LocalVault(folder).attach(DIGEST, "p7s", b"signature")
    assert (read(vault), vault.companion(DIGEST, "p7s")) == (LETTER, b"signature")
    assert vault.put(BytesIO(LETTER), media_type="application/pdf").existed
    assert vault.attach(DIGEST, "sel", b"sel") == b"sel"
    assert {(one.digest, one.suffix) for one in vault.objects()} == {(DIGEST, ""), (DIGEST, "p7s"), (DIGEST, "sel")}


def test_with_encryption_off_what_is_encrypted_is_read_and_not_stored_again(
    vault: EncryptedVault, folder: Path, keks: KekFolder, key_store: Store
) -> None:
    put(vault)
    off = EncryptedVault(LocalVault(folder), keks, key_store, encrypts=False)
    assert off.put(BytesIO(LETTER), media_type="application/pdf").existed
    assert read(off) == LETTER
    other = put(off, b"en clair")
    assert (folder / other[:2] / other[2:4] / other).read_bytes() == b"en clair"
    assert read(vault, other) == b"en clair"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_old_object_is_encrypted_with_its_companions_wherever_it_is_killed(
    folder: Path, keks: KekFolder, key_store: Store, after: bool
) -> None:
    step, done = 0, False
    while not done:
        step += 1
        data = b"ancien %d %d " % (step, after) * 50
        digest = LocalVault(folder).put(BytesIO(data), media_type="text/plain").digest
        for suffix in ("p7s", "3.tlog-proof"):
            LocalVault(folder).attach(digest, suffix, suffix.encode())
        inner = MortalVault(folder)
        vault = EncryptedVault(inner, keks, key_store)
        inner.dies_at(step, after=after)
        try:
            vault.take_in(digest, "MME")
            done = True
        except Died:
            assert read(vault, digest) == data
            assert vault.companion(digest, "p7s") == b"p7s"
            assert vault.attach(digest, "3.tlog-proof", b"autre") == b"3.tlog-proof"
            vault.take_in(digest, "MME")
        assert (read(vault, digest), vault.companion(digest, "3.tlog-proof")) == (data, b"3.tlog-proof")
        assert not list(folder.rglob(f"{digest}*"))
    assert step == 5


def test_an_old_object_that_was_altered_is_left_as_it_is(vault: EncryptedVault, folder: Path) -> None:
    LocalVault(folder).put(BytesIO(LETTER), media_type="application/pdf")
    (kept,) = files(folder)
    rewrite(kept, b"un faux")
    with pytest.raises(Corrupt) as error:
        vault.take_in(DIGEST, "")
    assert error.value.code == "vault.altered"
    assert files(folder) == [kept]


def test_what_is_shredded_is_gone_from_store_and_keys_and_may_come_again(
    vault: EncryptedVault, folder: Path, keks: KekFolder, key_store: Store
) -> None:
    put(vault, tenant_id="MME")
    put(vault, tenant_id="CEET")
    vault.attach(DIGEST, "p7s", b"signature")
    other = put(vault, b"celle qui reste")
    assert vault.shred(DIGEST).unreadable
    assert vault.stat(DIGEST) is None
    assert [one.digest for one in vault.objects()] == [other]
    with key_store.unit() as unit:
        assert unit.object_keys.of(lookup_of(DIGEST, keks.lookup_key)) == ()
        assert unit.object_keys.shredding() == ()
    assert not vault.shred(DIGEST).remains
    put(vault)
    assert read(vault) == LETTER
    assert vault.companion(DIGEST, "p7s") is None


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_shredding_that_was_killed_has_taken_the_key_and_the_next_one_ends_it(
    folder: Path, keks: KekFolder, key_store: Store, step: int, after: bool
) -> None:
    inner = MortalVault(folder)
    vault = EncryptedVault(inner, keks, key_store)
    put(vault)
    inner.dies_at(step, after=after)
    with pytest.raises(Died):
        vault.shred(DIGEST)
    with pytest.raises(NotFound):
        read(vault)
    assert all(one.keyless for one in vault.objects())
    vault.shred(hashlib.sha256(b"une autre").hexdigest())
    assert files(folder) == []


def test_a_locked_object_that_is_shredded_stays_as_ciphertext_that_nobody_opens(
    seaweedfs: S3Store, keks: KekFolder, key_store: Store
) -> None:
    inner = s3_vault(seaweedfs, f"verrou-{uuid4().hex[:12]}")
    vault = EncryptedVault(inner, keks, key_store)
    put(vault)
    vault.attach(DIGEST, "p7s", b"signature")
    shredded = vault.shred(DIGEST)
    assert (shredded.unreadable, shredded.remains) == (True, True)
    assert vault.shred(DIGEST) == shredded, "asked again, the store is asked again"
    left = list(vault.objects())
    assert [(one.keyless, one.delete_marker, one.latest) for one in left] == [(True, False, True)] * 2
    with pytest.raises(NotFound):
        read(vault)
    assert not inner.shred(left[0].name.rsplit("/", 1)[1]).unreadable
    assert put(vault) == DIGEST
    assert read(vault) == LETTER


def test_a_plain_object_under_a_lock_is_said_readable_after_shredding(
    seaweedfs: S3Store, keks: KekFolder, key_store: Store
) -> None:
    inner = s3_vault(seaweedfs, f"verrou-{uuid4().hex[:12]}")
    inner.put(BytesIO(LETTER), media_type="application/pdf")
    shredded = EncryptedVault(inner, keks, key_store).shred(DIGEST)
    assert (shredded.unreadable, shredded.remains) == (False, True)
