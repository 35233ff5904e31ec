"""Images, of scanners and of telephones. A page is one frame, turned as its EXIF says, on white where it is clear."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pi_heif
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from ged.errors import Refused
from ingest.readers.limits import Limits, damaged
from ingest.readers.source import PageImage

pi_heif.register_heif_opener(thumbnails=False)

TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftyphevx", b"ftypheim", b"ftypheis", b"ftypmif1", b"ftypmsf1")
JPEG_2000 = (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_OPENED = ("TIFF", "JPEG", "PNG", "WEBP", "HEIF", "AVIF", "JPEG2000", "GIF", "BMP")
_PAGED = frozenset({"TIFF", "HEIF"})
"""What holds several pages; in any other format a second frame is a movement, a depth map or a gain map."""
_UNREADABLE = (
    *(UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, RuntimeError),
    *(TypeError, KeyError, IndexError, ArithmeticError, struct.error),
)
"""What Pillow's readers raise of files that lie, beside what they promise to."""
DEFAULT_DPI = 200.0
_PAPER_LONG_INCH = 11.69
"""An image that does not say its resolution is taken for a sheet of A4 (ISO 216)."""


def bid_webp(_path: Path, head: bytes) -> int:
    """Return how sure the bytes are WebP, a kind of RIFF."""
    return 90 if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else 0


def bid_bmp(_path: Path, head: bytes) -> int:
    """Return how sure the bytes are BMP: two letters say little, the length of its header says the rest."""
    return 80 if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS else 0


def count_pages(path: Path, limits: Limits) -> int:
    """Return how many pages an image file has, each one's header checked and its data decoded to the end.

    Raises:
        Refused: `capture.damaged`, `capture.too_many_pixels`, `capture.too_many_pages`.
    """
    with opened_image(path) as image:
        count = frames(image)
        if count > limits.max_pages:
            return count
        for number in range(count):
            image.seek(number)
            limits.check_pixels(*image.size)
        image.load()  # a file cut short fails on its last page; decoding one keeps the sender's wait short
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
        return PageImage(np.asarray(on_white(upright).convert("L")), dpi)


def page_count(path: Path) -> int:
    """Return how many pages an image file has."""
    with opened_image(path) as image:
        return frames(image)


def frames(image: Image.Image) -> int:
    """Return how many pages an opened image has."""
    return int(getattr(image, "n_frames", 1)) if image.format in _PAGED else 1


def on_white(image: Image.Image) -> Image.Image:
    """Return an image as L or RGB of eight bits, or as one bit: seen on white paper where it lets light through."""
    if image.mode == "1":
        return image
    if image.mode.startswith("I"):  # sixteen bits: Pillow would cut them off instead of scaling them
        deep = np.asarray(image, np.uint32)
        return Image.fromarray((deep >> 8 if deep.max(initial=0) > 255 else deep).astype(np.uint8))
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), clear)
    return image if image.mode in {"L", "RGB"} else image.convert("L" if image.mode in {"LA", "F"} else "RGB")


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
            with Image.open(path, formats=_OPENED) as image:
                yield image
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused(
            "capture.too_many_pixels",
            "Une page a bien plus de points qu'une feuille numérisée. Numérisez-la à 300 points par pouce.",
        ) from error
    except _UNREADABLE as error:
        raise damaged(str(error)) from error
