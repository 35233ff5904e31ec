"""A vault that is ciphertext to whoever audits: what can be said of it without a key.

Nobody without keys can tell which file is of which entry. But the log says how large each original is, and the length
of a ciphertext how large its plaintext: each entry must find a file of its size with the companions of a seal beside
it, and each takes one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ged.errors import NotFound
from ged.mail.audit import Finding
from ged.mail.said import Said
from ged.ports import Vault
from ged.store.vault.segments import begins_ciphertext, plain_size, stored_size

SAID = (
    "Contenu des originaux, signatures et preuves : ce coffre est chiffré et ses clés n'ont pas été données. On a vu "
    "autant de fichiers chiffrés, de la bonne taille et accompagnés, que d'inscriptions ; ni ce qu'ils contiennent, "
    "ni s'ils s'ouvrent. L'installation elle-même le vérifie (« ged audit --full »)."
)
_BESIDE_A_SEALED_ONE = 2
"""Its signature and its proof."""


def is_veiled(vault: Vault, digest: str) -> bool:
    """Whether an object is ciphertext, by the mark that it begins with."""
    try:
        with vault.open(digest) as stream:
            return begins_ciphertext(stream)
    except NotFound:
        return False


def has_a_length(size: int) -> bool:
    """Whether a ciphertext has a length that one can have: a tag cut off, and it has not."""
    return stored_size(plain_size(size)) == size


def sealed_sizes(vault: Vault) -> Counter[int]:
    """Return, by size of the plaintext, how many ciphertexts have at least two companions."""
    sizes, size, beside, name = Counter[int](), -1, 0, ""
    for one in vault.objects():
        if not one.digest or not one.latest or one.delete_marker:
            continue
        if not one.suffix:
            name, beside = one.digest, 0
            size = plain_size(one.size) if is_veiled(vault, one.digest) else -1
        elif one.digest == name and size >= 0:
            beside += 1
            sizes[size] += beside == _BESIDE_A_SEALED_ONE
    return sizes


def lacking(needed: Counter[int], there: Counter[int]) -> Iterator[Finding]:
    """Return one finding for each size of which the log names more originals than the vault has ciphertexts."""
    for size, count in sorted(needed.items()):
        if count > there[size]:
            detail = Said(
                "%(logged)s au journal ; %(found)s fichiers chiffrés de cette taille, avec signature et preuve.",
                logged=count,
                found=there[size],
            )
            yield Finding("object.missing", Said("originaux de %(size)s octets", size=size), detail)
