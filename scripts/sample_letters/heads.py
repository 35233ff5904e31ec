"""Letterheads, as HTML: who writes, where they stand on the sheet, and what is around them."""

from __future__ import annotations

import html
import random
from collections.abc import Callable

from scripts.sample_letters.vary import Varied

_MOTTOS = ("Travail - Liberté - Patrie", "Travail-Liberté-Patrie", "TRAVAIL – LIBERTÉ – PATRIE")
_ALIKE = (
    ("two_columns", "nation_centre", "stacked"),
    ("logo_left", "logo_right", "centred", "right_block"),
)
"""Letterheads that say the same things, laid out otherwise."""
LOOSE = 0.35
"""How often a letter of the tuning templates leaves its own ways: what is learned must not be one template's habit."""
_RULES = ("-------------", "*********", "- - - - - -", "=-=-=-=", "")


def escaped(text: str) -> str:
    """Return a text as HTML."""
    return html.escape(text)


def paragraphs(lines: list[str] | tuple[str, ...], name: str = "") -> str:
    """Return lines as HTML paragraphs of a class."""
    return "".join(f"<p class='{name}'>{escaped(line)}</p>" for line in lines if line)


def contacts(v: Varied, r: random.Random) -> list[str]:
    """Return the lines that say where a sender is to be reached."""
    address = f"{v.quarter}, {v.place}" if r.random() < 0.6 else f"{v.quarter} - {v.place} (Togo)"
    phone = (
        f"{r.choice(('Tél. :', 'Tél :', 'Tel.', 'Tél. (228)', 'Cel :', 'Téléphone :'))} {v.phone}" if v.phone else ""
    )
    email = f"{r.choice(('E-mail :', 'Email :', 'Courriel :', 'E-mail:', 'Mail :'))} {v.email}" if v.email else ""
    nif = f"NIF : {v.nif} - RCCM TG-LOM 2014 B {v.nif[:4]}" if v.nif else ""
    lines = [each for each in (address, v.box, phone, email, nif) if each]
    if r.random() < 0.4:
        return [" - ".join(lines[:2]), " - ".join(lines[2:])]
    return lines


def head_of(v: Varied, r: random.Random) -> str:
    """Return the letterhead of a letter's template."""
    head = v.template.head
    if not v.template.held and r.random() < LOOSE:
        head = r.choice(next((group for group in _ALIKE if head in group), (head,)))
    return _HEADS[head](v, r)


def _chain(v: Varied, r: random.Random) -> list[str]:
    rule, upper = r.choice(_RULES), r.random() < 0.7
    lines: list[str] = []
    for rank, name in enumerate(v.chain):
        lines += [rule] if rank and rule else []
        lines.append(name.upper() if upper and (rank == 0 or r.random() < 0.6) else name)
    return lines


def _nation(r: random.Random) -> list[str]:
    return [r.choice(("RÉPUBLIQUE TOGOLAISE", "REPUBLIQUE TOGOLAISE")), r.choice(_MOTTOS), r.choice(_RULES)]


def _two_columns(v: Varied, r: random.Random) -> str:
    left, right = paragraphs(_chain(v, r), "office"), paragraphs(_nation(r))
    return f"<div class=two><div class=half>{left}</div><div class=half>{right}</div></div>"


def _nation_centre(v: Varied, r: random.Random) -> str:
    return f"<div class=mid>{paragraphs(_nation(r))}{paragraphs(_chain(v, r), 'office')}</div>"


def _stacked(v: Varied, r: random.Random) -> str:
    return f"<div class='half mid'>{paragraphs(_nation(r))}{paragraphs(_chain(v, r), 'office')}</div>"


def _nation_left(v: Varied, r: random.Random) -> str:
    left, right = paragraphs(_nation(r)), paragraphs(_chain(v, r), "office")
    return f"<div class=two><div class=half>{left}</div><div class=half>{right}</div></div>"


def _boxed(v: Varied, r: random.Random) -> str:
    return f"<div class='mid boxed'>{paragraphs(_chain(v, r), 'office')}</div><div class=mid>{paragraphs(_nation(r)[:2])}</div>"


def _chain_left(v: Varied, r: random.Random) -> str:
    rest = "" if v.template.footer else paragraphs(contacts(v, r), "small")
    return f"<div class='half'>{paragraphs(_nation(r))}{paragraphs(_chain(v, r), 'office')}{rest}</div>"


def _logo(r: random.Random) -> str:
    colour = r.choice(("#0b5d3b", "#7a1f1f", "#123a6b", "#333"))
    return (
        f"<svg width=54 height=54 viewBox='0 0 54 54'><circle cx=27 cy=27 r=24 fill='none' stroke='{colour}' "
        f"stroke-width=3 /><path d='M15 36 L27 12 L39 36 Z' fill='{colour}'/></svg>"
    )


def _name(v: Varied, r: random.Random) -> str:
    name = v.sender.upper() if r.random() < 0.4 else v.sender
    slogan = r.choice(
        ("", "", "", "L'énergie au service de tous", "Ensemble, bâtissons", "Génie civil - Forage - Négoce")
    )
    return f"<p class=brand>{escaped(name)}</p>{paragraphs([slogan], 'small')}"


def _contact_lines(v: Varied, r: random.Random) -> str:
    return "" if v.template.footer and r.random() < 0.6 else paragraphs(contacts(v, r), "small")


def _logo_left(v: Varied, r: random.Random) -> str:
    return f"<div class=firm>{_logo(r)}<div>{_name(v, r)}{_contact_lines(v, r)}</div></div>"


def _logo_right(v: Varied, r: random.Random) -> str:
    return f"<div class='firm apart'><div>{_name(v, r)}{_contact_lines(v, r)}</div>{_logo(r)}</div>"


def _logo_centre(v: Varied, r: random.Random) -> str:
    return f"<div class=mid>{_logo(r)}{paragraphs(_chain(v, r), 'office')}</div>"


def _two_logos(v: Varied, r: random.Random) -> str:
    return f"<div class='firm apart'>{_logo(r)}<div class=mid>{_name(v, r)}{_contact_lines(v, r)}</div>{_logo(r)}</div>"


def _centred(v: Varied, r: random.Random) -> str:
    return f"<div class='mid ruled'>{_name(v, r)}{_contact_lines(v, r)}</div>"


def _centred_crest(v: Varied, r: random.Random) -> str:
    return f"<div class=mid>{_logo(r)}{_name(v, r)}</div>"


def _bilingual(v: Varied, r: random.Random) -> str:
    return (
        f"<div class=two><div>{_name(v, r)}{_contact_lines(v, r)}</div>"
        f"<div class=half>{paragraphs(['Mission permanente', 'Permanent Mission'], 'small')}</div></div>"
    )


def _banner(v: Varied, r: random.Random) -> str:
    return f"<div class=band>{_name(v, r)}</div>{_contact_lines(v, r)}"


def _right_block(v: Varied, r: random.Random) -> str:
    return f"<div class=right>{_name(v, r)}{_contact_lines(v, r)}</div>"


def _logo_only(_v: Varied, r: random.Random) -> str:
    return f"<div>{_logo(r)}</div>"


def _person(v: Varied, r: random.Random) -> str:
    prefix = r.choice(("", "", "", "M. ", "Mme "))
    trade = r.choice(("", "", "Ingénieur géologue", "Commerçant", "Étudiante en génie électrique"))
    return paragraphs([prefix + v.person, trade]) + paragraphs(contacts(v, r))


def _named_lines(v: Varied, r: random.Random) -> str:
    return paragraphs([f"Nom et prénoms : {v.person}", *(f"{one}" for one in contacts(v, r))])


def _named_block(v: Varied, r: random.Random) -> str:
    return paragraphs([f"De : {v.person}", *contacts(v, r)])


def _margin(v: Varied, r: random.Random) -> str:
    lines = contacts(v, r)
    return f"<div class=firm><div style='width:30%'>{_logo(r)}{paragraphs(lines, 'small')}</div><div>{_name(v, r)}</div></div>"


def _branch(v: Varied, r: random.Random) -> str:
    group = r.choice(("Groupe Exemple Holding", "Membre du réseau Exemple", "GROUPE MODÈLE AFRIQUE"))
    return f"<div class='mid ruled'>{paragraphs([group], 'small')}{_name(v, r)}</div>"


def _receipt(v: Varied, r: random.Random) -> str:
    number = f"Récépissé n° {r.randrange(9999):04d}/MAT/SG/DLPAP du {r.randrange(1, 29):02d}/{r.randrange(1, 13):02d}/{r.randrange(1999, 2022)}"
    name = v.sender.upper() if r.random() < 0.6 else v.sender
    return f"<div class='half mid'><p class=office>{escaped(name)}</p>{paragraphs([number, *contacts(v, r)], 'small')}</div>"


_HEADS: dict[str, Callable[[Varied, random.Random], str]] = {
    "two_columns": _two_columns,
    "nation_centre": _nation_centre,
    "nation_left": _nation_left,
    "stacked": _stacked,
    "boxed": _boxed,
    "chain_left": _chain_left,
    "logo_left": _logo_left,
    "logo_right": _logo_right,
    "logo_centre": _logo_centre,
    "two_logos": _two_logos,
    "centred": _centred,
    "centred_crest": _centred_crest,
    "bilingual": _bilingual,
    "banner": _banner,
    "right_block": _right_block,
    "logo_only": _logo_only,
    "person_left": lambda v, r: f"<div>{_person(v, r)}</div>",
    "person_right": lambda v, r: f"<div class=to-r>{_person(v, r)}</div>",
    "named_lines": _named_lines,
    "named_block": _named_block,
    "long_chain": _two_columns,
    "long_stack": _stacked,
    "margin": _margin,
    "branch": _branch,
    "receipt": _receipt,
    "foot": lambda _v, r: r.choice(("", f"<div class=right>{_logo(r)}</div>")),
    "foot_person": lambda _v, _r: "",
    "none": lambda _v, _r: "",
}
