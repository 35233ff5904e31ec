"""What a reader gives of a page."""

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
