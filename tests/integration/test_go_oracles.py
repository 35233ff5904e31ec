"""Go's own libraries and a public witness judge our logs: roots, proofs, notes and cosignatures, both ways."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from ged.errors import Corrupt
from ged.seal.cosignature import COSIGNS, cosign, cosignatures, cosigner_key
from ged.seal.keys import LogKey, ensure_log_key
from ged.seal.ledger import TileLedger
from ged.seal.log_key import read_checkpoint
from ged.seal.note import Proof, key_id, write_proof
from ged.seal.tree import EMPTY, check_consistency, consistency, inclusion, leaf_hash, node_hash, split
from ged.seal.witness import HttpWitness
from rooms.go import built

SMALL = range(2001)
EDGES = (65_535, 65_536, 65_537)
ROOTS = {*SMALL, *EDGES}
WITNESS = "temoin.example/cour"


def entry(index: int) -> bytes:
    return b"entry %d" % index


@cache
def subtree(start: int, end: int) -> bytes:
    if end == start:
        return EMPTY
    if end - start == 1:
        return leaf_hash(entry(start))
    middle = start + split(end - start)
    return node_hash(subtree(start, middle), subtree(middle, end))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[LogKey, LogKey]:
    folder = tmp_path_factory.mktemp("keys")
    return (
        ensure_log_key(folder / "log.key", origin="ged-courrier/essai-é"),
        ensure_log_key(folder / "witness.key", origin=WITNESS),
    )


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("oracles")


def plain_write(path: Path, data: bytes) -> None:
    """Write without flushing: what is judged here is what is written, not when."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def texts(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in hashes]


def signer_key(key: LogKey, algorithm: int) -> str:
    """Return a private key as Go's note libraries read one."""
    raw = key.private.private_bytes_raw()
    public = key.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    encoded = base64.b64encode(bytes([algorithm]) + raw).decode()
    return f"PRIVATE+KEY+{key.origin}+{key_id(key.origin, public, algorithm).hex()}+{encoded}"


def claims(log: LogKey, witness: LogKey, folder: Path) -> dict[str, Any]:
    """Return what our code says of the log of « entry 0 », « entry 1 », …"""
    roots: dict[int, str] = {}
    inclusions: list[dict[str, Any]] = []
    consistencies: list[dict[str, Any]] = []
    for size in (*SMALL, *EDGES):
        roots[size] = base64.b64encode(subtree(0, size)).decode()
        inclusions += [
            {"Index": index, "Size": size, "Proof": texts(inclusion(index, 0, size, subtree))}
            for index in {0, size // 3, size - 2, size - 1}
            if 0 <= index < size
        ]
        consistencies += [
            {"Older": older, "Size": size, "Proof": texts(consistency(older, size, subtree))}
            for older in {1, min(size // 3, 1777), 255, 256, 257, size - 1}
            if 0 < older < size and older in ROOTS
        ]
    ledger, notes, proofs, done = TileLedger(folder, log, plain_write), [], [], 0
    for size in (1, 255, 256, 257, *EDGES):
        ledger.place([entry(index) for index in range(done, size)])
        done, note = size, ledger.head().note
        head = read_checkpoint(note, log.verifier)
        assert head.root == subtree(0, size)
        cosigned = note + cosign(head, witness.origin, witness.private, datetime.now(UTC))
        notes.append(cosigned)
        proofs += [
            write_proof(Proof(index, tuple(ledger.inclusion(index, size)), cosigned))
            for index in {0, size // 2, size - 1}
        ]
    return {
        "Roots": roots,
        "Inclusions": inclusions,
        "Consistencies": consistencies,
        "Log": log.verifier,
        "Cosigner": cosigner_key(witness.origin, witness.private.public_key()),
        "Notes": notes,
        "Proofs": proofs,
        "LogKey": signer_key(log, 1),
        "CosignerKey": signer_key(witness, COSIGNS),
    }


def judge(program: Path, claim: dict[str, Any]) -> dict[str, Any]:
    said = subprocess.run([program], input=json.dumps(claim), capture_output=True, text=True, check=True, timeout=120)
    answer: dict[str, Any] = json.loads(said.stdout)
    return answer


def test_go_and_we_agree_on_roots_proofs_and_notes(programs: Path, keys: tuple[LogKey, LogKey], tmp_path: Path) -> None:
    program, (log, witness) = built("tlog", programs), keys
    claim = claims(log, witness, tmp_path)
    answer = judge(program, claim)
    assert answer["Faults"] is None
    assert len(claim["Inclusions"]) > 7000
    assert len(claim["Consistencies"]) > 9000
    assert len(answer["Signed"]) == 4
    for note in answer["Signed"]:
        head = read_checkpoint(note, log.verifier)
        assert head.root == subtree(0, head.size)
        (seen,) = cosignatures(note, [claim["Cosigner"]])
        assert seen.witness == WITNESS

    lies = claim | {"Roots": {**claim["Roots"], 1999: claim["Roots"][1998]}, "Proofs": claim["Proofs"][:1]}
    lies["Inclusions"] = [{**claim["Inclusions"][-1], "Index": 7}]
    lies["Consistencies"] = [{**claim["Consistencies"][-1], "Older": 300}]
    lies["Notes"] = [claim["Notes"][0].replace("\n1\n", "\n2\n")]
    said = "\n".join(judge(program, lies)["Faults"])
    for subject in ("root of 1999", "inclusion of 7", "consistency of 300", "note 0"):
        assert subject in said


@pytest.fixture
def public_witness(programs: Path, keys: tuple[LogKey, LogKey]) -> Iterator[str]:
    """The address of transparency-dev's witness, which follows our log."""
    log, witness = keys
    environment = os.environ | {"WITNESS_KEY": signer_key(witness, COSIGNS), "LOG_KEY": log.verifier}
    with subprocess.Popen([built("witness", programs)], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


def test_a_public_witness_cosigns_our_heads_and_refuses_our_forks(
    public_witness: str, keys: tuple[LogKey, LogKey], tmp_path: Path
) -> None:
    log, key = keys
    verifier = cosigner_key(key.origin, key.private.public_key())
    ledger = TileLedger(tmp_path / "log", log, plain_write)
    for count in (3, 1, 300, 1):
        start = ledger.head().size
        ledger.append([entry(index) for index in range(start, start + count)])
        line = HttpWitness(verifier, public_witness).cosign(*shown(ledger))
        (seen,) = cosignatures(ledger.head().note + line, [verifier])
        assert seen.witness == WITNESS
    for extra, code in ((0, "witness.refused"), (9, "witness.refused"), (-5, "witness.ahead")):
        fork = TileLedger(tmp_path / f"fork{extra}", log, plain_write)
        fork.append([b"another %d" % index for index in range(ledger.head().size + extra)])
        with pytest.raises(Corrupt) as error:
            HttpWitness(verifier, public_witness).cosign(*shown(fork))
        assert error.value.code == code


def shown(ledger: TileLedger) -> tuple[bytes, int, Any]:
    head = ledger.head()
    return head.note.encode(), head.size, lambda older: ledger.consistency(older, head.size)


def test_a_proof_of_consistency_of_edges_holds_for_us_as_for_go() -> None:
    for older in (1, 255, 256, 257, *EDGES):
        for size in (each for each in (256, 257, *EDGES) if each >= older):
            proof = consistency(older, size, subtree)
            assert check_consistency(older, size, proof, subtree(0, older), subtree(0, size))
