"""What a letter that leaves says: every field there, the number and the date only once they are given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ged.mail.access import Actor, Capacity, Post, Role
from ged.mail.item import Confidentiality
from ged.mail.sheet import ANCHOR, BLANK, fields_of, open_fields, paragraphs, salutation_of
from ged.mail.signature_block import block_of, with_article
from rooms.documents import a_sheet

POST = Post("DIRCAB", "Directeur de cabinet", Role.HEAD, Confidentiality.SECRET, "MME", "CAB", "MME", ("CAB",))
AT = datetime(2026, 12, 1, 9, 5, tzinfo=UTC)


def test_a_number_and_a_date_have_a_place_before_they_are_given() -> None:
    before, after = fields_of(a_sheet()), fields_of(a_sheet(number="DEP-2026-000001", day=date(2026, 12, 1)))
    assert (before["numero"], before["date"]) == (BLANK, BLANK)
    assert (after["numero"], after["date"]) == ("DEP-2026-000001", "1er décembre 2026")
    assert before.keys() == after.keys()


def test_title_and_name_are_printed_for_ink_and_replaced_by_the_block_otherwise() -> None:
    ink, electronic = fields_of(a_sheet(by_hand=True)), fields_of(a_sheet())
    assert (ink["titre"], ink["signataire"]) == ("Le Directeur de cabinet", "Y. Amouzou")
    assert electronic["titre"] == ANCHOR
    assert not str(electronic["signataire"]).strip()


def test_what_the_signature_gives_stays_a_field_in_a_document_that_goes_round() -> None:
    fields = open_fields(a_sheet())
    assert fields["numero"] == "{{ numero }}"
    assert fields["objet"] == a_sheet().subject


@pytest.mark.parametrize(
    ("capacity", "holder", "title"),
    [
        (Capacity.HOLDER, "", "Le Directeur de cabinet"),
        (Capacity.INTERIM, "Y. Amouzou", "Le Directeur de cabinet p.i."),
        (Capacity.DELEGATE, "Y. Amouzou", "Pour le Directeur de cabinet et par délégation, le Secrétaire général"),
        (Capacity.BY_ORDER, "Y. Amouzou", "P.O. le Directeur de cabinet, le Secrétaire général"),
    ],
)
def test_the_block_says_by_what_title_one_signs(capacity: Capacity, holder: str, title: str) -> None:
    instrument = "" if capacity is Capacity.HOLDER else "12/2026/MME/CAB"
    post = replace(POST, capacity=capacity, holder=holder, instrument=instrument)
    own = replace(POST, position_id="SG-1", title="Secrétaire général")
    actor = Actor("1", "sg", "P. Tchalla", "fr", (post,) if capacity is Capacity.HOLDER else (own, post))
    block = block_of(actor, post, number="DEP-2026-000007", at=AT)
    act = () if capacity is Capacity.HOLDER else ("Acte n° 12/2026/MME/CAB",)
    signed = "Signé électroniquement le 1er décembre 2026 à 9 h 05 (UTC)"
    assert block.lines == (title, "P. Tchalla", *act, signed, "N° DEP-2026-000007")


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Directeur", "le Directeur"),
        ("Directrice des ressources humaines", "la Directrice des ressources humaines"),
        ("Inspecteur auditeur", "l'Inspecteur auditeur"),
        ("Ingénieur réseau", "l'Ingénieur réseau"),
        ("Chargée du cadastre", "la Chargée du cadastre"),
        ("Ministre", "le Ministre"),
    ],
)
def test_a_title_has_its_article(title: str, said: str) -> None:
    assert with_article(title) == said


def test_a_body_is_told_as_plain_paragraphs_and_loses_no_word() -> None:
    text = "# Titre\n\nUn **gras**\net la suite\n\n1. un\n2. deux\n\n- trois\n\n| a | b |\n|---|---|\n| c | d |"
    assert paragraphs(text) == ["Titre", "Un gras\net la suite", "1. un", "2. deux", "– trois", "a | b", "c | d"]


@pytest.mark.parametrize(
    ("recipient", "called"),
    [
        ("Monsieur le Directeur général de la CEET, Lomé", "Monsieur le Directeur général"),
        ("Madame la Ministre d'État", "Madame la Ministre"),
        ("Monsieur Komla Adjovi", "Monsieur Komla Adjovi"),
        ("Société des Carrières du Mono", "Madame, Monsieur"),
        ("", "Madame, Monsieur"),
    ],
)
def test_an_addressee_is_called_by_title_without_what_they_lead(recipient: str, called: str) -> None:
    assert salutation_of(recipient) == called
