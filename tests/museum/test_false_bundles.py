"""Proof bundles that lie, one lie each: every one is refused, with a sentence that says why, and nothing is written."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from engines.site_authority import SiteAuthority
from engines.time_authority import make_authority
from ged.seal.bundle.verifier import ABSENT
from rooms.bundles import LETTER, Cosigner, Sealer, entries, faults, forged, steps, zipped

Lie = Callable[[bytes, Sealer, Sealer], bytes]


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    made = Sealer.begin(tmp_path_factory.mktemp("honest"))
    made.authority_of_time = make_authority(tmp_path_factory.mktemp("time") / "tsa")
    made.witness = Cosigner("cour-des-comptes")
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
    return forged(bundle, {"original/preuve.tlog-proof": (proof[: proof.index("\n— ")] + "\n").encode()})


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
    proof, unknown = entries(bundle)["original/preuve.tlog-proof"].decode(), Cosigner("inconnu")
    above, below = proof.split("\n\n", 1)
    note = below[: below.index("\n— cour-des-comptes") + 1]
    signed = f"{above}\n\n{note}{unknown.line(note)}".encode()
    added = {"original/preuve.tlog-proof": signed, "confiance/temoins.vkey": unknown.key.encode()}
    return forged(bundle, added)


def witness_whose_line_was_made_up(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    proof, namesake = entries(bundle)["original/preuve.tlog-proof"].decode(), Cosigner("cour-des-comptes")
    at = proof.index("— cour-des-comptes ") + len("— cour-des-comptes ")
    line = bytearray(base64.b64decode(proof[at:]))
    line[4:] = base64.b64decode(namesake.line(proof.split("\n\n", 1)[1]).split(" ")[2])[4:]
    signed = f"{proof[:at]}{base64.b64encode(line).decode()}\n".encode()
    return forged(bundle, {"original/preuve.tlog-proof": signed})


def stamped(bundle: bytes) -> list[str]:
    """Return the tokens over heads of the log of documents, the first the original's."""
    return sorted(
        name for name in entries(bundle) if name.startswith("tetes/documents") and name.endswith("checkpoint.tsr")
    )


def token_of_another_head(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    own, other = stamped(bundle)
    return forged(bundle, {own: entries(bundle)[other]})


def token_of_another_head_with_its_head(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    files = entries(bundle)
    own, other = (name.removesuffix(".tsr") for name in stamped(bundle))
    return forged(bundle, {own: files[other], f"{own}.tsr": files[f"{other}.tsr"]})


def token_of_an_authority_of_ones_own(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    with TemporaryDirectory() as folder:
        false = replace(stranger, authority_of_time=make_authority(Path(folder) / "tsa"))
        changed = {
            f"{name}.tsr": false.token(data) for name, data in entries(bundle).items() if name.endswith("checkpoint")
        }
    return forged(bundle, changed)


def token_signed_by_a_certificate_that_stamps_nothing(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    """A token taken as the seal's own signature would be: the sealing certificate is no authority of time."""
    changed = {name: _resigned(data) for name, data in entries(bundle).items() if name.endswith("checkpoint.tsr")}
    return forged(bundle, changed)


def _resigned(token: bytes) -> bytes:
    return token.replace(bytes.fromhex("2b06010505070308"), bytes.fromhex("2b06010505070304"))


def salt_of_another(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(sealer.bundle(LETTER, salt=bytes(32)), {"original/original.sel": bytes([1] * 32)})


def no_salt(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    made = sealer.bundle(LETTER, salt=bytes(32))
    told = json.loads(entries(made)["liasse.json"])["documents"]
    return forged(made, {}, documents=[told[0] | {"sel": None}])


def no_seal_at_all(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    told = json.loads(entries(bundle)["liasse.json"])["documents"]
    return forged(bundle, {}, documents=[told[0] | {"inscription": None, "manque": "il viendra"}, told[1]])


def no_original(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {}, documents=[])


def format_of_the_future(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {}, format=99)


def history(bundle: bytes) -> list[dict[str, Any]]:
    return [dict(each) for each in json.loads(entries(bundle)["historique.json"])]


def retold(bundle: bytes, told: list[dict[str, Any]], **summary: Any) -> bytes:
    """Return a bundle with another history, whose digests follow one another as a forger makes them."""
    last = sha256(b"lettre-1\n" + sha256(entries(bundle)["original/original.pdf"]).hexdigest().encode()).hexdigest()
    for one in told:
        plain = {name: value for name, value in one.items() if name != "sha256"}
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        last = one["sha256"] = sha256(f"{last}\n{text}".encode()).hexdigest()
    return forged(bundle, {"historique.json": json.dumps(told).encode()}, **summary)


def history_line_altered(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    told = history(bundle)
    told[1]["text"] = "autre chose"
    return forged(bundle, {"historique.json": json.dumps(told).encode()})


def history_told_by_another_and_chained_anew(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    told = history(bundle)
    told[1]["by"] = "Quelqu'un d'autre"
    return retold(bundle, told)


def history_at_another_time_and_chained_anew(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    told = history(bundle)
    told[1]["at"] = told[1]["at"].replace("2026", "2025")
    return retold(bundle, told)


def history_line_removed(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return forged(bundle, {"historique.json": json.dumps(history(bundle)[1:]).encode()})


def history_line_removed_and_chained_anew(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    return retold(bundle, history(bundle)[1:])


def history_line_added_with_the_proof_of_another(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    told, listed = history(bundle), json.loads(entries(bundle)["liasse.json"])["journal"]
    return retold(bundle, [*told, told[-1] | {"id": 50}], journal=[*listed, listed[-1] | {"ligne": 50}])


def history_entry_made_up(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    told = history(bundle)
    told[1]["by"] = "Quelqu'un d'autre"
    entry = entries(bundle)["journal/7.json"].replace(b"A. Kossi", b"Quelqu'un d'autre")
    made = retold(bundle, told)
    return forged(made, {"journal/7.json": entry})


def history_proved_by_a_stranger(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    theirs, kept = entries(stranger.bundle(LETTER)), json.loads(entries(stranger.bundle(LETTER))["liasse.json"])
    names = [name for name in theirs if name.startswith(("journal/", "tetes/journal"))]
    heads = json.loads(entries(bundle)["liasse.json"])["tetes"] + kept["tetes"]
    return forged(bundle, {name: theirs[name] for name in names}, journal=kept["journal"], tetes=heads)


def history_of_another_letter(bundle: bytes, sealer: Sealer, stranger: Sealer) -> bytes:
    """Lines that were inscribed, of a letter that is not this one."""
    changed = dict[str, bytes]()
    for line in (4, 7, 9):
        entry = entries(bundle)[f"journal/{line}.json"].replace(b"lettre-1", b"lettre-2")
        place = sealer.acts.append([entry])[0]
        changed |= {f"journal/{line}.json": entry, f"journal/{line}.tlog-proof": place.proof.encode()}
    return forged(bundle, changed)


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
    changed_original: "son empreinte est",
    changed_piece: "son empreinte est",
    original_whose_summary_does_not_follow: "n'a pas l'empreinte du sommaire",
    signature_by_one_bit: "ce n'est pas la signature inscrite au journal",
    signature_anew_by_the_same_key: "ce n'est pas la signature inscrite au journal",
    certificate_of_a_stranger: "le certificat n'est pas un cachet connu",
    everything_by_a_stranger_of_the_same_name: "la tête n'est pas signée par le journal",
    leaf_of_another: "son empreinte est",
    another_letter_whole_under_this_number: "l'inscription est celle d'un autre courrier",
    proof_of_another_log: "la tête n'est pas signée par le journal",
    head_that_nobody_signed: "la tête n'est pas signée par le journal",
    head_of_another_size: "ne mène pas de l'inscription à la tête",
    head_beside_that_is_another: "la tête jointe n'est pas celle de la preuve",
    witness_that_nobody_knows: "cosignée par inconnu, qui n'est pas un témoin connu",
    witness_whose_line_was_made_up: "la signature de « cour-des-comptes » ne se vérifie pas",
    token_of_another_head: "le jeton porte sur une autre tête",
    token_of_another_head_with_its_head: "le jeton porte sur une autre tête",
    token_of_an_authority_of_ones_own: "n'est pas émis par une autorité de confiance",
    token_signed_by_a_certificate_that_stamps_nothing: "le certificat que nomme la signature n'y est pas",
    salt_of_another: "son empreinte est",
    no_salt: "l'inscription est masquée, et le sel manque",
    no_seal_at_all: "pas de sceau : il viendra",
    no_original: "Le sommaire n'en nomme pas un seul",
    history_line_altered: "la ligne 7 ne suit pas celle d'avant",
    history_told_by_another_and_chained_anew: "la ligne 7 n'est pas celle qui fut inscrite",
    history_at_another_time_and_chained_anew: "la ligne 7 n'est pas celle qui fut inscrite",
    history_line_removed: "la ligne 7 ne suit pas celle d'avant",
    history_line_removed_and_chained_anew: "le sommaire ne nomme pas les lignes de l'historique",
    history_line_added_with_the_proof_of_another: "la ligne 50 n'est pas celle qui fut inscrite",
    history_entry_made_up: "la preuve de la ligne 7 ne mène pas à la tête",
    history_proved_by_a_stranger: "la tête n'est pas signée par le journal",
    history_of_another_letter: "la ligne 4 n'est pas celle qui fut inscrite",
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
    assert [step.title for step in steps(bundle, sealer.pins) if step.state == ABSENT] == []
    assert faults(sealer.bundle(LETTER, salt=bytes(32)), sealer.pins) == []
    waits = sealer.bundle(LETTER, waiting=1)
    assert faults(waits, sealer.pins) == []
    assert [step.detail for step in steps(waits, sealer.pins) if step.state == ABSENT] == ["1 : elle attend"]
    assert [step.state for step in steps(sealer.bundle(LETTER, waiting=3), sealer.pins)].count(ABSENT) == 1
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
    for name, place in places(
        bundle, (".pdf", ".p7s", "inscription.json", ".tlog-proof", "corps", "historique.json", "journal/7.json")
    ):
        data = bytearray(files[name])
        data[place] ^= 1
        if not faults(forged(bundle, {name: bytes(data)}), sealer.pins):
            missed.append((name, place))
    assert missed == []


@pytest.mark.parametrize("stamped", [True, False])
def test_a_revoked_certificate_is_outlived_only_by_a_proved_time(
    sealer: Sealer, bundle: bytes, stranger: Sealer, stamped: bool
) -> None:
    """The list says that the key was stolen tomorrow: a claimed date from before proves nothing, a token does."""
    issuer = SiteAuthority()
    issuer.key, issuer.certificate = sealer.authority_key, sealer.keys.authority
    gone = issuer.revoke(sealer.keys.newest, datetime.now(UTC) + timedelta(days=1))
    made = bundle if stamped else replace(sealer, authority_of_time=None).bundle(LETTER)
    said = faults(made, sealer.pins._replace(crls=[gone]))
    assert bool(said) is not stamped
    assert all("est révoqué depuis le" in each for each in said)
