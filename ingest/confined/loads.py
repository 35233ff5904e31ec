"""What an act needs that the house itself does not: loaded once, in the process that tasks are forked from."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TypeVar

Act = TypeVar("Act", bound=Callable[..., object])


def loads(*modules: str) -> Callable[[Act], Act]:
    """Mark an act with the modules that it imports when it runs: a second of a task's time, or none."""

    def marked(act: Act) -> Act:
        act.loads = modules  # type: ignore[attr-defined]
        return act

    return marked


def load_for(act: Callable[..., object]) -> None:
    """Import what an act is marked with."""
    for module in getattr(act, "loads", ()):
        importlib.import_module(module)
