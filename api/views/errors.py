"""An error of the house as a page: what happened, what is safe, what to do, and a way out."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.views.render import page
from ged.errors import GedError


def error_page(request: Request, error: GedError, status: int) -> HTMLResponse:
    """Return the page of an error; its code is small print, for whoever is asked for help."""
    return page(request, "error.html", status=status, sentence=error.sentence, code=error.code)
