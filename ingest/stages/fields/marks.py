"""References, amounts, announced pieces, telephones, e-mails and post boxes: each is known by its own pattern."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ged.mail.folding import fold
from ingest.stages.fields.candidates import Candidate, mark, rank
from ingest.stages.fields.layout import words_at
from ingest.stages.fields.sheet import Placed, Sheet

_PART = r"\s?[/_=–—|-]{1,2}\s?"
_REFERENCE = re.compile(rf"(?<!\w)(?:[^\W\d_]\w{{0,7}}{_PART})*(?:[Nn][°ºo*]\s?)?\d[\w.°]*(?:{_PART}[\w.&']+)*")
_OPEN = re.compile(r"\s?[/-]\s*$")
_REST = re.compile(rf"^[A-ZÀ-Ý]{{1,8}}(?:{_PART}[\w.&']+)*")
_UNITS = "SG|CAB|DG|DGA|DAF|DRH|DT|DAJC|DSI|PRMP|DGMG|DGE"
_SLASH_READ = (
    re.compile(rf"(?<![^\W\d_])([A-ZÀ-Ý]{{2,6}})[Il1|7](?=(?:{_UNITS})(?!\w))"),
    re.compile(r"([A-ZÀ-Ý]{2,6})[Il1|](?=[a-z]{2,3}$)"),
    re.compile(r"(?<!\w)(\d{1,5})[Il|](?=(?:19|20)\d{2}(?!\d))"),
    re.compile(r"(\d{2,4})[IJl|](?=[A-ZÀ-Ý]{2})"),
    re.compile(r"([A-ZÀ-Ý]{2,6})[jl|]+/"),
)
"""A slash read as a letter: before a unit that every house has, small initials or a year, or after figures; or beside
another slash."""
_LABEL_READ = re.compile(r"^N?[Rr][éeè][fltr][.:]?-")
"""« N/Réf. - », read as if the number began with it."""
_FIGURE_READ = re.compile(r"[01568](?=[A-ZÀ-Ý]{1,5}$)")
_LETTERS = str.maketrans("01568", "OISGB")
"""A letter read as a figure at the head of a sigle, of which none begins with one: « IG » read « 1G »."""
_AMOUNT = re.compile(r"(?<![\d/.-])(\d{1,3}(?:[  .,]\d{3})+|\d{4,9})(?![\d/-])")
_CURRENCY = re.compile(r"^\s*\)?\s*\(?\s*(?:f\s?\.?\s?cfa|francs?|fcfa|xof|f\b|euros?|usd)")
_PHONE = re.compile(r"(?:(?:\(\s?|\+|00)228\)?\s?)?(?<!\d)\d{2}(?:[ .\-]?\d{2}){3}(?![\d/])(?!\s?[-.]\s?\d)")
_EMAIL = re.compile(
    r"[\w.+'-]+\s?\(?@\s?[\w-]+(?:(?:\s?\.\s?[a-z0-9]{2,})+|\s(?:com|org|net|fr|tg|[1l]g|tq)\b)"
    r"|[\w.+-]+@[\w-]{4,}(?:com|org|net)\b"
    r"|\b(?:contact|info|secretariat|courrier|direction)[e©®gq][a-z][\w-]{3,}\.(?:com|org|net|fr|tg)\b"
)
"""The last: « @ » read as a letter, after what addresses of a house begin with."""
_AT = re.compile(r"^(contact|info|secretariat|courrier|direction)[e©®gq](?=[^@]+$)|\(@")
_DOMAIN = re.compile(r"[. ]?\s*(com|corn?|c0m|org|0rg|net|fr|tg|tq|[1l]g)$")
_MISREAD_DOMAINS = {"cor": "com", "corn": "com", "c0m": "com", "0rg": "org", "tq": "tg", "1g": "tg", "lg": "tg"}
_BOX = re.compile(r"(?:(?:\b[o\d]|\))\d )?\bb\.?\s?p[.,]*\s?[:n°]*\s*\d{1,6}|\bp\.?\s?o\.? box\s*\d+")
_PIECES = re.compile(
    r"^\W{0,2}(?:[pr]\.?\s?[ji1lt]\b[.\"']?|pieces? jointes?|annexes?|encl[a-z.]*)\s*[:.;]*\s*"
    r"(?:\(?([o\d]?\d)\)?(?![\w/]))?"
)


def references(sheet: Sheet) -> list[Candidate]:
    """Return what could be the number of a letter: digits, with slashes or dashes, or after a label."""
    found: list[Candidate] = []
    for one in sheet.said:
        for match in _REFERENCE.finditer(one.line.text):
            text = match.group()
            value = _as_written(text)
            slashes, letters = sum(value.count(c) for c in "/-_"), sum(c.isalpha() for c in value)
            if not slashes and not one.has("number") and not one.has("ours") and not one.has("theirs"):
                continue
            year = float(bool(re.search(r"(?:^|\D)(?:19|20)\d{2}(?:\D|$)|[/.-]\d{2}$", value)))
            tail = one.line.plain[match.end() :].strip()
            rest = _REST.search(sheet.lines[one.under].line.text) if _OPEN.fullmatch(tail) and one.under >= 0 else None
            if rest:
                value = f"{value}/{_as_written(rest.group())}"
            more = (
                float(slashes), float(letters), float(len(value)), year, float(sum(c.isdigit() for c in value)),
                float(not tail), float(tail.startswith(("du ", "en date"))), float(len(found)),
                float(bool(re.search(r"[A-Z]{2,}", value))),
            )  # fmt: skip
            begun = mark(sheet, one, value, match.span(), more)
            over = words_at(sheet.lines[one.under].line, *rest.span()) if rest else ()
            found.append(replace(begun, words=(*begun.words, *over)))
    return found


def _as_written(text: str) -> str:
    """Return a reference without blanks, its slashes and figures as they were before OCR took them for others."""
    value = re.sub(r"^[Nn][°ºo*]", "", re.sub(r"\s+", "", text)).strip(".-_°=|")
    value = _LABEL_READ.sub("", value)
    for pattern in _SLASH_READ:
        value = pattern.sub(r"\1/", value)
    parts = re.split(r"([/_=–—|-]+)", value)
    return "".join("-" if set(part) & set("=–—") else "/" if part == "|" else _mended(part) for part in parts)


def _mended(part: str) -> str:
    """Return a part that is letters with no nought among them, or figures with no letter that looks like one."""
    if re.fullmatch(r"[A-ZÀ-Ý0]{2,}", part) and sum(c.isalpha() for c in part) > 1:
        return part.replace("0", "O")
    if re.fullmatch(r"[\dOoIl]{3,}", part) and sum(c.isdigit() for c in part) > 1:
        return part.translate(str.maketrans("OoIl", "0011"))
    if _FIGURE_READ.match(part):
        return part[0].translate(_LETTERS) + part[1:]
    return part


def amounts(sheet: Sheet) -> list[Candidate]:
    """Return the sums of money that a letter states, in digits."""
    seen = [(one, match) for one in sheet.said for match in _AMOUNT.finditer(one.line.plain)]
    values = [float(re.sub(r"\D", "", match[1])) for _, match in seen]
    ordered = sorted(values)
    found = []
    for index, (one, match) in enumerate(seen):
        smaller, same = rank(ordered, values[index])
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
    listed = sheet.chains(_is_item)
    for one in sheet.said:
        match = _PIECES.search(one.line.plain)
        begins = _begins_list(one, sheet)
        if match is None and not begins:
            continue
        items = int(match is None) + listed[one.index]
        told = match[1] if match else None
        said = int(told.replace("o", "0")) if told else items or int(len(one.line.words) > 2)
        if said:
            more = (float(bool(told)), float(items), float(said), float(match is not None))
            found.append(mark(sheet, one, str(said), (0, len(one.line.text)), more))
    return found


def _begins_list(one: Placed, sheet: Sheet) -> bool:
    """Whether a list begins here whose label was lost: between subject and greeting no other list stands."""
    between = one.line.page == sheet.first_page and sheet.subject < one.line.box.top < sheet.greeting
    if not between or not _is_item(one):
        return False
    above = sheet.lines[one.above] if one.above >= 0 else None
    return above is None or not (_is_item(above) or _PIECES.search(above.line.plain))


def _is_item(one: Placed) -> bool:
    """Whether a line is one of a list: a dash before it, or a semicolon after it where the dash was not read."""
    return not one.body and (one.has("item") or one.line.text.endswith(";"))


def phones(sheet: Sheet) -> list[Candidate]:
    """Return the telephone numbers of the sheet, as printed."""
    return _patterned(sheet, _PHONE, text_of=lambda text: text)


def emails(sheet: Sheet) -> list[Candidate]:
    """Return the addresses of electronic mail of the sheet."""
    return _patterned(sheet, _EMAIL, text_of=_address)


def _address(text: str) -> str:
    """Return an address in small letters, its last part with its dot and as domains are."""
    signed = _AT.sub(lambda found: f"{found[1] or ''}@", fold(text))
    ended = _DOMAIN.sub(lambda found: "." + _MISREAD_DOMAINS.get(found[1], found[1]), signed)
    return re.sub(r"[\s']", "", ended)


def boxes(sheet: Sheet) -> list[Candidate]:
    """Return the post boxes of the sheet, as printed."""
    return _patterned(sheet, _BOX, text_of=lambda text: re.sub(r"^[Oo)](?=\d )", "0", text))


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
