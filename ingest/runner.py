"""The only code that knows claims, resumption and retries: it walks the table, one kept stage a job.

A stage is claimed in a short transaction, runs with none open, then one transaction writes its
run, its output, the journal, the outbox and the next job. Killed anywhere, another worker finds
either no output (and runs the stage) or the output (and goes on).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass

from ged.clock import Clock
from ged.errors import GedError, Unavailable
from ged.mail.access import SYSTEM
from ged.mail.item import Letter, Reading
from ged.mail.journal import Act
from ged.store.runs import DONE, FAILED, Key, Run
from ged.store.unit import Store, Unit
from ingest.pipeline import TABLE, Stage, kept_before

_log = logging.getLogger(__name__)

BACKOFF_S = 5
"""The first retry comes after this long; each further one after twice as long."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a stage gave.

    Attributes:
        output: JSON, kept in the run; its digest is part of the key of whatever needs it.
        keep: Writes what the output holds into the tables, inside the runner's transaction.
    """

    output: object
    keep: Callable[[Unit, Letter, int], None] = lambda _unit, _letter, _run: None


Work = Callable[[Letter, dict[str, object]], Result]
"""Runs one kept stage, with those in memory before it: (letter, outputs of the stages done so far) → result."""

Fault = Callable[[str, str, str], None]
"""Called as (letter id, stage, point): before run, after run, after commit. By it the tests kill a worker there."""


def no_fault(_letter_id: str, _stage: str, _point: str) -> None:
    """Let the work go on."""


class Runner:
    """Advances letters through the table."""

    def __init__(self, store: Store, work: dict[str, Work], clock: Clock, fault: Fault = no_fault) -> None:
        self._store = store
        self._work = work
        self._clock = clock
        self._fault = fault

    def advance(self, letter_id: str) -> str | None:
        """Run the next stage of a letter and give its name; None when nothing is left, or another worker is at it."""
        with self._store.unit() as unit:
            letter = unit.letters.get(letter_id, None)
            runs = unit.runs.of(letter_id)
        stage = self._next(letter, runs)
        if stage is None:
            return None
        with self._store.exclusive(f"stage:{letter_id}:{stage.name}") as alone:
            if not alone:
                return None
            self._run(letter, stage, runs)
        return stage.name

    def _next(self, letter: Letter, runs: dict[str, Run]) -> Stage | None:
        for stage in TABLE:
            if not stage.kept or self._finished(letter, stage, runs):
                continue
            _, needed = kept_before(stage)
            if all(each.name in runs and runs[each.name].state == DONE for each in needed):
                return stage
        return None

    def _finished(self, letter: Letter, stage: Stage, runs: dict[str, Run]) -> bool:
        """Whether the stage's last finished run stands for its key of today."""
        with self._store.unit() as unit:
            return stage.name in runs and unit.runs.finished(self._key(letter, stage, runs))

    def _key(self, letter: Letter, stage: Stage, runs: dict[str, Run]) -> Key:
        passing, needed = kept_before(stage)
        inputs = [letter.original, *(f"{each.name} {each.version}" for each in passing)]
        inputs += [f"{each.name} {runs[each.name].digest}" for each in needed if each.name in runs]
        return Key(letter.id, stage.name, stage.version, hashlib.sha256("\n".join(inputs).encode()).hexdigest())

    def _run(self, letter: Letter, stage: Stage, runs: dict[str, Run]) -> None:
        with self._store.unit() as unit:
            run = unit.runs.claim(self._key(letter, stage, runs), self._clock())
            unit.commit()
        if run is None or run.state in {DONE, FAILED}:
            self._go_on(letter)
            return
        outputs = {name: done.output for name, done in runs.items()}
        passing, _ = kept_before(stage)
        steps = [*passing, stage]
        try:
            _refuse_endless(stage, run)
            for each in steps:
                self._fault(letter.id, each.name, "before run")
            result = self._work[stage.name](letter, outputs)
            for each in steps:
                self._fault(letter.id, each.name, "after run")
            self._done(letter, stage, run, result)
        except Exception as error:  # noqa: BLE001 - the runner is where any failure becomes a person's work
            self._failed(letter, stage, run, error)
            return
        for each in steps:
            self._fault(letter.id, each.name, "after commit")

    def _done(self, letter: Letter, stage: Stage, run: Run, result: Result) -> None:
        now = self._clock()
        text = json.dumps(result.output, sort_keys=True, ensure_ascii=False)
        with self._store.unit() as unit:
            if not unit.runs.finish(run.id, result.output, hashlib.sha256(text.encode()).hexdigest(), now):
                return
            current = unit.letters.get(letter.id, None, lock=True)
            result.keep(unit, current, run.id)
            act = Act.PROPOSED if stage.name == "propose" else Act.STAGE_DONE
            unit.journal.write(now, act, SYSTEM, letter.id, stage=stage.name, version=stage.version)
            self._settle(unit, letter.id)
            unit.outbox.add(letter.id, now)
            unit.queue.defer("advance", letter_id=letter.id)
            unit.commit()

    def _settle(self, unit: Unit, letter_id: str) -> None:
        """Say on the letter that it is read, once every kept stage is done."""
        runs = unit.runs.of(letter_id)
        if all(each.name in runs and runs[each.name].state == DONE for each in TABLE if each.kept):
            current = unit.letters.get(letter_id, None, lock=True)
            unit.letters.change(current, reading=Reading.READY, reading_error=None)

    def _failed(self, letter: Letter, stage: Stage, run: Run, error: Exception) -> None:
        """Try again later, or, when that is no use, leave the letter to a person with the reason."""
        now = self._clock()
        hopeless = isinstance(error, GedError) and not error.retryable
        last = hopeless or run.attempts >= stage.attempts
        sentence = error.sentence if isinstance(error, GedError) else _SENTENCES[stage.name]
        _log.warning("stage %s of letter %s failed: %s", stage.name, letter.id, _facts(error), exc_info=not hopeless)
        with self._store.unit() as unit:
            unit.runs.fail(run.id, repr(_facts(error)), now, last=last)
            if last:
                current = unit.letters.get(letter.id, None, lock=True)
                unit.letters.change(current, reading=Reading.FAILED, reading_error=sentence)
                unit.journal.write(now, Act.STAGE_FAILED, SYSTEM, letter.id, stage=stage.name, reason=sentence)
                unit.outbox.add(letter.id, now)
                unit.queue.defer("advance", letter_id=letter.id)
            else:
                unit.queue.defer("advance", delay_s=BACKOFF_S * 2 ** (run.attempts - 1), letter_id=letter.id)
            unit.commit()

    def _go_on(self, letter: Letter) -> None:
        with self._store.unit() as unit:
            unit.queue.defer("advance", letter_id=letter.id)
            unit.commit()


_SENTENCES = {
    "lay_out": "Le fichier n'a pas pu être mis en pages. L'original est intact : qualifiez d'après lui.",
    "triage": "Le fichier n'a pas pu être ouvert page par page. L'original est intact : qualifiez d'après lui.",
    "recognize": "Le texte n'a pas pu être lu. L'original est intact : saisissez les champs à la main.",
    "extract": "Les champs n'ont pas pu être proposés. Le texte est lu : saisissez-les à la main.",
    "classify": "La nature et le service n'ont pas pu être proposés. Choisissez-les dans les listes.",
    "propose": "Les propositions n'ont pas pu être réunies. Saisissez les champs à la main.",
    "resemble": "Les courriers qui lui ressemblent n'ont pas pu être cherchés. Vérifiez s'il est déjà arrivé.",
    "render": "Les images des pages n'ont pas pu être faites. Ouvrez l'original pour le lire.",
    "signatures": "Les signatures n'ont pas pu être jugées. Demandez-le sur la page du courrier.",
}


def _refuse_endless(stage: Stage, run: Run) -> None:
    """Let pass a run that did not die with its worker too often: a stage that kills its worker ends here.

    Three times the stage's own attempts, because a letter also dies with a worker that another one killed.

    Raises:
        Unavailable: `reading.worker_lost`.
    """
    if run.attempts > 3 * stage.attempts:
        raise Unavailable("reading.worker_lost", _SENTENCES[stage.name], stage=stage.name)


def _facts(error: Exception) -> dict[str, object]:
    return error.diagnostics() if isinstance(error, GedError) else {"type": type(error).__name__, "message": str(error)}
