"""References, amounts, announced pieces, telephones, e-mails and post boxes: each is known by its own pattern."""

from __future__ import annotations

import re
from collections.abc import Callable

from ingest.stages.fields.candidates import Candidate, mark, rank
from ingest.stages.fields.sheet import Placed, Sheet

_REFERENCE = re.compile(
    r"(?:[A-Za-z]{1,6}\s?[/-]\s?(?:[A-Za-z]{1,6}\s?[/-]\s?)*)?(?:[Nn][°ºo*]\s?)?\d[\w.°]*(?:\s?[/_–-]\s?[\w.&']+)*"
)
_AMOUNT = re.compile(r"(?<![\d/.-])(\d{1,3}(?:[  .,]\d{3})+|\d{4,9})(?![\d/-])")
_CURRENCY = re.compile(r"^\s*\)?\s*\(?\s*(?:f\s?\.?\s?cfa|francs?|fcfa|xof|f\b|euros?|usd)")
_PHONE = re.compile(r"(?:(?:\(\s?|\+|00)228\)?\s?)?(?<!\d)\d{2}(?:[ .\-]?\d{2}){3}(?![\d/])(?!\s?[-.]\s?\d)")
_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[a-z]{2,})+")
_BOX = re.compile(r"\b(?:\d{2} )?b\.?\s?p\.?\s?[:n°]*\s*\d{1,6}|\bp\.?\s?o\.? box\s*\d+")
_PIECES = re.compile(r"^\W{0,2}(?:p\.?\s?j\.?|pieces? jointes?|annexes?|encl[a-z.]*)\s*[:.;]*\s*(?:\(?(\d{1,2})\)?)?")


def references(sheet: Sheet) -> list[Candidate]:
    """Return what could be the number of a letter: digits, with slashes or dashes, or after a label."""
    found: list[Candidate] = []
    for one in sheet.said:
        for match in _REFERENCE.finditer(one.line.text):
            text = match.group()
            value = re.sub(r"^[Nn][°ºo*]", "", re.sub(r"\s+", "", text)).strip(".-_°")
            slashes, letters = sum(value.count(c) for c in "/-_"), sum(c.isalpha() for c in value)
            if not slashes and not one.has("number") and not one.has("ours") and not one.has("theirs"):
                continue
            year = float(bool(re.search(r"(?:^|\D)(?:19|20)\d{2}(?:\D|$)|[/.-]\d{2}$", value)))
            tail = one.line.plain[match.end() :].strip()
            more = (
                float(slashes), float(letters), float(len(value)), year, float(sum(c.isdigit() for c in value)),
                float(not tail), float(tail.startswith(("du ", "en date"))), float(len(found)),
                float(bool(re.search(r"[A-Z]{2,}", value))),
            )  # fmt: skip
            found.append(mark(sheet, one, value, match.span(), more))
    return found


def amounts(sheet: Sheet) -> list[Candidate]:
    """Return the sums of money that a letter states, in digits."""
    seen = [(one, match) for one in sheet.said for match in _AMOUNT.finditer(one.line.plain)]
    values = [float(re.sub(r"\D", "", match[1])) for _, match in seen]
    found = []
    for index, (one, match) in enumerate(seen):
        smaller, same = rank(values, values[index])
        after = one.line.plain[match.end() :]
        more = (
            values[index] ** 0.5, float(bool(_CURRENCY.search(after))), float(after.lstrip()[:1] == ")"), smaller, same,
            float(" " in match[1]), float(index), float(bool(re.match(r"(?:19|20)\d\d$", match[1]))),
        )  # fmt: skip
        found.append(mark(sheet, one, f"{values[index]:.0f}", match.span(), more))
    return found


def pieces(sheet: Sheet) -> list[Candidate]:
    """Return how many pieces a letter announces: a number after the label, or the items of its list."""
    found = []
    for one in sheet.said:
        match = _PIECES.search(one.line.plain)
        if match is None:
            continue
        items, at = 0, one
        while at.under >= 0 and sheet.lines[at.under].has("item"):
            at, items = sheet.lines[at.under], items + 1
        said = int(match[1]) if match[1] else items or int(len(one.line.words) > 2)
        if said:
            more = (float(bool(match[1])), float(items), float(said))
            found.append(mark(sheet, one, str(said), (0, len(one.line.text)), more))
    return found


def phones(sheet: Sheet) -> list[Candidate]:
    """Return the telephone numbers of the sheet, as printed."""
    return _patterned(sheet, _PHONE, text_of=lambda text: text)


def emails(sheet: Sheet) -> list[Candidate]:
    """Return the addresses of electronic mail of the sheet."""
    return _patterned(sheet, _EMAIL, text_of=lambda text: re.sub(r"\s", "", text).lower())


def boxes(sheet: Sheet) -> list[Candidate]:
    """Return the post boxes of the sheet, as printed."""
    return _patterned(sheet, _BOX, text_of=lambda text: text)


def _patterned(sheet: Sheet, pattern: re.Pattern[str], *, text_of: Callable[[str], str]) -> list[Candidate]:
    seen: list[tuple[Placed, re.Match[str]]] = [
        (one, match) for one in sheet.said for match in pattern.finditer(one.line.plain)
    ]
    return [
        mark(
            sheet,
            one,
            text_of(one.line.text[match.start() : match.end()]),
            match.span(),
            (float(index), float(len(seen)), float("228" in match.group())),
        )
        for index, (one, match) in enumerate(seen)
    ]
