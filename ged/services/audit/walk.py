"""Walking the table: each check from where it was left, kept in the notebook; what was not checked is said."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from ged.errors import Corrupt, GedError
from ged.mail.audit import FINDINGS_KEPT, Audit, Checked, Depth, Finding, Head, Weight
from ged.mail.said import Said
from ged.services.audit import veiled
from ged.services.audit.ground import Ground, Step
from ged.services.audit.notebook import Notebook
from ged.services.audit.table import BY_CODE, CHECKS, JOURNAL, NEVER_SEEN, SAMPLE, Check, checks_of
from ged.services.second_digests import Originals

SAVE_EVERY_S = 2.0
_NAME = re.compile(r"[0-9a-z/.-]{1,200}")
"""A position that a person can read: a name of the vault, an index of the log."""
Told = Callable[[Audit, Checked], None]
"""Told how far the audit is, now and then."""


def never() -> bool:
    """Nobody asks it to stop."""
    return False


def walk(audit: Audit, ground: Ground, notebook: Notebook, told: Told, *, stop: Callable[[], bool] = never) -> Audit:
    """Do what is left of an audit and return it finished; asked to stop, return it as it stands, to take up later."""
    if not audit.checks:
        audit = replace(audit, checks=tuple(_begun(check, ground) for check in checks_of(audit.depth)))
    for place, checked in enumerate(audit.checks):
        if checked.done or checked.skipped:
            continue
        audit = _one(audit, place, ground, notebook, told, stop)
        if stop():
            return audit
    audit = replace(
        audit,
        finished_at=ground.clock(),
        retained=len(ground.retained),
        heads=_heads(ground),
        not_checked=_not_checked(audit, ground),
    )
    notebook.write(audit)
    return audit


def _begun(check: Check, ground: Ground) -> Checked:
    if check.needs and ground.store is None:
        return Checked(check.code, skipped="Il aurait fallu la base de données, qui n'a pas été donnée.")
    if check.needs == JOURNAL and ground.journal is None:
        return Checked(check.code, skipped="Le journal des actes n'est pas encore inscrit (« ged ship »).")
    if ground.veiled and check.code == SAMPLE:
        return Checked(check.code, skipped="Le coffre est chiffré, et ses clés n'ont pas été données.")
    return Checked(check.code)


def _one(  # noqa: PLR0917 - private, and each is the walk's own
    audit: Audit, place: int, ground: Ground, notebook: Notebook, told: Told, stop: Callable[[], bool]
) -> Audit:
    checked, waits = replace(audit.checks[place], stopped=""), ground.patience
    while not checked.done:
        reached = checked.position
        try:
            for audit in _steps(audit, place, checked, ground, notebook, told, stop):  # noqa: B020, PLR1704 - as it grows
                checked = audit.checks[place]
            if stop():
                return audit
            checked = replace(checked, done=True)
        except Corrupt as error:  # a fault is its end: read again, it would say the same
            checked = _after(checked, _said_by("check.stopped", checked, error.sentence, Weight.FAULT))
            checked = replace(checked, stopped=error.sentence, done=True)
        except (GedError, OSError) as error:
            sentence = (
                error.sentence
                if isinstance(error, GedError)
                else Said("Ne se lit pas : %(why)s.", why=str(error.strerror or error))
            )
            waits = ground.patience if checked.position != reached else waits
            if not waits:
                left = _whole(_unchecked(checked))
                checked = replace(checked, stopped=Said("%(why)s %(left)s", why=_whole(sentence), left=left))
                break
            at = Said(
                "%(at)s UTC : %(why)s Repris ensuite.", at=f"{ground.clock():%d/%m/%Y %H:%M:%S}", why=_whole(sentence)
            )
            checked = _after(checked, _said_by("check.interrupted", checked, at, Weight.REMARK))
            audit = _with(audit, place, checked)
            notebook.write(audit)
            if _waited(waits[0], stop):
                return audit
            waits = waits[1:]
    audit = _with(audit, place, checked)
    notebook.write(audit)
    told(audit, checked)
    return audit


def _steps(  # noqa: PLR0917 - private, as the walk's
    audit: Audit,
    place: int,
    checked: Checked,
    ground: Ground,
    notebook: Notebook,
    told: Told,
    stop: Callable[[], bool],
) -> Iterator[Audit]:
    """Give the audit after each step of a check, kept now and then."""
    saved = time.monotonic()
    for step in BY_CODE[checked.code].look(ground, checked.position):
        checked = _after(checked, step)
        audit = _with(audit, place, checked)
        told(audit, checked)
        if stop() or time.monotonic() - saved >= SAVE_EVERY_S:
            notebook.write(audit)
            saved = time.monotonic()
        yield audit
        if stop():
            return


def _said_by(code: str, checked: Checked, detail: str, weight: Weight) -> Step:
    return Step(checked.position, findings=(Finding(code, BY_CODE[checked.code].title, detail, weight),))


def _unchecked(checked: Checked) -> str:
    """Return, in French, what a check that stops here has not looked at."""
    if not checked.position:
        return "Rien n'en a été vérifié."
    looked: int | Said = checked.looked
    if checked.total is not None:
        looked = Said("%(count)s sur %(total)s", count=checked.looked, total=checked.total)
    if _NAME.fullmatch(checked.position):
        looked = Said("%(looked)s, jusqu'à « %(last)s » compris", looked=looked, last=checked.position)
    return Said("Vérifié : %(looked)s. La suite ne l'a pas été : reprenez cet audit.", looked=looked)


def _whole(sentence: str) -> Said:
    """Return a sentence that is told in its turn where another holds it."""
    return sentence if isinstance(sentence, Said) else Said(sentence)


def _waited(seconds: float, stop: Callable[[], bool]) -> bool:
    """Wait, and return whether somebody asked to stop meanwhile."""
    until = time.monotonic() + seconds
    while not stop():
        left = until - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(left, 0.2))
    return True


def _after(checked: Checked, step: Step) -> Checked:
    faults = sum(each.weight is Weight.FAULT for each in step.findings)
    return replace(
        checked,
        position=step.position,
        looked=checked.looked + step.looked,
        total=step.total if step.total is not None else checked.total,
        bytes_read=checked.bytes_read + step.bytes_read,
        findings=(*checked.findings, *step.findings)[:FINDINGS_KEPT],
        faults=checked.faults + faults,
        remarks=checked.remarks + len(step.findings) - faults,
    )


def _with(audit: Audit, place: int, checked: Checked) -> Audit:
    return replace(audit, checks=(*audit.checks[:place], checked, *audit.checks[place + 1 :]))


def _heads(ground: Ground) -> tuple[Head, ...]:
    heads = []
    for log in ground.logs:
        try:
            head = log.head()
            heads.append(Head(log.name, head.size, head.root.hex(), log.note()))
        except (ValueError, OSError):
            continue
    return tuple(heads)


def _without_second(ground: Ground) -> str:
    """Return, in French, how many originals the log holds no SHA-512 of; "" for none."""
    with Originals(ground.folder) as originals:  # as the check of the vault read them
        sealed, lacking, _ = originals.totals()
    if not lacking:
        return ""
    return Said(
        "SHA-512 : %(count)s originaux sur %(total)s n'en ont pas d'inscrite. Si SHA-256 tombait, rien ne dirait plus "
        "ce qu'ils étaient (« ged renew --originals »).",
        count=lacking,
        total=sealed,
    )


def _not_checked(audit: Audit, ground: Ground) -> tuple[str, ...]:
    said: list[str] = [
        Said(
            "%(check)s : cet audit est %(depth)s et n'a pas regardé ceci. « %(holds)s »",
            check=Said(check.title),
            depth=Said(audit.depth),
            holds=Said(check.holds),
        )
        for check in CHECKS
        if audit.depth not in check.depths
    ]
    for one in audit.checks:
        title = BY_CODE[one.code].title
        if one.skipped or one.stopped:
            said.append(Said("%(check)s : %(why)s", check=Said(title), why=_whole(one.skipped or one.stopped)))
    if ground.veiled:
        said.append(veiled.SAID)
    if audit.depth is Depth.FULL and (lacking := _without_second(ground)):
        said.append(lacking)
    if not ground.retained:
        said.append(
            "Têtes gardées ailleurs : aucune n'a été donnée. Qui tient toutes les clés a pu refaire le journal "
            "entier : seule une tête gardée hors de cette machine le montre."
        )
    return (*said, *NEVER_SEEN)
