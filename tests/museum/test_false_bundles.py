"""Proof bundles that lie, one lie each: every one is refused, with a sentence that says why, and nothing is written."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from ged.seal.note import key_id
from rooms.bundles import LETTER, Sealer, entries, faults, forged, zipped

Lie = Callable[[bytes, Sealer, Sealer], bytes]


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    made = Sealer.begin(tmp_path_factory.mktemp("honest"))
    made.ledger.append([b"an entry before", b"and another"])
    return made


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    return Sealer.begin(tmp_path_factory.mktemp("stranger"), "Ministère d'essai")


@pytest.fixture(scope="module")
def bundle(sealer: Sealer) -> bytes:
    return sealer.bundle(LETTER, b"%PDF a piece of it")


def changed_original(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {"original/original.pdf": LETTER.replace(b"24", b"25")})


def changed_piece(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {"pieces/1/piece.pdf": b"%PDF another piece"})


def original_whose_summary_does_not_follow(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    files = entries(bundle) | {"original/original.pdf": LETTER + b" "}
    return zipped(list(files.items()))


def signature_by_one_bit(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    p7s = bytearray(entries(bundle)["original/original.p7s"])
    p7s[-1] ^= 1
    return forged(bundle, {"original/original.p7s": bytes(p7s)})


def signature_anew_by_the_same_key(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {"original/original.p7s": sealer.seal(LETTER)[0]})


def certificate_of_a_stranger(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    p7s, leaf, _ = stranger.seal(LETTER)
    entry = sealer.ledger.append([leaf])[0]
    changed = {"original.p7s": p7s, "inscription.json": leaf, "preuve.tlog-proof": entry.proof.encode()}
    return forged(bundle, {f"original/{name}": data for name, data in changed.items()})


def everything_by_a_stranger_of_the_same_name(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return stranger.bundle(LETTER)


def leaf_of_another(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {"original/inscription.json": sealer.seal(b"another letter", "lettre-2")[1]})


def another_letter_whole_under_this_number(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    p7s, leaf, entry = sealer.seal(b"another letter", "lettre-2")
    changed = {"original.p7s": p7s, "inscription.json": leaf, "preuve.tlog-proof": entry.proof.encode()}
    changed["original.pdf"] = b"another letter"
    return forged(bundle, {f"original/{name}": data for name, data in changed.items()})


def proof_of_another_log(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    entry = stranger.ledger.append([entries(bundle)["original/inscription.json"]])[0]
    return forged(bundle, {"original/preuve.tlog-proof": entry.proof.encode()})


def head_that_nobody_signed(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    proof = entries(bundle)["original/preuve.tlog-proof"].decode()
    return forged(bundle, {"original/preuve.tlog-proof": (proof[: proof.rindex("\n— ")] + "\n").encode()})


def head_of_another_size(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    proof = entries(bundle)["original/preuve.tlog-proof"].decode()
    above, below = proof.split("\n\n", 1)
    lines = below.split("\n")
    lines[1] = str(int(lines[1]) + 1)
    return forged(bundle, {"original/preuve.tlog-proof": (above + "\n\n" + "\n".join(lines)).encode()})


def head_beside_that_is_another(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    folder = next(name for name in entries(bundle) if name.endswith("/corps")).rsplit("/", 1)[0]
    return forged(bundle, {f"{folder}/corps": b"ged-courrier/autre\n1\nAAAA\n"})


def witness_that_nobody_knows(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    proof = entries(bundle)["original/preuve.tlog-proof"].decode()
    body, key = proof.split("\n\n")[1] + "\n", ed25519.Ed25519PrivateKey.generate()
    public, seconds = key.public_key().public_bytes_raw(), int(time.time())
    said = key_id("temoin", public) + seconds.to_bytes(8, "big")
    said += key.sign(f"cosignature/v1\ntime {seconds}\n{body}".encode())
    line = f"— temoin {base64.b64encode(said).decode()}\n"
    vkey = f"temoin+{hashlib.sha256(b'temoin' + bytes([10, 4]) + public).hexdigest()[:8]}+"
    vkey += base64.b64encode(b"\x04" + public).decode() + "\n"
    added = {"original/preuve.tlog-proof": (proof + line).encode(), "confiance/temoins.vkey": vkey.encode()}
    return forged(bundle, added)


def no_seal_at_all(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    told = json.loads(entries(bundle)["liasse.json"])["documents"]
    return forged(bundle, {}, documents=[told[0] | {"inscription": None, "manque": "il viendra"}, told[1]])


def no_original(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {}, documents=[])


def format_of_the_future(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {}, format=99)


def cut_short(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return bundle[: len(bundle) * 2 // 3]


def nothing_but_noise(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return bytes(range(256)) * 20


def bomb(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return zipped([*entries(bundle).items(), ("pieces/9/piece.pdf", bytes(60_000_000))], zipfile.ZIP_DEFLATED)


def entries_that_overlap(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    """One entry of the zip's directory is said again many times, each time with another name of the same length."""
    at = bundle.rindex(b"PK\x05\x06")
    start = int.from_bytes(bundle[at + 16 : at + 20], "little")
    first = next(i for i in range(start, at) if bundle.startswith(b"original/original.pdf", i)) - 46
    entry = bundle[first : first + 46 + len("original/original.pdf")]
    more = b"".join(entry.replace(b"original.pdf", b"origin%02d.pdf" % n) for n in range(40))
    end = bytearray(bundle[at:])
    count = int.from_bytes(end[10:12], "little") + 40
    end[8:10] = end[10:12] = count.to_bytes(2, "little")
    end[12:16] = (at - start + len(more)).to_bytes(4, "little")
    return bundle[:at] + more + bytes(end)


def way_out_of_the_folder(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return zipped([*entries(bundle).items(), ("pieces/../../../etc/cron.d/x", b"* * * * * root true\n")])


def absolute_name(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return zipped([*entries(bundle).items(), ("/etc/passwd", b"root::0:0\n")])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def same_name_twice(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    files = list(entries(bundle).items())
    return zipped([*files, ("original/original.pdf", b"the one that a person opens")])


def file_that_the_summary_hides(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return zipped([*entries(bundle).items(), ("original/lisez.pdf", b"%PDF")])


LIES: dict[Lie, str] = {
    changed_original: "le fichier a l'empreinte",
    changed_piece: "le fichier a l'empreinte",
    original_whose_summary_does_not_follow: "n'a pas l'empreinte du sommaire",
    signature_by_one_bit: "ce n'est pas la signature inscrite au journal",
    signature_anew_by_the_same_key: "ce n'est pas la signature inscrite au journal",
    certificate_of_a_stranger: "n'est pas émis par une autorité de confiance",
    everything_by_a_stranger_of_the_same_name: "la tête n'est pas signée par le journal",
    leaf_of_another: "le fichier a l'empreinte",
    another_letter_whole_under_this_number: "l'inscription est celle d'un autre courrier",
    proof_of_another_log: "la tête n'est pas signée par le journal",
    head_that_nobody_signed: "la tête n'est pas signée par le journal",
    head_of_another_size: "ne mène pas de l'inscription à la tête",
    head_beside_that_is_another: "la tête jointe n'est pas celle de la preuve",
    witness_that_nobody_knows: "cosignée par temoin, qui n'est pas un témoin connu",
    no_seal_at_all: "pas de sceau : il viendra",
    no_original: "Le sommaire n'en nomme pas un seul",
    format_of_the_future: "Cette liasse est du format 99",
    cut_short: "est tronqué ou n'est pas une liasse",
    nothing_but_noise: "est tronqué ou n'est pas une liasse",
    bomb: "La liasse est comprimée",
    entries_that_overlap: "La liasse annonce plus d'octets qu'elle n'en contient",
    way_out_of_the_folder: "La liasse contient un nom interdit : 'pieces/../../../etc/cron.d/x'",
    absolute_name: "La liasse contient un nom interdit : '/etc/passwd'",
    same_name_twice: "La liasse contient deux fois le même nom",
    file_that_the_summary_hides: "Le sommaire ne nomme pas les fichiers qui sont là",
}


def test_the_honest_bundle_is_accepted(bundle: bytes, sealer: Sealer) -> None:
    assert faults(bundle, sealer.pins) == []
    assert faults(forged(bundle, {}), sealer.pins) == []  # what the forger's tool changes by itself is no lie


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_is_refused_and_named(
    lie: Lie, bundle: bytes, sealer: Sealer, stranger: Sealer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = faults(lie(bundle, sealer, stranger), sealer.pins)
    assert any(LIES[lie] in each for each in said), said
    assert list(tmp_path.iterdir()) == []


def test_what_a_bundle_says_of_whom_to_trust_counts_for_nothing_where_keys_are_pinned(
    sealer: Sealer, stranger: Sealer
) -> None:
    theirs = stranger.bundle(LETTER)
    assert faults(theirs) == []  # by its own keys, which the script prints to be compared
    assert faults(theirs, sealer.pins)


def places(bundle: bytes, parts: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for name, data in entries(bundle).items():
        if name.endswith(parts):
            yield from ((name, place) for place in range(0, len(data), 7))


def test_one_flipped_bit_of_what_counts_is_refused(bundle: bytes, sealer: Sealer) -> None:
    files, missed = entries(bundle), []
    for name, place in places(bundle, (".pdf", ".p7s", "inscription.json", "preuve.tlog-proof", "corps")):
        data = bytearray(files[name])
        data[place] ^= 1
        if not faults(forged(bundle, {name: bytes(data)}), sealer.pins):
            missed.append((name, place))
    assert missed == []
