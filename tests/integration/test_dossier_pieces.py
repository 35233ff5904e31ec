"""Pieces of dossiers: nobody writes over another's version, what is said is checked, each version is proved."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import httpx
import pytest

from api.config import Settings
from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import DossierPiece, Said
from ged.mail.journal import Act
from ged.mail.legal_hold import HoldQuery, Scope
from ged.seal.verify import Outcome
from ged.services import classify, consult, dossier, dossier_pieces, hold
from ged.services.audit.ground import Ground
from ged.services.audit.notebook import Notebook
from ged.services.audit.read_log import ReadLog
from ged.services.audit.walk import walk
from ged.services.dossier_pieces import Brought
from ged.services.hold import NewHold
from ged.services.sealed_files import Sort
from ged.services.search_hold import search_hold
from ged.services.verify import verify_file
from integration.test_acknowledgement import signed_in
from retention.fate import Fate
from retention.fates import fates_in_dossier
from rooms.audits import asked, findings, quiet
from rooms.letters import letter_pdf, read_all, send, verifying
from rooms.server import bearer

Who = Callable[[str], Actor]
PARTS = ("Demande", "Décision")


def own(house: House, actor: Actor) -> dict[str, Any]:
    return {"store": house.store, "actor": actor, "clock": house.clock}


def file(house: House, data: bytes, name: str = "plan.pdf") -> Brought:
    stored = house.vault.put(BytesIO(data), media_type="application/pdf", tenant_id="MME")
    return Brought(stored, "application/pdf", name)


def faults_of(error: Refused) -> set[str]:
    found: dict[str, str] = dict(error.diagnostics()["faults"])  # type: ignore[call-overload]
    return set(found)


@pytest.fixture
def daf(who: Who) -> Actor:
    return who("daf")


@pytest.fixture
def one(house: House, daf: Actor) -> Dossier:
    return dossier.begin("", "Carrière de Tsévié", "DAF", (), PARTS, **own(house, daf))


@pytest.fixture
def piece(house: House, daf: Actor, one: Dossier) -> DossierPiece:
    return dossier_pieces.bring(one.id, file(house, letter_pdf(subject="v1")), "Demande", **own(house, daf))


def test_two_who_bring_a_version_at_once_do_not_write_over_each_other(
    house: House, daf: Actor, one: Dossier, piece: DossierPiece
) -> None:
    files = [file(house, letter_pdf(subject=f"version {n}")) for n in range(4)]

    def act(new: Brought) -> str:
        try:
            dossier_pieces.bring_version(one.id, piece.id, new, made_from=1, **own(house, daf))
        except Conflict as error:
            return error.code
        return "brought"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(act, files))
    assert said == ["brought", *["dossier_piece.newer"] * 3]
    held = dossier_pieces.piece_file(one.id, piece.id, store=house.store, actor=daf)
    assert [each.number for each in held.versions] == [2, 1]
    again = file(house, b"x", "x.txt")
    dossier_pieces.bring_version(one.id, piece.id, again, made_from=2, **own(house, daf))
    with pytest.raises(Refused) as same:
        dossier_pieces.bring_version(one.id, piece.id, again, made_from=3, **own(house, daf))
    assert same.value.code == "dossier_piece.same"


def test_who_reserved_a_piece_alone_brings_the_next_version_until_it_is_freed(
    house: House, daf: Actor, kossi: Actor, one: Dossier, piece: DossierPiece
) -> None:
    dossier_pieces.reserve(one.id, piece.id, **own(house, daf))
    new = file(house, letter_pdf(subject="v2"))
    said = Said("Autre titre", "", "", {})
    for act in (
        lambda: dossier_pieces.bring_version(one.id, piece.id, new, made_from=1, **own(house, kossi)),
        lambda: dossier_pieces.reserve(one.id, piece.id, **own(house, kossi)),
        lambda: dossier_pieces.withdraw(one.id, piece.id, "Erreur", **own(house, kossi)),
    ):
        with pytest.raises(Conflict) as reserved:
            act()
        assert reserved.value.code == "dossier_piece.reserved"
        assert daf.name in reserved.value.sentence
    dossier_pieces.bring_version(one.id, piece.id, new, made_from=1, **own(house, daf))
    assert not dossier_pieces.piece_file(one.id, piece.id, store=house.store, actor=daf).piece.reserved_by
    dossier_pieces.reserve(one.id, piece.id, **own(house, daf))
    dossier_pieces.free(one.id, piece.id, **own(house, kossi))
    line = dossier.dossier_file(one.id, store=house.store, actor=daf).journal[-1]
    assert (line.act, line.details["held_by"]) == (Act.PIECE_FREED, daf.name)
    current = dossier_pieces.piece_file(one.id, piece.id, store=house.store, actor=daf).piece
    dossier_pieces.describe(one.id, piece.id, said, revision=current.revision, **own(house, kossi))
    with pytest.raises(Conflict):
        dossier_pieces.describe(one.id, piece.id, said, revision=current.revision, **own(house, daf))


def test_what_is_said_of_a_piece_is_checked_by_its_kind_and_found_again(
    house: House, daf: Actor, one: Dossier, piece: DossierPiece
) -> None:
    wrongly = {"titulaire": "SCM", "substance": "Lait", "superficie_km2": "douze", "expire_le": "jamais"}
    bad = Said(" ", "Ailleurs", "titre_minier", wrongly)
    with pytest.raises(Refused) as faulty:
        dossier_pieces.describe(one.id, piece.id, bad, revision=piece.revision, **own(house, daf))
    wrong = {"title", "part", "meta-numero", "meta-substance", "meta-superficie_km2", "meta-expire_le"}
    assert faults_of(faulty.value) == wrong
    told = {"numero": "PE-17", "titulaire": "SCM", "substance": "Calcaire", "superficie_km2": "1 250,5"}
    good = Said("Permis de Tsévié", "Décision", "titre_minier", {**told, "expire_le": "31/12/2030", "inconnu": "x"})
    dossier_pieces.describe(one.id, piece.id, good, revision=piece.revision, **own(house, daf))
    (found, _), *others = dossier_pieces.pieces_of(one.id, store=house.store, actor=daf, words="pe 17 tsev")
    assert not others
    assert found.metadata == {**told, "superficie_km2": "1250.5", "expire_le": "2030-12-31"}
    assert dossier_pieces.pieces_of(one.id, store=house.store, actor=daf, words="gypse") == ()
    with pytest.raises(Refused) as used:
        dossier.correct(one.id, "", one.title, (), ("Demande",), revision=one.revision, **own(house, daf))
    assert faults_of(used.value) == {"parts"}


def test_who_does_not_see_the_dossier_sees_none_of_its_pieces(
    house: House, who: Who, one: Dossier, piece: DossierPiece
) -> None:
    for login in ("drh", "ceet"):
        for act in (
            lambda by: dossier_pieces.pieces_of(one.id, store=house.store, actor=by["actor"]),
            lambda by: dossier_pieces.piece_file(one.id, piece.id, store=house.store, actor=by["actor"]),
            lambda by: dossier_pieces.open_version(one.id, piece.id, 1, vault=house.vault, **by),
            lambda by: dossier_pieces.bring(one.id, file(house, b"%PDF-1.7 autre"), **by),
        ):
            with pytest.raises(NotFound):
                act(own(house, who(login)))
        what, _ = verify_file(BytesIO(letter_pdf(subject="v1")), "", **verifying(house, who(login)))
        assert what is None
    with pytest.raises(Forbidden):
        dossier_pieces.bring(one.id, file(house, b"%PDF-1.7 autre"), **own(house, who("audit")))
    other = dossier.begin("", "Autre affaire", "DAF", (), **own(house, who("daf")))
    with pytest.raises(NotFound):
        dossier_pieces.piece_file(other.id, piece.id, store=house.store, actor=who("daf"))


def test_a_version_is_sealed_recognised_and_stays_when_its_piece_is_withdrawn(
    house: House, daf: Actor, one: Dossier
) -> None:
    data = letter_pdf(subject="Plan de bornage")
    piece = dossier_pieces.bring(one.id, file(house, data), **own(house, daf))
    read_all(house)
    (version,) = dossier_pieces.piece_file(one.id, piece.id, store=house.store, actor=daf).versions
    assert version.sealed_at is not None
    what, verdict = verify_file(BytesIO(data), "", **verifying(house, daf))
    assert what is not None
    assert (what.sort, verdict.outcome, what.id) == (Sort.VERSION, Outcome.INTACT, version.id)
    with pytest.raises(Refused) as silent:
        dossier_pieces.withdraw(one.id, piece.id, "  ", **own(house, daf))
    assert silent.value.code == "dossier_piece.no_reason"
    dossier_pieces.withdraw(one.id, piece.id, "Déposée par erreur", **own(house, daf))
    with pytest.raises(Refused):
        dossier_pieces.reserve(one.id, piece.id, **own(house, daf))
    _, opened = dossier_pieces.open_version(one.id, piece.id, 1, vault=house.vault, **own(house, daf))
    with opened as stream:
        assert stream.read() == data
    dossier_pieces.take_back(one.id, piece.id, **own(house, daf))
    dossier.close(one.id, closing=True, **own(house, daf))
    with pytest.raises(Refused) as closed:
        dossier_pieces.withdraw(one.id, piece.id, "Trop tard", **own(house, daf))
    assert closed.value.code == "dossier.closed"


def test_files_of_one_form_come_in_each_by_itself_and_a_refused_one_says_why(
    house: House, one: Dossier, client: httpx.Client
) -> None:
    session = signed_in(house, "daf")
    page = client.get(f"/dossiers/{one.id}", headers=session)
    csrf = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    files = [
        ("fichiers", ("plan.pdf", letter_pdf(subject="Plan"), "application/pdf")),
        ("fichiers", ("virus.exe", b"MZ\x90\x00 rien", "application/pdf")),
    ]
    sent = client.post(
        f"/dossiers/{one.id}/pieces", headers=session, data={"csrf_token": csrf, "partie": "Demande"}, files=files
    )
    assert sent.status_code == 200
    assert "1 pièce déposée" in sent.text
    assert "virus.exe" in sent.text
    listed = client.get(f"/api/v1/dossiers/{one.id}/pieces", headers=bearer(house, "daf")).json()
    assert [(each["title"], each["part"], each["versions"][0]["number"]) for each in listed] == [("plan", "Demande", 1)]
    empty = client.post(f"/dossiers/{one.id}/pieces", headers=session, data={"csrf_token": csrf})
    assert empty.status_code == 422


def test_programs_bring_describe_and_read_pieces(house: House, one: Dossier, client: httpx.Client) -> None:
    head, base = bearer(house, "daf"), f"/api/v1/dossiers/{one.id}/pieces"
    first = letter_pdf(subject="un")
    made = client.post(base, headers=head, files={"file": ("a.pdf", first)}, data={"part": "Demande"}).json()
    again = f"{base}/{made['id']}/versions"
    second = {"file": ("b.pdf", letter_pdf(subject="deux"))}
    assert client.post(again, headers=head, files=second, data={"made_from": "1"}).json()["number"] == 2
    late = client.post(again, headers=head, files=second, data={"made_from": "1"})
    assert (late.status_code, late.json()["code"]) == (409, "dossier_piece.newer")
    said = {"title": "Étude", "kind": "etude", "metadata": {"auteur": "BRGM"}, "revision": 2}
    assert client.put(f"{base}/{made['id']}", headers=head, json=said).json()["metadata"] == {"auteur": "BRGM"}
    assert client.put(f"{base}/{made['id']}/reservation", headers=head).status_code == 204
    assert client.delete(f"{base}/{made['id']}/reservation", headers=head).status_code == 204
    assert client.get(f"{again}/1", headers=head).content == first
    assert client.get(f"{again}/9", headers=head).status_code == 404


def test_an_audit_reads_every_version_and_names_the_dossier_of_an_altered_one(
    house: House, settings: Settings, daf: Actor, one: Dossier
) -> None:
    new = file(house, letter_pdf(subject="Plan de bornage"))
    dossier_pieces.bring(one.id, new, **own(house, daf))
    read_all(house)

    def found() -> set[tuple[str, str]]:
        audit = asked()
        log = ReadLog("documents", settings.data / "ledger", house.ledger.verifier_key)
        stands = Ground(
            vault=house.vault, documents=log, store=house.store, trust_pem=house.signer.trust_pem, retained=(),
            folder=settings.data / "audits" / audit.id, clock=house.clock, seed="graine", sample=9, readers=2,
        )  # fmt: skip
        return {(each.code, each.about) for each in findings(walk(audit, stands, Notebook(stands.folder), quiet))}

    assert found() == set()
    places = (settings.data / "vault").rglob("*")
    (place,) = (each for each in places if each.is_file() and not each.suffix and each.name[0] != ".")
    place.chmod(0o600)
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    assert ("object.altered", f"{one.code}, {new.stored.digest}") in found()


def test_a_piece_is_held_by_its_dossier_by_what_names_it_and_by_what_caught_a_letter_beside_it(
    house: House, kossi: Actor, daf: Actor, who: Who, one: Dossier, piece: DossierPiece
) -> None:
    archives = own(house, who("archives"))
    kept: Callable[[], Fate] = lambda: fates_in_dossier(one.id, **own(house, daf))[piece.id]  # noqa: E731
    assert "n'a pas de cote" in str(kept().reasons[0])
    assert not kept().held
    by_words = NewHold(Scope.QUERY, reason="Recherche", query=HoldQuery("tsevie"))
    for new in (NewHold(Scope.DOSSIER, one.id, "Contentieux"), by_words):
        placed = hold.place(new, **archives)
        search_hold(placed.id, store=house.store, clock=house.clock)
        assert kept().held
        assert new.reason in str(kept().reasons[0])
        later = dossier_pieces.bring(one.id, file(house, letter_pdf(subject=new.reason)), **own(house, daf))
        assert fates_in_dossier(one.id, **own(house, daf))[later.id].held, "brought under a hold"
        hold.lift(placed.id, "Clos", **archives)
        assert not kept().held
    letter = send(house, kossi, letter_pdf(subject="Mise en demeure")).letter_id
    alone = hold.place(NewHold(Scope.LETTER, letter, "Elle seule"), **archives)
    number = consult.letter(letter, store=house.store, actor=kossi).number
    hold.place(NewHold(Scope.QUERY, reason="Enquête", query=HoldQuery(number)), **archives)
    assert not kept().held
    dossier.put_in(one.id, letter, **own(house, kossi))
    assert "Enquête" in str(kept().reasons[0])
    hold.lift(alone.id, "Clos", **archives)
    dossier.take_out(one.id, letter, **own(house, kossi))
    assert kept().held, "what a hold has caught stays held when the letter goes elsewhere"


def test_the_page_says_until_when_pieces_are_kept_and_why(
    house: House, client: httpx.Client, daf: Actor, who: Who, one: Dossier, piece: DossierPiece
) -> None:
    session = signed_in(house, "daf")
    for address in (f"/dossiers/{one.id}", f"/dossiers/{one.id}/pieces/{piece.id}"):
        assert "À conserver sans limite" in client.get(address, headers=session).text
    with house.store.unit() as unit:
        _, schedule = unit.schedules.applied("MME", house.clock().date())
    code = next(each.code for each in schedule.plan if schedule.rule_filed(each.code))
    classify.file_dossier(one.id, code, **own(house, who("archives")))
    dossier.close(one.id, closing=True, **own(house, daf))
    for address in (f"/dossiers/{one.id}", f"/dossiers/{one.id}/pieces/{piece.id}"):
        assert f"par le dossier {one.code}, cote {code}" in client.get(address, headers=session).text.replace(
            "&#39;", "'"
        )
