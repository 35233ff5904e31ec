"""A letter's proof bundle, taken by its page and by the command, and presented again: on real engines."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import httpx
import psycopg
import pytest

from api.config import AuthoritySettings, Settings
from api.deps import COOKIE, Csrf
from api.shipping import open_shipper
from api.wiring import House, open_house
from engines.time_authority import answering, make_authority
from ged.errors import Forbidden, NotFound
from ged.mail.access import Actor
from ged.mail.anchor import DOCUMENTS, JOURNAL
from ged.mail.annex import AnnexKind
from ged.mail.journal import Act
from ged.mail.links import LinkKind
from ged.seal.bundle.verifier import ABSENT, BAD, GOOD
from ged.seal.verify import Outcome
from ged.services.anchor import anchor
from ged.services.attach import attach
from ged.services.bundle import ELSEWHERE, STAYS, UNLOGGED, UNSEALED, WAITS, make_bundle
from ged.services.link import link
from ged.services.note import add_note
from ged.services.seal import seal as put_seal
from ged.services.sign_in import actor_of
from ged.services.verify import verify_letter
from ged.services.verify_bundle import BundleReport, is_bundle, verify_bundle
from integration.test_acknowledgement import signed_in
from rooms.bundles import entries, forged
from rooms.house import driver_url
from rooms.letters import letter_pdf, proving, read_all, send, verifying

Who = Callable[[str], Actor]


def bundle_of(house: House, actor: Actor, letter_id: str) -> bytes:
    target = BytesIO()
    make_bundle(letter_id, target, published=house.published, journal_log=house.journal_log, **proving(house, actor))
    return target.getvalue()


def judge(house: House, actor: Actor, bundle: bytes) -> BundleReport:
    made = proving(house, actor)
    del made["vault"]
    return verify_bundle(BytesIO(bundle), published=house.published, journal_log=house.journal_log, **made)


@pytest.fixture
def letter_id(house: House, kossi: Actor) -> str:
    """A letter with a piece, both sealed."""
    receipt = send(house, kossi, letter_pdf())
    stored = house.vault.put(BytesIO(b"%PDF a receipt"), media_type="application/pdf")
    with house.store.unit() as unit:
        letter = unit.letters.get(receipt.letter_id, None)
        attach(
            unit, letter, AnnexKind.ENCLOSURE, stored, media_type="application/pdf", label="Plan", actor=kossi,
            now=house.clock(),
        )  # fmt: skip
        unit.commit()
    read_all(house)
    return receipt.letter_id


def test_a_letter_is_taken_by_its_page_and_recognised_when_it_comes_back(
    house: House, kossi: Actor, letter_id: str, client: httpx.Client, tmp_path: Path
) -> None:
    session = signed_in(house, "kossi")
    assert f"/courrier/{letter_id}/liasse" in client.get(f"/courrier/{letter_id}", headers=session).text
    answer = client.get(f"/courrier/{letter_id}/liasse", headers=session)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    files = entries(answer.content)
    assert files["original/original.pdf"] == letter_pdf()
    assert files["pieces/1/piece.pdf"] == b"%PDF a receipt"
    said = json.loads(files["liasse.json"])
    assert [one["manque"] for one in said["documents"]] == ["", ""]
    assert Act.EXPORTED in [line["act"] for line in json.loads(files["historique.json"])]

    typed = {"csrf_token": Csrf(session["Cookie"].removeprefix(f"{COOKIE}=")).token}
    shown = client.post("/verifier", headers=session, data=typed, files={"fichier": ("liasse.zip", answer.content)})
    assert "Liasse authentique" in shown.text
    assert "éléments de preuve manquent" in shown.text
    lie = forged(answer.content, {"pieces/1/piece.pdf": b"%PDF another"})
    shown = client.post("/verifier", headers=session, data=typed, files={"fichier": ("liasse.zip", lie)})
    assert "Liasse refusée" in shown.text
    cut = answer.content[:3000]
    shown = client.post("/verifier", headers=session, data=typed, files={"fichier": ("liasse.zip", cut)})
    assert "tronqué" in shown.text


def test_a_private_note_stays_in_the_house_even_where_its_author_takes_the_bundle(
    house: House, kossi: Actor, letter_id: str
) -> None:
    for text, private in (("Vu avec le préfet, à taire.", True), ("Transmis au greffe.", False)):
        add_note(letter_id, text, private=private, store=house.store, actor=kossi, clock=house.clock)
    bundle = bundle_of(house, kossi, letter_id)
    told = json.loads(entries(bundle)["historique.json"])
    assert [line["text"] for line in told if line["act"] == Act.NOTED] == ["Transmis au greffe."]
    assert "à taire".encode() not in b"".join(entries(bundle).values())
    assert judge(house, kossi, bundle).outcome is Outcome.INTACT


def test_once_its_head_is_stamped_a_letter_is_proved_at_a_time_that_others_vouch_for(
    settings: Settings, tmp_path: Path
) -> None:
    with answering(make_authority(tmp_path / "tsa")) as authority:
        asked = AuthoritySettings(name="première", url=authority.url, ca_file=authority.ca_file)
        seal = settings.seal.model_copy(update={"authorities": (asked,)})
        with open_house(settings.model_copy(update={"seal": seal})) as house:
            kossi = actor_of("kossi", store=house.store, clock=house.clock)
            letter_id = send(house, kossi, letter_pdf(reference="7/TSA")).letter_id
            ports = {name: each for name, each in proving(house, kossi).items() if name != "actor"}
            put_seal(letter_id, **ports)
            waits = entries(bundle_of(house, kossi, letter_id))["LISEZMOI.txt"].decode()
            house.ledger.append([b"another entry"])
            anchor(DOCUMENTS, ledger=house.ledger, outside=house.outside, store=house.store, clock=house.clock)
            made = bundle_of(house, kossi, letter_id)
            report = judge(house, kossi, made)
    assert "pas encore horodatée" in waits
    assert [name for name in entries(made) if name.endswith(".tsr")] == ["tetes/documents-2/checkpoint.tsr"]
    assert [step.title for step in report.reserves] == [
        "Des témoins ont cosigné la tête",
        "Ses lignes figurent au journal des actes",
    ]
    assert report.outcome is Outcome.INTACT


def test_that_it_was_taken_and_looked_at_stands_in_the_journal(house: House, kossi: Actor, letter_id: str) -> None:
    made = bundle_of(house, kossi, letter_id)
    assert judge(house, kossi, made).outcome is Outcome.INTACT
    with house.store.unit() as unit:
        taken = [line for line in unit.journal.of(letter_id) if line.act is Act.EXPORTED]
        looked = unit.journal.recent(Act.VERIFIED, "kossi")
    assert [line.details for line in taken] == [{"medium": "liasse"}]
    assert looked[0].details["outcome"] == "intact"


def test_who_may_not_export_or_read_gets_none(house: House, who: Who, letter_id: str) -> None:
    with pytest.raises(Forbidden):
        bundle_of(house, who("admin"), letter_id)
    with pytest.raises(NotFound):
        bundle_of(house, who("comptable"), letter_id)


def test_a_letter_whose_seal_waits_has_a_bundle_that_says_so_and_proves_nothing(house: House, kossi: Actor) -> None:
    receipt = send(house, kossi, letter_pdf(reference="9/Z"))
    made = bundle_of(house, kossi, receipt.letter_id)
    assert UNSEALED in entries(made)["LISEZMOI.txt"].decode()
    assert judge(house, kossi, made).outcome is Outcome.ALTERED


def test_what_is_another_zip_is_no_bundle() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("lettre.txt", "Lomé")
    assert not is_bundle(target)
    assert not is_bundle(BytesIO(b""))
    assert not is_bundle(BytesIO(b"%PDF-1.7"))


def test_its_history_is_proved_by_the_log_of_acts_and_a_superuser_who_changes_a_line_is_found_out(
    house: House, kossi: Actor, letter_id: str, settings: Settings
) -> None:
    before = judge(house, kossi, bundle_of(house, kossi, letter_id))
    assert [step.state for step in before.steps if step.about == "Historique"] == [GOOD, ABSENT]
    with open_shipper(settings) as shipper:
        shipper.round()
    bundle = bundle_of(house, kossi, letter_id)
    told, listed = (json.loads(entries(bundle)[name]) for name in ("historique.json", "liasse.json"))
    assert [one["ligne"] for one in listed["journal"]] == [one["id"] for one in told]
    assert [bool(one["inscription"]) for one in listed["journal"]] == [True] * (len(told) - 1) + [False]
    found = judge(house, kossi, bundle)
    assert found.outcome is Outcome.INTACT
    states = [step.state for step in found.steps if step.about == "Historique"]
    assert states == [GOOD, GOOD, ABSENT, GOOD, ABSENT, ABSENT]  # its own taking waits; no witness, no authority here
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as superuser:
        superuser.execute("ALTER TABLE journal DISABLE TRIGGER USER")
        superuser.execute("UPDATE journal SET name = 'Autrui' WHERE id = %s", (told[0]["id"],))
    lie = judge(house, kossi, bundle_of(house, kossi, letter_id))
    assert lie.outcome is Outcome.ALTERED
    assert [step.detail for step in lie.steps if step.state == BAD] == [
        f"la ligne {told[0]['id']} n'est pas celle qui fut inscrite"
    ]


@pytest.mark.parametrize("place", [-1, -(2**63), 10**9, 2**63 - 1])
def test_a_place_that_no_log_has_is_told_and_the_rest_proved(
    house: House, kossi: Actor, letter_id: str, settings: Settings, place: int
) -> None:
    with open_shipper(settings) as shipper:
        shipper.round()
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as superuser:
        for table in ("journal_mark", "seal", "annex"):
            superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        superuser.execute("UPDATE journal_mark SET position = %s", (place,))
        superuser.execute("UPDATE annex SET leaf_index = %s", (place,))
    bundle = bundle_of(house, kossi, letter_id)
    readme = entries(bundle)["LISEZMOI.txt"].decode()
    assert (ELSEWHERE in readme, UNLOGGED in readme, UNSEALED in readme) == (True, True, False)
    found = judge(house, kossi, bundle)
    assert found.outcome is Outcome.INTACT  # the letter itself is proved
    absent = {step.detail for step in found.steps if step.state == ABSENT}
    assert {UNLOGGED, ELSEWHERE} <= absent
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as superuser:
        superuser.execute("UPDATE seal SET leaf_index = %s", (place,))
    said = verify_letter(letter_id, **verifying(house, kossi))
    assert said.outcome is Outcome.ALTERED


@pytest.mark.parametrize("size", [10**9, 2**63 - 1])
def test_a_head_that_no_log_has_grown_to_vouches_for_nothing(
    house: House, kossi: Actor, letter_id: str, settings: Settings, size: int
) -> None:
    with open_shipper(settings) as shipper:
        shipper.round()
    before = [step.state for step in judge(house, kossi, bundle_of(house, kossi, letter_id)).steps]
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as superuser:
        superuser.execute("ALTER TABLE anchor DISABLE TRIGGER USER")
        for log in (DOCUMENTS, JOURNAL):
            superuser.execute(
                "INSERT INTO anchor (log, size, root, note, made_at, token, token_authority, token_at, token_ends) "
                "VALUES (%s, %s, %s, 'x', now(), 'x', 'Personne', now(), now())",
                (log, size, "0" * 64),
            )
    found = judge(house, kossi, bundle_of(house, kossi, letter_id))
    assert found.outcome is Outcome.INTACT
    assert [step.state for step in found.steps] == before
    assert verify_letter(letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT


def test_an_entry_that_names_another_letter_stays_in_the_log(
    house: House, kossi: Actor, letter_id: str, settings: Settings
) -> None:
    receipt = send(house, kossi, letter_pdf(reference="12/AUTRE"))
    other = receipt.letter_id
    link(letter_id, receipt.number, LinkKind.ANSWERS, store=house.store, actor=kossi, clock=house.clock)
    with open_shipper(settings) as shipper:
        shipper.round()
    files = entries(bundle_of(house, kossi, letter_id))
    told, listed = (json.loads(files[name]) for name in ("historique.json", "liasse.json"))
    missing = {one["ligne"]: one["manque"] for one in listed["journal"] if not one["inscription"]}
    acts = {event["id"]: event["act"] for event in told}
    assert {acts[line]: why for line, why in missing.items()} == {Act.LINKED: STAYS, Act.EXPORTED: WAITS}
    assert not [name for name, data in files.items() if other.encode() in data]
    assert f"lignes {next(iter(missing))} : {STAYS}" in files["LISEZMOI.txt"].decode()
    found = judge(house, kossi, bundle_of(house, kossi, letter_id))
    assert found.outcome is Outcome.INTACT
    unproved = next(step for step in found.steps if step.title == "Toutes ses lignes sont prouvées")
    assert (unproved.state, STAYS in unproved.detail) == (ABSENT, True)
