"""By what title somebody signs: « Pour le Ministre et par délégation », « p.i. », with the number of the act."""

from __future__ import annotations

from ged.mail.access import Capacity, Post

_VOWELS = "aeiouyhàâéèêëîïôûü"
_FEMININE = ("trice", "ière", "euse", "ante", "cheffe", "chargée", "déléguée", "adjointe", "présidente", "générale")
"""Endings of a title's first or second word that make it feminine; a title that says nothing is masculine."""


def with_article(title: str) -> str:
    """Return a title with its article: le Ministre, la Directrice, l'Inspecteur."""
    words = title.split()
    if words and words[0][0].lower() in _VOWELS:
        return f"l'{title}"
    feminine = any(word.lower().endswith(_FEMININE) for word in words[:2])
    return f"{'la' if feminine else 'le'} {title}"


def signing_as(post: Post, own_title: str = "") -> tuple[str, ...]:
    """Return the lines above a signature given in a post, first to last.

    Args:
        post: The post in whose name it is signed.
        own_title: The signer's own post, printed under a delegation.
    """
    title = with_article(post.title)
    if post.capacity is Capacity.INTERIM:
        return (f"{_capital(title)} p.i.", f"(acte n° {post.instrument})")
    if post.capacity is Capacity.DELEGATE:
        first = f"Pour {title} et par délégation"
        act = f"(acte n° {post.instrument})"
        return (f"{first},", with_article(own_title), act) if own_title else (first, act)
    return (_capital(title),)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def capacity_words(capacity: Capacity, instrument: str) -> str:
    """Return the words after a name in the path of a letter; "" for the holder."""
    said = {Capacity.INTERIM: "p.i.", Capacity.DELEGATE: "par délégation"}.get(capacity, "")
    return f"{said}, acte n° {instrument}" if said else ""
