"""The house's press: the port `Press` fulfilled by docxtpl, LibreOffice and WeasyPrint."""

from __future__ import annotations

import json
import sys

from api.press.filling import FAULT, FAULTY, FILLED, HEAVY, TEMPLATE, VALUES
from api.press.package import check_package
from api.press.paper import block_pdf, code_pdf, copies_pdf, marked, names_copies, sheet_pdf
from ged.errors import Refused
from ged.mail.sheet import Sheet, fields_of, open_fields
from ged.mail.signature_block import SignatureBlock
from ged.ports import PressReport
from ingest.office.confined import Limits, run, walls
from ingest.office.converter import Office
from ingest.own_folder import own_folder

_FILLING = Limits(timeout_s=30, processor_s=8, memory_bytes=1_500_000_000, file_bytes=100_000_000)
_FILLED_LIMIT = 100_000_000


class HousePress:
    """Lays letters out. Each Word document has a process, a folder and limits of its own."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def fill(self, template: bytes, sheet: Sheet, *, later: bool = False) -> bytes:
        """Return a Word template filled; with `later`, what the signature gives stays as fields."""
        check_package(template)
        values = open_fields(sheet) if later else fields_of(sheet)
        with own_folder("modele") as folder:
            (folder / TEMPLATE).write_bytes(template)
            (folder / VALUES).write_text(json.dumps(values), encoding="utf-8")
            ended = run((sys.executable, "-I", "-m", "api.press.filling"), folder, _FILLING)
            if ended.code == FAULTY and FAULT in ended.said:
                raise Refused("press.template", ended.said.partition(FAULT)[2].strip())
            made = folder / FILLED
            if ended.code is None or ended.code < 0 or ended.code == HEAVY:
                raise Refused(
                    "press.template_heavy", "Ce modèle demande trop de travail : il a été arrêté. Simplifiez-le."
                )
            if ended.code != 0 or not made.exists() or made.stat().st_size > _FILLED_LIMIT:
                raise Refused(
                    "press.not_docx",
                    "Ce fichier n'est pas un document Word (.docx) lisible. "
                    "Enregistrez-le au format « Document Word (.docx) ».",
                    said=ended.said[-400:],
                )
            return made.read_bytes()

    def print_document(self, docx: bytes) -> bytes:
        """Return a Word document as PDF/A-2b."""
        check_package(docx)
        return self._office.convert(docx)

    def print_sheet(self, sheet: Sheet) -> bytes:
        """Return a letter written here, on its letterhead, as PDF/A-3b."""
        return sheet_pdf(sheet)

    def with_code(self, pdf: bytes, code: str) -> bytes:
        """Return a PDF with a code as a QR on its first page, where there is room."""
        return marked(pdf, code_pdf(code))

    def with_copies(self, pdf: bytes, copies: tuple[str, ...]) -> bytes:
        """Return a PDF with who receives a copy at its foot, unless it says so itself."""
        return marked(pdf, copies_pdf(copies), at_foot=True) if copies and not names_copies(pdf) else pdf

    def print_block(self, block: SignatureBlock) -> bytes:
        """Return the block of a signature as a page of its own size."""
        return block_pdf(block)

    def report(self) -> PressReport:
        """Say whether LibreOffice answers, and what it is kept from. Never raises."""
        program, kept_from = self._office.program, walls()
        if program is None:
            return PressReport("LibreOffice", "", False, *kept_from)
        try:
            with own_folder("presse") as folder:
                asked = (program, f"-env:UserInstallation={folder.as_uri()}", "--version")
                said = run(asked, folder, Limits(timeout_s=10, processor_s=10, memory_bytes=4_000_000_000))
        except OSError:
            return PressReport("LibreOffice", "", False, *kept_from)
        version = next((line for line in said.said.splitlines() if line.startswith("LibreOffice")), "")
        return PressReport("LibreOffice", version, said.code == 0, *kept_from)
