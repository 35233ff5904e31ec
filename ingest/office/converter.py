"""Office documents into PDF/A by LibreOffice: a new profile and folder for each, no macro, nothing from outside."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ged.errors import Refused, Unavailable
from ingest.office.confined import Limits, run
from ingest.own_folder import own_folder

_PROGRAM = "soffice"
_ITSELF = "soffice.bin"
"""What lays out. `soffice` before it looks for one that runs already, in folders that are closed to it here."""
_ONCE_MORE = 81
"""How it ends when it has made its profile and wants to be started again. Source: desktop/inc/exithelper.h."""
_MEMORY_BYTES = 4_000_000_000
_WAIT_S = 90
"""How long a document waits for the ones before it."""
_FILTER = (
    '{"SelectPdfVersion":{"type":"long","value":"2"},'
    '"UseTaggedPDF":{"type":"boolean","value":"true"},"ExportFormFields":{"type":"boolean","value":"false"},'
    '"ExportLinksRelativeFsys":{"type":"boolean","value":"false"}}'
)
"""PDF/A-2b, tagged, without form fields: what is signed shows the same everywhere. Source: ISO 19005-2."""
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Common/Java/ooo.common", "Enable", "false"),
)
"""Macros never, links never updated (2), no Java."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: the name it is given, LibreOffice's filter that reads it, the program that lays it out.

    The filter is named, so that LibreOffice never guesses: a file is opened as what its reader found, or not at all.
    """

    suffix: str
    read_by: str
    program: str


DOCX = Kind("docx", "MS Word 2007 XML", "writer")


class Office:
    """LibreOffice, so many documents at once in this process."""

    def __init__(self, at_once: int = 1, timeout_s: float = 60, program: str = _PROGRAM) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._limits = Limits(timeout_s, max(1, round(timeout_s)), _MEMORY_BYTES)
        self._program = program

    @property
    def program(self) -> str | None:
        """Where the program is; None when it is not installed."""
        found = shutil.which(self._program)
        itself = Path(found).resolve().with_name(_ITSELF) if found else None
        return str(itself) if itself and itself.exists() else None

    def convert(self, document: bytes, kind: Kind = DOCX) -> bytes:
        """Return a document as PDF/A-2b.

        Raises:
            Unavailable: `press.no_office`, `press.busy`, `press.too_slow`.
            Refused: `press.failed`, LibreOffice makes nothing of this document.
        """
        program = self.program
        if program is None:
            raise Unavailable(
                "press.no_office",
                "LibreOffice n'est pas installé sur ce serveur. Votre document est gardé ; prévenez l'exploitant.",
            )
        with self._place(), own_folder("presse") as folder:
            return self._converted(program, document, kind, folder)

    def _converted(self, program: str, document: bytes, kind: Kind, folder: Path) -> bytes:
        profile = folder / "profil"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_registry(), encoding="utf-8")
        given = folder / f"document.{kind.suffix}"
        given.write_bytes(document)
        command = (
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard"),
            f"--infilter={kind.read_by}",
            *("--convert-to", f"pdf:{kind.program}_pdf_Export:{_FILTER}", "--outdir", str(folder), str(given)),
        )
        ended = run(command, folder, self._limits)
        if ended.code == _ONCE_MORE:
            ended = run(command, folder, self._limits)
        made = folder / "document.pdf"
        if ended.code is None:
            raise Unavailable(
                "press.too_slow",
                "La mise en page a pris trop de temps et a été arrêtée. Rien n'est perdu : réessayez, "
                "ou allégez le document.",
                timeout_s=self._limits.timeout_s,
            )
        if ended.code != 0 or not made.exists():
            raise Refused(
                "press.failed",
                "LibreOffice n'a pas pu mettre ce document en page. Ouvrez-le dans le logiciel qui l'a fait, "
                "enregistrez-le de nouveau, puis recommencez.",
                ended=ended.code,
                said=ended.said[-400:],
            )
        return made.read_bytes()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=_WAIT_S):
            raise Unavailable("press.busy", "Beaucoup de documents attendent leur mise en page. Réessayez bientôt.")
        try:
            yield
        finally:
            self._places.release()


def _registry() -> str:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>'
    )
