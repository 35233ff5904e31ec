"""Images: TIFF (any number of pages), JPEG, PNG. A page is one frame, turned as its EXIF says."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError

from ged.errors import Refused
from ingest.readers.limits import Limits, damaged
from ingest.readers.source import PageImage

DEFAULT_DPI = 200.0
_PAPER_LONG_INCH = 11.69
"""An image that does not say its resolution is taken for a sheet of A4 (ISO 216)."""


def count_pages(path: Path, limits: Limits) -> int:
    """Return how many pages an image file has, each one's header checked and its data decoded to the end.

    Raises:
        Refused: `capture.damaged`, `capture.too_many_pixels`, `capture.too_many_pages`.
    """
    with opened_image(path) as image:
        count = getattr(image, "n_frames", 1)
        if count > limits.max_pages:
            return count
        for frame in ImageSequence.Iterator(image):
            limits.check_pixels(*frame.size)
        _decode_last(image, count)
        return count


def read_image(path: Path, number: int) -> PageImage:
    """Return a page's own image in grey, upright by its EXIF orientation.

    Raises:
        Refused: `capture.damaged`.
    """
    with opened_image(path) as image:
        image.seek(number - 1)
        dpi = resolution_of(image)
        upright = ImageOps.exif_transpose(image)
        return PageImage(np.asarray(upright.convert("L")), dpi)


def _decode_last(image: Image.Image, count: int) -> None:
    # A file cut short fails on its last page; decoding one page keeps the sender's wait short.
    image.seek(count - 1)
    image.load()


def resolution_of(image: Image.Image) -> float:
    """Return the resolution that an image says it has, or the one it would have as a sheet of A4, in dots per inch."""
    found = image.info.get("dpi")
    dpi = float(found[0]) if found and found[0] else 0.0
    if 60 <= dpi <= 1300:
        return dpi
    return max(image.size) / _PAPER_LONG_INCH if max(image.size) > 800 else DEFAULT_DPI


@contextmanager
def opened_image(path: Path) -> Iterator[Image.Image]:
    """Open an image file by content; what Pillow refuses is refused in our words."""
    # Our own limit on pixels is checked from the header, before decoding: Pillow's would refuse with another message.
    # Libraries loaded beside us (WeasyPrint) tell Pillow to accept files cut short: here they are refused.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow only warns of is judged by the decoding
            with Image.open(path, formats=("TIFF", "JPEG", "PNG")) as image:
                yield image
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused(
            "capture.too_many_pixels",
            "Une page a bien plus de points qu'une feuille numérisée. Numérisez-la à 300 points par pouce.",
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise damaged(str(error)) from error
