"""Laying out: a varied letter becomes the pages of a PDF, its blocks in the order of its template."""

from __future__ import annotations

import random
from collections.abc import Callable

from weasyprint import HTML

from ged.mail.french_dates import MONTHS
from scripts.sample_letters.heads import LOOSE, contacts, escaped, head_of, paragraphs
from scripts.sample_letters.shapes import in_words
from scripts.sample_letters.vary import Varied

_FONTS = ("Liberation Serif", "DejaVu Serif", "Liberation Sans", "FreeSerif", "DejaVu Sans", "Liberation Sans Narrow", "FreeMono")  # fmt: skip
_SIDES = {"l": "left", "c": "mid", "r": "right", "": "left"}


def lay_out(v: Varied) -> bytes:
    """Return the letter as PDF, A4."""
    r = random.Random(v.seed * 11 + 5)
    parts = [head_of(v, r)]
    for row in _order(v, r):
        cells = [_block(cell, v, r) for cell in row.split("|")]
        parts.append(
            f"<div class=row>{''.join(f'<div>{cell}</div>' for cell in cells)}</div>" if len(cells) > 1 else cells[0]
        )
    if v.stamp:
        parts.append(_stamp(v, r))
    if v.template.footer:
        parts.append(_foot_columns(v, r) if v.template.head == "foot" else _footer(v, r))
    style = _STYLE.format(font=r.choice(_FONTS), size=r.choice((10.5, 11, 11.5, 12, 13)), line=r.choice((1.15, 1.3, 1.45, 1.6)), gap=r.choice((4, 7, 11)), side=r.choice((15, 20, 25)))  # fmt: skip
    page = HTML(string=f"<html lang=fr><style>{style}</style><body>{''.join(parts)}</body></html>")
    return bytes(page.write_pdf())  # fmt: skip


def _footer(v: Varied, r: random.Random) -> str:
    lines = contacts(v, r)
    name = v.sender if "head" in v.template.head or v.template.head == "logo_only" or r.random() < 0.5 else ""
    over = paragraphs([name] if r.random() < 0.6 else [])
    return f"<footer>{over}{paragraphs([' - '.join([name, *lines[:2]] if name else lines[:2]), ' - '.join(lines[2:])])}</footer>"


def _foot_columns(v: Varied, r: random.Random) -> str:
    lines = contacts(v, r)
    name = v.sender.upper() if r.random() < 0.4 else v.sender
    left, right = paragraphs([name, *lines[:1]]), paragraphs(lines[1:])
    if r.random() < 0.4:
        return f"<footer>{left}{right}</footer>"
    return f"<footer><div class=two style='text-align:left'><div>{left}</div><div>{right}</div></div></footer>"


_REFS = ("Réf", "Ref. n°", "N° Réf. :", "Notre réf. :", "Lettre n°", "N/REF :", "Courrier N°", "REF. :", "Références :", "N°", "N°")  # fmt: skip
_THEIRS = ("V/REF :", "Votre réf. :", "V. Réf. :", "Vos références :", "Votre lettre n°", "V/Lettre n°", "Réf. : votre lettre n°")  # fmt: skip
_SUBJECTS = ("Obj. :", "OBJET.", "Sujet :", "Concerne", "CONC. :", "Object :", "Objet/", "OBJET -", "Objet;", "Objet")


def _order(v: Varied, r: random.Random) -> list[str]:
    """Return the blocks in the order of the template, or two neighbours of its top the other way round."""
    rows = v.template.order.split()
    if not v.template.held and r.random() < LOOSE and len(rows) > 4:
        at = r.randrange(0, min(3, len(rows) - 2))
        rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return rows


def _label(v: Varied, r: random.Random, own: tuple[str, ...], others: tuple[str, ...]) -> str:
    loose = not v.template.held and r.random() < LOOSE
    return r.choice(others if loose else own)


def _block(cell: str, v: Varied, r: random.Random) -> str:
    name, _, side = cell.partition(":")
    where = _SIDES[side]
    if name == "to":
        inner = _to(v, r)
        at = {"l": "", "c": "mid", "r": "to-r"}[side or "r"]
        return f"<div class='gap {at}'>{inner}</div>"
    return f"<div class='{where}'>{_BLOCKS[name](v, r)}</div>"


def _reference(v: Varied, r: random.Random) -> str:
    if not v.reference:
        return ""
    label = _label(v, r, v.template.refs, _REFS)
    joint = r.choice((" ", " ", "", " n° ")) if label.endswith((":", "°")) else " : "
    number = f"<span class=ink>{escaped(v.reference)}</span>" if r.random() < 0.15 else escaped(v.reference)
    return f"<p class=near>{escaped(label)}{joint if label.endswith((':', '°')) else ' '}{number}</p>"


def _their(v: Varied, r: random.Random) -> str:
    if not v.their_reference or v.cited:
        return ""
    tail = r.choice(("", "", f" du {v.day.day:02d} {MONTHS[(v.day.month - 2) % 12]} {v.day.year}"))
    return paragraphs([f"{_label(v, r, v.template.theirs, _THEIRS)} {v.their_reference}{tail}"], "near")


def _date(v: Varied, r: random.Random) -> str:
    how = v.template.place
    english = v.template.sort == "english"
    if not v.template.held and r.random() < LOOSE and not english and how != "fait":
        how = r.choice(("place_le", "place_le", "bare", "date", "le"))
    text = {
        "place_le": f"{r.choice(('', '', 'Fait à '))}{v.place}{r.choice((', le ', ', le ', ' le '))}{v.printed_day}",
        "fait": f"Fait à {v.place}, le {v.printed_day}",
        "bare": v.printed_day,
        "le": f"Le {v.printed_day}",
        "date": f"{r.choice(('Date :', 'Date:', 'Date de facturation :'))} {v.printed_day}",
    }[how]
    if "." in v.printed_day and how == "place_le" and v.printed_day[-4:].isdigit() and v.printed_day[3:6].isupper():
        text = f"{escaped(v.place)}, le <span class=ink>{escaped(v.printed_day)}</span>"
        return f"<p class=near>{text}</p>"
    return paragraphs([text], "near")


def _title(v: Varied, _r: random.Random) -> str:
    words = {"facture": "FACTURE", "ambassade": "NOTE VERBALE", "circulaire_memo": "MÉMORANDUM"}
    return f"<p class='mid big'>{words.get(v.template.name, 'NOTE DE SERVICE')}</p>"


def _to(v: Varied, r: random.Random) -> str:
    lines = [v.civility, *v.office]
    end = r.choice((["LOMÉ"], ["Lomé - TOGO"], [], ["B.P. 4227 Lomé"], ["-LOMÉ-"], [f"Quartier {v.quarter}", "Lomé"]))
    how = r.choice(v.template.to)
    if how == "a_line":
        lines = [r.choice(("À", "A")), *lines]
    elif how == "a_inline":
        lines[0] = f"À {lines[0]}"
    elif how == "attn":
        lines[0] = f"À l'attention de {lines[0]}"
    return paragraphs([*lines, *end])


def _via(v: Varied, _r: random.Random) -> str:
    return f"<div class=to-r>{paragraphs([v.via])}</div>"


def _subject(v: Varied, r: random.Random) -> str:
    named = escaped(_label(v, r, v.template.subjects, _SUBJECTS))
    label = f"<u>{named}</u>" if r.random() < 0.5 else named
    text = v.subject.upper() if r.random() < 0.08 else v.subject
    text = f"<b>{escaped(text)}</b>" if r.random() < 0.5 else escaped(text)
    where, joint = ("mid", " ") if r.random() < 0.08 else ("", "<br>") if r.random() < 0.06 else ("", " ")
    return f"<p class='gap {where}'>{label}{joint}{text}</p>"


def _pieces(v: Varied, r: random.Random) -> str:
    if not v.pieces:
        return ""
    label = r.choice(("P.J. :", "PJ :", "Pièces jointes :", "P. J. :", "P.J :"))
    if r.random() < 0.5:
        return paragraphs([f"{label} {len(v.pieces):02d}"], "near")
    return paragraphs([label, *(f"- {one} ;" for one in v.pieces)], "small")


def _body(v: Varied, r: random.Random) -> str:
    cut = " indent" if r.random() < 0.6 else ""
    return paragraphs(v.body, "body" + cut)


def _close(v: Varied, r: random.Random) -> str:
    if v.template.sort == "english":
        return paragraphs([r.choice(("Yours faithfully,", "Yours sincerely,", "Best regards,"))], "body")
    return paragraphs([f"Veuillez agréer, {v.civility}, l'expression de ma considération distinguée."], "body")


def _sign(v: Varied, r: random.Random) -> str:
    po = r.choice(("P.O.", "p.o. Le Secrétaire général", "P/ Le Directeur et par délégation")) if v.po else ""
    title = r.choice(("", "", "", "Officier de l'Ordre du Mono", "Ingénieur", "Dr"))
    side = r.choice(("to-r", "to-r", "to-r", "mid", ""))
    over = [f"Pour {v.sender}" if v.chain and v.template.head == "none" else "", po, v.function]
    if v.template.sign != "function":
        over = _signs(v, r)
    under = [v.person, title if title != "Dr" else ""]
    if v.template.sign == "contacts":
        under = [v.person, *contacts(v, r)]
    return f"<div class='sign {side}'>{paragraphs(over)}<div class=room></div>{paragraphs(under)}</div>"


def _signs(v: Varied, r: random.Random) -> list[str]:
    """Return the lines over a signature where they name more than a function."""
    name, function = v.sender, v.function.rstrip(",")
    chief = r.choice(("le Directeur général", "la Directrice", "le Ministre", "le Secrétaire général"))
    if v.template.sign == "of":
        return r.choice(([f"Pour {name}", function], [function], [f"{function} de {name}"]))
    if v.template.sign == "for" and v.template.sort == "state":
        return r.choice(([f"Pour {chief} et par délégation,", function], [f"Pour {chief},", function], [function]))
    if v.template.sign == "for":
        article = r.choice(("", "l'" if name[0] in "AEÉIOU" else "le "))
        return r.choice(
            ([f"Pour {article}{name},", function], [f"Pour {article}{name}"], [f"Pour {article}{name} : {function}"])
        )
    return [r.choice(("", "L'intéressé(e),", "Le demandeur,"))]


def _copies(_v: Varied, r: random.Random) -> str:
    if r.random() < 0.5:
        return ""
    return paragraphs(
        [r.choice(("Ampliations :", "Copies :", "AMPLIATIONS")), "- Cabinet : 1", "- Archives : 1", "- Chrono : 1"],
        "small",
    )


def _memo(v: Varied, _r: random.Random) -> str:
    rows = (
        ("De :", v.sender),
        ("À :", " ".join((v.civility, *v.office))),
        ("Date :", v.printed_day),
        ("Objet :", v.subject),
    )
    return "<table class=memo>" + "".join(f"<tr><td>{a}</td><td>{escaped(b)}</td></tr>" for a, b in rows) + "</table>"


def _table(v: Varied, r: random.Random) -> str:
    part = v.amount // 3
    rows = (
        ("Câble électrique", part),
        ("Main-d'œuvre", part),
        ("Transport", v.amount - 2 * part),
        (r.choice(("TOTAL", "Total TTC", "MONTANT TOTAL", "Net à payer")), v.amount),
    )
    body = "".join(f"<tr><td>{escaped(name)}</td><td>{value:,}</td></tr>".replace(",", " ") for name, value in rows)
    return f"<table><tr><th>Désignation</th><th>Montant (F CFA)</th></tr>{body}</table>"


def _greeting(v: Varied, _r: random.Random) -> str:
    return paragraphs([f"{v.civility if v.template.sort != 'english' else 'Dear Sir'},"], "gap")


def _total_in_words(v: Varied, _r: random.Random) -> str:
    said = f"Arrêtée la présente facture à la somme de {in_words(v.amount)} ({_grouped(v)}) francs CFA."
    return paragraphs([said], "gap")


def _grouped(v: Varied) -> str:
    return f"{v.amount:,}".replace(",", " ")


def _stamp(v: Varied, r: random.Random) -> str:
    day = v.stamp or v.day
    short = ("JAN", "FEV", "MAR", "AVR", "MAI", "JUN", "JUL", "AOU", "SEP", "OCT", "NOV", "DEC")[day.month - 1]
    written = r.choice((f"{day.day:02d} {short} {day.year}", f"{day:%d/%m/%Y}", f"{day.day:02d} {short}. {day.year}"))
    lines = r.choice(
        (
            ["COURRIER ARRIVÉE", written, "N° 4521"],
            ["ARRIVÉE", f"LE {written}", f"sous le n° {r.randrange(100, 9999)}"],
            ["MINISTÈRE DES MINES", "Reçu le", written],
            [f"REÇU LE {written}"],
        )
    )
    turn = r.choice((0, 0, 0, r.uniform(-5, 5)))
    if not v.template.held and r.random() < LOOSE:
        lines = r.choice((
            ["SECRÉTARIAT GÉNÉRAL", "COURRIER ARRIVÉ", f"Le {written}", f"N° {r.randrange(10**5):05d}"],
            ["CABINET DU MINISTRE", "Arrivée le", written], ["COURRIER ARRIVÉE", f"LE {written}", f"N° {r.randrange(10**5):05d}"],
            ["DIRECTION GÉNÉRALE", f"ENREGISTRÉ LE {written}", f"SOUS N° {r.randrange(9999)}"],
        ))  # fmt: skip
    top, left = r.choice((0, 30, 190, 205)), r.choice((2, 60, 95))
    if not v.template.held and top == 0:
        top = r.choice((-12, 0))
    return f"<div class=arrival style='top:{top}mm;left:{left}mm;transform:rotate({turn:.1f}deg)'>{paragraphs(lines)}</div>"


_BLOCKS: dict[str, Callable[[Varied, random.Random], str]] = {
    "ref": _reference,
    "their": _their,
    "date": _date,
    "dateline": _date,
    "title": _title,
    "via": _via,
    "subject": _subject,
    "pj": _pieces,
    "greeting": _greeting,
    "body": _body,
    "close": _close,
    "sign": _sign,
    "copies": _copies,
    "memo": _memo,
    "table": _table,
    "words": _total_in_words,
}
_STYLE = """
@page {{ size: A4; margin: 16mm {side}mm 24mm {side}mm; }}
body {{ font-family: '{font}'; font-size: {size}pt; line-height: {line}; margin: 0; }}
p {{ margin: 0; }} .body {{ margin-top: 7pt; text-align: justify; }} .indent {{ text-indent: 12mm; }}
.two {{ display: flex; justify-content: space-between; text-align: center; margin-bottom: 10pt; }} .half {{ width: 46%; }}
.row {{ display: flex; justify-content: space-between; }} .row > div {{ max-width: 49%; }}
.office {{ font-weight: 600; }} .mid {{ text-align: center; }} .right {{ text-align: right; }} .to-r {{ padding-left: 50%; }}
.firm {{ display: flex; gap: 14pt; align-items: center; margin-bottom: 10pt; }} .apart {{ justify-content: space-between; }}
.brand {{ font-size: 1.35em; font-weight: 700; }} .small {{ font-size: .82em; }} .big {{ font-size: 1.3em; font-weight: 700; margin: 9pt 0; }}
.ruled {{ border-bottom: 1.5pt solid #333; padding-bottom: 5pt; }} .band {{ background: #dde; padding: 6pt 9pt; }} .boxed {{ border: 1pt solid; padding: 5pt; margin: 0 20% 6pt; }}
.near {{ margin-top: 3pt; }} .gap {{ margin: {gap}pt 0; }} .ink {{ font: 700 1.15em 'DejaVu Sans'; color: #2a2a88; position: relative; top: -2pt; }}
table {{ border-collapse: collapse; width: 100%; margin: 8pt 0; }} td, th {{ border: .6pt solid #333; padding: 3pt 6pt; text-align: left; }}
.memo td {{ border: 0; }} .memo td:first-child {{ width: 20mm; font-weight: 700; }}
.sign {{ margin-top: 14pt; break-inside: avoid; }} .room {{ height: 42pt; }}
.arrival {{ position: absolute; border: 1.4pt solid #8d1d2c; color: #8d1d2c; padding: 2pt 8pt; font: 700 9pt 'DejaVu Sans'; text-align: center; }}
footer {{ position: fixed; bottom: -15mm; left: 0; right: 0; text-align: center; font-size: 8pt; color: #444; border-top: .5pt solid #999; padding-top: 3pt; }}
"""
