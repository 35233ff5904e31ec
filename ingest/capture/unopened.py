"""Files that nobody has opened yet: whoever looks into one does so behind walls, and its sender hears the outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from ged.errors import Refused
from ingest.confined.bounds import Stopped, Unforeseen, Why
from ingest.confined.confined import Confined
from ingest.readers.limits import damaged

Given = TypeVar("Given")
_log = logging.getLogger(__name__)

_PROCESSOR_S, _TIMEOUT_S = 60, 90
"""Nobody waits longer at a door; an honest file of 500 pages takes a tenth of it."""
_SAID = {
    Why.TIME: "Ce fichier demande trop de temps à ouvrir : le programme qui le lit a été arrêté, et rien n'est "
    "enregistré. Numérisez de nouveau la pièce, ou envoyez-la en plusieurs fichiers.",
    Why.MEMORY: "Ce fichier demande trop de mémoire à ouvrir : le programme qui le lit a été arrêté, et rien n'est "
    "enregistré. Numérisez de nouveau la pièce à 300 points par pouce.",
    Why.CRASH: "Ce fichier a arrêté le programme qui le lit, et rien n'est enregistré. Numérisez de nouveau la pièce, "
    "puis envoyez-la.",
}
_CODES = {Why.TIME: "capture.too_slow", Why.MEMORY: "capture.too_heavy", Why.CRASH: "capture.crashed"}


def ask(confined: Confined, act: Callable[..., Given], *arguments: Any) -> Given:
    """Return what an act says of a file while its sender waits.

    Raises:
        Refused: what the act refuses; `capture.too_slow`, `capture.too_heavy`, `capture.crashed`, `capture.damaged`.
        Unavailable: `confined.not_started`.
    """
    bounds = replace(
        confined.bounds,
        processor_s=min(_PROCESSOR_S, confined.bounds.processor_s),
        timeout_s=min(_TIMEOUT_S, confined.bounds.timeout_s),
    )
    try:
        return confined.call(act, *arguments, bounds=bounds)
    except Stopped as error:
        raise Refused(_CODES[error.why], _SAID[error.why], act=act.__name__, ended=error.code) from error
    except Unforeseen as error:
        _log.exception("%s did not foresee this file", act.__name__)
        raise damaged(str(error)) from error
