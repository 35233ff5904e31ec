"""Which entries of the log of acts go along with a letter's history, and which stay in the log.

An entry cannot be cut: its bytes are what the log proves. Its details are for the journal, which names whatever an act
touched: the other letter of a link, the dossier, the lot with the files of its neighbours. A history says none of it,
and who takes it away may hand it to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from ged.mail.journal import Act

_NAMES = """
after archive authority before blinded_sha256 by code correspondent count cover delivery digest door due entity event
events exists fate fields file filename hold identifier kept kind laid leaf_index letters level medium message move
name number on outcome outside page pages piece position private reason reference rule scan sender service
sha256 side signatures signer stage state station step title to transfer verdict version way what
"""
OF_THE_LETTER = frozenset(_NAMES.split())
"""Details that say something of the letter itself, its own files, or where it went. What is not named here stays."""
_OWN_DRAFT = frozenset({Act.SIGNED, Act.PRINTED_FOR_INK})


def goes_along(act: str, details: Mapping[str, object], original: str) -> bool:
    """Return whether the details of an entry name nothing but the letter of that original (SHA-256)."""
    for name, value in details.items():
        own = name in OF_THE_LETTER or (name == "draft" and act in _OWN_DRAFT)
        if not own and not (name == "presented" and value in {"", original}):
            return False
    return True
