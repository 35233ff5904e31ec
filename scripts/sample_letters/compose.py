"""Composing: one seed gives one letter, as fields and paragraphs; no image is made here."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from ged.mail.french_dates import DAYS, MONTHS, long_date
from scripts.sample_letters import words as w

FIRST_DAY, LAST_DAY = date(2026, 1, 5), date(2026, 11, 20)
_TENS = ("", "", "vingt", "trente")
_UNITS = (
    "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says, and what is true of it. `head` is the letterhead, top line first."""

    seed: int
    kind: str
    style: str
    head: tuple[str, ...]
    contact: str
    sender: str
    place: str
    day: date
    printed_date: str
    reference: str | None
    printed_reference: str | None
    their_reference: str | None
    to: tuple[str, ...]
    salutation: str
    subject: str
    subject_label: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, str, str], ...]
    signer: str
    office: str

    @property
    def text(self) -> str:
        """Everything printed, for training."""
        rows = [" ".join(row) for row in self.table]
        return "\n".join([*self.head, self.printed_date, *self.to, self.subject, *self.paragraphs, *rows, self.signer])


def compose(seed: int, year: int = FIRST_DAY.year) -> Letter:
    """Return the letter of a seed, as it was written in a year of this century."""
    r = random.Random(seed)
    first = FIRST_DAY.replace(year=year)
    kind = r.choice(list(w.KINDS))
    style = _style(r, kind)
    place, day = r.choice(w.PLACES), first + timedelta(days=r.randrange((LAST_DAY - FIRST_DAY).days))
    head, sender, initials = _sender(r, style, place)
    civility, office = r.choice(w.RECIPIENTS)
    subjects, sentences = w.KINDS[kind]
    subject = _filled(r, r.choice(subjects), place, first)
    reference = _reference(r, initials, day) if style != "citizen" else None
    name = f"{r.choice(w.FIRST)} {r.choice(w.LAST)}"
    return Letter(
        seed=seed,
        kind=kind,
        style=style,
        head=head if style != "citizen" else (name,),
        contact=f"{r.choice(w.QUARTERS)}, {place} - B.P. {r.randrange(10, 9999)} - Tél. : {_phone(r)}",
        sender=sender if style != "citizen" else name,
        place=place,
        day=day,
        printed_date=_date(r, place, day),
        reference=reference,
        printed_reference=f"{r.choice(('N°', 'N/Réf. :', 'Nos réf. :', 'Réf :', 'N° '))} {reference}"
        if reference
        else None,
        their_reference=f"V/Réf. : {r.randrange(1, 2000):04d}/{year}/MME/SG"
        if reference and r.random() < 0.25
        else None,
        to=_to(r, civility, office),
        salutation=civility,
        subject=subject,
        subject_label=r.choice(("Objet :", "OBJET :", "Objet :", "Concerne :", "Objet -")),
        paragraphs=_paragraphs(r, kind, sentences, civility, subject, place, first),
        table=_table(r) if kind == "facture" or r.random() < 0.12 else (),
        signer=name if style == "citizen" else f"{r.choice(w.FIRST)} {r.choice(w.LAST)}",
        office=""
        if style == "citizen"
        else r.choice(("Le Directeur", "La Directrice", "Le Secrétaire général", "Le Président", "Le Gérant")),
    )


def _style(r: random.Random, kind: str) -> str:
    if kind == "note_verbale":
        return "embassy"
    if kind in {"candidature", "stage"}:
        return "citizen"
    if kind in {"facture", "appel_offres"}:
        return "firm"
    if kind in {"decision", "rapport", "transmission", "reponse"}:
        return r.choice(("state", "state", "local"))
    return r.choice(("state", "local", "firm", "group", "citizen", "group"))


def _sender(r: random.Random, style: str, place: str) -> tuple[tuple[str, ...], str, str]:
    quarter = r.choice(w.QUARTERS)
    if style == "state":
        body, initials, units = r.choice(w.STATE_BODIES)
        unit = r.choice(units)
        upper = body.upper() if r.random() < 0.7 else body
        return (upper, "-------------", unit.upper() if r.random() < 0.5 else unit), unit, initials
    pool = {"local": w.LOCAL_BODIES, "firm": w.FIRMS, "group": w.GROUPS, "embassy": w.ABROAD, "citizen": ("",)}[style]
    name = r.choice(pool).format(place=place, quarter=quarter)
    initials = "".join(word[0] for word in name.replace("-", " ").split() if word[0].isupper())[:4] or "X"
    return (name,), name, initials


def _reference(r: random.Random, initials: str, day: date) -> str:
    number = r.randrange(1, 2500)
    return r.choice(
        (
            f"{number:04d}/{day.year}/{initials}/{r.choice(('SG', 'DG', 'CAB', 'DAF'))}",
            f"{number}-{day.year}/{initials}",
            f"{number:03d}/{initials}/{day.year % 100}",
            f"{number}/{initials}-{r.choice(('DG', 'SG', 'DT'))}/{day.year}",
        )
    )


def _date(r: random.Random, place: str, day: date) -> str:
    written = r.choices(
        (long_date(day), f"{day:%d/%m/%Y}", f"{day.day:02d} {MONTHS[day.month - 1]} {day.year}", spelt(day)),
        weights=(70, 12, 12, 6),
    )[0]
    return f"{r.choice(('', '', 'Fait à '))}{place}, le {written}"


def spelt(day: date) -> str:
    """Return « premier mars deux mille vingt-six »."""
    return f"{'premier' if day.day == 1 else _number(day.day)} {MONTHS[day.month - 1]} deux mille {_number(day.year - 2000)}"


def _number(value: int) -> str:
    if value < 20:
        return _UNITS[value - 1]
    tens, units = divmod(value, 10)
    return _TENS[tens] + ("" if units == 0 else " et un" if units == 1 else f"-{_UNITS[units - 1]}")


def _to(r: random.Random, civility: str, office: str) -> tuple[str, ...]:
    lines = [civility] if office.split(maxsplit=1)[0] in civility else [civility, office]
    return tuple((["À"] if r.random() < 0.5 else []) + lines + ["LOMÉ"])


def _filled(r: random.Random, text: str, place: str, first: date) -> str:
    day = first + timedelta(days=r.randrange(300))
    return text.format(
        place=place,
        quarter=r.choice(w.QUARTERS),
        number=r.randrange(100, 5000),
        amount=f"{r.randrange(200, 90000) * 1000:,}".replace(",", " "),
        day=f"{DAYS[day.weekday()]} {long_date(day)}",
        topic="{topic}",
    ).replace(f"/{FIRST_DAY.year}", f"/{first.year}")


def _paragraphs(  # noqa: PLR0917
    r: random.Random, kind: str, sentences: tuple[str, ...], to: str, subject: str, place: str, first: date
) -> tuple[str, ...]:
    topic = "une suite favorable à notre " + subject[0].lower() + subject[1:]
    own = [_filled(r, sentence, place, first).replace("{topic}", topic) for sentence in sentences]
    fillers = [_filled(r, sentence, place, first) for sentence in r.sample(w.FILLERS, r.choice((1, 2, 2, 3, 6)))]
    if kind == "decision":
        return (*own, *fillers[:1])
    return (own[0], *fillers[:1], *own[1:], *fillers[1:], r.choice(w.CLOSINGS).format(to=to))


def _table(r: random.Random) -> tuple[tuple[str, str, str], ...]:
    goods = (
        "Câble électrique 2,5 mm²",
        "Gasoil (litres)",
        "Lampadaires solaires",
        "Transformateur 50 kVA",
        "Rames de papier A4",
    )
    return tuple(
        (item, str(r.randrange(1, 90)), f"{r.randrange(5, 900) * 1000:,}".replace(",", " "))
        for item in r.sample(goods, 3)
    )


def _phone(r: random.Random) -> str:
    return " ".join(f"{r.randrange(10, 99)}" for _ in range(4))
