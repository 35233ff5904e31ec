"""Signing over the real database, press and key: one letter, one number, one signer; nothing half done."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any, NoReturn

import pypdfium2
import pytest
import zxingcpp

from api.wiring import House
from ged.clock import system_clock
from ged.errors import Conflict, Forbidden, GedError, Refused, Unavailable
from ged.mail.access import Actor, Capacity
from ged.mail.draft import Attachment, Copy
from ged.mail.draft_acts import DraftAct, DraftOrder
from ged.mail.item import Confidentiality, Direction, Letter, Reading, Sealing, State
from ged.mail.links import LinkKind
from ged.mail.moves import Move, Order
from ged.mail.organisation import Grant
from ged.services import circuit, consult, read_draft
from ged.services.capture import Door
from ged.services.check_register import check_registers
from ged.services.delegate import grant
from ged.services.draft import Plan, save
from ged.services.ink import by_code, print_for_ink, take_signed_copy
from ged.services.lay_out import preview
from ged.services.route import move
from ged.services.sign_draft import sign_draft
from ged.services.sign_in import actor_of
from ingest.capture.receive import SheetsBack, keep, receive_scan
from rooms.departures import MINISTER, TEXT, FailingPress, signed, signing, to_be_signed
from rooms.documents import template
from rooms.letters import decide, letter_pdf, read_all, send

Who = Callable[[str], Actor]


def text_of(pdf: bytes) -> str:
    """Return what a reader of PDF reads, the block of the signature with it."""
    told = subprocess.run(["pdftotext", "-", "-"], check=True, input=pdf, capture_output=True)
    return " ".join(told.stdout.decode().split())


def original(house: House, letter: Letter) -> bytes:
    with house.vault.open(letter.original) as stream:
        return stream.read()


def no_hole(house: House) -> bool:
    auditor = actor_of("audit", store=house.store, clock=house.clock)
    return all(not each.report.faults for each in check_registers(store=house.store, actor=auditor))


def printing(house: House) -> dict[str, Any]:
    """What printing asks for, but the actor."""
    return {"store": house.store, "vault": house.vault, "press": house.press, "clock": house.clock}


def test_a_signed_draft_is_a_sealed_numbered_letter_that_answers_another(house: House, kossi: Actor, who: Who) -> None:
    asked = send(house, kossi, letter_pdf())
    decide(house, kossi, asked.letter_id)
    author, minister = who("daf"), who("ministre")
    letter = signed(house, author, minister, answers=(asked.letter_id,), confidentiality=Confidentiality.RESTRICTED)
    assert (letter.direction, letter.number, letter.state) == (
        Direction.OUTGOING,
        f"DEP-{house.clock().year}-000001",
        State.TO_DISPATCH,
    )
    read_all(house)
    file = consult.letter_file(letter.id, store=house.store, actor=author, clock=house.clock)
    assert (file.letter.sealing, file.letter.reading) == (Sealing.SEALED, Reading.READY)
    assert (file.letter.confidentiality, file.letter.recipient) == (Confidentiality.RESTRICTED, TEXT.recipients[0])
    assert [step.move for step in file.steps] == [Move.SIGN]
    said = text_of(original(house, letter))
    for part in (letter.number, "Mme A. Dogbé", "Le Ministre", "Signé électroniquement", "0123/2026/SCM/DG", "accordé"):
        assert part in said
    links = read_draft.relations(asked.letter_id, store=house.store, actor=author).links
    assert [(each.kind, each.letter_id) for each in links] == [(LinkKind.ANSWERS, letter.id)]
    with house.store.unit() as unit:
        sendings = unit.sendings.of(letter.id)
    assert [each.plan.recipient for each in sendings] == list(TEXT.recipients)
    assert no_hole(house)


def test_a_word_document_gets_its_number_at_signature_and_its_attachments_follow(house: House, who: Who) -> None:
    author = who("daf")
    files = {}
    for name, data in (("corps.docx", template()), ("plan.pdf", letter_pdf())):
        stored = house.vault.put(BytesIO(data), media_type="application/octet-stream")
        with house.store.unit() as unit:
            unit.arrivals.know(stored, "application/octet-stream", house.clock())
            unit.commit()
        files[name] = Attachment(name, stored.digest, "application/octet-stream", stored.size)
    content = replace(TEXT, text="", file=files["corps.docx"], attachments=(files["plan.pdf"],))
    letter = signed(house, author, who("ministre"), content)
    assert letter.number in text_of(original(house, letter))
    read_all(house)
    with house.store.unit() as unit:
        (annex,) = unit.annexes.of(letter.id)
    assert (annex.label, annex.digest) == ("plan.pdf", files["plan.pdf"].digest)
    assert annex.leaf_index is not None


@pytest.mark.parametrize("code", ["", "reponse", "transmission", "note_service"])
def test_the_templates_of_the_pilot_carry_a_signature_and_the_copies(house: House, who: Who, code: str) -> None:
    internal = code == "note_service"
    direction = Direction.INTERNAL if internal else Direction.OUTGOING
    content = replace(TEXT, template=code, copies=(Copy("", "CAB"), Copy("Préfecture de Kloto")))
    letter = signed(house, who("daf"), who("ministre"), content, direction=direction)
    assert letter.number.startswith("INT" if internal else "DEP")
    said = text_of(original(house, letter))
    for part in (letter.number, "RÉPUBLIQUE TOGOLAISE", "Mme A. Dogbé", "accordé"):
        assert part in said
    below = said[said.index("Ampliation") :]
    for part in ("Cabinet du ministre", "Préfecture de Kloto"):
        assert part in below
    assert "{{" not in said


def test_a_draft_can_be_seen_as_it_would_leave_before_it_has_a_number(house: House, who: Who) -> None:
    draft = to_be_signed(house, who("daf"))
    ports: dict[str, Any] = {"store": house.store, "vault": house.vault, "press": house.press}
    _, seen = preview(draft.id, **ports, actor=who("ministre"))
    said = text_of(seen)
    assert "Le Ministre" in said
    assert "DEP-" not in said
    with pytest.raises(GedError):
        preview(draft.id, **ports, actor=who("drh"))


def test_two_who_sign_at_once_make_one_letter_and_the_other_reads_who_signed(house: House, who: Who) -> None:
    draft = to_be_signed(house, who("daf"))
    minister = who("ministre")

    def act(_: int) -> Letter | Conflict:
        try:
            return sign_draft(draft.id, draft.digest, **signing(house, minister))
        except Conflict as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(act, range(2)))
    (letter,) = [each for each in done if isinstance(each, Letter)]
    (conflict,) = [each for each in done if isinstance(each, Conflict)]
    assert (conflict.code, "Mme A. Dogbé" in conflict.sentence, letter.number in conflict.sentence) == (
        "sign.already",
        True,
        True,
    )
    assert no_hole(house)


def test_only_who_is_waited_for_signs_and_only_the_text_that_was_read(house: House, who: Who) -> None:
    draft = to_be_signed(house, who("daf"))
    for login in ("dircab", "daf", "kossi"):
        with pytest.raises((Forbidden, GedError)):
            sign_draft(draft.id, draft.digest, **signing(house, who(login)))
    with pytest.raises(Conflict) as stale:
        sign_draft(draft.id, "0" * 64, **signing(house, who("ministre")))
    assert stale.value.code == "draft.stale"


def _fails() -> NoReturn:
    raise Unavailable("press.too_slow", "La mise en page a pris trop de temps.")


@pytest.mark.parametrize("step", ["print_sheet", "print_block"])
def test_a_press_that_fails_signs_nothing_and_loses_no_number(house: House, who: Who, step: str) -> None:
    draft = to_be_signed(house, who("daf"))
    minister = who("ministre")
    broken = signing(house, minister) | {"press": FailingPress(house.press, step, _fails)}
    with pytest.raises(Unavailable):
        sign_draft(draft.id, draft.digest, **broken)
    file = read_draft.draft_file(draft.id, store=house.store, actor=minister, clock=house.clock)
    assert (file.draft.state, file.letter) == (State.TO_SIGN, None)
    letter = sign_draft(draft.id, draft.digest, **signing(house, minister))
    assert letter.sequence == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from pydantic import SecretStr
from api.config import Database, Settings
from api.wiring import open_house
from ged.services.sign_in import actor_of
from ged.services.sign_draft import sign_draft
from rooms.departures import FailingPress, signing

data, url, draft_id, digest, step = sys.argv[1:]
with open_house(Settings(data=Path(data), database=Database(kind="server", url=SecretStr(url)))) as house:
    minister = actor_of("ministre", store=house.store, clock=house.clock)
    ports = signing(house, minister)
    if step == "vault":
        put = house.vault.put
        class Dying:
            def put(self, *given, **named):
                put(*given, **named)
                os.kill(os.getpid(), signal.SIGKILL)
        ports["vault"] = Dying()
    else:
        ports["press"] = FailingPress(house.press, step, lambda: os.kill(os.getpid(), signal.SIGKILL))
    sign_draft(draft_id, digest, **ports)
"""


@pytest.mark.parametrize("step", ["print_block", "vault"])
def test_a_process_killed_while_it_signs_leaves_no_letter_and_no_hole(
    house: House, who: Who, database: str, step: str
) -> None:
    draft = to_be_signed(house, who("daf"))
    command = [sys.executable, "-c", KILLED, str(house.settings.data), database, draft.id, draft.digest, step]
    killed = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": "tests:."}, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    with house.store.unit() as unit:
        assert unit.drafts.get(draft.id, None).letter_id is None
        assert unit.letters.count() == 0
    letter = sign_draft(draft.id, draft.digest, **signing(house, who("ministre")))
    assert letter.sequence == 1
    assert no_hole(house)


HOUSE = "https://courrier.example.tg"


def scanned(pdf: bytes) -> bytes:
    """Return a PDF as a scanner gives it back: one grey image a page."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.render(scale=200 / 72, grayscale=True).to_pil() for page in document]
    made = BytesIO()
    pages[0].save(made, "PDF", resolution=200, save_all=True, append_images=pages[1:])
    return made.getvalue()


def code_on(pdf: bytes) -> str:
    """Read the QR of a sheet, from its picture, as a scanner does."""
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=150 / 72).to_numpy()
    found = zxingcpp.read_barcodes(image)
    assert found
    return found[0].text


def test_a_letter_signed_in_ink_keeps_the_number_of_its_print_and_its_scan_is_the_original(
    house: House, kossi: Actor, who: Who
) -> None:
    author, minister = who("daf"), who("ministre")
    draft = to_be_signed(house, author)
    ports = printing(house)
    letter, sheet = print_for_ink(draft.id, draft.digest, HOUSE, **ports, actor=minister)
    assert (letter.state, letter.number in text_of(sheet)) == (State.TO_SIGN, True)
    again, sheet = print_for_ink(draft.id, draft.digest, HOUSE, **ports, actor=minister)
    assert (again.id, again.number) == (letter.id, letter.number)
    start, _, code = code_on(sheet).rpartition("/s/")
    assert (start, by_code(code, store=house.store, actor=kossi).id) == (HOUSE, letter.id)
    read_all(house)
    assert consult.letter(letter.id, store=house.store, actor=kossi).sealing is Sealing.PENDING

    paper = keep(
        BytesIO(letter_pdf(subject="La copie signée")),
        "scan.pdf",
        door=Door.UPLOAD,
        actor=kossi,
        entrance=house.entrance,
    )
    done = take_signed_copy(letter.id, paper, store=house.store, actor=kossi, clock=house.clock)
    assert (done.state, done.original, done.number) == (State.TO_DISPATCH, paper.stored.digest, letter.number)
    read_all(house)
    file = read_draft.draft_file(draft.id, store=house.store, actor=author, clock=house.clock)
    assert file.letter is not None
    assert (file.letter.id, file.steps[-1].name, file.letter.sealing) == (letter.id, "Mme A. Dogbé", Sealing.SEALED)
    with pytest.raises(Refused) as over:
        take_signed_copy(letter.id, paper, store=house.store, actor=kossi, clock=house.clock)
    assert over.value.code == "ink.none"
    assert no_hole(house)


def test_a_text_that_changed_after_its_print_is_not_signed_by_the_old_sheet(
    house: House, kossi: Actor, who: Who
) -> None:
    author, minister = who("daf"), who("ministre")
    draft = to_be_signed(house, author)
    ports = printing(house)
    letter, _ = print_for_ink(draft.id, draft.digest, HOUSE, **ports, actor=minister)
    back = DraftOrder(DraftAct.REFUSE, draft.revision, draft.digest, text="Citer le décret.", to_author=True)
    refused = circuit.act(draft.id, back, store=house.store, actor=minister, clock=house.clock)
    better = replace(TEXT, text=TEXT.text + "\n\nVu le décret.")
    mine: dict[str, Any] = {"store": house.store, "actor": author, "clock": house.clock}
    written = save(draft.id, refused.revision, Plan(stages=(MINISTER,)), better, **mine)
    paper = keep(BytesIO(letter_pdf()), "scan.pdf", door=Door.UPLOAD, actor=kossi, entrance=house.entrance)
    with pytest.raises(Conflict) as outdated:
        take_signed_copy(letter.id, paper, store=house.store, actor=kossi, clock=house.clock)
    assert outdated.value.code == "ink.outdated"
    sent = circuit.act(draft.id, DraftOrder(DraftAct.START, written.revision), **mine)
    done = sign_draft(draft.id, sent.digest, **signing(house, minister))
    assert (done.id, done.number, done.state) == (letter.id, letter.number, State.TO_DISPATCH)
    assert hashlib.sha256(original(house, done)).hexdigest() == done.original
    assert no_hole(house)


def test_a_number_printed_for_ink_and_never_signed_is_cancelled_with_its_reason(house: House, who: Who) -> None:
    draft = to_be_signed(house, who("daf"))
    minister = who("ministre")
    ports = printing(house)
    letter, _ = print_for_ink(draft.id, draft.digest, HOUSE, **ports, actor=minister)
    order = Order(Move.CANCEL, None, text="Feuille perdue avant la signature.")
    move(letter.id, order, store=house.store, actor=who("lawson"), clock=house.clock)
    done = sign_draft(draft.id, draft.digest, **signing(house, minister))
    assert (done.id != letter.id, done.sequence) == (True, 2)
    assert no_hole(house)


def delegated(
    house: House, minister: Actor, until: date | None, *kinds: str, capacity: Capacity = Capacity.DELEGATE
) -> None:
    """Let the secretary general sign in the minister's post, by act 12/2026."""
    today = house.clock().date()
    given = Grant("MIN", "sg", capacity, today - timedelta(days=3), until, "12/2026/MME", kinds)
    grant(given, store=house.store, actor=minister, clock=house.clock)


def test_who_signs_by_delegation_says_so_with_its_act_and_only_what_it_covers(house: House, who: Who) -> None:
    tomorrow = house.clock().date() + timedelta(days=1)
    delegated(house, who("ministre"), tomorrow, "reponse")
    draft = to_be_signed(house, who("daf"), replace(TEXT, kind="convention"))
    with pytest.raises(Forbidden) as kind:
        sign_draft(draft.id, draft.digest, **signing(house, who("sg")))
    assert (kind.value.code, "12/2026/MME" in kind.value.sentence) == ("draft.delegation", True)
    letter = signed(house, who("daf"), who("sg"), replace(TEXT, kind="reponse"))
    said = text_of(original(house, letter))
    for part in ("Pour le Ministre et par délégation, le Secrétaire général", "P. Tchalla", "Acte n° 12/2026/MME"):
        assert part in said
    later = replace(house, clock=lambda: system_clock() + timedelta(days=5))
    with pytest.raises(GedError):
        sign_draft(draft.id, draft.digest, **signing(later, actor_of("sg", store=later.store, clock=later.clock)))


def test_who_signs_by_order_has_it_printed_and_told(house: House, who: Who) -> None:
    delegated(house, who("ministre"), house.clock().date(), "reponse", capacity=Capacity.BY_ORDER)
    beyond = to_be_signed(house, who("daf"), replace(TEXT, kind="convention"))
    with pytest.raises(Forbidden) as kind:
        sign_draft(beyond.id, beyond.digest, **signing(house, who("sg")))
    assert kind.value.code == "draft.delegation"
    letter = signed(house, who("daf"), who("sg"), replace(TEXT, kind="reponse"))
    said = text_of(original(house, letter))
    for part in ("P.O. le Ministre, le Secrétaire général", "P. Tchalla", "Acte n° 12/2026/MME"):
        assert part in said
    steps = consult.letter_file(letter.id, store=house.store, actor=who("ministre"), clock=house.clock).steps
    assert (steps[-1].capacity, steps[-1].instrument) == (Capacity.BY_ORDER, "12/2026/MME")


def test_a_signed_sheet_among_what_is_scanned_finds_its_letter_by_its_code(
    house: House, kossi: Actor, who: Who
) -> None:
    content = replace(TEXT, text="Un paragraphe qui se répète. " * 400)
    draft = to_be_signed(house, who("daf"), content)
    letter, sheet = print_for_ink(draft.id, draft.digest, HOUSE, **printing(house), actor=who("ministre"))
    assert letter.page_count > 2
    back = receive_scan(BytesIO(scanned(sheet)), "scan.pdf", door=Door.UPLOAD, actor=kossi, entrance=house.entrance)
    assert isinstance(back, SheetsBack)
    assert (back.sheets[0].letter_id, letter.number in back.sheets[0].sentence) == (letter.id, True)
    done = consult.letter(letter.id, store=house.store, actor=kossi)
    assert (done.state, done.page_count) == (State.TO_DISPATCH, letter.page_count)
    with house.store.unit() as unit:
        assert unit.letters.count() == 1
