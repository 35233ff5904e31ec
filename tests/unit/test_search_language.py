"""What people type in the search box: fields, dates and values in French and English, and what is said of the rest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.mail.item import Direction, State
from search.language import RemarkKind, Understood, Vocabulary, understood, without_each, written
from search.period import period
from search.plan import taken_apart

TODAY = date(2026, 11, 28)
WORDS = Vocabulary(
    {
        "nature": {"facture": "facture", "invoice": "facture", "demande-d-autorisation": "autorisation"},
        "service": {"daf": "MME-DAF", "direction-des-affaires-administratives": "MME-DAF", "ceet": "CEET"},
        "etat": {"a-qualifier": "a_qualifier", "a-viser": "a_viser"},
        "registre": {"arrivee": "arrivee", "depart": "depart"},
        "cote": {"c": "C", "c1": "C1", "d1": "D1", "d11": "D11", "d2": "D2", "titres-miniers": "D1"},
    },
    under={"C": ("C", "C1"), "C1": ("C1",), "D1": ("D1", "D11"), "D11": ("D11",), "D2": ("D2",)},
)


def read(text: str) -> Understood:
    return understood(text, TODAY, WORDS)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("mars", "2026-03-01", "2026-03-31"),
        ("décembre", "2025-12-01", "2025-12-31"),
        ("février-2024", "2024-02-01", "2024-02-29"),
        ("fév", "2026-02-01", "2026-02-28"),
        ("March", "2026-03-01", "2026-03-31"),
        ("03/2025", "2025-03-01", "2025-03-31"),
        ("2025-03", "2025-03-01", "2025-03-31"),
        ("16/11/2026", "2026-11-16", "2026-11-16"),
        ("16-nov-2026", "2026-11-16", "2026-11-16"),
        ("hier", "2026-11-27", "2026-11-27"),
        ("cette-semaine", "2026-11-23", "2026-11-29"),
        ("ce-mois", "2026-11-01", "2026-11-30"),
        ("this-year", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_period_is_a_first_and_a_last_day(typed: str, first: str, last: str) -> None:
    assert period(typed, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("typed", ["", "13/2025", "32/01/2026", "bientôt", "0123/2026", "12345"])
def test_what_is_no_period_is_none(typed: str) -> None:
    assert period(typed, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("depuis:mars", "2026-03-01", None),
        ("depuis : mars", "2026-03-01", None),
        ("since:2024", "2024-01-01", None),
        ("après:mars", "2026-04-01", None),
        ("jusqu'à:mars", None, "2026-03-31"),
        ("jusqu’à:mars", None, "2026-03-31"),
        ("avant:mars", None, "2026-02-28"),
        ("le:hier", "2026-11-27", "2026-11-27"),
        ("en:2025", "2025-01-01", "2025-12-31"),
        ("2024..2026", "2024-01-01", "2026-12-31"),
        ("mars..juin", "2026-03-01", "2026-06-30"),
        ("..15/06/2026", None, "2026-06-15"),
        ("2025..", "2025-01-01", None),
        ("2024..2026 depuis:2025", "2025-01-01", "2026-12-31"),
    ],
)
def test_dates_bound_the_day_of_entry(typed: str, since: str | None, until: str | None) -> None:
    found = read(f"pont {typed}")
    bounds = [day and date.fromisoformat(day) for day in (since, until)]
    assert [found.text, found.since, found.until, found.remarks] == ["pont", *bounds, ()]


def test_values_of_lists_are_named_as_people_name_them() -> None:
    found = read(
        'pont nature:Facture kind:invoice service:DAF état:"à viser" registre:arrivée nature:"demande d\'autorisation"'
    )
    assert found == Understood(
        "pont",
        kinds=("facture", "autorisation"),
        services=("MME-DAF",),
        states=(State.TO_APPROVE,),
        directions=(Direction.INCOMING,),
    )
    assert read(written(found, WORDS)) == found, "what is written is read the same"


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("n° 0123/2026/MMRE", "0123/2026/MMRE"),
        ("lettre N°0123-2026-MMRE-CAB", "lettre 0123-2026-MMRE-CAB"),
        ("n° 123/2026", "n°:123/2026"),
        ("-n° 0123/2026/MMRE", "-n°:0123/2026/MMRE"),
        ("n°:0123/2026/MMRE", "n°:0123/2026/MMRE"),
    ],
)
def test_a_whole_reference_is_looked_for_wherever_it_stands(typed: str, left: str) -> None:
    assert read(typed).text == left


def test_fields_of_text_stay_for_the_plan() -> None:
    typed = 'pont de:mairie -de:ceet à:ministre objet:"mise en service" réf:123/2026 n° 45'
    found = read(typed)
    assert (found.text, found.remarks) == (typed.replace("n° 45", "n°:45"), ())
    apart = taken_apart(found.text)
    assert [(one.field, [token.exact for token in one.words]) for one in apart.fields] == [
        ("sender", ["mairie"]),
        ("recipient", ["ministre"]),
        ("subject", ["mise", "en", "service"]),
        ("refs", ["123", "2026"]),
        ("refs", ["45"]),
    ]
    assert [one.field for one in apart.excluded_fields] == ["sender"]
    assert [[token.exact for token in chunk] for chunk in apart.chunks] == [["pont"]]


@pytest.mark.parametrize(
    ("typed", "kind", "name", "value"),
    [
        ("depuis:bientôt", RemarkKind.NO_DATE, "depuis", "bientôt"),
        ("nature:inconnue", RemarkKind.NO_VALUE, "nature", "inconnue"),
        ("couleur:rouge", RemarkKind.NO_FIELD, "couleur", "rouge"),
        ("-nature:facture", RemarkKind.NOT_EXCLUDED, "nature", "facture"),
        ("-cote:D1", RemarkKind.NOT_EXCLUDED, "cote", "D1"),
        ("cote:z9", RemarkKind.NOT_IN_PLAN, "cote", "z9"),
        ('cote:"z 9"', RemarkKind.NO_VALUE, "cote", "z 9"),
        ('cote:""', RemarkKind.EMPTY, "cote", ""),
        ("cote:", RemarkKind.EMPTY, "cote", ""),
        ("-Objet:", RemarkKind.EMPTY, "Objet", ""),
    ],
)
def test_what_is_not_understood_is_said(typed: str, kind: RemarkKind, name: str, value: str) -> None:
    (remark,) = read(f"pont {typed}").remarks
    assert (remark.kind, remark.name, remark.value) == (kind, name, value)


@pytest.mark.parametrize(
    ("typed", "codes", "filed"),
    [
        ("cote:D1", ("D1",), ("D1", "D11")),
        ("cote : d1", ("D1",), ("D1", "D11")),
        ('classement:"Titres miniers"', ("D1",), ("D1", "D11")),
        ("code:D", ("D1", "D2"), ("D1", "D11", "D2")),
        ("cote:c cote:d2", ("C", "D2"), ("C", "C1", "D2")),
        ("cote:z9", ("z9",), ("z9", "Z9")),
        ("cote:-", ("-",), ("-",)),
    ],
)
def test_a_file_code_or_its_beginning_finds_all_that_is_under_it(
    typed: str, codes: tuple[str, ...], filed: tuple[str, ...]
) -> None:
    found = read(f"pont {typed}")
    assert (found.text, found.codes, found.filed) == ("pont", codes, filed)
    assert found.query().codes == filed
    assert read(written(found, WORDS)) == found


def test_what_is_ticked_under_a_file_code_narrows_it() -> None:
    assert WORDS.lowest(["D1", "D11", "C"]) == ("D11", "C")
    assert WORDS.lowest(["D1", "D2"]) == ("D1", "D2")


@pytest.mark.parametrize("typed", ["10:30", "https://exemple.tg", "a..b", "...", "..", "1:2:3", "Objet :"])
def test_what_only_looks_like_the_language_stays_words(typed: str) -> None:
    found = read(typed)
    assert (found.text, found.remarks, found.since, found.until) == (typed, (), None, None)


@given(st.text(max_size=60))
def test_nothing_that_is_typed_is_an_error_and_what_is_written_is_read_the_same(typed: str) -> None:
    found = read(typed)
    taken_apart(found.text)
    again = read(written(found, WORDS))
    assert (again.since, again.until, again.kinds) == (found.since, found.until, found.kinds)
    assert (again.codes, again.filed) == (found.codes, found.filed)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("panne", []),
        ("panne -devis", [("-devis", "panne")]),
        ("panne Kpalimé", [("panne", "Kpalimé"), ("Kpalimé", "panne")]),
        ('de: ceet "mise en service"', [("de:ceet", '"mise en service"'), ('"mise en service"', "de:ceet")]),
        ("a b c d e f g", [("a", "b c d e f g"), ("b", "a c d e f g"), ("c", "a b d e f g")]),
        ("-devis", []),
        ("", []),
    ],
)
def test_each_thing_can_be_left_out(typed: str, left: list[tuple[str, str]]) -> None:
    assert list(without_each(typed, 3)) == left
