"""Files that no honest program makes, each by a few lines: bombs, loops, lies and two things at once."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from functools import cache
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from rooms.documents import template
from rooms.letters import letter_pdf

Entry = tuple[int, int, int, int]
MEGA = 1 << 20
BOMB = 512 * MEGA
"""What a bomb goes on for, behind half a megabyte."""


@cache
def deflated(size: int, pattern: bytes = b"\x00") -> bytes:
    """Return `size` bytes of a pattern, compressed a thousand to one."""
    press, piece = zlib.compressobj(9), pattern * (MEGA // len(pattern))
    return b"".join([*(press.compress(piece) for _ in range(size // MEGA)), press.flush()])


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = BytesIO()
    pdf.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def one_page() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    return pdf


def raw_pdf(objects: Iterable[bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a PDF of objects as given, with a cross-reference table that is right."""
    body, offsets = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(offsets) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n"
    return body + end % (count, table, count, trailer, len(body))


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def image_pdf(data: bytes, width: int, height: int, **entries: object) -> bytes:
    """Return a page that is one image, of the size that it claims."""
    pdf = one_page()
    picture = Stream(pdf, data)
    known = {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": width,
        "Height": height,
        "ColorSpace": Name.DeviceGray,
    }
    for name, value in {**known, **entries}.items():
        picture[f"/{name}"] = value
    page = pdf.pages[0]
    page.Resources = Dictionary(XObject=Dictionary(Im0=pdf.make_indirect(picture)))
    page.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
    return saved(pdf)


def one_bit_60000() -> bytes:
    data = deflated(BOMB)
    return image_pdf(data, 60_000, 60_000, BitsPerComponent=1, Filter=Name.FlateDecode)


def one_bit_60000_png() -> bytes:
    return png(60_000, 60_000, 1, 0, deflated(BOMB))


def jbig2_35000(claimed: int) -> bytes:
    """A JBIG2 page of 35,000 × 35,000 points, whatever the PDF claims of it. Source: ITU-T T.88, 7.4."""
    page = struct.pack(">IBBI", 0, 48, 1, 19) + struct.pack(">IIIIBH", 35_000, 35_000, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", 35_000, 35_000, 0, 0, 0) + b"\x01" + b"\x00\x01" * 3
    data = page + struct.pack(">IBBI", 1, 38, 1, len(region)) + region
    return image_pdf(data, claimed, claimed, BitsPerComponent=1, Filter=Name.JBIG2Decode)


def lying_image() -> bytes:
    """An image of 1,240 × 1,754 points, whose data go on for half a gigabyte."""
    return image_pdf(deflated(BOMB), 1_240, 1_754, BitsPerComponent=8, Filter=Name.FlateDecode)


def blank_pages(count: int) -> bytes:
    pdf = pikepdf.new()
    for _ in range(count):
        pdf.add_blank_page(page_size=(595, 842))
    return saved(pdf)


def bad_xref() -> bytes:
    return letter_pdf().replace(b"startxref\n", b"startxref\n9", 1)


def looping_pages() -> bytes:
    """A tree of pages that holds itself."""
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 2 0 R 3 0 R] /Count 3 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def deep_pages(depth: int = 4_000) -> bytes:
    nodes = [
        b"<< /Type /Pages /Kids [%d 0 R] /Count 1 %s >>" % (n + 3, b"/Parent %d 0 R" % (n + 1) if n else b"")
        for n in range(depth)
    ]
    last = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % (depth + 1)
    return raw_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, last])


def claimed_pages() -> bytes:
    """Two thousand million pages, all the same one."""
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def deep_arrays() -> bytes:
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Deep " + b"[" * 200_000 + b"]" * 200_000 + b" >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def object_stream_bomb() -> bytes:
    """Objects kept in a stream of half a gigabyte, a thousand times smaller on disk."""
    packed = deflated(BOMB, b"1 0 ")
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            stream(packed, b"/Type /ObjStm /N 60000000 /First 300000000 /Filter /FlateDecode"),
        ]
    )


def page_of(contents: bytes, *more: bytes, resources: bytes = b"", box: bytes = b"0 0 595 842") -> bytes:
    """Return a page of contents, with more objects from number 5 on."""
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << %s >> >>" % (box, resources),
            contents,
            *more,
        ]
    )


def contents_bomb() -> bytes:
    return page_of(stream(deflated(BOMB, b"0 0 m 9 9 l S   "), b"/Filter /FlateDecode"))


def laughing_forms() -> bytes:
    """A thousand million drawings: nine levels of forms, each drawing the next one ten times."""
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F %d 0 R >> >>"
    forms = [stream(b"/F Do " * 10, entries % (6 + n)) for n in range(9)]
    leaf = stream(b"0 0 500 500 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]")
    return page_of(stream(b"/F Do"), *forms, leaf, resources=b"/XObject << /F 5 0 R >>")


def form_that_draws_itself() -> bytes:
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F 5 0 R >> >>"
    return page_of(stream(b"/F Do"), stream(b"/F Do /F Do", entries), resources=b"/XObject << /F 5 0 R >>")


def endless_font_map() -> bytes:
    """A font whose map of characters names four thousand million of them."""
    text = b"BT /F1 12 Tf 72 700 Td <00010002000300040005000600070008000900100011001200130014001500160017> Tj ET"
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 6 0 R "
    font += b"/DescendantFonts [7 0 R] >>"
    mapped = b"begincmap 1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange "
    mapped += b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange endcmap"
    below = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (A) /Ordering (B) "
    below += b"/Supplement 0 >> /FontDescriptor 8 0 R >>"
    about = b"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontFile2 9 0 R >>"
    more = (font, stream(mapped), below, about, stream(b"\x00\x01\x00\x00" + bytes(range(256)) * 40))
    return page_of(stream(text), *more, resources=b"/Font << /F1 5 0 R >>")


def broken_font() -> bytes:
    with pikepdf.open(BytesIO(letter_pdf())) as pdf:
        for each in pdf.objects:
            if isinstance(each, Stream):
                continue
            if isinstance(each, Dictionary) and each.get("/Type") == Name.FontDescriptor:
                for key in ("/FontFile", "/FontFile2", "/FontFile3"):
                    if key in each:
                        each[key] = pdf.make_stream(bytes(range(256)) * 40)
        return saved(pdf)


def endless_sheet(width: int, height: int) -> bytes:
    """A page of any size in points."""
    return page_of(stream(b"0 0 500 500 re f"), box=b"0 0 %d %d" % (width, height))


def acting() -> bytes:
    """A letter that runs a script, opens an address and carries a program."""
    with pikepdf.open(BytesIO(letter_pdf())) as pdf:
        pdf.attachments["facture.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ" + b"\x00" * 100, filename="facture.exe")
        script = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS="app.alert('x')"))
        pdf.Root.OpenAction = script
        pdf.Root.Names.JavaScript = Dictionary(Names=Array(["x", script]))
        pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.URI, URI="http://pisteur.example"))
        return saved(pdf)


def xfa() -> bytes:
    with pikepdf.open(BytesIO(letter_pdf())) as pdf:
        laughs = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
        )
        pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(laughs + b"]><x>&j;</x>"))
        return saved(pdf)


def portfolio() -> bytes:
    with pikepdf.open(BytesIO(letter_pdf())) as pdf:
        for number in range(20):
            name = f"piece-{number}.pdf"
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, letter_pdf(), filename=name)
        pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.D)
        return saved(pdf)


def with_zip_behind() -> bytes:
    return letter_pdf() + zipped({"programme.exe": b"MZ" + b"\x00" * 100})


def zipped(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def flat_zip_bomb() -> bytes:
    out = BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("zeros.pdf", "w", force_zip64=True) as file,
    ):
        for _ in range(300):
            file.write(b"\x00" * MEGA)
    return out.getvalue()


def nested_zip_bomb() -> bytes:
    packed = zipped({"zeros": b"\x00" * 10 * MEGA})
    for level in range(6):
        packed = zipped({f"{level}-{number}.zip": packed for number in range(10)})
    return packed


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><l>&j;</l>"
)


def laughing_docx() -> bytes:
    types = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return zipped({"[Content_Types].xml": types, "_rels/.rels": b"<x/>", "word/document.xml": LAUGHS})


def laughing_odt() -> bytes:
    kind = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": LAUGHS}
    return zipped({**kind, "META-INF/manifest.xml": b"<x/>"})


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, data: bytes, *more: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def png_text_bomb() -> bytes:
    note = chunk(b"zTXt", b"Comment\x00\x00" + deflated(BOMB))
    return png(600, 850, 8, 0, zlib.compress(b"\x00" * 601 * 850), note)


def png_profile_bomb() -> bytes:
    profile = chunk(b"iCCP", b"icc\x00\x00" + deflated(BOMB))
    return png(600, 850, 8, 0, zlib.compress(b"\x00" * 601 * 850), profile)


def png_data_bomb() -> bytes:
    return png(600, 850, 8, 0, deflated(BOMB))


def tiff(entries: Iterable[Entry], following: int = 0, data: bytes = b"") -> bytes:
    """Return a TIFF of one directory, whose following one is anywhere."""
    listed = sorted(entries)
    body = struct.pack("<H", len(listed)) + b"".join(struct.pack("<HHII", *each) for each in listed)
    return b"II*\x00" + struct.pack("<I", 8) + body + struct.pack("<I", following) + data


def tiff_entries(
    width: int, height: int, offset: int, count: int, *, packing: int = 1
) -> list[tuple[int, int, int, int]]:
    return [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, packing), (262, 3, 1, 1),
        (273, 4, 1, offset), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, count),
    ]  # fmt: skip


def looping_tiff() -> bytes:
    """A TIFF whose last page is followed by its first."""
    return tiff(tiff_entries(100, 100, 122, 10_000), 8, b"\x80" * 10_000)


def tiff_bomb() -> bytes:
    """A page of 10,000 × 10,000, within the limit, in a hundred kilobytes: what it takes is taken."""
    data = deflated(100_663_296)
    return tiff(tiff_entries(10_000, 10_000, 122, len(data), packing=8), 0, data)


def lying_tiff() -> bytes:
    return tiff(tiff_entries(2_000, 2_000, 122, 4_000_000_000), 0, b"\x00" * 100)


def huge(form: str, width: int, height: int) -> bytes:
    """Return a small image, its header then made to claim any size."""
    out = BytesIO()
    Image.new("L" if form != "WEBP" else "RGB", (64, 64), 200).save(out, form)
    data = bytearray(out.getvalue())
    if form == "GIF":
        data[6:10] = struct.pack("<HH", width, height)
        at = data.index(b"\x2c", 13)
        data[at + 5 : at + 9] = struct.pack("<HH", width, height)
    elif form == "BMP":
        data[18:26] = struct.pack("<ii", width, height)
    elif form == "JPEG":
        at = data.index(b"\xff\xc0")
        data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    elif form == "JPEG2000":
        at = data.index(b"\xff\x51")
        data[at + 6 : at + 14] = struct.pack(">II", width, height)
        box = data.index(b"ihdr")
        data[box + 4 : box + 12] = struct.pack(">II", height, width)
    else:
        at = data.index(b"VP8 ") + 8
        data[at + 6 : at + 10] = struct.pack("<HH", width & 0x3FFF, height & 0x3FFF)
    return bytes(data)


def exif_bomb() -> bytes:
    """A photograph whose notes claim four gigabytes, and point at themselves."""
    notes = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 3)
    notes += struct.pack("<HHII", 0x0112, 3, 1, 6) + struct.pack("<HHII", 0x8769, 4, 1, 8)
    notes += struct.pack("<HHII", 0x9286, 7, 0xFFFFFFFF, 8) + struct.pack("<I", 8)
    out = BytesIO()
    Image.new("L", (600, 850), 200).save(out, "JPEG", exif=b"Exif\x00\x00" + notes)
    return out.getvalue()


def behind(form: str, more: bytes) -> bytes:
    out = BytesIO()
    Image.new("L", (600, 850), 200).save(out, form)
    return out.getvalue() + more


def package_damaged(name: bytes, at: int, data: bytes) -> bytes:
    """Return a Word document with some bytes of one line of its table of contents changed."""
    made = bytearray(template())
    line = made.rindex(name) - 46
    made[line + at : line + at + len(data)] = data
    return bytes(made)


def package_of_noise() -> bytes:
    """A Word document whose text, by its table of contents, is compressed; it is noise."""
    made = bytearray(template())
    begun = made.index(b"word/document.xml") + len(b"word/document.xml")
    made[begun : begun + 64] = b"\xff" * 64
    return bytes(made)


PACKAGES = {
    "text that is noise": package_of_noise,
    "a name that is no text": lambda: package_damaged(b"word/document.xml", 8, b"\x00\x08").replace(
        b"word/document.xml", b"word/document.\xff\xfel"
    ),
    "parts before the beginning": lambda: template()[:-6] + b"\xff\xff\xff\x7f\x00\x00",
    "an offset beyond the end": lambda: package_damaged(b"word/document.xml", 42, b"\xff\xff\xff\x7f"),
    "a way of packing that nobody knows": lambda: package_damaged(b"word/document.xml", 10, b"\x63\x00"),
    "laughs": laughing_docx,
}
