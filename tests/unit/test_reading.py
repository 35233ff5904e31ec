"""Stages of the reading machine: cleaning, sorting, proposing, rendering."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
import weasyprint
from PIL import Image

from api.model_folder import read_folder
from ged.mail.filing import Kind
from ged.mail.organisation import Entity
from ged.mail.page import Box, TextSource, Word
from ged.mail.qualification import Field, Proposal
from ged.mail.schedule import PlanLine
from ingest.readers.source import Grey, PageImage
from ingest.sheets.codes import codes_on
from ingest.stages.classify import classify
from ingest.stages.clean import clean, is_blank, turn
from ingest.stages.extract import extract
from ingest.stages.fields.layout import evidence_of
from ingest.stages.language import language_of
from ingest.stages.propose import propose
from ingest.stages.reading import read_page
from ingest.stages.render import page_images, render_pdf
from ingest.stages.triage import triage
from rooms.house import PILOT
from rooms.letters import letter_pdf
from rooms.scans import drawn_page
from rooms.values import a_page

DPI = 200
PILOT_KINDS = read_folder(PILOT).kinds


def drawn(data: bytes = b"", dpi: int = DPI) -> Grey:
    return drawn_page(data or letter_pdf(), dpi)


def scan(path: Path, *pages: Grey) -> Path:
    """Write pages as a scanner does: one image a page, no text."""
    images = [Image.fromarray(page) for page in pages]
    images[0].save(path, "PDF", save_all=True, append_images=images[1:], resolution=DPI, quality=85)
    return path


@pytest.mark.parametrize("degrees", [-4.0, -1.5, 1.0, 3.0])
def test_a_crooked_page_is_made_level(degrees: float) -> None:
    cleaned = clean(PageImage(turn(drawn(), -degrees), DPI))
    assert cleaned.skew_deg == pytest.approx(degrees, abs=0.35)


def test_a_level_page_is_left_as_it_is() -> None:
    cleaned = clean(PageImage(drawn(), DPI))
    assert (cleaned.skew_deg, cleaned.rotation_deg, cleaned.blank) == (0.0, 0, False)


@pytest.mark.parametrize("paper", [255, 245, 210])
def test_an_empty_sheet_is_blank_whatever_its_paper(paper: int) -> None:
    noise = np.random.default_rng(1).normal(0, 4, (2339, 1654))
    sheet = np.clip(np.full((2339, 1654), paper) + noise, 0, 255).astype(np.uint8)
    assert clean(PageImage(sheet, DPI)).blank


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 2), (2, 2)])
@pytest.mark.parametrize("dpi", [30.0, 200.0, 600.0, 2400.0])
def test_a_speck_is_blank_at_any_resolution_and_bears_no_sheet_of_ours(size: tuple[int, int], dpi: float) -> None:
    speck = PageImage(np.zeros(size, np.uint8), dpi)
    assert clean(speck).blank
    assert is_blank(speck)
    assert codes_on(speck, 1) == ()


def test_two_words_are_not_a_blank_page() -> None:
    text = "<style>@page{size:A4;margin:60mm 30mm} body{font:12pt serif}</style><body>Vu et transmis"
    sheet = drawn(bytes(weasyprint.HTML(string=text).write_pdf()))
    assert not clean(PageImage(sheet, DPI)).blank


def test_a_few_lines_on_grainy_paper_keep_their_paper_white(tmp_path: Path) -> None:
    text = "<style>@page{size:A4;margin:60mm 30mm} body{font:12pt serif}</style><body>Vu et transmis au cabinet"
    page = drawn(bytes(weasyprint.HTML(string=text).write_pdf())).astype(np.float32) * 0.93
    grain = np.random.default_rng(3).normal(0, 8, page.shape)
    path = scan(tmp_path / "scan.pdf", np.clip(page + grain, 0, 255).astype(np.uint8))
    assert read_page(path, 1, TextSource.OCR, "tesserocr").text == "Vu et transmis au cabinet"


def test_an_empty_sheet_with_punch_holes_is_blank() -> None:
    sheet = np.full((2339, 1654), 250, np.uint8)
    for y in (700, 1300, 1600, 1700):
        cv2.circle(sheet, (95, y), 24, 30, -1)
    assert clean(PageImage(sheet, DPI)).blank


def test_uneven_light_is_evened_out() -> None:
    page = drawn().astype(np.float32)
    shade = np.linspace(1.0, 0.5, page.shape[1])[None, :]
    cleaned = clean(PageImage((page * shade).astype(np.uint8), DPI))
    left, right = np.median(cleaned.grey[:, :200]), np.median(cleaned.grey[:, -200:])
    assert abs(left - right) < 12


def test_each_page_is_sorted_by_what_it_is(tmp_path: Path) -> None:
    digital, scanned = tmp_path / "digital.pdf", scan(tmp_path / "scan.pdf", drawn(), drawn())
    digital.write_bytes(letter_pdf(pages=2))
    assert triage(digital) == (TextSource.BORN_DIGITAL, TextSource.BORN_DIGITAL)
    assert triage(scanned) == (TextSource.OCR, TextSource.OCR)
    image = tmp_path / "page.png"
    Image.fromarray(drawn()).save(image)
    assert triage(image) == (TextSource.OCR,)


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_a_page_is_read_whichever_way_it_lay(tmp_path: Path, turned: int) -> None:
    path = scan(tmp_path / "scan.pdf", np.ascontiguousarray(np.rot90(drawn(), turned)))
    page = read_page(path, 1, TextSource.OCR, "tesserocr")
    assert "transformateur existant" in " ".join(page.text.split())
    assert page.rotation_deg == (360 - 90 * turned) % 360
    assert page.height_px > page.width_px
    with pypdfium2.PdfDocument(render_pdf(path, [page], "ARR-2026-000001").data) as copy:
        assert "transformateur existant" in " ".join(copy[0].get_textpage().get_text_range().split())


def test_the_words_of_a_born_digital_page_are_its_own(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter_pdf())
    page = read_page(path, 1, TextSource.BORN_DIGITAL, "tesserocr")
    assert page.confidence == 1.0
    assert "Objet : Demande d'autorisation d'exploitation" in page.text.replace("\u00a0", " ")


ENGLISH = (
    "We have the honour to acknowledge receipt of your letter and thank you for it. The company has been working in "
    "the north of your country for eight years, and we would like to renew the permit that is about to expire. This "
    "quarry is the only one that provides hard stone for the works of the road to the border."
)


def test_an_english_page_is_read_as_english_and_a_french_one_as_french(tmp_path: Path) -> None:
    written = weasyprint.HTML(string=f"<style>body{{font:12pt serif}}</style><p>Dear Minister,</p><p>{ENGLISH}</p>")
    path = scan(tmp_path / "two.pdf", drawn(bytes(written.write_pdf())), drawn())
    english, french = (read_page(path, number, TextSource.OCR, "tesserocr") for number in (1, 2))
    assert (english.engine.split()[-1], french.engine.split()[-1]) == ("eng", "fra")
    assert "the only one that provides hard stone" in " ".join(english.text.split())


@pytest.mark.parametrize("text", ["La réunion of the board", "", "12/03/2026 N° 4", ENGLISH[:40]])
def test_in_doubt_a_page_is_french(text: str) -> None:
    assert language_of(text.split()) == "fra"


EWE = "Ɖoɖowo ɖe eʋegbe kple ƒoƒo ŋuti: aɖaŋuɖoƒe, ɣeyiɣi, nyatakakadzraɖoƒe. Kabɩyɛ tɔm: ɛzɩma, pʋwɛ, sɔsɔ nɖɔ."


def test_ewe_and_kabiye_letters_survive_the_text_layer_and_the_copy(tmp_path: Path) -> None:
    path = tmp_path / "ewe.pdf"
    path.write_bytes(letter_pdf(subject="Eʋegbe ŋuti", body=EWE))
    assert triage(path) == (TextSource.BORN_DIGITAL,)
    page = read_page(path, 1, TextSource.BORN_DIGITAL, "tesserocr")
    with pypdfium2.PdfDocument(render_pdf(path, [page], "ARR-2026-000001").data) as copy:
        copied = copy[0].get_textpage().get_text_range()
    for text in (page.text, copied):
        assert {word.strip(".,:") for word in EWE.split()} <= {word.strip(".,:") for word in text.split()}


def test_each_field_is_proposed_with_its_evidence(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter_pdf())
    page = read_page(path, 1, TextSource.BORN_DIGITAL, "tesserocr")
    found = {one.field: one for one in extract([page])}
    assert found[Field.SUBJECT].value == "Demande d'autorisation d'exploitation"
    assert found[Field.SENDER_REFERENCE].value == "0123/2026/SCM/DG"
    assert found[Field.LETTER_DATE].value == "2026-10-12"
    assert found[Field.RECIPIENT].value.startswith("Monsieur le Ministre")
    assert found[Field.SENDER].value == "Société des Carrières du Mono"
    for one in found.values():
        assert 0 < one.confidence <= 1
        assert one.evidence is not None
        assert one.evidence.page == 1
    subject = found[Field.SUBJECT].evidence
    assert subject is not None
    top, bottom = subject.box.top - 0.01, subject.box.bottom + 0.01
    assert {"Demande", "d'exploitation"} <= {
        word.text for word in page.words if top <= word.box.top and word.box.bottom <= bottom
    }


def test_a_page_that_says_nothing_proposes_nothing() -> None:
    assert extract([a_page("")]) == ()
    assert extract([]) == ()
    assert classify([a_page("")], {}) == ()


def test_a_logo_read_as_letters_is_not_part_of_the_name_beside_it() -> None:
    name = [
        ("@)", 0.10, 0.059, 0.17, 0.115),
        ("Lycée", 0.198, 0.061, 0.27, 0.078),
        ("d'Aného", 0.28, 0.061, 0.36, 0.078),
    ]
    place = [("Bè-Kpota,", 0.198, 0.082, 0.277, 0.094), ("Aného", 0.28, 0.082, 0.33, 0.094)]
    words = [
        Word(text, Box(left, top, right, bottom), 0.9, row)
        for row, line in enumerate((place, name))
        for text, left, top, right, bottom in line
    ]
    sender = next(one for one in extract([replace(a_page("x"), words=tuple(words))]) if one.field is Field.SENDER)
    assert sender.value == "Lycée d'Aného"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Objet : Demande de stage. Je sollicite un stage de fin d'études au laboratoire de l'université", "stage"),
        (
            "Facture n° 4243 arrêtée à la somme de 1 250 000 francs CFA, règlement par virement, relevé bancaire",
            "facture",
        ),
        ("Invitation à la cérémonie de lancement, votre présence nous honorera, carton d'invitation", "invitation"),
    ],
)
def test_the_kind_is_told_by_the_words(text: str, kind: str) -> None:
    found = {one.field: one for one in propose([a_page(text)], [], [], PILOT_KINDS)}[Field.KIND]
    assert found.value == kind
    assert 0 < found.confidence <= 0.9


def entity(name: str, *words: str) -> Entity:
    return Entity(name, "MME", "MME", name, name, name, keeps_register=False, number_pattern="", words=words)


def test_the_service_is_the_one_that_the_letter_calls_by_its_words() -> None:
    entities = [entity("DAF", "affaires financières", "facture"), entity("DRH", "ressources humaines", "stage")]
    page = a_page("Objet : Demande de stage\nÀ la direction des ressources humaines")
    found = {one.field: one for one in propose([page], [], entities, [])}
    assert found[Field.SERVICE].value == "DRH"
    assert found[Field.SERVICE].evidence is not None


def test_a_file_code_is_the_one_of_the_kind_unless_something_surer_is_said() -> None:
    plan = (PlanLine("C2", "Factures", kinds=("facture",)), PlanLine("D1", "Titres miniers"))
    kinds = [Kind("facture", "Facture", "Invoice", "R")]
    kind = Proposal(Field.KIND, "facture", 0.9, None, "appris")
    found = {one.field: one for one in propose([a_page("Rien")], [kind], [], kinds, plan)}
    assert (found[Field.FILE_CODE].value, found[Field.FILE_CODE].origin) == ("C2", "plan de classement")
    assert found[Field.FILE_CODE].confidence < 0.9
    learned = Proposal(Field.FILE_CODE, "D1", 0.95, None, "appris")
    unknown = Proposal(Field.FILE_CODE, "Z9", 0.99, None, "appris")
    found = {one.field: one for one in propose([a_page("Rien")], [kind, learned, unknown], [], kinds, plan)}
    assert found[Field.FILE_CODE].value == "D1"


def test_a_file_code_is_told_by_the_words_of_its_scope_and_of_no_other() -> None:
    plan = (
        PlanLine("A1", "Direction et cabinet", scope="Audiences, visites.", kinds=("demande",)),
        PlanLine("E2", "Réseaux et raccordements", scope="Extensions, coupures, compteurs. Les visites vont en A1."),
    )
    kind = Proposal(Field.KIND, "demande", 0.6, None, "appris")
    kinds = [Kind("demande", "Demande", "Request", "R")]
    for text, code in (
        ("Objet : Demande de raccordement du quartier et extension du réseau", "E2"),
        ("Objet : Demande de visite de courtoisie", "A1"),
    ):
        subject = Proposal(Field.SUBJECT, text, 0.9, evidence_of(a_page(text).words, 1), "champs")
        found = {one.field: one for one in propose([a_page(text)], [kind, subject], [], kinds, plan)}
        assert found[Field.FILE_CODE].value == code


def test_what_decisions_taught_stands_where_it_is_likelier_than_not() -> None:
    plan = (PlanLine("A1", "Cabinet", kinds=("demande",)), PlanLine("D2", "Carrières"))
    kinds = [Kind("demande", "Demande", "Request", "R")]
    kind = Proposal(Field.KIND, "demande", 0.98, None, "appris")
    for confidence, code in ((0.55, "D2"), (0.4, "A1")):
        learned = Proposal(Field.FILE_CODE, "D2", confidence, None, "appris")
        found = {one.field: one for one in propose([a_page("Rien")], [kind, learned], [], kinds, plan)}
        assert found[Field.FILE_CODE].value == code


def test_a_kind_that_the_organisation_does_not_know_is_not_proposed() -> None:
    found = [Proposal(Field.KIND, "stage", 0.9, None, "appris"), Proposal(Field.SERVICE, "DRH", 0.9, None, "appris")]
    known = [Kind("stage", "x", "x", "R")]
    assert [one.field for one in propose([a_page("Rien")], found, [], known)] == [Field.KIND]
    assert propose([a_page("Rien")], found, [], []) == ()


def test_the_copy_says_its_words_over_untouched_images(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf", drawn(), drawn(letter_pdf(subject="Seconde page")))
    pages = [read_page(path, number, TextSource.OCR, "tesserocr") for number in (1, 2)]
    copy = render_pdf(path, pages, "ARR-2026-000001")
    said = pypdfium2.PdfDocument(copy.data)
    assert "transformateur existant" in " ".join(said[0].get_textpage().get_text_range().split())
    assert "Seconde page" in " ".join(said[1].get_textpage().get_text_range().split())
    with pikepdf.open(path) as before, pikepdf.open(BytesIO(copy.data)) as after:
        for old, new in zip(before.pages, after.pages, strict=True):
            (one,), (other,) = old.get_images().values(), new.get_images().values()
            assert one.read_raw_bytes() == other.read_raw_bytes()
        metadata = bytes(after.Root.Metadata.read_bytes())
        assert b"pdfaid:part" in metadata
        assert after.Root.OutputIntents
    assert copy.remark == ""


def test_a_born_digital_letter_is_its_own_copy(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter_pdf())
    copy = render_pdf(path, [read_page(path, 1, TextSource.BORN_DIGITAL, "tesserocr")], "ARR-2026-000001")
    assert copy.data == path.read_bytes()
    assert copy.remark


def test_page_images_are_light_and_stand_under_the_boxes(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf", np.ascontiguousarray(np.rot90(drawn())))
    page = read_page(path, 1, TextSource.OCR, "tesserocr")
    small, large = page_images(path, page, (909, 1800))
    assert len(small) < 60_000
    assert len(large) < 300_000
    assert [Image.open(BytesIO(data)).get_format_mimetype() for data in (small, large)] == ["image/jpeg"] * 2
    assert Image.open(BytesIO(large)).width == 1800
    shown = np.asarray(Image.open(BytesIO(small)).convert("L"))
    assert shown.shape[1] == 909
    height, width = shown.shape
    for word in page.words:
        box = word.box
        ink = shown[
            int(box.top * height) : int(box.bottom * height) + 1, int(box.left * width) : int(box.right * width) + 1
        ]
        assert ink.min() < 140, word.text
