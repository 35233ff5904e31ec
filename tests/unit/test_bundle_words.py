"""What the script of a proof bundle says is recognised, and told in English; what a bundle brought stays."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from api.views.bundle_words import recognised, told_step
from api.views.words import translations
from ged.mail.said import Said
from rooms.house import ROOT

ENGLISH = translations("en").gettext
AT = "2026-11-29 21:40:13"
STANDING = {
    "_revoked_at(gone)": AT,
    "at": AT,
    "by": f"« Horodatage, GED », à la date du {AT} UTC",
    "follow(signed, self.trust.authorities, self.trust, times[-1], proved=proved)": f"« C », à la date du {AT} UTC",
    "found['format']": "9",
    "how": "date prouvée",
    "many": "s",
    "self._missing(one, 'cosignature')": "aucun témoin n'est configuré",
    "self._missing(one, 'horodatage')": "pas encore horodatée",
    "signed.claimed": AT,
    "str(one.get('manque'))[:300]": "pas encore cosignée",
    "why": "l'historique n'a pas de ligne",
}
"""What stands in the sentences of the script; anything else is a number."""


def text_of(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else STANDING.get(ast.unparse(part.value), "7")  # type: ignore[attr-defined,misc]
                for part in parts
            )
        case ast.IfExp(body=one, orelse=other):
            yield from text_of(one)
            yield from text_of(other)


def said_by_the_script() -> Iterator[str]:
    """Every sentence that a step may say, with something in the place of its values."""
    tree = ast.parse((ROOT / "ged" / "seal" / "bundle" / "verifier.py").read_text(encoding="utf-8"))
    (examination,) = (each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == "Examination")
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Fault" | "_must"), args=parts):
                yield from (text for part in parts for text in text_of(part))
            case ast.Call(func=ast.Attribute(attr="_note" | "_try"), args=parts):
                yield from (text for part in parts for text in text_of(part))
            case ast.Call(func=ast.Name(id="Step"), args=[_, about, title, _, detail]):
                yield from (text for part in (about, title, detail) for text in text_of(part))
    for node in ast.walk(examination):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from (text.removeprefix("absent : ") for text in text_of(node.value))


def test_every_sentence_of_the_script_is_recognised_and_told_in_english() -> None:
    every = set(said_by_the_script())
    assert len(every) > 70
    assert [text for text in sorted(every) if not isinstance(recognised(text), Said)] == []
    same = {text for text in every if told_step(text, ENGLISH) == text}
    assert all(text.startswith("SHA-256") or text == "Original" for text in same), same


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("2 : pas encore horodatée ; 1 : pas encore cosignée", "2: not time-stamped yet; 1: not cosigned yet"),
        (f"un, le {AT} UTC, deux, le {AT} UTC", f"un, on {AT} UTC, deux, on {AT} UTC"),
        (f"« Autorité, GED », à la date du {AT} UTC (date prouvée)", f"“Autorité, GED”, on {AT} UTC (proved date)"),
        ("pas de sceau : pas encore cosignée", "no seal: not cosigned yet"),
        ("plan des lieux.pdf", "plan des lieux.pdf"),
        ("Le fichier " + "x" * 2000 + " manque", "Le fichier " + "x" * 2000 + " manque"),
    ],
)  # fmt: skip
def test_a_step_is_told_with_what_it_holds(french: str, english: str) -> None:
    assert told_step(french, ENGLISH) == english
    assert told_step(french, translations("fr").gettext) == french
