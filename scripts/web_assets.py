"""Copy what the pages load into api/web/static/vendor: htmx, tus, and one SVG sprite of the icons used.

Run by scripts/bootstrap after `npm ci`; nothing is built, nothing is fetched by a browser from elsewhere.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_MODULES = _ROOT / "node_modules"
_VENDOR = _ROOT / "api" / "web" / "static" / "vendor"
_ICONS = _ROOT / "api" / "web" / "icons.txt"


def sprite(names: list[str]) -> str:
    """Return one SVG whose symbols are the icons named, drawn in the colour of the text around them."""
    symbols = [f'<symbol id="{name}" viewBox="0 0 24 24">{_drawing(name)}</symbol>' for name in names]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _drawing(name: str) -> str:
    file = _MODULES / "lucide-static" / "icons" / f"{name}.svg"
    if not file.exists():
        sys.exit(f"{_ICONS.relative_to(_ROOT)} names the icon {name!r}, which lucide-static does not have")
    found = re.search(r"<svg.*?>(.*)</svg>", file.read_text(encoding="utf-8"), re.DOTALL)
    return re.sub(r"\s+", " ", found.group(1)).strip() if found else ""


def main() -> None:
    """Write the folder anew."""
    lines = (line.partition("#")[0].strip() for line in _ICONS.read_text(encoding="utf-8").splitlines())
    names = sorted({line for line in lines if line})
    _VENDOR.mkdir(parents=True, exist_ok=True)
    shutil.copy(_MODULES / "htmx.org" / "dist" / "htmx.min.js", _VENDOR)
    shutil.copy(_MODULES / "tus-js-client" / "dist" / "tus.min.js", _VENDOR)
    for package in ("htmx.org", "lucide-static", "tus-js-client"):
        shutil.copy(_MODULES / package / "LICENSE", _VENDOR / f"{package}.LICENSE")
    (_VENDOR / "icons.svg").write_text(sprite(names), encoding="utf-8")


if __name__ == "__main__":
    main()
