"""Make the example templates of replies of the pilot ministry: `python scripts/reply_templates.py`.

The same script gives the same bytes: templates are known by their digest. Fields are those of
`ged.mail.lists.TEMPLATE_FIELDS`, written as Jinja expressions for docxtpl; `{%p … %}` takes its paragraph away.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Cm, Pt

_FOLDER = Path(__file__).resolve().parents[1] / "deploy" / "pilote" / "modeles"
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_ANSWERED = "Vos références : {{ reference }} du {{ reference_date }}, enregistrées sous le n° {{ reference_numero }}."
_COPIES = ("{%p if ampliations %}", "Ampliations : {{ ampliations|join(' ; ') }}", "{%p endif %}")
_PIECES = ("{%p if pieces %}", "P.J. : {{ pieces|join(' ; ') }}", "{%p endif %}")
_BODY = ("{%p for paragraphe in corps %}", "{{ paragraphe }}", "{%p endfor %}")


def main() -> None:
    """Write each template."""
    _FOLDER.mkdir(exist_ok=True)
    thanks = "J'ai bien reçu votre courrier relatif à l'objet cité."
    end = "Je vous prie d'agréer, {{ civilite }}, l'expression de ma considération distinguée."
    _write("reponse", _letter("{{ civilite }},", *_BODY, end))
    _write(
        "demande_de_pieces",
        _letter(
            "{{ civilite }},",
            f"{thanks} Pour l'instruire, les pièces suivantes manquent :",
            *_BODY,
            "Le délai de réponse est suspendu jusqu'à leur réception.",
            end,
        ),
    )
    _write(
        "reponse_defavorable",
        _letter("{{ civilite }},", f"{thanks} Il n'a pas pu y être donné une suite favorable :", *_BODY, end),
    )
    _write(
        "transmission",
        _letter("{{ civilite }},", "J'ai l'honneur de vous transmettre, ci-joint :", *_BODY, *_PIECES, end),
    )
    _write("note_de_service", _note())


def _letter(*text: str) -> Paper:
    paper = _sheet()
    _add(paper, "{{ ville }}, le {{ date }}", ALIGN.RIGHT)
    _add(paper, "N° {{ numero }}", space_pt=12)
    _add(paper, "{{ destinataire }}", indent_cm=9, bold=True)
    for line in ("{%p for ligne in adresse %}", "{{ ligne }}", "{%p endfor %}"):
        _add(paper, line, indent_cm=9)
    _add(paper, "Objet : {{ objet }}", bold=True, space_pt=12)
    for line in ("{%p if reference %}", _ANSWERED, "{%p endif %}"):
        _add(paper, line)
    for line in text:
        _add(paper, line, ALIGN.JUSTIFY, space_pt=8)
    _signed(paper)
    return paper


def _note() -> Paper:
    paper = _sheet()
    _add(paper, "{{ ville }}, le {{ date }}", ALIGN.RIGHT)
    _add(paper, "NOTE DE SERVICE", ALIGN.CENTER, bold=True, space_pt=14)
    _add(paper, "N° {{ numero }}", ALIGN.CENTER)
    _add(paper, "À l'attention de : {{ destinataire }}", space_pt=12)
    _add(paper, "Objet : {{ objet }}", bold=True)
    for line in _BODY:
        _add(paper, line, ALIGN.JUSTIFY, space_pt=8)
    _signed(paper)
    return paper


def _sheet() -> Paper:
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2)
    paper.styles["Normal"].font.name = "Liberation Serif"
    paper.styles["Normal"].font.size = Pt(12)
    paper.styles["Normal"].paragraph_format.space_after = Pt(2)
    for line in ("{%p for ligne in entete %}", "{{ ligne }}", "{%p endfor %}"):
        _add(paper, line, ALIGN.CENTER, bold=True)
    section.footer.paragraphs[0].text = "{{ pied }}"
    section.footer.paragraphs[0].alignment = ALIGN.CENTER
    return paper


def _signed(paper: Paper) -> None:
    _add(paper, "{{ titre }}", indent_cm=8, space_pt=24)
    _add(paper, "{{ signataire }}", indent_cm=8, bold=True, space_pt=48)
    for line in _COPIES:
        _add(paper, line)


def _add(
    paper: Paper, text: str, align: ALIGN = ALIGN.LEFT, *, bold: bool = False, indent_cm: float = 0, space_pt: int = 0
) -> None:
    paragraph = paper.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.left_indent = Cm(indent_cm)
    paragraph.paragraph_format.space_before = Pt(space_pt)
    paragraph.add_run(text).bold = bold


def _write(name: str, paper: Paper) -> None:
    """Write a DOCX whose parts carry no time of day, so that the same text is the same file."""
    made = BytesIO()
    paper.save(made)
    with ZipFile(made) as given, ZipFile(_FOLDER / f"{name}.docx", "w", ZIP_DEFLATED) as written:
        for part in sorted(given.namelist()):
            entry = ZipInfo(part, _BEGINNING)
            entry.compress_type = ZIP_DEFLATED
            written.writestr(entry, given.read(part))


if __name__ == "__main__":
    main()
