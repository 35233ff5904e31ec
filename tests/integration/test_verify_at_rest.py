"""Bytes of the vault that were touched are « altéré », encrypted or not, and the check leaves its line."""

from __future__ import annotations

from pathlib import Path

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.seal.verify import Outcome
from ged.services.beside import proof_suffix
from ged.services.verify import verify_letter
from rooms.letters import letter_pdf, read_all, send, verifying


def flipped(path: Path, at: int) -> bytes:
    """Flip a bit of a file as root does, and return what was there."""
    before = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
    return before


def test_a_byte_touched_in_the_vault_is_altered_whatever_it_belongs_to(house: House, kossi: Actor) -> None:
    receipt = send(house, kossi, letter_pdf())
    read_all(house)
    by = verifying(house, kossi)
    assert verify_letter(receipt.letter_id, **by).outcome is Outcome.INTACT
    with house.store.unit() as unit:
        original = unit.letters.get(receipt.letter_id, None).original
        seal = unit.seals.of(receipt.letter_id)
    assert seal is not None
    ours = {"", "p7s", proof_suffix(seal.leaf_index)}
    stored = [one for one in house.vault.objects() if one.digest == original and one.suffix in ours]
    assert len(stored) == len(ours)
    for one in stored:
        path = house.settings.data / "vault" / one.name
        before = flipped(path, path.stat().st_size // 2)
        found = verify_letter(receipt.letter_id, **by)
        assert found.outcome is Outcome.ALTERED, one.suffix
        path.write_bytes(before)
    assert verify_letter(receipt.letter_id, **by).outcome is Outcome.INTACT
    with house.store.unit() as unit:
        said = [each.details["outcome"] for each in unit.journal.of(receipt.letter_id) if each.act is Act.VERIFIED]
    assert said == ["intact", *["altere"] * len(ours), "intact"]
