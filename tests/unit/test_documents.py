"""Documents that can be checked: every error code is explained, every link leads somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rooms.house import ROOT

ROOMS = ("ged", "ingest", "search", "retention", "api")
ERRORS = {"GedError", "NotFound", "Forbidden", "Conflict", "Refused", "Unavailable", "Corrupt"}


def codes() -> Iterator[str]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value


def test_every_error_code_is_explained() -> None:
    table = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| ([a-z_]+\.[a-z_]+) \|", table, re.MULTILINE))
    assert set(codes()) - explained == set()


def test_every_link_leads_to_a_file() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
