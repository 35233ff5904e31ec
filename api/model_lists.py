"""The lists of the configuration folder: terms, letterheads, and the templates with their DOCX files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from api.model_rows import Fault, Faulty, Row, given, member, read_each
from ged.mail.item import Confidentiality
from ged.mail.lists import TEMPLATE_FIELDS, Letterhead, ReplyTemplate, Term, TermList

_LIMIT_BYTES = 2_000_000
_BODY = "word/document.xml"
_MACROS = "word/vbaProject.bin"


def read_term(which: TermList) -> Callable[[Row], Term]:
    """Return what reads the lines of a list of terms; the lines' order is the list's."""

    def read(row: Row) -> Term:
        code = member(row, "code", Confidentiality) if which is TermList.LEVEL else given(row, "code")
        label = given(row, "libelle_fr")
        return Term(which, str(code), label, row["libelle_en"] or label, row.rank)

    return read


def read_letterhead(row: Row) -> Letterhead:
    """Return the letterhead that a line describes."""
    lines = _parts(given(row, "lignes_fr"))
    return Letterhead(given(row, "entite"), lines, _parts(row["lignes_en"]) or lines, given(row, "ville"), row["pied"])


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def read_templates(rows: list[Row], folder: Path, faults: list[Fault]) -> tuple[list[ReplyTemplate], dict[str, bytes]]:
    """Return the templates with their files' bytes by digest; each file is opened, and each of its fields known."""
    files: dict[str, bytes] = {}

    def read(row: Row) -> ReplyTemplate:
        data = _document(row, folder)
        digest = hashlib.sha256(data).hexdigest()
        files[digest] = data
        label = given(row, "libelle_fr")
        return ReplyTemplate(
            code=given(row, "code"),
            label_fr=label,
            label_en=row["libelle_en"] or label,
            file=row["fichier"],
            kind=row["nature"],
            entity_id=row["entite"],
            digest=digest,
            rank=row.rank,
        )

    return read_each(rows, read, faults), files


def _document(row: Row, folder: Path) -> bytes:
    name = given(row, "fichier")
    if Path(name).name != name or not name.endswith(".docx"):
        raise Faulty(f"« {name} » dans « fichier » : attendu un nom en .docx, sans dossier.")
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise Faulty(f"Le fichier modeles/{name} manque.") from error
    if len(data) > _LIMIT_BYTES:
        raise Faulty(f"modeles/{name} dépasse {_LIMIT_BYTES // 1_000_000} Mo : allégez ses images.")
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = set(archive.namelist())
    except BadZipFile as error:
        raise Faulty(f"modeles/{name} n'est pas un document Word.") from error
    if _BODY not in parts:
        raise Faulty(f"modeles/{name} n'est pas un document Word.")
    if _MACROS in parts:
        raise Faulty(f"modeles/{name} porte des macros : enregistrez-le sans elles.")
    _refuse_unknown_fields(name, data)
    return data


def _refuse_unknown_fields(name: str, data: bytes) -> None:
    from docxtpl import DocxTemplate  # noqa: PLC0415 - slow to load, and only this command needs it
    from jinja2 import TemplateError  # noqa: PLC0415
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    try:
        named = DocxTemplate(BytesIO(data)).get_undeclared_template_variables(SandboxedEnvironment())
    except TemplateError as error:
        raise Faulty(f"modeles/{name} : un champ est mal écrit ({error}).") from error
    unknown = sorted(named - set(TEMPLATE_FIELDS))
    if unknown:
        raise Faulty(f"modeles/{name} : champ {', '.join(unknown)} inconnu. Attendu : {', '.join(TEMPLATE_FIELDS)}.")
