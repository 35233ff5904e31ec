"""The acknowledgement of a message, in French then in English: what was received, when, and where that is confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from ged.services.capture_mail import ReceiptLetter

_BODY = {
    "fr": (
        "{office}\n\nVotre message est reçu et enregistré sous le numéro {number}, le {at} (temps universel).",
        "Pièces reçues :",
        "Sans pièce jointe.",
        "Délai habituel de traitement : réponse avant le {due}.",
        "Cette adresse confirme cet enregistrement, sans montrer son contenu :\n{link}",
        "Cet accusé atteste la réception, pas la suite qui sera donnée.",
    ),
    "en": (
        "{office}\n\nYour message was received and registered under the number {number}, on {at} (UTC).",
        "Files received:",
        "No file attached.",
        "Usual time of treatment: an answer before {due}.",
        "This address confirms the registration, and shows no content:\n{link}",
        "This acknowledges the receipt, not what will follow.",
    ),
}
_AT, _DAY = "%d/%m/%Y, %H:%M", "%d/%m/%Y"


@dataclass(frozen=True, slots=True)
class ReceiptWriter:
    """Writes acknowledgements; `address` is where the public reaches the house."""

    address: str

    def __call__(self, told: ReceiptLetter) -> tuple[str, str]:
        """Return subject and body; nothing of the message's own words comes back in it but the names of its files."""
        body = "\n\n* * *\n\n".join(self._in(language, told) for language in _BODY)
        return f"Accusé de réception {told.number}", body + "\n"

    def _in(self, language: str, told: ReceiptLetter) -> str:
        opening, files, none, due, link, closing = _BODY[language]
        office = told.office.name_fr if language == "fr" else told.office.name_en
        own = [each for each in told.pieces if each.parent is None]
        listed = "\n".join([files, *(f"- {each.name}" for each in own)]) if own else none
        parts = [
            opening.format(office=office, number=told.number, at=told.registered_at.strftime(_AT)),
            listed,
            due.format(due=told.due.strftime(_DAY)) if told.due else "",
            link.format(link=f"{self.address}/accuse/{told.token}"),
            closing,
        ]
        return "\n\n".join(part for part in parts if part)
