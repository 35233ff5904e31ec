"""THE TABLE of formats: a file belongs to the line that bids most for its content; its name says nothing.

Of equal bids the upper line wins.
"""

from __future__ import annotations

from pathlib import Path

import pikepdf

from ged.errors import Corrupt
from ged.mail.arrived_signature import ENCLOSING
from ged.mail.electronic import MailFacts
from ingest.office.converter import DOCX, Kind
from ingest.readers import archive, cms, image, message, mime, office, outlook, pdf, signed, text
from ingest.readers.as_pdf import images_as_pdf
from ingest.readers.format import HEAD_BYTES, Format, Pages, begins
from ingest.readers.limits import damaged

_PDF = Pages(pdf.page_count, pdf.read_image, pdf.own_image, pikepdf.open, pdf.read_text)
_IMAGES = Pages(image.page_count, image.read_image, image.read_image, images_as_pdf)
_OOXML, _ODF = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
_XLSX, _PPTX = (
    Kind("xlsx", "Calc MS Excel 2007 XML", "calc"),
    Kind("pptx", "Impress MS PowerPoint 2007 XML", "impress"),
)
_ODT, _ODS, _ODP = Kind("odt", "writer8", "writer"), Kind("ods", "calc8", "calc"), Kind("odp", "impress8", "impress")
_DOC, _XLS = Kind("doc", "MS Word 97", "writer"), Kind("xls", "MS Excel 97", "calc")
_PPT, _RTF = Kind("ppt", "MS PowerPoint 97", "impress"), Kind("rtf", "Rich Text Format", "writer")

TABLE: tuple[Format, ...] = (
    Format("PDF", "application/pdf", "pdf", pdf.bid, pdf.count_pages, _PDF, files=pdf.files),
    Format("TIFF", "image/tiff", "tif", begins(*image.TIFF), image.count_pages, _IMAGES),
    Format("JPEG", "image/jpeg", "jpg", begins(b"\xff\xd8\xff"), image.count_pages, _IMAGES),
    Format("PNG", "image/png", "png", begins(b"\x89PNG\r\n\x1a\n"), image.count_pages, _IMAGES),
    Format("WebP", "image/webp", "webp", image.bid_webp, image.count_pages, _IMAGES),
    Format("HEIC", "image/heic", "heic", begins(*image.HEIC, at=4), image.count_pages, _IMAGES),
    Format("AVIF", "image/avif", "avif", begins(b"ftypavif", at=4), image.count_pages, _IMAGES),
    Format("JPEG 2000", "image/jp2", "jp2", begins(*image.JPEG_2000), image.count_pages, _IMAGES),
    Format("GIF", "image/gif", "gif", begins(b"GIF87a", b"GIF89a"), image.count_pages, _IMAGES),
    Format("BMP", "image/bmp", "bmp", image.bid_bmp, image.count_pages, _IMAGES),
    Format(
        "courriel",
        mime.MEDIA_TYPE,
        "eml",
        mime.bid,
        message.checks(mime.read_file),
        lay_out=message.sets(mime.read_file),
        files=message.opens(mime.read_file),
        mail=mime.read_file,
    ),
    Format(
        "courriel Outlook",
        "application/vnd.ms-outlook",
        "msg",
        office.bids_stream(outlook.PROPERTIES),
        message.checks(outlook.read_file),
        lay_out=message.sets(outlook.read_file),
        files=message.opens(outlook.read_file),
        mail=outlook.read_file,
    ),
    Format(
        "archive ZIP",
        "application/zip",
        "zip",
        archive.bid,
        archive.check,
        lay_out=archive.lay_out,
        files=archive.files,
        lists=True,
    ),
    Format(
        "document signé",
        ENCLOSING,
        "p7m",
        cms.bid,
        signed.check,
        lay_out=signed.lay_out,
        files=signed.files,
        lists=True,
    ),
    *(
        Format(name, media_type, kind.suffix, bid, office.check, office=kind)
        for name, media_type, kind, bid in (
            ("document Word", f"{_OOXML}.wordprocessingml.document", DOCX, office.bids_part("word/document.xml")),
            ("classeur Excel", f"{_OOXML}.spreadsheetml.sheet", _XLSX, office.bids_part("xl/workbook.xml")),
            ("présentation", f"{_OOXML}.presentationml.presentation", _PPTX, office.bids_part("ppt/presentation.xml")),
            ("texte OpenDocument", f"{_ODF}.text", _ODT, office.bids_mimetype(f"{_ODF}.text")),
            ("classeur OpenDocument", f"{_ODF}.spreadsheet", _ODS, office.bids_mimetype(f"{_ODF}.spreadsheet")),
            ("présentation OpenDocument", f"{_ODF}.presentation", _ODP, office.bids_mimetype(f"{_ODF}.presentation")),
            ("ancien document Word", "application/msword", _DOC, office.bids_stream("WordDocument", office.ENCRYPTED)),
            ("ancien classeur Excel", "application/vnd.ms-excel", _XLS, office.bids_stream("Workbook", "Book")),
            ("ancienne présentation", "application/vnd.ms-powerpoint", _PPT, office.bids_stream("PowerPoint Document")),
            ("texte enrichi", "application/rtf", _RTF, begins(rb"{\rtf")),
        )
    ),
    Format("page HTML", "text/html", "html", text.bid_html, text.check, lay_out=text.lay_out_html),
    Format("tableau CSV", "text/csv", "csv", text.bid_csv, text.check, lay_out=text.lay_out_csv),
    Format("texte", "text/plain", "txt", text.bid_text, text.check, lay_out=text.lay_out_text),
)
_BY_TYPE = {each.media_type: each for each in TABLE}


def format_of(path: Path) -> Format | None:
    """Return the format of a file by its content; None when no reader wants it."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    bids = [(each.bid(path, head), each) for each in TABLE]
    best, found = max(bids, key=lambda one: one[0])
    return found if best > 0 else None


def of_type(media_type: str) -> Format | None:
    """Return the format that was once found by content and written down by its media type."""
    return _BY_TYPE.get(media_type)


def is_paged(media_type: str) -> bool:
    """Whether a file is made of pages by itself; what no reader knows is left to the stages to stumble over."""
    found = of_type(media_type)
    return found is None or found.pages is not None


def is_mail(media_type: str) -> bool:
    """Whether a file is a message, whose headers say what the letter is about."""
    found = of_type(media_type)
    return found is not None and found.mail is not None


def facts_of(path: Path, media_type: str) -> MailFacts:
    """Return what a message says of itself.

    Raises:
        Refused: `capture.damaged`, `mail.too_deep`, `mail.too_many_parts`.
    """
    found = of_type(media_type)
    if found is None or found.mail is None:
        raise damaged(f"{media_type} is no message")
    return found.mail(path).facts


def pages_of(path: Path) -> Pages:
    """Return how a file that is known to be made of pages gives them.

    Raises:
        Corrupt: `reading.no_pages`, it is not: an original was changed, or a stage was given the wrong file.
    """
    found = format_of(path)
    if found is None or found.pages is None:
        raise Corrupt("reading.no_pages", "Le fichier gardé n'est plus fait de pages. Prévenez l'exploitant.")
    return found.pages


def accepted(*, paged: bool = False) -> str:
    """Return what a browser's file chooser offers, as its `accept`; with `paged`, only what is made of pages."""
    offered = [each for each in TABLE if each.pages is not None or not paged]
    return ",".join([*(each.media_type for each in offered), *(f".{each.extension}" for each in offered)])
