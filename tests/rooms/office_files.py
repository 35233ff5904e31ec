"""Documents of offices made by hand, the smallest that their programs read, all saying the same words."""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def open_document(kind: str, body: str) -> bytes:
    """Return a document of a kind (text, spreadsheet, presentation) with a body of XML."""
    media_type = f"application/vnd.oasis.opendocument.{kind}"
    spaces = " ".join(
        f'xmlns:{short}="{_ODF}:{name}:1.0"'
        for short, name in (("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"))
    )
    size = f'xmlns:svg="{_ODF}:svg-compatible:1.0"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} {size} office:version="1.3">'
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media_type}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", media_type)
        package.writestr("META-INF/manifest.xml", manifest)
        package.writestr("content.xml", content)
    return out.getvalue()


def odt(words: str) -> bytes:
    return open_document("text", f"<text:p>{words}</text:p>")


def ods(words: str) -> bytes:
    cell = f'<table:table-cell office:value-type="string"><text:p>{words}</text:p></table:table-cell>'
    rows = f"<table:table-row>{cell}</table:table-row>"
    return open_document("spreadsheet", f'<table:table table:name="Feuille">{rows}</table:table>')


def saved_as(document: bytes, suffix: str, form: str) -> bytes:
    """Return a document as LibreOffice itself saves it in another format: the old ones nobody writes by hand."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder, f"document.{suffix}")
        given.write_bytes(document)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", folder, str(given)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return Path(folder, f"document.{form}").read_bytes()


def odp(words: str) -> bytes:
    box = f"<draw:text-box><text:p>{words}</text:p></draw:text-box>"
    frame = f'<draw:frame svg:x="2cm" svg:y="2cm" svg:width="18cm" svg:height="4cm">{box}</draw:frame>'
    return open_document("presentation", f'<draw:page draw:name="1">{frame}</draw:page>')


def xlsx(words: str) -> bytes:
    """Return a workbook of one sheet, with a link to another workbook that nobody may follow."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>""",
        "_rels/.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
        "xl/workbook.xml": f"""<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets>
<sheet name="Feuille" sheetId="1" r:id="r1"/></sheets></workbook>""",
        "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",
        "xl/worksheets/sheet1.xml": f"""<worksheet xmlns="{main}"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>{words}</t></is></c>
</row><row r="2"><c r="A2"><f>WEBSERVICE("http://127.0.0.1:9/x")</f></c></row></sheetData></worksheet>""",
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, xml in parts.items():
            package.writestr(name, xml)
    return out.getvalue()


def rtf(words: str) -> bytes:
    coded = "".join(c if c.isascii() else f"\\'{c.encode('cp1252').hex()}" for c in words)
    return rf"{{\rtf1\ansi\ansicpg1252 {coded}\par}}".encode("ascii")
