"""Setting: a letter becomes the pages of a PDF, with letterhead, stamp and signature, as offices lay them out."""

from __future__ import annotations

import html
import random

from weasyprint import HTML

from scripts.sample_letters.compose import Letter

_FONTS = ("Liberation Serif", "DejaVu Serif", "Liberation Sans", "FreeSerif", "DejaVu Sans")
_INKS = ("#1b2f7d", "#23388f", "#111", "#4a1f6b")


def set_letter(letter: Letter, *, marks: bool = True, typeface: str = "") -> bytes:
    """Return the letter as PDF, A4; without `marks`, its print alone, no stamp nor signature.

    A given typeface is set at ten characters an inch throughout, as a machine that has one typeface prints.
    """
    r = random.Random(letter.seed * 7 + 1)
    size = r.choice((11, 11.5, 12, 12.5))
    style = _STYLE.format(font=r.choice(_FONTS), size=size, line=r.choice((1.35, 1.45, 1.6)))
    style += "" if marks else ".arrival, .stamp, .sign svg { display: none }"
    style += f"p, td, th, h1 {{ font: 12pt '{typeface}' !important }} h1 {{ font-weight: 700 }}" if typeface else ""
    page = HTML(string=f"<html lang=fr><style>{style}</style><body>{_body(letter, r)}</body></html>")
    return bytes(page.write_pdf())


def _body(letter: Letter, r: random.Random) -> str:
    parts = [_head(letter, r)]
    references = (letter.printed_reference, letter.their_reference)
    parts += [f"<p class=ref>{_t(text)}</p>" for text in references if text]
    parts.append(f"<p class=date>{_t(letter.printed_date)}</p>")
    parts.append("<div class=to>" + "".join(f"<p>{_t(line)}</p>" for line in letter.to) + "</div>")
    label = f"<u>{_t(letter.subject_label)}</u>" if r.random() < 0.5 else _t(letter.subject_label)
    subject = f"<b>{_t(letter.subject)}</b>" if r.random() < 0.6 else _t(letter.subject)
    parts.append(f"<p class=subject>{label} {subject}</p>")
    parts.append(f"<p>{_t(letter.salutation)},</p>")
    parts += [f"<p class=body>{_t(paragraph)}</p>" for paragraph in letter.paragraphs[:-1]]
    parts += [_table(letter)] if letter.table else []
    parts.append(f"<p class=body>{_t(letter.paragraphs[-1])}</p>")
    parts.append(_signature(letter, r))
    if r.random() < 0.45:
        parts.append(_arrival_stamp(r))
    if letter.style in {"firm", "group"} and r.random() < 0.5:
        parts.append(f"<footer>{_t(letter.contact)}</footer>")
    return "".join(parts)


def _head(letter: Letter, r: random.Random) -> str:
    lines = "".join(f"<p>{_t(line)}</p>" for line in letter.head)
    if letter.style == "state":
        nation = "<p><b>RÉPUBLIQUE TOGOLAISE</b></p><p>Travail - Liberté - Patrie</p>"
        return f"<div class=two><div class=office>{lines}</div><div class=nation>{nation}</div></div>"
    contact = "".join(f"<p>{_t(part)}</p>" for part in letter.contact.split(" - "))
    if letter.style == "citizen":
        return f"<div class=citizen>{lines}{contact}</div>"
    colour = r.choice(("#0b5d3b", "#7a1f1f", "#123a6b", "#333"))
    logo = (
        f"<svg width=54 height=54 viewBox='0 0 54 54'><circle cx=27 cy=27 r=24 fill='none' stroke='{colour}' "
        f"stroke-width=3 /><path d='M15 36 L27 12 L39 36 Z' fill='{colour}'/></svg>"
    )
    return (
        f"<div class=firm style='color:{colour};border-color:{colour}'>{logo}<div><h1>{lines}</h1>{contact}</div></div>"
    )


def _table(letter: Letter) -> str:
    rows = "".join("<tr>" + "".join(f"<td>{_t(cell)}</td>" for cell in row) + "</tr>" for row in letter.table)
    return f"<table><tr><th>Désignation</th><th>Quantité</th><th>Montant (F CFA)</th></tr>{rows}</table>"


def _signature(letter: Letter, r: random.Random) -> str:
    ink = r.choice(_INKS)
    points = [(10 + i * 17, 30 + r.uniform(-22, 22)) for i in range(8)]
    path = f"M{points[0][0]} {points[0][1]:.0f} " + " ".join(
        f"Q{x - 8 + r.uniform(-10, 10):.0f} {y + r.uniform(-26, 26):.0f} {x} {y:.0f}" for x, y in points[1:]
    )
    stroke = f"<path d='{path}' fill='none' stroke='{ink}' stroke-width='{r.uniform(1.2, 2.2):.1f}'/>"
    stamp = _round_stamp(letter, r, ink) if letter.style != "citizen" and r.random() < 0.8 else ""
    return (
        f"<div class=sign><p>{_t(letter.office)}</p><svg width=190 height=74 viewBox='0 0 150 60'>{stroke}</svg>"
        f"{stamp}<p><b>{_t(letter.signer)}</b></p></div>"
    )


def _round_stamp(letter: Letter, r: random.Random, ink: str) -> str:
    text = (letter.head[0].title() + " * Le Secrétariat *")[:44]
    letters = "".join(
        f"<text x=60 y=17 font-size=8 text-anchor=middle fill='{ink}' transform='rotate({i * 360 / len(text):.0f} 60 60)'>{_t(c)}</text>"
        for i, c in enumerate(text)
    )
    rings = "".join(
        f"<circle cx=60 cy=60 r={radius} fill='none' stroke='{ink}' stroke-width=1.6 />" for radius in (55, 38)
    )
    turn = r.uniform(-25, 25)
    return f"<svg class=stamp width=118 height=118 viewBox='0 0 120 120' style='transform:rotate({turn:.0f}deg)'>{rings}{letters}</svg>"


def _arrival_stamp(r: random.Random) -> str:
    turn, ink = r.uniform(-6, 6), r.choice(("#8d1d2c", "#1b2f7d"))
    day = f"{r.randrange(1, 28):02d} {r.choice(('JAN', 'MAR', 'JUIN', 'OCT', 'NOV'))} 2026"
    return (
        f"<div class=arrival style='transform:rotate({turn:.1f}deg);color:{ink};border-color:{ink}'>"
        f"COURRIER ARRIVÉE<br>{day}<br>N° {r.randrange(100, 9999)}</div>"
    )


def _t(text: str) -> str:
    return html.escape(text)


_STYLE = """
@page {{ size: A4; margin: 17mm 20mm 22mm 22mm; }}
body {{ font-family: '{font}'; font-size: {size}pt; line-height: {line}; margin: 0; }}
p {{ margin: 0; }} .body {{ margin-top: 9pt; text-align: justify; text-indent: 12mm; }}
.two {{ display: flex; justify-content: space-between; text-align: center; margin-bottom: 14pt; }}
.office {{ width: 44%; font-weight: 600; }} .nation {{ width: 40%; }}
.citizen {{ margin-bottom: 16pt; line-height: 1.35; }}
.firm {{ display: flex; gap: 14pt; align-items: center; border-bottom: 2pt solid; padding-bottom: 7pt; margin-bottom: 14pt; font-size: .82em; line-height: 1.3; }}
.firm h1 {{ font-size: 1.5em; margin: 0; }}
.date {{ text-align: right; margin: 6pt 0; }} .ref {{ margin-top: 3pt; }}
.to {{ margin: 12pt 0 16pt 52%; }} .subject {{ margin: 0 0 12pt; }}
table {{ border-collapse: collapse; width: 100%; margin: 10pt 0; font-size: .92em; }} td, th {{ border: .6pt solid #333; padding: 3pt 6pt; text-align: left; }}
.sign {{ margin: 18pt 0 0 55%; position: relative; break-inside: avoid; }} .sign svg {{ display: block; }}
.stamp {{ position: absolute; left: -80pt; top: 0; opacity: .78; }}
.arrival {{ position: absolute; top: 46mm; left: 4mm; border: 1.6pt solid; padding: 3pt 9pt; font: 700 9.5pt 'DejaVu Sans'; opacity: .8; text-align: center; line-height: 1.35; }}
footer {{ position: fixed; bottom: -12mm; left: 0; right: 0; text-align: center; font-size: 8pt; color: #444; border-top: .5pt solid #999; padding-top: 3pt; }}
"""
