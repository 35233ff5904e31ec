"""The block of a signature: by what title somebody signs, under which act, and when; as it is read on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ged.mail.access import Actor, Capacity, Post
from ged.mail.french_dates import long_date, plain


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """What the block says.

    Attributes:
        title: « Le Directeur de cabinet », « Pour le Ministre et par délégation, le Directeur de cabinet »,
            « P.O. le Ministre, le Directeur de cabinet ».
        instrument: « Acte n° 12/2026/MME/CAB », "" for the holder of the post.
        signed: « Signé électroniquement le 24 novembre 2026 à 14 h 02 (UTC) ».
        number: « N° DEP-2026-000042 », as taken with the signature.
    """

    title: str
    name: str
    instrument: str
    signed: str
    number: str

    @property
    def lines(self) -> tuple[str, ...]:
        """What is printed, top to bottom."""
        return tuple(line for line in (self.title, self.name, self.instrument, self.signed, self.number) if line)


def signing_title(actor: Actor, post: Post) -> str:
    """Return by what title somebody signs in a post: their own, « p.i. », « par délégation » or « P.O. »."""
    if post.capacity is Capacity.INTERIM:
        return _first_upper(f"{with_article(post.title)} p.i.")
    if post.capacity is Capacity.HOLDER:
        return _first_upper(with_article(post.title))
    own = next((each.title for each in actor.posts if each.capacity is Capacity.HOLDER), "")
    for_whom = with_article(post.title)
    said = f"P.O. {for_whom}" if post.capacity is Capacity.BY_ORDER else f"Pour {for_whom} et par délégation"
    return said + (f", {with_article(own)}" if own else "")


def block_of(actor: Actor, post: Post, *, number: str, at: datetime) -> SignatureBlock:
    """Return the block of somebody who signs in a post."""
    return SignatureBlock(
        title=signing_title(actor, post),
        name=actor.name,
        instrument=f"Acte n° {post.instrument}" if post.instrument else "",
        signed=f"Signé électroniquement le {long_date(at.date())} à {at.hour} h {at.minute:02d} (UTC)",
        number=f"N° {number}",
    )


def with_article(title: str) -> str:
    """Return « le Directeur », « la Directrice », « l'Inspecteur »; a title of either gender is taken as masculine."""
    first = plain(title).split(" ", 1)[0]
    if first[:1] in {*"aeiouy"} or first.startswith("h"):
        return f"l'{title}"
    feminine = title.split(" ", 1)[0].endswith(("rice", "ée", "ière", "euse", "ente", "ante"))
    return f"{'la' if feminine else 'le'} {title}"


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
