"""Texts that remember of which sentence and values they were made."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from api.views.words import translations
from ged.mail.audit import Audit, Checked, Depth, Finding, Weight
from ged.mail.french_dates import long_moment
from ged.mail.said import Said, kept, plain, read, recalled, tell
from ged.services.audit.notebook import Notebook
from ged.services.audit.notebook import plain as plain_audit

ENGLISH = translations("en").gettext
MISSING = Said("Il manque les numéros %(first)s à %(last)s.", first=3, last=5)
WITHIN = Said("%(check)s : %(why)s", check=Said("Numéros des registres"), why=MISSING)


def test_a_text_is_its_french() -> None:
    assert MISSING == "Il manque les numéros 3 à 5."
    assert f"{WITHIN}" == "Numéros des registres : Il manque les numéros 3 à 5."
    assert Said("100 % de « %(name)s »") == "100 % de « %(name)s »", "what has no values stands as it is"


def test_it_is_told_in_another_language_with_what_it_holds() -> None:
    assert tell(MISSING, ENGLISH) == "Numbers 3 to 5 are missing."
    assert tell(WITHIN, ENGLISH).endswith(": Numbers 3 to 5 are missing.")
    assert "Numéros" not in tell(WITHIN, ENGLISH)
    assert tell("Le disque ne rend pas ses octets (erreur de lecture).", ENGLISH).startswith("The disk")
    assert tell("", ENGLISH) == ""


def test_words_of_people_are_told_as_they_are() -> None:
    title = "Numéros des registres"
    assert ENGLISH(title) != title
    assert title in tell(Said("%(check)s : %(why)s", check=title, why="x"), ENGLISH)


def test_it_comes_back_from_json() -> None:
    back = read(json.loads(json.dumps(plain(WITHIN))))
    assert (back, tell(back, ENGLISH)) == (WITHIN, tell(WITHIN, ENGLISH))
    assert read(json.loads(json.dumps(plain("1 % de plus")))) == "1 % de plus"


def test_a_column_of_texts_keeps_it_and_leaves_what_people_write() -> None:
    for one in (MISSING, WITHIN, Said("Rien à ajouter."), "Rien à ajouter.", '["%(a)s", {"a": 1}]', "[sic]", ""):
        assert recalled(kept(one)) == one
    assert tell(recalled(kept(WITHIN)), ENGLISH) == tell(WITHIN, ENGLISH)
    assert kept("Il manque 5 %.") == "Il manque 5 %."
    for older in ("[sic]", "[1, 2]", '["%(a)9999999999s", {"a": 1}]', '["%(a)s", {"b": 1}]'):
        assert recalled(older) == older, "what was kept before, and is no such text"


def test_a_day_and_an_hour_are_told_too() -> None:
    assert long_moment(datetime(2046, 3, 1, 9, 5, tzinfo=UTC)) == "le 1er mars 2046 à 9 h 05"
    assert tell(long_moment(datetime(2046, 3, 1, 9, 5, tzinfo=UTC)), ENGLISH) == "on 1 March 2046 at 9:05"


def test_an_audit_that_is_kept_is_french_and_can_still_be_told(tmp_path: Path) -> None:
    found = Finding("register.faulty", "MME", MISSING, Weight.FAULT)
    checked = Checked("registres", findings=(found,), stopped=WITHIN, faults=1)
    at = datetime(2026, 11, 29, tzinfo=UTC)
    audit = Audit("1", Depth.FULL, "ici", "g", 0, "a", at, checks=(checked,), not_checked=(WITHIN, "Rien."))
    kept = json.loads(json.dumps(plain_audit(audit)))
    assert kept["checks"][0]["findings"][0]["detail"] == "Il manque les numéros 3 à 5."
    Notebook(tmp_path).write(audit)
    back = Notebook(tmp_path).read()
    assert back == audit
    assert tell(back.checks[0].findings[0].detail, ENGLISH) == "Numbers 3 to 5 are missing."
    assert [tell(each, ENGLISH) for each in back.not_checked] == [tell(each, ENGLISH) for each in audit.not_checked]
    del kept["told"]
    (tmp_path / "audit.json").write_text(json.dumps(kept))
    older = Notebook(tmp_path).read()
    assert older is not None
    assert tell(older.checks[0].stopped, ENGLISH) == WITHIN, "what was kept before stands as it was said"
