"""Fields of letters laid out as lines: what is written in many ways is read as one value, and doubt is said."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ged.errors import Corrupt
from ged.mail.page import Box, Page, Word
from ged.mail.qualification import Field, Proposal
from ingest.stages.extract import extract
from ingest.stages.fields import model
from ingest.stages.fields.blocks import blocks, polished
from ingest.stages.fields.choose import choice_of
from ingest.stages.fields.customs import leaned
from ingest.stages.fields.dates import dates, spans
from ingest.stages.fields.echoes import echoes_of
from ingest.stages.fields.letterhead import titled
from ingest.stages.fields.marks import amounts, boxes, emails, phones, pieces, references
from ingest.stages.fields.postal import place_beside, with_place
from ingest.stages.fields.sheet import Sheet
from rooms.values import a_page
from scripts.sample_letters.shapes import DATE_SHAPES, written_date

LETTER = (
    (0.08, 0.06, "MINISTÈRE DES TRAVAUX PUBLICS"),
    (0.60, 0.06, "RÉPUBLIQUE TOGOLAISE"),
    (0.62, 0.08, "Travail - Liberté - Patrie"),
    (0.14, 0.08, "-------------"),
    (0.10, 0.10, "SECRÉTARIAT GÉNÉRAL"),
    (0.62, 0.14, "Lomé, le 12.03.2026"),
    (0.08, 0.17, "N° 0456/2026/MTP/SG"),
    (0.08, 0.19, "V/Réf. : 0123/2026/MMRE/CAB"),
    (0.52, 0.23, "Monsieur le Ministre"),
    (0.52, 0.25, "Ministère des Mines et de l'Énergie"),
    (0.52, 0.27, "LOMÉ"),
    (0.08, 0.32, "Objet : Avis sur le projet de route minière de Tabligbo"),
    (0.08, 0.35, "P.J. : 03"),
    (0.08, 0.39, "Monsieur le Ministre,"),
    (0.08, 0.43, "J'ai l'honneur de vous transmettre, ci-joint, le dossier complet du projet cité en objet."),
    (0.08, 0.46, "Votre réponse est attendue au plus tard le 15 avril 2026 dans nos services de la capitale."),
    (0.08, 0.50, "Veuillez agréer, Monsieur le Ministre, l'expression de ma haute considération distinguée."),
    (0.60, 0.56, "Le Secrétaire général"),
    (0.60, 0.66, "Kodjo AGBÉKO"),
)


def laid_out(lines: tuple[tuple[float, float, str], ...] = LETTER, confidence: float = 0.96) -> Page:
    """Return a page whose lines stand where they are said to."""
    words = []
    for row, (left, top, text) in enumerate(lines):
        x = left
        for part in text.split():
            width = 0.0088 * len(part)
            words.append(Word(part, Box(x, top, x + width, top + 0.012), confidence, row))
            x += width + 0.008
    return Page(**{name: getattr(a_page("x"), name) for name in Page.__slots__} | {"words": tuple(words)})


def found_in(page: Page) -> dict[Field, Proposal]:
    return {one.field: one for one in extract([page])}


def test_a_letter_says_who_what_when_and_by_which_numbers() -> None:
    found = found_in(laid_out())
    said = {field: one.value for field, one in found.items()}
    assert said[Field.SENDER] == "Ministère des Travaux Publics – Secrétariat Général"
    assert said[Field.RECIPIENT] == "Monsieur le Ministre Ministère des Mines et de l'Énergie"
    assert said[Field.SUBJECT] == "Avis sur le projet de route minière de Tabligbo"
    assert said[Field.SENDER_REFERENCE] == "0456/2026/MTP/SG"
    assert said[Field.OUR_REFERENCE] == "0123/2026/MMRE/CAB"
    assert said[Field.LETTER_DATE] == "2026-03-12"
    assert said[Field.DEADLINE] == "2026-04-15"
    assert said[Field.SIGNER] == "Kodjo AGBÉKO"
    assert said[Field.PIECES] == "3"
    assert all(0 < one.confidence < 1 and one.evidence is not None for one in found.values())


def test_badly_read_words_make_a_value_doubtful() -> None:
    well, badly = found_in(laid_out()), found_in(laid_out(confidence=0.4))
    assert well[Field.SENDER].confidence > badly[Field.SENDER].confidence
    assert not any(one.sure for name, one in badly.items() if name in {Field.SENDER_REFERENCE, Field.OUR_REFERENCE})


@pytest.mark.parametrize("shape", DATE_SHAPES)
@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2025, 8, 21), date(2026, 12, 31)])
def test_a_date_is_read_however_it_is_written(day: date, shape: str) -> None:
    sheet = Sheet([a_page(f"Lomé, le {written_date(day, shape)}")])
    assert [one.value for one in dates(sheet)] == [day.isoformat()]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Une réponse sous quinzaine nous obligerait", "+15"),
        ("dans un délai de trente (30) jours", "+30"),
        ("sous 48 heures", "+2"),
    ],
)
def test_a_span_of_days_is_a_deadline_that_counts_from_the_letter(text: str, days: str) -> None:
    assert [one.value for one in spans(Sheet([a_page(text)]))] == [days]


def test_a_telephone_and_an_account_are_no_date() -> None:
    assert dates(Sheet([a_page("Tél. 90.11.22.33\nCompte 12-34-5678-90\nN° 12-03/2026/MEF - 1,10,2000 F")])) == []


def test_references_amounts_and_pieces_are_candidates_with_their_value() -> None:
    sheet = Sheet([a_page("N° 0456 / 2026 / MTP / SG\nsoit 2 500 000 francs CFA\nP.J. :\n- un plan ;\n- un devis ;")])
    assert "0456/2026/MTP/SG" in {one.value for one in references(sheet)}
    assert "2500000" in {one.value for one in amounts(sheet)}
    assert [one.value for one in pieces(sheet)] == ["2"]


@pytest.mark.parametrize(
    ("read", "day"),
    [
        ("Fait à Tabligbo le ler avril 2024", "2024-04-01"),
        ("LE 14 MAT. 2026", "2026-05-14"),
        ("Lomé, le 3 adut 2025", "2025-08-03"),
        ("Lomé, le l2 sepfembre 2O25", "2025-09-12"),
        ("Kpalimé, le 1e octobre deux mille vingt-cinq", "2025-10-01"),
        ("Tsévié, le 10/6/2926", "2026-06-10"),
        ("Bassar, le 2 novembre 2C26", "2026-11-02"),
        ("Sokodé, le ...l5... juiu 2O2S", "2025-06-15"),
        ("Le l5:04.2O25", "2025-04-15"),
        ("Lomé, le 07109/2025", "2025-09-07"),
        ("Lomé, le 28.O2.Z4", "2024-02-28"),
        ("2O24-10-11", "2024-10-11"),
        ("Accra, Angust 18, Z024", "2024-08-18"),
        ("Accra, 16tb December, 2024", "2024-12-16"),
        ("Lomé, le onzc octobre deux miIle vlngt-quatre", "2024-10-11"),
    ],
)
def test_a_date_is_read_through_the_faults_of_ocr(read: str, day: str) -> None:
    assert [one.value for one in dates(Sheet([a_page(read)]))] == [day]


def test_a_word_that_is_no_month_makes_no_date() -> None:
    assert dates(Sheet([a_page("le compte 12 marchés 2024 et 14 dossiers 2025, soit 30 places 2026")])) == []


def test_a_date_that_the_edge_of_a_stamp_tore_is_one_date() -> None:
    pieces_of_it = ((0.12, 0.15, "Kpalimé, le ...31... aoû"), (0.6, 0.15, "D"), (0.7, 0.15, "2025"))
    (found,) = dates(Sheet([laid_out(pieces_of_it)]))
    assert (found.value, found.words[-1].text) == ("2025-08-31", "2025")
    assert not dates(Sheet([laid_out((pieces_of_it[0], (0.6, 0.15, "Dossier"), pieces_of_it[2]))]))


def test_a_date_that_goes_over_two_lines_is_one_date_and_shows_both() -> None:
    sheet = Sheet(
        [
            laid_out(
                (
                    (0.12, 0.50, "Nous vous saurions gré de vos observations au plus tard le lundi 23"),
                    (0.12, 0.52, "septembre 2024, délai de rigueur."),
                )
            )
        ]
    )
    assert [one.value for one in dates(sheet)] == ["2024-09-23"]
    assert [word.text for word in dates(sheet)[0].words] == ["23", "septembre", "2024,"]


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("N° n° CN2/DAJC/1469/2025", "CN2/DAJC/1469/2025"),
        ("Réf. :MEF/MÉF/0286/2024", "MEF/MÉF/0286/2024"),
        ("N° 1931=-2025/CC-DT", "1931-2025/CC-DT"),
        ("N° 2355/24/LS-DAJCIsp", "2355/24/LS-DAJC/sp"),
        ("N° 2373/2024/OLPTISG", "2373/2024/OLPT/SG"),
        ("N° 2025-1374/E0S", "2025-1374/EOS"),
        ("N° 0123l2026/MEF/SG", "0123/2026/MEF/SG"),
        ("N° 0589/MTP/1G/25", "0589/MTP/IG/25"),
        ("N° 911/6WPS/DG/24", "911/GWPS/DG/24"),
        ("Nos réf. : 2223/24JHWPS-SG/sp", "2223/24/HWPS-SG/sp"),
        ("N° 1085/26/ARN-SGj/sp", "1085/26/ARN-SG/sp"),
        ("NRéf-SH/DG/0361/2025", "SH/DG/0361/2025"),
        ("N° 1860/2026/MA1/DRH", "1860/2026/MA1/DRH"),
        ("N° 1924/MEPS/DGI/24", "1924/MEPS/DGI/24"),
    ],
)
def test_a_number_is_read_through_the_faults_of_ocr(read: str, written: str) -> None:
    assert written in {one.value for one in references(Sheet([a_page(read)]))}


def values(field: Field, *lines: tuple[float, float, str]) -> set[str]:
    return {polished(field, one)[0] for one in blocks(Sheet([laid_out(lines)]))}


def test_a_name_that_goes_on_under_itself_is_not_cut_nor_begun_in_the_middle() -> None:
    said = values(
        Field.SENDER,
        (0.10, 0.10, "Direction de la Planification"),
        (0.10, 0.12, "et du Suivi-évaluation"),
        (0.10, 0.16, "Lomé"),
    )
    assert "Direction de la Planification et du Suivi-évaluation" in said
    assert not said & {"Direction de la Planification", "et du Suivi-évaluation"}


def test_a_wide_subject_needs_no_label_over_the_greeting_and_a_label_alone_is_none() -> None:
    wide = "Invitation à l'atelier de validation de la politique énergétique et minière nationale"
    said = values(
        Field.SUBJECT,
        (0.10, 0.30, "Objet :"),
        (0.22, 0.32, wide),
        (0.10, 0.36, "Monsieur le Ministre,"),
        (0.10, 0.40, "J'ai l'honneur de vous inviter à prendre part à la rencontre qui se tiendra à Lomé."),
    )
    assert {wide, ""} <= said
    assert "Objet :" not in said


@pytest.mark.parametrize(
    ("field", "read", "value"),
    [
        (Field.SENDER, "Pour l'Association des riverains", "Association des riverains"),
        (Field.SENDER, "BâtirPlus SARI", "BâtirPlus SARL"),
        (Field.SENDER, "EIectro du Golfe", "Electro du Golfe"),
        (Field.SUBJECT, "Qbjet - Demande d'audience", "Demande d'audience"),
        (Field.SUBJECT, "©bjet: Demande d'audience", "Demande d'audience"),
        (Field.SUBJECT, "OBJET, Demande d'audience", "Demande d'audience"),
    ],
)
def test_a_block_is_read_without_its_label_and_through_the_faults_of_ocr(field: Field, read: str, value: str) -> None:
    assert value in values(field, (0.10, 0.30, read))


def test_a_rule_between_two_names_of_a_letterhead_is_no_part_of_them() -> None:
    lines = (*LETTER[:3], (0.14, 0.08, "28 PE Lt AN"), *LETTER[4:])
    assert found_in(laid_out(lines))[Field.SENDER].value == "Ministère des Travaux Publics – Secrétariat Général"
    page = laid_out((*LETTER[:3], (0.14, 0.08, "RRRRRRRIR"), *LETTER[4:]))
    words = tuple(replace(one, confidence=0.2) if one.text == "RRRRRRRIR" else one for one in page.words)
    told = found_in(replace(page, words=words))[Field.SENDER]
    assert told.value == "Ministère des Travaux Publics – Secrétariat Général"


def test_a_name_that_stands_twice_with_another_apostrophe_casts_no_doubt_on_itself() -> None:
    names = ("Direction de l'Eau", "Direction de l’Eau", "Direction du Budget")
    sheet = Sheet([laid_out(tuple((0.1, 0.1 + 0.2 * at, name) for at, name in enumerate(names)))])
    found = [next(one for one in blocks(sheet) if one.value == name) for name in names]
    choice = choice_of(Field.SIGNER, found, [2.0, 1.9, -3.0], sheet)
    assert choice is not None
    assert (choice.value, choice.second) == (names[0], -3.0)


def test_whoever_may_write_is_told_with_the_doubt_shared() -> None:
    told = [one for one in extract([laid_out()], senders=True) if one.field is Field.SENDER]
    assert told[0] == found_in(laid_out())[Field.SENDER]
    assert len(told) > 1
    assert sum(one.confidence for one in told) <= 1
    assert [one.confidence for one in told] == sorted((one.confidence for one in told), reverse=True)


def test_a_number_that_goes_on_under_itself_is_one_number() -> None:
    sheet = Sheet([laid_out(((0.10, 0.12, "Courrier N° 1121 / 2024 /"), (0.10, 0.14, "KMS / CAB")))])
    assert [one.value for one in references(sheet)] == ["1121/2024/KMS/CAB"]


@pytest.mark.parametrize("label", ["RJ. :", "P.J :", "PI :", "E adure"])
def test_pieces_are_counted_under_a_label_that_was_misread_or_lost(label: str) -> None:
    lines = ["Objet : Transmission", label, "- le plan ;", "- le devis ;", "l'attestation ;", "Monsieur le Ministre,"]
    sheet = Sheet([laid_out(tuple((0.1, 0.1 + 0.02 * at, text) for at, text in enumerate(lines)))])
    assert [one.value for one in pieces(sheet)] == ["3"]


def test_a_list_under_the_letter_announces_no_piece() -> None:
    lines = ["Objet : Avis", "Monsieur le Ministre,", "Ampliations :", "- Cabinet : 1", "- Archives : 2"]
    assert pieces(Sheet([laid_out(tuple((0.1, 0.1 + 0.1 * at, text) for at, text in enumerate(lines)))])) == []


@pytest.mark.parametrize(
    "read",
    ["info@agence.tg", "info@agence.tq", "info@agence 1g", "info @ agence . tg", "info(@agencé.tg", "infoéagence.tg"],
)
def test_an_address_keeps_its_domain_through_the_faults_of_ocr(read: str) -> None:
    assert [one.value for one in emails(Sheet([a_page(f"E-mail : {read} - NIF 12")]))] == ["info@agence.tg"]


@pytest.mark.parametrize("read", ["01 BP 8899", "O1 BP 8899", ")1 B.P., : 8899"])
def test_a_post_box_keeps_its_post_office(read: str) -> None:
    found = [one.value for one in boxes(Sheet([a_page(f"Kara {read} Tél")]))]
    assert [re.sub(r"\D", "", value) for value in found] == ["018899"]


def stacked(lines: Sequence[str]) -> Sheet:
    """Return lines that stand one under the other."""
    return Sheet([laid_out(tuple((0.08, 0.05 + 0.018 * row, text) for row, text in enumerate(lines)))])


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Tokoin, Lomé - B.P. 4227 - Tél. : 22 21 20 19"], "Tokoin, Lomé, B.P. 4227"),
        (["Garage du Zio SARL - Tokoin - Lomé (Togo) - BP 4227"], "Tokoin, Lomé (Togo), BP 4227"),
        (["Garage du Zio SARL - Lomé - BP 4227"], "BP 4227"),
        (["12, rue des Hydrocarbures - 01 BP 4227 Lomé 01"], "12, rue des Hydrocarbures, 01 BP 4227, Lomé 01"),
        (["B.P. 4227 - Kara (Togo) | Tél. 22 21 20 19"], "B.P. 4227, Kara (Togo)"),
        (["Kofi AGBÉKO", "Agoè-Assiyéyé, Kara", "Tél. : 99 98 92 45", "B.P. 4227"], "Agoè-Assiyéyé, Kara, B.P. 4227"),
        (["Ensemble, bâtissons", "B.P. 4227", "N° 12/2026"], "B.P. 4227"),
        (["Direction régionale, Kara", "B.P. 4227", "Lomé, le 3 mars 2026"], "B.P. 4227"),
    ],
)
def test_a_post_box_is_told_with_its_quarter_and_town(lines: list[str], told: str) -> None:
    sheet = stacked(lines)
    (box,) = boxes(sheet)
    value, words = with_place(box, sheet)
    assert value == told
    assert " ".join(word.text for word in words if word.text != "-").replace(",", "") == told.replace(",", "")


def test_a_place_stands_with_a_telephone_where_no_post_box_is() -> None:
    lines = ("Kofi AGBÉKO", "Quartier Tokoin, Lomé", "Tél. : 99 98 92 45", "Monsieur le Maire")
    sheet = stacked(lines)
    (phone,) = phones(sheet)
    found = place_beside(phone, sheet)
    assert found is not None
    assert found[0] == "Quartier Tokoin, Lomé"


def test_weights_that_are_not_those_of_their_card_are_refused(tmp_path: Path) -> None:
    altered = tmp_path / "fields.npz"
    altered.write_bytes(model.WEIGHTS.read_bytes() + b" ")
    with pytest.raises(Corrupt):
        model.read_model(altered, json.loads(model.CARD.read_text(encoding="utf-8")))


def test_a_name_is_echoed_by_initials_domain_and_greeting() -> None:
    echoes = echoes_of(
        Sheet(
            [
                a_page(
                    "N° 1388-2024/UB-DRH\nV/Réf. : 2435-2024/MME-DGE\nA Madame la Secrétaire générale\n"
                    "Madame la Secrétaire générale,\nMail : contact@universbassar.tg"
                )
            ]
        )
    )
    initials, quoted, domain, _ = echoes.of("Université de Bassar")
    assert (initials, quoted) == (1.0, 0.0)
    assert domain > 0.9
    assert echoes.of("Ministère des Mines et de l'Énergie")[:3] == (0.0, 1.0, 0.0)
    assert echoes.of("A Madame la Secrétaire générale")[3] == 1.0
    assert echoes.of("Le Directeur")[3] < 0.7


SIGNED = (
    (0.40, 0.05, "PRIMATURE"),
    (0.36, 0.07, "DIRECTION RÉGIONALE"),
    (0.41, 0.085, "MARITIME"),
    (0.36, 0.11, "RÉPUBLIQUE TOGOLAISE"),
    (0.34, 0.13, "Travail - Liberté - Patrie"),
    (0.52, 0.20, "Madame la Secrétaire générale"),
    (0.52, 0.215, "Direction du Cadastre"),
    (0.08, 0.30, "Objet : Avis sur le projet de route"),
    (0.08, 0.36, "Madame la Secrétaire générale,"),
    (0.08, 0.50, "Veuillez agréer, Madame, mes salutations."),
    (0.60, 0.66, "Kodjo AGBÉKO"),
)


def _likeliest(field: Field, sheet: Sheet, likely: dict[str, float]) -> str:
    """Return the value that customs make of what trees would find likely; -9 is what they find of any other."""
    found = blocks(sheet)
    scores = leaned(field, found, [likely.get(one.value, -9.0) for one in found], sheet)
    return found[scores.index(max(scores))].value


def test_a_house_in_the_letterhead_writes_and_not_who_signs_nor_a_motto() -> None:
    sheet = Sheet([laid_out(SIGNED)])
    doubt = {"Kodjo AGBÉKO": 0.5, "Travail - Liberté - Patrie": 0.9, "DIRECTION RÉGIONALE": -1.0, "PRIMATURE": -1.5}
    assert _likeliest(Field.SENDER, sheet, doubt) == "DIRECTION RÉGIONALE MARITIME"
    assert _likeliest(Field.SENDER, sheet, {"PRIMATURE": -1.0}) == "DIRECTION RÉGIONALE MARITIME"
    assert _likeliest(Field.SENDER, sheet, doubt | {"Kodjo AGBÉKO": 6.0}) == "Kodjo AGBÉKO"


def test_the_house_of_an_addressee_does_not_write() -> None:
    told = {"Kodjo AGBÉKO": -1.0, "Direction du Cadastre": -1.5}
    assert _likeliest(Field.SENDER, Sheet([laid_out(SIGNED[3:])]), told) == "Kodjo AGBÉKO"


def test_a_house_that_stamps_the_letter_has_received_it() -> None:
    stamped = ((0.10, 0.10, "MINISTÈRE DES MINES"), (0.14, 0.118, "Reçu le"), (0.13, 0.136, "26 JUL 2024"), *SIGNED[7:])
    told = {"Kodjo AGBÉKO": -1.0, "MINISTÈRE DES MINES": -1.5}
    assert _likeliest(Field.SENDER, Sheet([laid_out(stamped)]), told) == "Kodjo AGBÉKO"


def test_who_is_greeted_is_written_to_with_the_house_that_the_greeting_leaves_out() -> None:
    block, greeting = "Madame la Secrétaire générale Direction du Cadastre", "Madame la Secrétaire générale,"
    sheet = Sheet([laid_out(SIGNED)])
    assert _likeliest(Field.RECIPIENT, sheet, {greeting: 0.9, block: 0.2}) == block
    assert _likeliest(Field.RECIPIENT, sheet, {block: -4.0, "Kodjo AGBÉKO": -2.0}) == block
    lost = Sheet([laid_out(tuple(one for one in SIGNED if one[1] not in {0.20, 0.215}))])
    assert _likeliest(Field.RECIPIENT, lost, {greeting: -5.0, "Kodjo AGBÉKO": -4.0}) == greeting


def test_a_house_is_named_at_the_foot_of_the_page_before_its_contacts() -> None:
    foot = "Entreprise Horizon - Quartier Djidjolé, Lomé - BP 4521 - Tél. 22 21 33 44 - contact@horizon.tg - NIF 1000"
    lines = ((0.08, 0.30, "Objet : Avis"), (0.60, 0.66, "Kodjo AGBÉKO"), (0.08, 0.95, foot))
    told = {"Kodjo AGBÉKO": -0.5, "Entreprise Horizon": -1.0}
    assert _likeliest(Field.SENDER, Sheet([laid_out(lines)]), told) == "Entreprise Horizon"


def test_a_subject_goes_on_while_its_lines_do() -> None:
    first, second, third = "Objet : Avis sur le projet de route minière", "transmission de pièces et demande", "d'avis"
    after = (
        (0.08, 0.43, "J'ai l'honneur de vous transmettre, ci-joint, le dossier complet du projet"),
        (0.08, 0.452, "cité en objet, avec ses annexes, pour suite à donner dans vos services."),
    )

    def chosen(*lines: tuple[float, float, str]) -> str:
        begun = {first: 2.0, f"{first} {second}": 1.0, f"{first} {second} {third}": -1.0}
        return _likeliest(Field.SUBJECT, Sheet([laid_out((*lines, *after))]), begun)

    told = (0.08, 0.30, first), (0.08, 0.324, second), (0.08, 0.348, third)
    assert chosen(*told) == f"{first} {second} {third}"
    assert chosen(told[0], (0.16, 0.324, second)) == f"{first} {second}", "under what the label heads"
    assert chosen(told[0], (0.24, 0.324, second)) == first, "neither under the label nor under what it heads"
    assert chosen(told[0], (0.08, 0.335, second)) == first, "farther than lines of one text"
    assert chosen(told[0], (0.08, 0.324, "pièces jointes : 03")) == first
    assert chosen(told[0], (0.08, 0.324, second), (0.08, 0.348, "- un devis")) == first, "the head of a list"
    assert chosen(told[0], (0.08, 0.324, "Monsieur le Ministre")) == first


def test_a_name_in_capitals_is_written_as_one() -> None:
    assert titled("DÉLÉGATION DE L'ÉNERGIE ET DU LABEUR") == "Délégation de l'Énergie et du Labeur"
    assert titled("ENTREPRISE AUTO-ÉCOLE D'ANÉHO") == "Entreprise Auto-École d'Aného"
