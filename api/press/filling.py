"""Filling a Word template, as a program of its own: `python -I -m api.press.filling`, run confined.

A template is not trusted: its fields run in Jinja's sandbox over texts and lists of texts, and this process has no
network, little memory and little time. What is wrong is said in French on the standard output, after a mark.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

from docxtpl import DocxTemplate
from jinja2 import DictLoader, StrictUndefined, TemplateError, TemplateNotFound, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

TEMPLATE, VALUES, FILLED = "modele.docx", "valeurs.json", "rempli.docx"
FAULT = "FAUTE: "
"""What a sentence for the user begins with on the standard output."""
FAULTY, HEAVY = 3, 4
"""The exit codes when the template is wrong, and when it asks for more than there is."""


class _Lines(list[str]):
    """A list that, printed whole, is its lines one under the other."""

    def __str__(self) -> str:
        return "\n".join(self)


def fill(folder: Path) -> None:
    """Write the filled document beside the template.

    Raises:
        TemplateError: a field is not well written, does not exist, or reaches for what is closed to it.
    """
    given = json.loads((folder / VALUES).read_text(encoding="utf-8"))
    values = {name: _Lines(value) if isinstance(value, list) else value for name, value in given.items()}
    document = DocxTemplate(folder / TEMPLATE)
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, loader=DictLoader({}))
    document.render(values, jinja_env=environment)
    document.save(folder / FILLED)


def _said(error: Exception) -> str:
    if isinstance(error, SecurityError):
        return "Ce modèle tente d'atteindre ce qui lui est fermé : il n'est pas employé."
    if isinstance(error, UndefinedError):
        return (
            f"Ce modèle demande un champ qui n'existe pas : {error.message}. Corrigez-le d'après la liste des champs."
        )
    if isinstance(error, TemplateNotFound):
        return "Ce modèle en appelle un autre ; il doit tenir dans un seul fichier."
    where = " ".join(line.strip() for line in getattr(error, "docx_context", ()) if line.strip())
    return f"Un champ de ce modèle est mal écrit : {error}." + (f" Près de : « {where[:200]} »." if where else "")


def _end(sentence: str) -> NoReturn:
    sys.stdout.write(FAULT + sentence)
    sys.exit(FAULTY)


if __name__ == "__main__":
    try:
        fill(Path.cwd())
    except TemplateError as fault:
        _end(_said(fault))
    except (MemoryError, RecursionError):
        sys.exit(HEAVY)
    except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as fault:
        _end(f"Un champ de ce modèle ne donne rien : {fault}.")
