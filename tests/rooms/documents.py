"""Word templates of our own, made by hand for each test, and what a letter's sheet holds."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import docx

from ged.mail.sheet import Sheet

TEXT = """J'ai l'honneur d'accuser réception de votre lettre au sujet de la **carrière de gravier** de Kpalimé.

Après examen, je vous invite à compléter votre dossier :

- le plan de situation au 1/5 000 ;
- l'étude d'impact sur l'environnement.

| Pièce | Avant le |
|---|---|
| Plan | 15 décembre 2026 |

Je vous prie d'agréer, Monsieur le Directeur, l'expression de ma considération distinguée."""
SHEET = Sheet(
    letterhead=("RÉPUBLIQUE TOGOLAISE", "Travail - Liberté - Patrie", "Ministère des mines et de l'énergie", "Cabinet"),
    city="Lomé",
    footer="B.P. 4227 Lomé · Téléphone 22 21 27 89",
    subject="Autorisation d'exploiter une carrière",
    text=TEXT,
    salutation="Monsieur le Directeur",
    recipient="Société des Carrières du Mono",
    address=("B.P. 1234", "Kpalimé"),
    reference="0123/2026/SCM/DG",
    reference_day=date(2026, 10, 12),
    reference_number="ARR-2026-000001",
    enclosures=("Formulaire M-12",),
    copies=("CEET", "Archives"),
    title="Le Directeur de cabinet",
    signer="Y. Amouzou",
)


def a_sheet(**changes: Any) -> Sheet:
    return replace(SHEET, **changes)


TEMPLATE_LINES = (
    "{{ entete }}",
    "{{ ville }}, le {{ date }}",
    "N° {{ numero }}",
    "{{ destinataire }}",
    "{{ adresse }}",
    "Objet : {{ objet }}",
    "{%p for paragraphe in corps %}",
    "{{ paragraphe }}",
    "{%p endfor %}",
    "{{ titre }}",
    "{{ signataire }}",
    "{%p if ampliations %}",
    "Ampliations : {{ ampliations | join(', ') }}",
    "{%p endif %}",
)


def template(lines: tuple[str, ...] = TEMPLATE_LINES) -> bytes:
    """Return a Word template of one paragraph a line."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def altered(data: bytes, change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """Return a package with each part passed through `change`, and parts added."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in added.items():
            new.writestr(name, content)
    return made.getvalue()
