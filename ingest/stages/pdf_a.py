"""PDF/A-2b: what a file must declare and may not carry, and whether one that was made of another shows the same."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2.raw as pdfium_c
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageCms

from ged.errors import Refused
from ingest.readers.pdf import opened, page_count, raster
from ingest.readers.source import Grey

_NOT_CARRIED = ("/AA", "/OpenAction", "/JavaScript", "/AcroForm", "/Collection")
_SHOWN_PX, _SHIFT_PX = 1000, 4
"""A page is compared at this width; a stroke may stand this far from where it was, for another cut of a font."""
_DARKER, _LOST_PX = 90, 12
"""A pixel is lost when nothing near it comes this close, of 255; so many of them are less than one letter of 8 points.

A copy that is refused in doubt costs little: the original travels all the same.
"""
_UNFAITHFUL = "La copie PDF/A-2b ne montre pas la même chose que l'original : elle n'est pas jointe."


def declare(document: pikepdf.Pdf, title: str) -> None:
    """Say that the file is PDF/A-2b, and take out what such a file may not carry (ISO 19005-2)."""
    _take_out(document)
    root = document.Root
    profile = document.make_stream(_srgb())
    profile.N, profile.Alternate = 3, Name.DeviceRGB
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB"),
        DestOutputProfile=profile,
    )
    root.OutputIntents = Array([document.make_indirect(intent)])
    root.Lang = String("fr")
    if "/Info" in document.trailer:
        del document.trailer["/Info"]
    with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
        for key in list(metadata):
            del metadata[key]
        metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "2", "B"
        metadata["dc:title"], metadata["dc:language"] = title, ["fr"]


def flattened(path: Path) -> bytes:
    """Return a PDF whose forms, notes and blocks of signatures are drawn into its pages, and that carries no file."""
    made = io.BytesIO()
    with opened(path) as document:
        for sheet in document:
            pdfium_c.FPDFPage_Flatten(sheet.raw, pdfium_c.FLAT_NORMALDISPLAY)
            sheet.close()
        document.save(made)
    with pikepdf.open(made) as flat:
        _take_out(flat)
        for page in flat.pages:
            for key in ("/AA", "/Annots"):
                if key in page:
                    del page[key]
        done = io.BytesIO()
        flat.save(done, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return done.getvalue()


def declared(path: Path, made: Path, title: str) -> bytes:
    """Return what a converter made of a PDF, declared PDF/A-2b, if it kept the norm and shows the same.

    Raises:
        Refused: `archival.unfaithful`, `archival.not_kept`.
    """
    with pikepdf.open(made) as document:
        with document.open_metadata() as said:
            kept = (str(said.get("pdfaid:part", "")), str(said.get("pdfaid:conformance", "")).upper()) == ("2", "B")
        if not kept:
            raise Refused(
                "archival.not_kept",
                "Ce PDF contient ce que la norme PDF/A-2b n'admet pas : aucune copie n'en est faite.",
            )
        if page_count(path) != len(document.pages):
            raise Refused("archival.unfaithful", _UNFAITHFUL)
        for number in range(1, len(document.pages) + 1):
            _refuse_unlike(path, made, number)
        declare(document, title)
        return _saved(document)


def _refuse_unlike(path: Path, made: Path, number: int) -> None:
    """Let pass a page on which nothing of the original is lost, and nothing came to it."""
    before, after = raster(path, number, _SHOWN_PX), raster(made, number, _SHOWN_PX)
    if before.shape != after.shape:
        raise Refused("archival.unfaithful", _UNFAITHFUL, page=number)
    lost = max(_strayed(before, after), _strayed(after, before))
    if lost > _LOST_PX:
        raise Refused("archival.unfaithful", _UNFAITHFUL, page=number, pixels=lost)


def _strayed(one: Grey, other: Grey) -> int:
    """Count the pixels of a page that are darker, or lighter, than anything near them on another."""
    near = np.ones((2 * _SHIFT_PX + 1, 2 * _SHIFT_PX + 1), np.uint8)
    darkest, lightest = cv2.erode(other, near).astype(int), cv2.dilate(other, near).astype(int)
    return int(((one < darkest - _DARKER) | (one > lightest + _DARKER)).sum())


def _take_out(document: pikepdf.Pdf) -> None:
    root = document.Root
    for key in _NOT_CARRIED:
        if key in root:
            del root[key]
    if "/Names" in root:
        for key in ("/JavaScript", "/EmbeddedFiles"):
            if key in root.Names:
                del root.Names[key]


def _saved(document: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return buffer.getvalue()


@cache
def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
