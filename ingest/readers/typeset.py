"""Text of ours or of strangers set as pages by WeasyPrint: what it says, and nothing that acts or calls elsewhere."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from ged.errors import Corrupt

MAX_CHARACTERS = 120_000
"""Some forty pages: what is longer is named on the last one, and stands whole in the original."""
REST = "(La suite est dans le fichier d'origine.)"
_STYLE = """@page { size: A4; margin: 20mm 18mm } body { font: 10.5pt/1.45 sans-serif }
table { border-collapse: collapse; margin-bottom: 8mm; width: 100%; border-bottom: 0.5pt solid #555 }
th { text-align: left; font-weight: 600; width: 26mm; vertical-align: top } td, th { padding: 0.6mm 0 }
h1 { font-size: 13pt } pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
pre.columns { font: 8.5pt/1.4 'DejaVu Sans Mono', monospace }
ul { border-top: 0.5pt solid #555; margin-top: 8mm; padding: 3mm 0 0 5mm }"""


def set_pages(body: str, target: Path) -> None:
    """Write a body of HTML, made by us of escaped text, as a PDF."""
    import weasyprint  # noqa: PLC0415 - a second of loading, for the task that sets pages alone

    page = f"<html lang=fr><head><style>{_STYLE}</style></head><body>{body}</body></html>"
    weasyprint.HTML(string=page, url_fetcher=fetch_nothing).write_pdf(str(target))


def as_body(text: str, nothing: str, *, columns: bool = False) -> str:
    """Return a text as HTML, its lines kept; `nothing` is said of an empty one."""
    shown = text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}\n\n{REST}"
    kind = " class=columns" if columns else ""
    return f"<pre{kind}>{escape(shown) if shown.strip() else nothing}</pre>"


def fetch_nothing(url: str, *_: object, **__: object) -> dict[str, Any]:
    """Refuse whatever a page asks for from outside: what it shows is in it."""
    raise Corrupt("print.outside", "Une impression a demandé un fichier extérieur ; elle est arrêtée.", url=url)
