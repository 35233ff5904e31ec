"""Lines of the configuration folder: each read with its number, each cell checked, each fault named by its place."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from ged.mail.said import Said, said_by

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where, and what to do."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}, ligne {self.line} : {self.sentence}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of one file; `rank` counts the lines that carry something, so that a comment moves nothing."""

    file: str
    line: int
    rank: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


class Faulty(Exception):  # noqa: N818 - never leaves the reading of a folder: it carries one fault to the list
    """One cell that cannot be read."""


def read_rows(path: Path, columns: list[str], key: list[str], faults: list[Fault]) -> list[Row]:
    """Return the lines of a CSV file, adding to `faults` what is wrong; `key` are the columns that make one unique."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        faults.append(Fault(path.name, 1, "Ce fichier manque, ou n'est pas en UTF-8."))
        return []
    return parse_rows(path.name, text, columns, key, faults)


def parse_rows(name: str, text: str, columns: list[str], key: list[str], faults: list[Fault]) -> list[Row]:
    """Return the lines of a CSV text, adding to `faults` what is wrong; `name` is what faults call the file."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        faults.append(Fault(name, 1, "Ce fichier est vide."))
        return []
    separator = ";" if lines[0][1].count(";") >= lines[0][1].count(",") else ","
    parsed = list(csv.reader((line for _, line in lines), delimiter=separator))
    header = [cell.strip() for cell in parsed[0]]
    missing = [column for column in columns if column not in header]
    if missing:
        faults.append(Fault(name, lines[0][0], Said("Il manque les colonnes %(columns)s.", columns=", ".join(missing))))
        return []
    found: list[Row] = []
    seen: dict[str, int] = {}
    for (number, _), cells in zip(lines[1:], parsed[1:], strict=False):
        if len(cells) != len(header):
            faults.append(
                Fault(
                    name, number, Said("%(found)s cases au lieu de %(wanted)s.", found=len(cells), wanted=len(header))
                )
            )
            continue
        row = Row(
            name, number, len(found) + 1, {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
        )
        mark = " ".join(row[column] for column in key).strip()
        if mark in seen:
            faults.append(
                Fault(name, number, Said("« %(mark)s » est déjà à la ligne %(line)s.", mark=mark, line=seen[mark]))
            )
        seen[mark] = number
        found.append(row)
    return found


def read_each(rows: list[Row], make: Callable[[Row], Value], faults: list[Fault]) -> list[Value]:
    """Return what `make` reads of each line, adding to `faults` each line that it cannot read."""
    found: list[Value] = []
    for row in rows:
        try:
            found.append(make(row))
        except Faulty as fault:
            faults.append(Fault(row.file, row.line, said_by(fault)))
    return found


def given(row: Row, column: str) -> str:
    """Return a cell that must not be empty."""
    if not row[column]:
        raise Faulty(Said("« %(column)s » est vide.", column=column))
    return row[column]


def choice(row: Row, column: str, choices: dict[str, Value]) -> Value:
    """Return what a word stands for."""
    if row[column] not in choices:
        raise Faulty(
            Said(
                "« %(cell)s » dans « %(column)s » : attendu %(choices)s.",
                cell=row[column],
                column=column,
                choices=", ".join(choices),
            )
        )
    return choices[row[column]]


def member(row: Row, column: str, kind: type[Choice]) -> Choice:
    """Return the member of an enumeration that a code names."""
    return choice(row, column, {str(member): member for member in kind})


def day(row: Row, column: str) -> date:
    """Return a day written as 2026-03-31, or as 31/03/2026: a spreadsheet writes the first as the second."""
    written = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", row[column])
    try:
        return date(*(int(each) for each in written.groups()[::-1])) if written else date.fromisoformat(row[column])
    except ValueError as error:
        raise Faulty(
            Said(
                "« %(cell)s » dans « %(column)s » n'est pas une date AAAA-MM-JJ ou JJ/MM/AAAA.",
                cell=row[column],
                column=column,
            )
        ) from error


def day_or_none(row: Row, column: str) -> date | None:
    """Return a day, or None when the cell is empty."""
    return day(row, column) if row[column] else None
