"""The steps of a proof bundle in the reader's language: its script, which works alone, words them in French."""

from __future__ import annotations

import re
from collections.abc import Callable

from api.views.words import _
from ged.mail.said import Said, tell
from ged.services.bundle import (
    DEMONSTRATION,
    ELSEWHERE,
    NO_AUTHORITY,
    NO_WITNESS,
    NOT_COSIGNED,
    NOT_STAMPED,
    STAYS,
    UNLOGGED,
    UNSEALED,
    WAITS,
)

SENTENCES: tuple[str, ...] = (
    *(UNSEALED, UNLOGGED, WAITS, ELSEWHERE, STAYS, NOT_STAMPED, NO_AUTHORITY, NOT_COSIGNED, NO_WITNESS, DEMONSTRATION),
    _("Liasse"),
    _("Original"),
    _("Historique"),
    _("Version %(number)s"),
    _("La liasse s'ouvre"),
    _("La liasse a un original"),
    _("La liasse est entière, chaque fichier a l'empreinte de son sommaire"),
    _("Un sceau couvre ce fichier"),
    _("Le fichier a l'empreinte inscrite au journal"),
    _("Le fichier de signature est celui inscrit au journal"),
    _("La signature porte sur ce fichier et se vérifie"),
    _("L'inscription figure dans le journal"),
    _("La tête du journal est signée par le journal"),
    _("Des témoins ont cosigné la tête"),
    _("La tête est horodatée"),
    _("Le certificat vient d'une autorité de confiance"),
    _("Aucune ligne n'y fut ôtée ni changée"),
    _("Ses lignes figurent au journal des actes"),
    _("Toutes ses lignes sont prouvées"),
    _("La tête du journal des actes est signée par le journal"),
    _("Cette liasse est du format %(found)s ; ce vérificateur lit %(known)s"),
    _("La liasse annonce plus d'octets qu'elle n'en contient"),
    _("La liasse contient deux fois le même nom"),
    _("La liasse contient un nom interdit : %(name)s"),
    _("La liasse est comprimée, chiffrée ou trop nombreuse : une liasse ne l'est jamais"),
    _("Le fichier est tronqué ou n'est pas une liasse (%(error)s)"),
    _("Le fichier %(name)s est trop grand"),
    _("Le fichier %(name)s manque"),
    _("Le sommaire liasse.json n'est pas lisible"),
    _("Le sommaire ne nomme pas les fichiers qui sont là"),
    _("Le sommaire n'en nomme pas un seul"),
    _("%(name)s n'a pas l'empreinte du sommaire"),
    _("attributs signés absents"),
    _("base64 non canonique"),
    _("ce n'est pas la signature inscrite au journal"),
    _("ce n'est pas une signature CMS"),
    _("clé d'un autre journal"),
    _("clé d'une sorte inconnue"),
    _("cosignée par %(names)s, qui n'est pas un témoin connu"),
    _("deux clés se disent la suite, ou le début, d'une même clé du journal"),
    _("empreinte d'une sorte inconnue"),
    _("illisible (%(error)s)"),
    _("inscription n° %(index)s sur %(size)s"),
    _("l'autorité n'avait pas accordé le jeton"),
    _("l'historique n'a pas de ligne"),
    _("l'inscription est celle d'un autre courrier"),
    _("l'inscription est masquée, et le sel manque"),
    _("la date de la signature n'est pas connue"),
    _("la ligne %(line)s n'est pas celle qui fut inscrite"),
    _("la ligne %(line)s ne suit pas celle d'avant"),
    _("la preuve de la ligne %(line)s a une autre tête"),
    _("la preuve de la ligne %(line)s ne mène pas à la tête"),
    _("la preuve ne mène pas de l'inscription à la tête du journal"),
    _("la signature de « %(name)s » ne se vérifie pas"),
    _("la signature ne dit pas sa date"),
    _("la signature ne se vérifie pas"),
    _("la signature porte sur d'autres octets"),
    _("la tête est signée par une clé que le journal a remplacée"),
    _("la tête jointe n'est pas celle de la preuve"),
    _("la tête n'est pas signée par le journal"),
    _("le certificat n'est pas un cachet connu"),
    _("le certificat n'est pas émis par une autorité de confiance"),
    _("le certificat que nomme la signature n'y est pas"),
    _("le contenu n'est pas où il devrait être"),
    _("le format 1 n'en porte pas la preuve"),
    _("le jeton ne dit pas l'heure"),
    _("le jeton porte sur une autre tête"),
    _("le journal « %(name)s » n'est pas un journal de confiance"),
    _("le sommaire ne nomme pas les lignes de l'historique"),
    _("pas de sceau : %(why)s"),
    _("preuve illisible"),
    _("rien n'est dit"),
    _("son empreinte est %(digest)s…"),
    _("tête illisible"),
    _("un certificat est révoqué depuis le %(at)s UTC"),
    _("un certificat n'était pas valable"),
    _("une clé finit avant d'avoir commencé"),
    _("une succession n'est pas signée par les deux clés"),
    _("usage non permis"),
    _("SHA-256 %(digest)s, %(size)s octets"),
    _("SHA-256 %(digest)s…"),
    _("par « %(name)s », datée du %(at)s UTC"),
    _("par « %(name)s », à la date du %(at)s UTC"),
    _("« %(name)s », à la date du %(at)s UTC (date prouvée)"),
    _("« %(name)s », à la date du %(at)s UTC (date déclarée, non prouvée)"),
    _("« %(name)s », %(size)s inscription, racine %(root)s…"),
    _("« %(name)s », %(size)s inscriptions, racine %(root)s…"),
    _("%(count)s fichiers"),
    _("%(count)s lignes"),
    _("%(count)s lignes sur %(size)s : qui, quand, quel acte"),
    _("%(before)s UTC, %(name)s, le %(at)s UTC"),
    _("%(name)s, le %(at)s UTC"),
    _("%(name)s, le %(at)s"),
    _("%(before)s ; %(count)s : %(why)s"),
    _("%(count)s : %(why)s"),
)
"""What `verifier.py` and the bundles themselves say; the first that fits is taken, the vaguest stand last."""
_SHAPES = dict.fromkeys(("count", "index", "line", "number", "size"), "[0-9]+") | {"at": "[0-9]{4}[0-9:. -]+"}
_LONGEST = 1000
"""Characters; a longer text is a hostile bundle's, and stays as it is."""
_TOLD = frozenset({"before", "why"})
"""Values that are sentences in their turn."""


def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what recognises a sentence with its values in it."""
    parts = re.split(r"%\((\w+)\)s", sentence)
    return re.compile(
        "".join(
            f"(?P<{part}>{_SHAPES.get(part, '.+')})" if at % 2 else re.escape(part) for at, part in enumerate(parts)
        )
    )


_PATTERNS = tuple((sentence, _pattern(sentence)) for sentence in SENTENCES)


def recognised(text: str) -> str:
    """Return a text with the sentence and values of which the script made it; what is no sentence of its stays."""
    for sentence, pattern in _PATTERNS if len(text) <= _LONGEST else ():
        if found := pattern.fullmatch(text):
            values = {name: recognised(each) if name in _TOLD else each for name, each in found.groupdict().items()}
            return Said(sentence, **values)
    return text


def told_step(text: str, say: Callable[[str], str]) -> str:
    """Return in a language what a step of a bundle says."""
    return tell(recognised(text), say)
