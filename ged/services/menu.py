"""The menu: everything that each page counts for whoever reads it, asked in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ged.mail.access import KEEPS_REGISTER, Actor
from ged.mail.draft import DraftListing
from ged.mail.listing import Listing
from ged.mail.lists import Term, TermList
from ged.mail.sieve import SavedView
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class Counted:
    """What a page shows of the lists.

    Attributes:
        letters: The count of each listing of letters that was asked for; `drafts` likewise.
        levels: The names of the confidentiality levels, by code.
        unread: Notices that the actor has not read.
        files: Scanned files that wait for somebody to say what they are.
        messages: E-mails set aside that wait for a decision.
        lots: Lots that wait to be prepared.
    """

    views: tuple[SavedView, ...]
    letters: tuple[int, ...]
    drafts: tuple[int, ...]
    levels: dict[str, Term]
    unread: int
    files: int
    messages: int
    lots: int


def count_menu(
    letters: Callable[[Sequence[SavedView]], Sequence[Listing]],
    drafts: Sequence[DraftListing],
    *,
    store: Store,
    actor: Actor,
) -> Counted:
    """Return what the menu shows; `letters` gives the listings to count once the saved views are known."""
    registers = tuple(post.register_id for post in actor.posts if post.role in KEEPS_REGISTER)
    with store.unit() as unit:
        views = unit.views.of(actor.person_id) if actor.person_id else ()
        return Counted(
            views=views,
            letters=unit.letters.counts(letters(views), actor.tokens()),
            drafts=unit.drafts.counts(drafts, actor.tokens()) if drafts else (),
            levels={term.code: term for term in unit.lists.terms(TermList.LEVEL)},
            unread=unit.notices.unread(actor.person_id) if actor.person_id else 0,
            files=unit.slips.count_files(registers) if registers else 0,
            messages=unit.electronic.count_asides(registers) if registers else 0,
            lots=unit.batches.count_waiting(registers) if registers else 0,
        )
