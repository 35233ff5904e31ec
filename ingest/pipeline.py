"""THE TABLE: how a letter is read, one line a stage. A clerk could read it; `runner` obeys it.

A stage takes what it `needs`, gives one thing, and changes nothing in place. `kept` says whether
what it gives is written in the database; what is not kept lives in the memory of the process
that reads the page, and flows straight into the next stage. Raising a `version` runs that stage
again, and every stage that needs it. `attempts` is how often a failing stage is tried.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of the table."""

    name: str
    needs: tuple[str, ...]
    gives: str
    version: str
    attempts: int = 3
    kept: bool = True


TABLE: tuple[Stage, ...] = (
    Stage("lay_out", needs=(), gives="the pages: the file's own, or those made of it and of its pieces", version="1"),
    Stage("triage", needs=("lay_out",), gives="what each page is: born digital, read before, or scanned", version="1"),
    Stage("rasterize", needs=("triage",), gives="the page as a grey image", version="1", kept=False),
    Stage("clean", needs=("rasterize",), gives="the image upright, level, flat, evenly lit", version="4", kept=False),
    Stage("recognize", needs=("clean",), gives="the words of each page, with their boxes", version="3"),
    Stage(
        "extract", needs=("recognize",), gives="sender, recipient, subject, numbers, dates and the rest", version="4"
    ),
    Stage(
        "classify",
        needs=("recognize",),
        gives="kind, service and file code, as people decided of such words",
        version="3",
    ),
    Stage(
        "propose",
        needs=("extract", "classify"),
        gives="one proposal a field, with kind, service and file code",
        version="4",
    ),
    Stage("resemble", needs=("extract",), gives="the letters that this one may be, received before", version="1"),
    Stage("render", needs=("recognize",), gives="the searchable copy and the page images", version="5"),
    Stage("signatures", needs=(), gives="what is to be said of the signatures in what came in", version="1"),
)


def kept_before(stage: Stage) -> tuple[tuple[Stage, ...], tuple[Stage, ...]]:
    """Return (stages that run in memory just before this one, kept stages whose output it needs)."""
    by_name = {each.name: each for each in TABLE}
    passing: list[Stage] = []
    kept: list[Stage] = []
    waiting = [by_name[name] for name in stage.needs]
    while waiting:
        each = waiting.pop(0)
        if each.kept:
            kept.append(each)
        else:
            passing.insert(0, each)
            waiting.extend(by_name[name] for name in each.needs)
    return tuple(passing), tuple(kept)
