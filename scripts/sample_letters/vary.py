"""Varied letters: what one says, in the manner of a template, with the truth of every field."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from ged.mail.french_dates import long_date
from scripts.sample_letters import stock as s
from scripts.sample_letters import words as w
from scripts.sample_letters.shapes import (
    REFERENCE_SHAPES,
    in_words,
    our_reference,
    written_date,
    written_reference,
)
from scripts.sample_letters.templates import HELD_OUT, LATER, TUNING, Template

_FIRST_DAY, _DAYS = date(2024, 1, 8), 1040
_DEADLINES = (
    "Votre réponse est attendue au plus tard le {day}.",
    "Les offres sont à déposer avant le {day} à 10 heures.",
    "Nous vous saurions gré de nous faire tenir vos observations au plus tard le {day}, délai de rigueur.",
    "Le dépôt des dossiers est ouvert jusqu'au {day}.",
    "Le règlement est exigible pour le {day} dernier délai.",
)
_CITING = (
    "Suite à votre lettre n°",
    "Par lettre n°",
    "En réponse à votre correspondance n°",
    "Faisant suite à votre lettre référencée",
)
_SPANS = (("sous quinzaine", 15), ("sous huitaine", 8), ("dans un délai de trente (30) jours", 30), ("sous 48 heures", 2), ("dans les quinze (15) jours", 15))  # fmt: skip
_TAILS = (
    "", "", "", ", exercice 2026", " dans la région des Savanes",
    " : transmission de pièces complémentaires et demande d'avis technique",
)  # fmt: skip
_MORE_TAILS = (
    "", "", "", "", ", exercice 2025", " au titre du programme d'investissement public de l'État",
    " : observations et propositions de la commission d'examen des dossiers", " (deuxième relance)",
    " et désignation de deux représentants de votre département au sein du comité technique de suivi",
    " - lots n° 3 et 4", " dans les localités de la préfecture de l'Ogou, phase pilote, et calendrier des travaux",
    ", conformément aux dispositions du décret n° 2019-021", " et à la mise en place d'un guichet unique",
)  # fmt: skip
_KINDS = {
    "state": ("decision", "rapport", "transmission", "reponse", "invitation", "information", "convention"),
    "agency": ("demande", "rapport", "transmission", "reponse", "invitation", "information", "plainte"),
    "firm": ("appel_offres", "demande", "facture", "information", "transmission", "reponse"),
    "group": ("demande", "invitation", "plainte", "information"),
    "citizen": ("demande", "plainte", "candidature", "stage"),
    "embassy": ("note_verbale", "invitation", "convention"),
    "english": ("note_verbale",),
}
_ENGLISH_SUBJECTS = (
    "Request for a geological survey permit in {place}",
    "Invitation to the regional energy forum",
    "Submission of the quarterly drilling report",
    "Transfer of exploration data",
    "Confirmation of the site visit",
)
_ENGLISH_BODY = (
    "We refer to the above subject and wish to submit the enclosed documents for your kind consideration.",
    "The meeting was held on 14 May 2026 and its minutes are attached.",
    "We would be grateful for your reply no later than {day}.",
    "Please accept the assurances of our highest consideration.",
)


@dataclass(frozen=True, slots=True)
class Varied:
    """What a letter says. Empty text and None are what it does not say."""

    seed: int
    template: Template
    kind: str
    chain: tuple[str, ...]
    person: str
    function: str
    po: bool
    place: str
    quarter: str
    box: str
    phone: str
    email: str
    nif: str
    day: date
    printed_day: str
    reference: str
    their_reference: str
    civility: str
    office: tuple[str, ...]
    via: str
    subject: str
    body: tuple[str, ...]
    cited: bool
    deadline: str
    due: date | None
    stamp: date | None
    amount: int
    pieces: tuple[str, ...]

    @property
    def sender(self) -> str:
        """Who writes: the last unit of a chain, else the person."""
        return self.chain[-1] if self.chain else self.person

    def truth(self) -> dict[str, object]:
        """Return what a register would say of the letter: only what its blocks print."""
        blocks = {block.partition(":")[0] for block in self.template.order.replace("|", " ").split()}
        body, english = "body" in blocks, self.template.sort == "english"
        return {
            "template": self.template.name,
            "kind": self.kind,
            "sender": [*self.chain] or [self.person],
            "recipient": " ".join((self.civility, *self.office)) if blocks & {"to", "memo"} else "",
            "signer": self.person if "sign" in blocks else "",
            "subject": self.subject if blocks & {"subject", "memo"} else "",
            "reference": self.reference,
            "their_reference": self.their_reference if body or not self.cited else "",
            "date": self.day.isoformat(),
            "deadline": self.due.isoformat() if self.due and body else "",
            "stamp": self.stamp.isoformat() if self.stamp else "",
            "amount": "" if english else self.amount or "",
            "pieces": len(self.pieces) or "",
            "phone": self.phone,
            "email": self.email,
            "address": self.box,
        }


def vary(seed: int, *, unseen: bool, later: bool = False) -> Varied:
    """Return the letter of a seed, in a template of those held out, of the later ones or of the first."""
    pool = HELD_OUT if unseen else LATER if later else TUNING
    template = pool[seed % len(pool)]
    k = s.Stock(seed, unseen=unseen)
    r = k.r
    day = _FIRST_DAY + timedelta(days=r.randrange(_DAYS))
    place, chain, body, unit = _sender(k, template)
    person = k.name()
    english = template.sort == "english"
    civility, office = k.one(s.ENGLISH_OFFICES) if english else _addressee(k)
    kind = r.choice(_KINDS[template.sort])
    subject = _subject(k, kind, english=english)
    due, said = _deadline(k, day, english=english)
    cites = not english and template.sort != "citizen" and r.random() < 0.12
    ours = our_reference(r, day.year) if cites or ("their" in template.order and r.random() < 0.55) else ""
    # the reference is only true where a block of the template prints it
    printed_ref = any(f"{name}" in template.order.replace("|", " ").split() for name in ("ref:l", "ref:r", "ref"))
    amount = (
        r.randrange(50, 90_000) * r.choice((500, 1000, 1000, 25))
        if kind in {"facture", "appel_offres"} or "table" in template.order or r.random() < 0.2
        else 0
    )
    has = {name: template.sort != "citizen" or r.random() < 0.8 for name in ("phone", "email", "box")}
    name = chain[-1] if chain else person
    return Varied(
        seed=seed,
        template=template,
        kind=kind,
        chain=chain,
        person=person,
        function=k.one(s.FUNCTIONS) if template.sort != "citizen" else r.choice(("", "L'intéressé(e),", "")),
        po=r.random() < 0.15,
        place=place,
        quarter=k.one(s.QUARTERS),
        box=f"{r.choice(('B.P.', 'BP', 'B.P. :', 'BP :', '01 BP'))} {r.randrange(10, 9999)}" if has["box"] and _contacts(template, r) else "",
        phone=k.phone() if has["phone"] and _contacts(template, r) else "",
        email=k.email(name) if has["email"] and _contacts(template, r) and r.random() < 0.7 else "",
        nif=f"{r.randrange(10**9, 2 * 10**9)}" if template.sort == "firm" else "",
        day=day,
        printed_day=written_date(day, r.choice(template.dates)),
        reference=written_reference(r, k.one(REFERENCE_SHAPES), body, unit, day.year) if printed_ref else "",
        their_reference=ours,
        civility=civility,
        office=office,
        via=f"S/C de {k.one(s.OFFICES)[0]}" if "via" in template.order and r.random() < 0.7 else "",
        subject=subject,
        body=_body(k, kind, subject, civility, english=english, said=said, amount=amount, cited=ours if cites else ""),
        cited=cites,
        deadline=said,
        due=due,
        stamp=day + timedelta(days=r.randrange(1, 12)) if r.random() < 0.4 else None,
        amount=amount,
        pieces=tuple(r.sample(s.PIECES, r.randrange(1, 5))) if "pj" in template.order and r.random() < 0.5 else (),
    )  # fmt: skip


def _addressee(k: s.Stock) -> tuple[str, tuple[str, ...]]:
    """Return civility and office of whom a letter is for: the house more often than others."""
    how = k.r.random()
    if how < 0.45:
        return k.one(s.OFFICES)
    ministry = k.one(s.MINISTRIES)[0]
    if how < 0.65:
        return k.r.choice(("Monsieur le Ministre", "Madame la Ministre", "Monsieur le Directeur de Cabinet")), (
            ministry,
        )
    if how < 0.75:
        return k.r.choice(("Monsieur le Directeur général", "Madame la Secrétaire générale")), (f"du {ministry}",)
    if how < 0.85:
        return f"{k.r.choice(('Monsieur', 'Madame'))} {k.name()}", ()
    return "Monsieur le Gérant", (k.firm() if how < 0.93 else k.placed(k.one(s.GROUPS)),)


def _contacts(template: Template, r: random.Random) -> bool:
    return template.footer or (template.head in HEADS_WITH_CONTACT and r.random() < 0.9)


HEADS_WITH_CONTACT = {
    "logo_left", "logo_right", "centred", "right_block", "person_left", "person_right", "named_lines", "named_block",
    "two_logos", "banner", "centred_crest", "bilingual", "foot", "foot_person", "margin", "branch", "receipt",
}  # fmt: skip


def _sender(k: s.Stock, template: Template) -> tuple[str, tuple[str, ...], str, str]:
    place = k.one(s.PLACES)
    unit = k.r.choice(("SG", "CAB", "DG", "DAF", "DRH", "DT", "DAJC"))
    if template.sort == "state":
        ministry, short = k.one(s.MINISTRIES)
        chain = (ministry, k.one(s.UNITS)) if k.r.random() < 0.8 else (ministry,)
        if template.head.startswith("long_"):
            chain = (ministry, *k.r.choice(s.OVER), k.one(s.UNITS[2:]))
        return "Lomé", chain, short, s.initials(chain[-1])
    pool = {"agency": s.AGENCIES, "group": s.GROUPS, "embassy": s.ABROAD, "english": s.ABROAD}.get(template.sort)
    if template.sort == "citizen":
        return place, (), "X", unit
    name = k.firm() if template.sort == "firm" else k.placed(k.one(pool or s.AGENCIES))
    if template.head == "chain_left":
        return place, (k.one(s.MINISTRIES)[0], name), s.initials(name), unit
    return place, (name,), s.initials(name), unit


def _subject(k: s.Stock, kind: str, *, english: bool) -> str:
    text = k.one(_ENGLISH_SUBJECTS) if english else k.one(w.KINDS[kind][0])
    text = text.format(place=k.one(s.PLACES), quarter=k.one(s.QUARTERS), number=k.r.randrange(100, 5000), day="")
    return text if english else text + k.one(_TAILS if k.unseen else _MORE_TAILS)


def _deadline(k: s.Stock, day: date, *, english: bool) -> tuple[date | None, str]:
    if k.r.random() > 0.4 and not english:
        return None, ""
    if k.r.random() < 0.25 and not english:
        words, days = k.one(_SPANS)
        return day + timedelta(days=days), f"Une réponse {words} nous obligerait."
    due = day + timedelta(days=k.r.randrange(6, 60))
    if english:
        return due, _ENGLISH_BODY[2].format(day=written_date(due, k.r.choice(("english", "english_day"))))
    written = written_date(due, k.r.choice(("long", "slashed", "weekday", "padded")))
    return due, k.one(_DEADLINES).format(day=written)


def _body(
    k: s.Stock, kind: str, subject: str, to: str, *, english: bool, said: str, amount: int, cited: str
) -> tuple[str, ...]:
    if english:
        return (_ENGLISH_BODY[0], *((said,) if said else ()), _ENGLISH_BODY[1])
    topic = "une suite favorable à notre " + subject[0].lower() + subject[1:]
    filled = {
        "quarter": k.one(s.QUARTERS),
        "number": k.r.randrange(100, 5000),
        "day": long_date(_FIRST_DAY),
        "topic": topic,
        "to": to,
    }
    own = list(w.KINDS[kind][1])
    if not amount:
        own = [sentence for sentence in own if "{amount}" not in sentence] or own[:1]
    fillers = [one for one in w.FILLERS if "{amount}" not in one]
    own += k.r.sample(fillers, 2) + k.r.sample(s.ASIDES, k.r.randrange(3))
    grouped = f"{amount:,}".replace(",", k.r.choice((" ", " ", ".")))
    if amount and kind != "facture":
        amounts = f"Le montant s'élève à {grouped} francs CFA ({in_words(amount)})."
        own.append(k.r.choice((amounts, f"Le coût total est de {in_words(amount)} ({grouped}) FCFA.")))
    if cited:
        sent = long_date(_FIRST_DAY + timedelta(days=k.r.randrange(900)))
        own[0] = f"{k.one(_CITING)} {cited} du {sent}, {own[0][0].lower()}{own[0][1:]}"
    if said:
        own.insert(k.r.randrange(1, len(own) + 1), said)
    return tuple(one.format(place=k.one(s.PLACES), amount=grouped, **filled) for one in own)  # fmt: skip
