"""Paper: pages made for printing, as PDF/UA by WeasyPrint, which fetches nothing from anywhere."""

from __future__ import annotations

from typing import Any

import weasyprint

from api.press.paper import fetch_nothing
from api.views.render import environment


def print_pdf(template: str, language: str, **context: Any) -> bytes:
    """Return a template as a PDF. Source: ISO 14289-1 (PDF/UA-1)."""
    text = environment(language).get_template(template).render(**context)
    made = weasyprint.HTML(string=text, url_fetcher=fetch_nothing).write_pdf(pdf_variant="pdf/ua-1")
    assert isinstance(made, bytes)  # noqa: S101 - no target was given
    return made
