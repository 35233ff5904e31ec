"""« Chaîne d'intégrité »: the logs, who vouches for them, the keys and the audits, and what to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.audits import logs_of, periods_of
from api.deps import ActorDep, HouseDep
from api.schemas.answers import deadlines_of
from api.views.render import page
from api.views.words import AUDIT_DEPTHS, AUDIT_OUTCOMES, _
from api.wiring import House
from ged.errors import NotFound
from ged.mail.access import Right, require
from ged.seal.log_key import in_force
from ged.services.audit.integrity import LogState, log_state
from ged.services.audit.runs import standing

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Node:
    """One link of the drawn chain: its name, what is said under it, how it stands (good, wait, bad), its drawing."""

    name: str
    said: str
    state: str
    path: str


@router.get("/integrite")
def chain(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the chain as it stands."""
    require(actor, Right.AUDIT)
    logs = [log_state(log, store=house.store) for log in logs_of(house)]
    with house.store.unit() as unit:
        waiting, authorities = unit.letters.count_pending_seals(), unit.anchors.authorities()
    values: dict[str, Any] = {
        "logs": logs,
        "nodes": _nodes(logs[0], waiting, house),
        "keys": deadlines_of(house),
        "authorities": authorities,
        "asked": [one.name for one in house.outside.authorities],
        "witnesses": [one.name for one in house.outside.witnesses],
        "audits": standing(periods_of(house), store=house.store, actor=actor, clock=house.clock),
        "depths": AUDIT_DEPTHS,
        "outcomes": AUDIT_OUTCOMES,
    }
    return page(request, "integrity.html", **values)


@router.get("/integrite/{log}/tete.txt")
def head(house: HouseDep, actor: ActorDep, log: str) -> Response:
    """Return the signed head of a log: what an auditor keeps elsewhere."""
    require(actor, Right.AUDIT)
    for one in logs_of(house):
        if one.name == log:
            return _text(one.note(), f"tete-{log}.txt")
    raise NotFound("page.none", "Cette adresse n'existe pas. Vérifiez-la, ou partez du menu.")


@router.get("/integrite/cles.txt")
def keys(house: HouseDep, actor: ActorDep) -> Response:
    """Return the public key in force of each log, as C2SP verifier keys."""
    require(actor, Right.AUDIT)
    return _text("".join(f"{in_force(one.key)}\n" for one in logs_of(house)), "cles-des-journaux.txt")


@router.get("/integrite/confiance.pem")
def trust(house: HouseDep, actor: ActorDep) -> Response:
    """Return every certificate that seals rest on, with the lists of revoked ones."""
    require(actor, Right.AUDIT)
    return _text(house.signer.trust_pem.decode(), "confiance.pem")


def _text(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


_LETTER = "M2 4h20v16H2zM2 6l10 7 10-7"
_SEAL = "M12 2a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM8 13l-2 9 6-3 6 3-2-9"
_LEAF = "M4 3h12l4 4v14H4zM8 10h8M8 14h8M8 18h5"
_TREE = "M12 3v6M12 9H5v5M12 9h7v5M3 14h4v5H3zM17 14h4v5h-4zM10 14h4v5h-4zM12 9v5"
_CLOCK = "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zM12 6v6l4 3"
_EYE = "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z"


def _nodes(log: LogState, waiting: int, house: House) -> list[Node]:
    anchoring = log.anchoring
    stamped = bool(log.size) and anchoring.stamped >= log.size
    return [
        Node(_("Courrier"), _("coffre, par empreinte"), "good", _LETTER),
        Node(
            _("Sceau"),
            _("des sceaux attendent") if waiting else _("posé à l'arrivée"),
            "wait" if waiting else "good",
            _SEAL,
        ),
        Node(_("Inscription"), _("une ligne du journal"), "good", _LEAF),
        Node(
            _("Tête"), _("signée") if not log.fault else _("ne se vérifie pas"), "bad" if log.fault else "good", _TREE
        ),
        Node(
            _("Horodatage"),
            _("à jour") if stamped else _("en attente") if house.outside.authorities else _("aucune autorité"),
            "good" if stamped else "wait",
            _CLOCK,
        ),
        Node(
            _("Témoin"),
            _("tête cosignée") if log.cosigned else _("en attente") if house.outside.witnesses else _("aucun témoin"),
            "good" if log.cosigned else "wait",
            _EYE,
        ),
    ]
