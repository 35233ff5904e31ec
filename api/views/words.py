"""Words of the pages for the codes of the house, in the reader's language, and dates as one reads them."""

from __future__ import annotations

import gettext
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ged.mail.filing import Disposition
from ged.mail.item import Confidentiality, Direction, Priority, Reading, Sealing, State
from ged.mail.journal import Act
from ged.mail.qualification import Field

LANGUAGES = ("fr", "en")
_LOCALE = Path(__file__).parents[1] / "web" / "locale"


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated when it is shown."""
    return sentence


CODES: dict[str, str] = {
    State.RECEIVED: _("Reçu"),
    State.TO_QUALIFY: _("À qualifier"),
    State.ASSIGNED: _("Affecté"),
    Direction.INCOMING: _("Arrivée"),
    Direction.OUTGOING: _("Départ"),
    Direction.INTERNAL: _("Interne"),
    Priority.NORMAL: _("Normale"),
    Priority.URGENT: _("Urgent"),
    Priority.VERY_URGENT: _("Très urgent"),
    Reading.PENDING: _("Lecture en cours"),
    Reading.READY: _("Lu"),
    Reading.FAILED: _("Illisible"),
    Sealing.PENDING: _("Sceau en attente"),
    Sealing.SEALED: _("Scellé"),
    Disposition.KEEP: _("conservation"),
    Disposition.SAMPLE: _("tri"),
    Disposition.TRANSFER: _("versement"),
    Disposition.DESTROY: _("élimination"),
}
LEVELS: dict[str, str] = {
    Confidentiality.PUBLIC: _("Public"),
    Confidentiality.INTERNAL: _("Interne"),
    Confidentiality.RESTRICTED: _("Diffusion restreinte"),
    Confidentiality.CONFIDENTIAL: _("Confidentiel"),
    Confidentiality.SECRET: _("Secret"),
    Confidentiality.PERSONAL: _("Personnel"),
}
FIELDS: dict[str, str] = {
    Field.SENDER: _("Expéditeur"),
    Field.RECIPIENT: _("Destinataire"),
    Field.SUBJECT: _("Objet"),
    Field.SENDER_REFERENCE: _("Référence de l'expéditeur"),
    Field.LETTER_DATE: _("Datée du"),
    Field.KIND: _("Nature"),
    Field.SERVICE: _("Affecter à"),
    "due_date": _("Échéance"),
    "confidentiality": _("Confidentialité"),
    "priority": _("Priorité"),
}
ACTS: dict[str, str] = {
    Act.CAPTURED: _("Enregistré"),
    Act.ARRIVED_AGAIN: _("Arrivé de nouveau"),
    Act.SEALED: _("Original scellé"),
    Act.SEAL_DELAYED: _("Sceau en attente"),
    Act.STAGE_DONE: _("Étape de lecture faite"),
    Act.STAGE_FAILED: _("Étape de lecture en échec"),
    Act.PROPOSED: _("Champs proposés"),
    Act.QUALIFIED: _("Qualifié"),
    Act.READ: _("Consulté"),
    Act.ORIGINAL_READ: _("Original consulté"),
    Act.EXPORTED: _("Exporté"),
    Act.VERIFIED: _("Original vérifié"),
    Act.HELD: _("Gelé"),
    Act.RELEASED: _("Dégelé"),
}


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the sentences of a language; French is what the source says."""
    file = _LOCALE / language / "messages.po"
    if not file.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def near_day(value: date | datetime, today: date, language: str) -> str:
    """Return « aujourd'hui », « hier », « 23 nov. », or with its year when it is another one."""
    day = value.date() if isinstance(value, datetime) else value
    say = translations(language).gettext
    if day == today:
        return say(_("aujourd'hui"))
    if (today - day).days == 1:
        return say(_("hier"))
    return format_date(day, "d MMM" if day.year == today.year else "d MMM y", locale=language)


def moment(value: datetime, language: str) -> str:
    """Return « 23 novembre 2026 à 9 h 42 »."""
    return format_datetime(
        value, "d MMMM y 'à' H 'h' mm" if language == "fr" else "d MMMM y 'at' HH:mm", locale=language
    )


def typed_day(value: date | None) -> str:
    """Return a day as one types it: 16/11/2026."""
    return value.strftime("%d/%m/%Y") if value else ""


def size(value: int, language: str) -> str:
    """Return a size in bytes as « 34 Mo », « 180 Ko »."""
    units = ("o", "Ko", "Mo", "Go") if language == "fr" else ("B", "KB", "MB", "GB")
    amount, unit = float(value), 0
    while amount >= 1000 and unit < len(units) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {units[unit]}"
