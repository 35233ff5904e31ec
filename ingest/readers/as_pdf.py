"""Images as PDF pages: JPEG bytes untouched, one-bit as CCITT G4, what was lossy as JPEG, the rest without loss."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from ingest.readers.image import frames, on_white, opened_image, resolution_of

_UPRIGHT = {
    1: "{w} 0 0 {h} 0 0",
    2: "-{w} 0 0 {h} {w} 0",
    3: "-{w} 0 0 -{h} {w} {h}",
    4: "{w} 0 0 -{h} 0 {h}",
    5: "0 -{h} -{w} 0 {w} {h}",
    6: "0 -{h} {w} 0 0 {h}",
    7: "0 {h} {w} 0 0 0",
    8: "0 {h} -{w} 0 {w} 0",
}
"""How the unit square of an image is laid on its upright page, by EXIF orientation."""
_SIDEWAYS = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112
_LOSSY = frozenset({"HEIF", "AVIF", "WEBP", "JPEG", "JPEG2000"})
"""Formats in which an image was already approached: what a PDF cannot hold of them goes on as JPEG, not ten times
heavier without loss. The original stays beside it."""
_QUALITY = 88


def images_as_pdf(path: Path) -> pikepdf.Pdf:
    """Return a PDF with one page a frame of an image file, each at its own size in points."""
    pdf = pikepdf.new()
    with opened_image(path) as image:
        for index in range(frames(image)):
            image.seek(index)
            _add_page(pdf, image, path)
    return pdf


def _add_page(pdf: pikepdf.Pdf, image: Image.Image, path: Path) -> None:
    orientation = image.getexif().get(_ORIENTATION, 1)
    if orientation not in _UPRIGHT:
        orientation = 1
    width, height = (side / resolution_of(image) * 72 for side in image.size)
    if orientation in _SIDEWAYS:
        width, height = height, width
    stream = _stream(pdf, image, path)
    matrix = _UPRIGHT[orientation].format(w=f"{width:.3f}", h=f"{height:.3f}")
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 3), round(height, 3)]),
        Resources=Dictionary(XObject=Dictionary(Im0=stream)),
        Contents=pdf.make_stream(f"q {matrix} cm /Im0 Do Q".encode()),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _stream(pdf: pikepdf.Pdf, image: Image.Image, path: Path) -> pikepdf.Object:
    if image.mode in {"L", "RGB"} and image.format in {"JPEG", "MPO"}:
        return _image(pdf, image, path.read_bytes(), Filter=Name.DCTDecode)
    if image.mode == "1":
        return _fax(pdf, image)
    approached = image.format in _LOSSY or image.info.get("compression") == "jpeg"
    plain = on_white(image)
    if approached:
        buffer = io.BytesIO()
        plain.save(buffer, "JPEG", quality=_QUALITY)
        return _image(pdf, plain, buffer.getvalue(), Filter=Name.DCTDecode)
    return _image(pdf, plain, zlib.compress(plain.tobytes()), Filter=Name.FlateDecode)


def _fax(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Object:
    # Pillow writes one-bit pages of its PDFs as CCITT G4: its stream is taken as it is.
    buffer = io.BytesIO()
    image.save(buffer, "PDF")
    with pikepdf.open(buffer) as one:
        return pdf.copy_foreign(one.make_indirect(next(iter(one.pages[0].get_images().values()))))


def _image(pdf: pikepdf.Pdf, image: Image.Image, data: bytes, **options: object) -> pikepdf.Object:
    stream = pikepdf.Stream(pdf, data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = image.size
    stream.BitsPerComponent = 8
    stream.ColorSpace = Name.DeviceGray if image.mode == "L" else Name.DeviceRGB
    for name, value in options.items():
        stream[f"/{name}"] = value
    return pdf.make_indirect(stream)
