"""docs/measures.md: each script writes its own section, with the machine and the date; the others stay."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FILE = ROOT / "docs" / "measures.md"
_TITLE = """# Measures

Written by `scripts/measure_*.py`, each of which compares side by side in one run. Figures are of the machine and
the day they name; on a shared machine only those of one run compare.
"""


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; figures are written as they come."""
    lines = [head, ["---"] * len(head), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """Return one line that says where and when: cores, processor, system, Python, day."""
    cores = len(os.sched_getaffinity(0))
    name = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    processor = name.group(1) if name else platform.machine()
    release = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text(encoding="utf-8"))
    system = release.group(1) if release else platform.system()
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {cores} cores of {processor}, {system}, Python {platform.python_version()}."


def write_section(name: str, title: str, text: str) -> None:
    """Print a section and put it into docs/measures.md in place of the one that stood there."""
    section = f"<!-- {name} -->\n## {title}\n\n{machine()}\n\n{text.strip()}\n<!-- /{name} -->\n"
    print(section)
    whole = _FILE.read_text(encoding="utf-8") if _FILE.exists() else _TITLE
    pattern = re.compile(rf"<!-- {name} -->.*?<!-- /{name} -->\n", re.DOTALL)
    whole = pattern.sub(lambda _: section, whole) if pattern.search(whole) else f"{whole.rstrip()}\n\n{section}"
    _FILE.write_text(whole, encoding="utf-8")
