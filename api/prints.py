"""Paper: pages made for printing, as PDF/UA or PDF/A by WeasyPrint, which fetches nothing from anywhere."""

from __future__ import annotations

from typing import Any

import weasyprint
from weasyprint.urls import URLFetcher

from api.views.render import environment
from ingest.readers.typeset import fetch_nothing

ACCESSIBLE, ARCHIVED = "pdf/ua-1", "pdf/a-2a"
"""What is handed out; what is kept. Source: ISO 14289-1 (PDF/UA-1); ISO 19005-2, level A (PDF/A-2a)."""


def _fetch_drawing(url: str, *rest: object, **named: object) -> Any:
    """Let pass a drawing that the template carries itself."""
    if url.startswith("data:image/png;base64,"):
        return URLFetcher(allowed_protocols=("data",)).fetch(url)
    return fetch_nothing(url, *rest, **named)


def print_pdf(template: str, language: str, *, variant: str = ACCESSIBLE, **context: Any) -> bytes:
    """Return a template as a PDF."""
    text = environment(language).get_template(template).render(**context)
    made = weasyprint.HTML(string=text, url_fetcher=_fetch_drawing).write_pdf(pdf_variant=variant)
    assert isinstance(made, bytes)  # noqa: S101 - no target was given
    return made
