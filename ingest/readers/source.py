"""What a reader gives: a page, a file that another one holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""A grey page, shape (height, width), dtype uint8, 0 black, 255 white."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a grey image at a resolution in dots per inch."""

    grey: Grey
    resolution_dpi: float


@dataclass(frozen=True, slots=True)
class File:
    """A file that another one holds, under the name that it bears there.

    Attributes:
        name: "" where it bears none.
        media_type: Set where the place alone says what it is, as a message attached to a message; else None.
    """

    name: str
    data: bytes
    media_type: str | None = None
