"""Photographs as pages: each JPEG goes into the PDF as it is, not one of its bytes changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from PIL import Image, UnidentifiedImageError

from ged.errors import Refused

_WIDTH_PT, _HEIGHT_PT = 595.276, 841.89
"""A4: a photograph is put on a page of that width, or lying of that height, as long as its own shape makes it."""
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientation to degrees clockwise; the mirrored ones come from no camera. Source: EXIF 2.32, tag 274."""
_SPACES = {"L": "/DeviceGray", "RGB": "/DeviceRGB"}


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What a page needs to know of a JPEG: pixels as stored, colour space, degrees to turn it clockwise."""

    width: int
    height: int
    space: str
    turn: int


def photo_facts(path: Path) -> PhotoFacts:
    """Return the facts of a photograph from its header.

    Raises:
        Refused: `photo.not_jpeg`.
    """
    try:
        with Image.open(path, formats=["JPEG"]) as image:
            space = _SPACES.get(image.mode)
            if space is None:
                raise not_jpeg()
            turn = _TURNS.get(int(image.getexif().get(274, 1)), 0)
            return PhotoFacts(image.width, image.height, space, turn)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise not_jpeg() from error


def not_jpeg() -> Refused:
    """Return the refusal of a picture that is no photograph as telephones and scanners make them."""
    return Refused(
        "photo.not_jpeg", "Une de ces photos n'est pas un JPEG. Retirez-la, ou envoyez-la par « Numériser des plis »."
    )


def assemble(photos: Sequence[tuple[Path, PhotoFacts]], target: Path) -> None:
    """Write a PDF of one page a photograph, in order."""
    with pikepdf.new() as pdf:
        for path, facts in photos:
            lies = (facts.width > facts.height) != (facts.turn in {90, 270})
            upright_width = _HEIGHT_PT if lies else _WIDTH_PT
            stored = (facts.height, facts.width) if facts.turn in {90, 270} else (facts.width, facts.height)
            scale = upright_width / stored[0]
            size = facts.width * scale, facts.height * scale
            page = pdf.add_blank_page(page_size=size)
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=_image(pdf, path, facts)))
            page.obj.Contents = pdf.make_stream(f"q {size[0]:.3f} 0 0 {size[1]:.3f} 0 0 cm /Photo Do Q".encode())
            page.obj.Rotate = facts.turn
        pdf.save(target)


def _image(pdf: pikepdf.Pdf, path: Path, facts: PhotoFacts) -> pikepdf.Stream:
    image = pikepdf.Stream(pdf, path.read_bytes())
    image.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=facts.width,
        Height=facts.height,
        ColorSpace=pikepdf.Name(facts.space),
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    return image
