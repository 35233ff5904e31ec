"""From which list a letter was opened: « next » follows that list, and the way back leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from api.views.search_language import typed_search
from api.views.sieve import Filters, listing_of
from api.views.words import BASKETS, REGISTERS, _
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.baskets import baskets_for
from ged.mail.item import Direction
from ged.mail.listing import Listing, Neighbours
from ged.services import consult

_SEARCHED = 100
"""Within so many first hits of a search, « next » walks the hits."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A list by the words of its address: `dans` (which one), its filters, `q` (the words searched)."""

    place: str
    filters: Filters
    words: str

    @property
    def query(self) -> str:
        """What a letter's address carries so that the list is not forgotten, with its question mark."""
        given = {"dans": self.place, **self.filters.given, "q": self.words}
        kept = {name: value for name, value in given.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def title(self) -> str:
        """The list's name."""
        if self.place in BASKETS:
            return BASKETS[self.place][0]
        if self.place in REGISTERS:
            return REGISTERS[self.place][0]
        return _("Recherche") if self.place == "recherche" else _("Accueil")

    @property
    def back(self) -> str:
        """The list's address."""
        if self.place in BASKETS:
            return f"/b/{self.place}" + (f"?{self.filters.query}" if self.filters.given else "")
        if self.place == "recherche":
            return f"/recherche?{urlencode({'q': self.words})}"
        return f"/registres/{self.place}" if self.place in REGISTERS else "/"

    def neighbours(self, letter_id: str, house: House, actor: Actor) -> Neighbours:
        """Return where a letter stands in the list."""
        if self.place == "recherche":
            asked = typed_search(self.words, house, actor)
            hits = house.index.search(asked.query(limit=_SEARCHED), actor.tokens())
            ids = [hit.id for hit in hits.hits]
            if letter_id not in ids:
                return Neighbours(0, hits.total, None, None)
            at = ids.index(letter_id)
            before = ids[at - 1] if at else None
            return Neighbours(at + 1, hits.total, before, ids[at + 1] if at + 1 < len(ids) else None)
        if self.place in {basket.slug for basket in baskets_for(actor)}:
            listing = listing_of(self.place, self.filters, actor, house.clock().date())
        elif self.place in REGISTERS:
            listing = Listing(direction=Direction(self.place))
        else:
            return Neighbours(0, 0, None, None)
        return consult.neighbours(letter_id, listing, store=house.store, actor=actor)
