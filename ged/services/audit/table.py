"""THE TABLE of an audit: its checks in the order in which they are done. A clerk can read it.

Each line says what holds when nothing is found, what the check needs to be given, and in which audits it is done.
"""

from __future__ import annotations

from dataclasses import dataclass

from ged.mail.audit import Depth
from ged.services.audit.acts import compare_acts
from ged.services.audit.anchors import check_anchors
from ged.services.audit.backdating import compare_times
from ged.services.audit.certificates import check_certificates
from ged.services.audit.database import compare_database
from ged.services.audit.ground import Look
from ged.services.audit.heads import compare_heads
from ged.services.audit.log import recompute
from ged.services.audit.objects import check_objects
from ged.services.audit.registers import check_numbers
from ged.services.audit.sample import check_sample
from ged.services.audit.seals import check_seals

SAMPLE = "sondage"
DATABASE = "la base de données"
JOURNAL = "le journal des actes, que rien n'a encore inscrit"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table.

    Attributes:
        holds: French, what holds when nothing is found; also what is not said when the check is not done.
        needs: What the auditor must have been given; "" for the vault and the log of documents alone.
        depths: The audits that it is part of.
    """

    code: str
    title: str
    holds: str
    needs: str
    depths: frozenset[Depth]
    look: Look


_QUICK, _FULL = frozenset({Depth.QUICK}), frozenset({Depth.FULL})
_BOTH = _QUICK | _FULL

CHECKS: tuple[Check, ...] = (
    Check(
        "tetes",
        "Têtes des journaux",
        "Chaque tête est signée par la clé de son journal, et chaque journal prolonge les têtes gardées ailleurs.",
        "",
        _BOTH,
        compare_heads,
    ),
    Check(
        "certificats",
        "Certificats",
        "Les certificats des sceaux se lisent ; ceux qui finissent dans l'année sont nommés.",
        "",
        _BOTH,
        check_certificates,
    ),
    Check(
        SAMPLE,
        "Sondage",
        "Chaque courrier tiré au sort est, octet pour octet, celui qui fut scellé.",
        "",
        _QUICK,
        check_sample,
    ),
    Check(
        "journaux",
        "Journaux recalculés",
        "Chaque entrée, chaque tuile et la racine de chaque journal sont celles que la tête signée annonce.",
        "",
        _FULL,
        recompute,
    ),
    Check(
        "sceaux",
        "Sceaux et preuves",
        "Chaque inscription mène à un original présent, à sa signature intacte et à une preuve qui tient.",
        "",
        _FULL,
        check_seals,
    ),
    Check(
        "coffre",
        "Coffre, octet par octet",
        "Chaque objet a l'empreinte de son nom, et la SHA-512 inscrite de lui ; rien n'est effacé, doublé ou étranger.",
        "",
        _FULL,
        check_objects,
    ),
    Check(
        "base",
        "Base contre journal",
        "Chaque inscription a sa ligne dans la base, chaque ligne son inscription, et elles disent la même chose.",
        DATABASE,
        _FULL,
        compare_database,
    ),
    Check(
        "ancrages",
        "Horodatages et ancrages",
        "Chaque tête montrée au-dehors est signée et prolongée ; jetons, renouvellements et témoins tiennent.",
        DATABASE,
        _BOTH,
        check_anchors,
    ),
    Check(
        "dates",
        "Dates déclarées",
        "Aucune inscription ne se dit plus vieille que la tête horodatée d'avant, ni plus jeune que celle d'après.",
        DATABASE,
        _FULL,
        compare_times,
    ),
    Check(
        "actes",
        "Actes contre leur journal",
        "Aucune ligne du journal des actes n'a été changée, ôtée, ajoutée ou déplacée depuis son inscription.",
        JOURNAL,
        _FULL,
        compare_acts,
    ),
    Check(
        "registres",
        "Numéros des registres",
        "Aucun numéro ne manque, n'est donné deux fois, ni ne recule dans le temps.",
        DATABASE,
        _FULL,
        check_numbers,
    ),
)

BY_CODE = {check.code: check for check in CHECKS}

NEVER_SEEN = (
    "Un courrier qui n'a jamais été enregistré.",
    "Un contenu déjà faux à son arrivée.",
    "Ce qui a été ajouté ou retiré depuis la dernière tête qu'un tiers a gardée.",
    "Une lecture faite hors du logiciel, sur le disque ou dans la base.",
    "L'entente de tous ceux qui tiennent les clés, les témoins et l'horodatage.",
)
"""What no audit can see, said in each report."""


def checks_of(depth: Depth) -> tuple[Check, ...]:
    """Return the checks of a depth, in order."""
    return tuple(check for check in CHECKS if depth in check.depths)
