"""The certificate of paper destroyed: made after the act, sealed, recognised, read by whoever reads its letters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pypdfium2
import pytest

from api.audits import audit_round
from api.disposals import paper_hands_of
from api.wiring import House
from ged.errors import Forbidden, NotFound
from ged.mail.access import Actor
from ged.mail.audit import Depth, Outcome
from ged.mail.box import BoxSheet, PaperGone
from ged.mail.item import Confidentiality
from ged.mail.journal import Act
from ged.seal.leaf import Leaf
from ged.services import boxes
from ged.services.audit.runs import ask_audit
from ged.services.sealed_files import Sort, recognise
from integration.test_acknowledgement import signed_in
from retention import paper_lists
from retention.paper_certificates import certificate_of, certify, certify_left
from rooms.disposals import disposed, over, own
from rooms.letters import read_all
from rooms.server import bearer

Who = Callable[[str], Actor]


class Died(BaseException):
    """A worker that is no more."""


def destroyed(house: House, kossi: Actor, who: Who, **said: Any) -> PaperGone:
    """Destroy two letters, then record that the paper of one, in a box, was destroyed too."""
    archives = own(house, who("archives"))
    first, _ = over(house, kossi, "A", **said), over(house, kossi, "B")
    box = boxes.make(BoxSheet("DAF-2001/1", "Demandes", "A", "3", "2", 10), **archives)
    with house.store.unit() as unit:
        number = unit.letters.get(first, None).number
    boxes.put(box.id, number, **archives)
    done = disposed(house, who)
    names, today = ("I. Sossou", "A. Témoin"), house.clock().date()
    return paper_lists.record(paper_lists.Whose.DISPOSAL, done.id, [first], names, today, **archives)


def act(house: House, gone: PaperGone) -> PaperGone:
    with house.store.unit() as unit:
        return unit.boxes.act(gone.id, None)


def entries(house: House, gone: PaperGone) -> list[Leaf]:
    every = (Leaf.decode(house.ledger.entry(index)) for index in range(house.ledger.head().size))
    return [each for each in every if each.document == gone.id]


def audited(house: House, who: Who) -> tuple[Outcome, str]:
    ask_audit(Depth.FULL, store=house.store, actor=who("audit"), clock=house.clock)
    done = audit_round(house, threading.Event())
    assert done is not None
    assert done.outcome is not None
    assert done.report_sha256 is not None
    with house.vault.open(done.report_sha256) as report:
        return done.outcome, report.read().decode()


def test_a_worker_makes_it_after_the_act_and_it_says_what_was_recorded(house: House, kossi: Actor, who: Who) -> None:
    gone = destroyed(house, kossi, who)
    assert gone.certificate is None, "the act does not wait for the log"
    with pytest.raises(NotFound):
        certificate_of(gone.id, vault=house.vault, **own(house, who("archives")))
    read_all(house)
    sealed = act(house, gone)
    assert sealed.certificate is not None
    assert sealed.leaf_index is not None
    assert house.ledger.entry(sealed.leaf_index) == sealed.leaf
    (leaf,) = entries(house, gone)
    assert (leaf.event, leaf.time) == ("certificat", gone.recorded_at.isoformat())
    one, opened = certificate_of(gone.id, vault=house.vault, **own(house, who("archives")))
    with opened as stream:
        pdf = stream.read()
    assert b"/ByteRange" in pdf
    words = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    with house.store.unit() as unit:
        lines = unit.boxes.act_lines(gone.id)
        told = [line for line in unit.journal.about(gone.about) if line.act is Act.PAPER_CERTIFIED]
    assert [line.cote for line in lines] == ["DAF-2001/1"]
    for word in (one.number, lines[0].number, "DAF-2001/1", "I. Sossou", "A. Témoin"):
        assert word in words, word
    assert [line.details["sha256"] for line in told] == [sealed.certificate]
    assert certify(gone.id, paper_hands_of(house)) == sealed, "once is enough"
    assert len(entries(house, gone)) == 1


@pytest.mark.parametrize("point", ["named", "made", "sealed"])
def test_a_worker_that_dies_leaves_one_certificate_and_one_entry(
    house: House, kossi: Actor, who: Who, point: str
) -> None:
    gone = destroyed(house, kossi, who)

    def dies(here: str) -> None:
        if here == point:
            raise Died

    with pytest.raises(Died):
        certify(gone.id, replace(paper_hands_of(house), fault=dies))
    made = act(house, gone)
    assert made.certificate is not None
    assert made.leaf_index is None
    certify_left(paper_hands_of(house))
    sealed = act(house, gone)
    assert (sealed.certificate == made.certificate) is (point != "named"), "one that was never stored is made anew"
    assert sealed.certificate is not None
    assert house.vault.stat(sealed.certificate) is not None
    assert len(entries(house, gone)) == 1
    certify_left(paper_hands_of(house))
    assert len(entries(house, gone)) == 1
    assert audited(house, who)[0] is Outcome.SOUND


def test_it_is_recognised_and_shown_to_who_may_read_its_letters(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    gone = destroyed(house, kossi, who, service_id="DAJ", confidentiality="confidentiel")
    address, session = f"/archives-papier/listes/eliminations/{gone.about}", signed_in(house, "archives")
    assert "en préparation" in client.get(address, headers=session).text
    sealed = certify(gone.id, paper_hands_of(house))
    assert sealed is not None
    assert sealed.certificate is not None
    link = f"/archives-papier/destructions/{gone.id}/certificat.pdf"
    assert link in client.get(address, headers=session).text
    with house.store.unit() as unit:
        (line,) = unit.boxes.act_lines(gone.id)
    assert link in client.get(f"/courrier/{line.letter_id}", headers=session).text
    assert link not in client.get(f"/courrier/{line.letter_id}", headers=signed_in(house, "daj")).text
    pdf = client.get(link, headers=session).content
    assert pdf.startswith(b"%PDF")
    assert (
        client.get(f"/api/v1/paper-destructions/{gone.id}/certificate", headers=bearer(house, "archives")).content
        == pdf
    )
    with house.store.unit() as unit:
        found = recognise(unit, sealed.certificate, who("audit"), house.clock())
        assert recognise(unit, sealed.certificate, who("ceetdg"), house.clock()) is None
        read = [line.actor_login for line in unit.journal.about(gone.about) if line.act is Act.PAPER_CERTIFICATE_READ]
    assert found is not None
    assert (found.sort, found.id) == (Sort.PAPER, gone.id)
    assert read == ["archives", "archives"]
    with pytest.raises(Forbidden) as error:
        certificate_of(gone.id, vault=house.vault, **own(house, who("admin")))
    assert error.value.code == "access.right"
    for login in ("daf", "ceetdg"):
        with pytest.raises(NotFound):
            certificate_of(gone.id, vault=house.vault, **own(house, who(login)))
    token = client.get("/verifier", headers=session).text.partition('csrf_token" value="')[2].partition('"')[0]
    shown = client.post(
        "/verifier", headers=session, data={"csrf_token": token}, files={"fichier": ("certificat.pdf", pdf)}
    ).text
    for word in ("Intact", "Certificat de destruction du papier", "I. Sossou"):
        assert word in shown, word
    whole = who("archives")
    narrow = replace(whole, posts=(replace(whole.post, clearance=Confidentiality.INTERNAL),))
    with pytest.raises(Forbidden) as error:
        certificate_of(gone.id, vault=house.vault, **own(house, narrow))
    assert error.value.code == "paper_list.hidden", "it names a letter of a level that this reader does not read"


def test_an_audit_knows_it_and_finds_one_that_was_changed(house: House, kossi: Actor, who: Who) -> None:
    sealed = certify(destroyed(house, kossi, who).id, paper_hands_of(house))
    assert sealed is not None
    outcome, said = audited(house, who)
    assert outcome is Outcome.SOUND, said
    path = next(
        house.settings.data / "vault" / one.name
        for one in house.vault.objects()
        if one.digest == sealed.certificate and not one.suffix
    )
    path.chmod(0o640)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    outcome, said = audited(house, who)
    assert outcome is Outcome.ALTERED
    with house.store.unit() as unit:
        number = unit.disposals.get(sealed.about, None).number
    assert number in said


def test_an_audit_finds_a_row_that_was_changed(house: House, kossi: Actor, who: Who) -> None:
    sealed = certify(destroyed(house, kossi, who).id, paper_hands_of(house))
    assert sealed is not None
    with house.store.unit() as unit:
        unit.boxes.change_act(sealed, p7s_sha256="0" * 64)
        unit.commit()
    outcome, said = audited(house, who)
    assert outcome is Outcome.ALTERED
    assert "database.row" in said
