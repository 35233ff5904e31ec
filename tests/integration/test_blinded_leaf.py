"""The log does not name a confidential document: its leaf is blinded, and the salt is in the evidence alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
from io import BytesIO
from pathlib import Path

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.envelope import Cover, Nature
from ged.mail.item import Confidentiality
from ged.mail.journal import Act
from ged.seal.leaf import Leaf
from ged.seal.trust import TrustStore
from ged.seal.verify import Outcome, check
from ged.services.audit.read_log import ReadLog
from ged.services.beside import proof_suffix, salt_of
from ged.services.capture import Door
from ged.services.export import export
from ged.services.seal import seal
from ged.services.sign_in import actor_of
from ged.services.verify import verify_letter
from ingest.capture.receive import receive
from rooms.letters import letter_pdf, proving, send, verifying


def sealed(house: House, letter_id: str) -> Leaf:
    ports = {"store": house.store, "vault": house.vault, "signer": house.signer, "ledger": house.ledger}
    seal(letter_id, clock=house.clock, **ports)  # type: ignore[arg-type]
    with house.store.unit() as unit:
        record = unit.seals.of(letter_id)
    assert record is not None
    return Leaf.decode(record.leaf)


def confidential(house: House, actor: Actor, data: bytes) -> str:
    said = Cover(Nature.CONFIDENTIAL, "DAF-1", "Cabinet Adjavon", "PLI 12", None)
    return receive(
        BytesIO(data), "pli.pdf", door=Door.UPLOAD, actor=actor, entrance=house.entrance, sealed=said
    ).letter_id


def test_a_confidential_letter_is_blinded_in_the_log_and_others_are_not(house: House, kossi: Actor) -> None:
    data = letter_pdf(reference="1/PLI")
    digest = hashlib.sha256(data).hexdigest()
    leaf = sealed(house, confidential(house, kossi, data))
    assert leaf.blinded
    assert leaf.is_of(digest, salt_of(digest, house.vault))
    logged = b"".join(path.read_bytes() for path in (house.settings.data / "ledger").rglob("*") if path.is_file())
    assert b"blinded_sha256" in logged
    assert digest.encode() not in logged
    assert bytes.fromhex(digest) not in logged
    other = send(house, kossi, letter_pdf(reference="2/OUVERT"))
    assert not sealed(house, other.letter_id).blinded


def test_the_journal_does_not_name_a_confidential_original_by_a_digest_that_a_guess_confirms(
    house: House, kossi: Actor
) -> None:
    data = letter_pdf(reference="7/PLI")
    letter_id = confidential(house, kossi, data)
    leaf, other = sealed(house, letter_id), send(house, kossi, letter_pdf(reference="8/OUVERT")).letter_id
    plain = sealed(house, other)
    daf = actor_of("daf", store=house.store, clock=house.clock)
    for each, reader in ((letter_id, daf), (other, kossi)):
        assert verify_letter(each, **verifying(house, reader)).outcome is Outcome.INTACT
    with house.store.unit() as unit:
        lines = {each: unit.journal.of(each) for each in (letter_id, other)}
        written = unit.letters.get(other, None).original
    told = {each: next(one.details for one in lines[each] if one.act == Act.SEALED) for each in lines}
    assert told[letter_id] == {"leaf_index": 0, "blinded_sha256": leaf.sha256}
    assert told[other] == {"leaf_index": 1, "sha256": plain.sha256}
    assert hashlib.sha256(data).hexdigest() not in str(lines[letter_id])
    naming = [one.act for one in lines[other] if written in str(one.details)]
    assert sorted(naming) == sorted([Act.CAPTURED, Act.SEALED, Act.VERIFIED])


def test_a_seal_taken_up_again_keeps_its_salt(house: House, kossi: Actor) -> None:
    data = letter_pdf(reference="3/PLI")
    digest = hashlib.sha256(data).hexdigest()
    house.vault.put(BytesIO(data), media_type="application/pdf")
    house.vault.attach(digest, "sel", bytes(32))
    assert sealed(house, confidential(house, kossi, data)).is_of(digest, bytes(32))


def test_who_may_read_the_letter_can_prove_it_with_openssl_and_who_lost_the_salt_cannot(
    house: House, kossi: Actor, tmp_path: Path
) -> None:
    data = letter_pdf(reference="4/PLI")
    letter_id = confidential(house, kossi, data)
    leaf = sealed(house, letter_id)
    daf = actor_of("daf", store=house.store, clock=house.clock)
    assert verify_letter(letter_id, **verifying(house, daf)).outcome is Outcome.INTACT
    files = {path.name: path for path in export(letter_id, tmp_path, **proving(house, daf))}
    command = "(cat original.sel; openssl dgst -sha256 -binary original.pdf) | openssl dgst -sha256"
    assert command in files["LISEZMOI.txt"].read_text(encoding="utf-8")
    folder = files["original.pdf"].parent
    said = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=True).stdout
    assert said.split()[-1] == json.loads(files["inscription.json"].read_bytes())["blinded_sha256"] == leaf.sha256
    digest = hashlib.sha256(data).hexdigest()
    with house.store.unit() as unit:
        record = unit.seals.of(letter_id)
    assert record is not None
    verdict = check(
        digest=digest,
        size=len(data),
        p7s=files["original.p7s"].read_bytes(),
        leaf=record.leaf,
        proof=(house.vault.companion(digest, proof_suffix(record.leaf_index)) or b"").decode(),
        trust=TrustStore.from_pem(house.signer.trust_pem),
        log_key=house.ledger.verifier_key,
    )
    assert [step.number for step in verdict.steps if not step.passed] == [1]


def test_what_a_reader_of_the_log_learns_of_a_letter_that_became_confidential_after_its_seal(
    house: House, kossi: Actor
) -> None:
    """It can be recognised by whoever has its bytes already; what it says, who sent it and its level are not there."""
    data = letter_pdf(reference="5/SECRET", subject="Enquête sur un agent")
    letter_id = send(house, kossi, data).letter_id
    leaf = sealed(house, letter_id)
    with house.store.unit() as unit:
        letter = unit.letters.get(letter_id, None, lock=True)
        unit.letters.change(letter, confidentiality=Confidentiality.CONFIDENTIAL)
        unit.commit()
    seal(letter_id, store=house.store, vault=house.vault, signer=house.signer, ledger=house.ledger, clock=house.clock)
    (entry,) = ReadLog("documents", house.settings.data / "ledger", house.ledger.key_text).bundles(1)
    assert entry[1] is not None
    assert json.loads(entry[1][0]) == {
        "actor": "systeme",
        "document": letter_id,
        "event": "capture",
        "p7s_sha256": leaf.p7s_sha256,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "time": letter.registered_at.isoformat(),
        "version": "",
    }
    assert house.ledger.head().size == 1  # a second leaf, blinded, would take nothing back and show which it is of
    assert salt_of(letter.original, house.vault) == b""
    logged = b"".join(path.read_bytes() for path in (house.settings.data / "ledger").rglob("*") if path.is_file())
    for hidden in (letter.number, "5/SECRET", "Enquête", str(Confidentiality.CONFIDENTIAL), kossi.login, kossi.name):
        assert hidden.encode() not in logged
