"""Why a signature does not hold, in words: one sentence for each reason that a judge of signatures gives.

Source: ETSI EN 319 102-1, 5.1.3 (indications and subindications).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.views.words import _
from ged.mail.arrived_signature import ArrivedSignature

_CHAIN = frozenset(
    {
        "NO_CERTIFICATE_CHAIN_FOUND",
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        "CHAIN_CONSTRAINTS_FAILURE",
        "NO_SIGNING_CERTIFICATE_FOUND",
    }
)
_GONE = frozenset({"REVOKED", "REVOKED_NO_POE", "REVOKED_CA_NO_POE"})
_ENDED = frozenset({"EXPIRED", "OUT_OF_BOUNDS_NO_POE", "OUT_OF_BOUNDS_NOT_REVOKED", "REVOCATION_OUT_OF_BOUNDS_NO_POE"})
_WEAK = frozenset({"CRYPTO_CONSTRAINTS_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"})
_SENTENCES = (
    (frozenset({"HASH_FAILURE"}), _("Le fichier a été modifié : il n'a plus l'empreinte qui a été signée.")),
    (_CHAIN, _("Aucune autorité de la liste du site ne garantit ce certificat.")),
    (_GONE, _("Le certificat a été révoqué, et rien ne prouve que la signature est d'avant.")),
    (_ENDED, _("Le certificat est échu, et rien ne prouve que la signature est d'avant.")),
    (frozenset({"NOT_YET_VALID"}), _("Le certificat n'était pas encore valable.")),
    (_WEAK, _("La signature emploie un procédé cryptographique qui n'est plus sûr.")),
    (frozenset({"SIG_CRYPTO_FAILURE"}), _("La signature n'a pas été faite par la clé de ce certificat.")),
    (frozenset({"TIMESTAMP_ORDER_FAILURE"}), _("Les horodatages du fichier se contredisent.")),
)
_UNASKED = _("Non jugé : les octets ne sont pas ceux qui ont été signés.")
_OTHER = _("La signature n'est pas conforme, ou ne se lit pas.")


@dataclass(frozen=True, slots=True)
class ShownSignature:
    """A signature as the page shows it: its dates as dates, and why each answer that is no is no."""

    judged: ArrivedSignature
    claimed: datetime | None
    stamped: datetime | None
    valid_note: str
    trusted_note: str


def shown(one: ArrivedSignature) -> ShownSignature:
    """Return a signature for the page; bytes that changed are told with what was added since, not here."""
    why = next((sentence for codes, sentence in _SENTENCES if one.reason in codes), _OTHER)
    told = one.reason and one.reason != "CHANGED_AFTER_SIGNING"
    untrusted = one.reason in _CHAIN
    return ShownSignature(
        one,
        _moment(one.claimed_at),
        _moment(one.stamped_at),
        valid_note=why if told and not one.valid and not untrusted else "",
        trusted_note=why if told and untrusted else _UNASKED if one.reason == "HASH_FAILURE" else "",
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
