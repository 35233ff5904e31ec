"""A pile of pages as a file of its own: pages as their files hold them, image bytes never encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pikepdf

from ged.mail.batch_board import Leaf
from ingest.readers.table import pages_of


def assembled(files: Sequence[tuple[int, Path]], leaves: Sequence[Leaf]) -> bytes:
    """Return the PDF of some pages of the files of a lot, given by rank; the same pages give the same bytes."""
    with ExitStack() as opened, pikepdf.new() as made:
        sources = {rank: opened.enter_context(pages_of(path).as_pdf(path)) for rank, path in files}
        for leaf in leaves:
            rank, number = leaf.place
            made.pages.append(sources[rank].pages[number - 1])
            if leaf.turn:
                made.pages[-1].rotate(leaf.turn, relative=True)
        target = BytesIO()
        made.save(target, deterministic_id=True)
    return target.getvalue()
