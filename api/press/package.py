"""A Word file looked at before anything opens it: a whole DOCX, of a bearable size, without macro or outside content.

Source: ECMA-376 (Open Packaging Conventions; fields of WordprocessingML).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.parsers import expat

from ged.errors import Refused

MAX_BYTES, MAX_UNPACKED, MAX_PARTS = 20_000_000, 200_000_000, 2000
_FOREIGN = ("afchunk", "oleobject", "vbaproject", "wordvbadata", "control", "frame", "attachedtoolbars", "package")
"""Kinds of relationship that bring a program, or a document of another format, into the file."""
_REACHING = re.compile(r"\b(INCLUDETEXT|INCLUDEPICTURE|DDEAUTO|DDE|DATABASE|LINK|RD)\b")
"""Fields by which Word fetches something from elsewhere when the document is opened."""


_NO_PACKAGE = (zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, RuntimeError, EOFError)
"""What zipfile raises of bytes that are no archive; names and offsets that make no sense are ValueError."""


def check_package(data: bytes) -> None:
    """Let pass a Word file that brings nothing from outside.

    Raises:
        Refused: `press.not_docx`, `press.too_large`, `press.macro`, `press.outside`.
    """
    if len(data) > MAX_BYTES:
        raise _too_large()
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            _check_parts(package)
    except (*_NO_PACKAGE, expat.ExpatError) as error:
        raise _not_docx() from error


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _too_large()
    names = {part.filename for part in parts}
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        raise _not_docx()
    if any(name.lower().endswith((".bin", "vbadata.xml")) and "vba" in name.lower() for name in names):
        raise _macro()
    if b"macroenabled" in package.read("[Content_Types].xml").lower():
        raise _macro()
    for name in names:
        if name.endswith(".rels"):
            _check_relationships(package.read(name))
        elif name.startswith("word/") and name.endswith(".xml"):
            _check_fields(package.read(name))


def _check_relationships(xml: bytes) -> None:
    for tag, attributes, _text in _elements(xml):
        if not tag.endswith("Relationship"):
            continue
        kind = attributes.get("Type", "").rsplit("/", 1)[-1].lower()
        if "vba" in kind:
            raise _macro()
        if kind in _FOREIGN or (attributes.get("TargetMode") == "External" and kind != "hyperlink"):
            raise _outside(kind)


def _check_fields(xml: bytes) -> None:
    """A field's words may be cut over several runs: they are read together."""
    written = ""
    for tag, attributes, text in _elements(xml):
        if tag.endswith("instrText"):
            written += text
        elif tag.endswith("fldSimple"):
            written += " ".join(value for name, value in attributes.items() if name.endswith("instr"))
    if found := _REACHING.search(written.upper()):
        raise _outside(found[1])


def _elements(xml: bytes) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield (tag, attributes, own text) of each element; a document type, which could name files, is refused."""
    found: list[tuple[str, dict[str, str], str]] = []
    texts: list[str] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        texts.append("")
        found.append((tag, attributes, ""))

    def end(tag: str) -> None:
        if text := texts.pop():
            found.append((tag, {}, text))

    def character_data(text: str) -> None:
        texts[-1] += text

    def doctype(*_: object) -> None:
        raise _outside("DOCTYPE")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = character_data, doctype
    parser.Parse(xml, True)
    yield from found


def _not_docx() -> Refused:
    return Refused(
        "press.not_docx",
        "Ce fichier n'est pas un document Word (.docx) lisible. Enregistrez-le au format « Document Word (.docx) ».",
    )


def _too_large() -> Refused:
    return Refused("press.too_large", "Ce document Word est trop lourd : 20 Mo au plus. Allégez ses images.")


def _macro() -> Refused:
    return Refused(
        "press.macro",
        "Ce document Word contient des macros ; elles ne sont jamais exécutées ici. Enregistrez-le sans macro (.docx).",
    )


def _outside(what: str) -> Refused:
    return Refused(
        "press.outside",
        "Ce document Word va chercher un contenu en dehors de lui-même. "
        "Retirez ce lien, ou insérez l'image ou le texte dans le document.",
        what=what,
    )
