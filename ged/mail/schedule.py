"""A tenant's records schedule, in versions: file plan (plan de classement), retention schedule (tableau de gestion).

Both are one thing under one number: a code of the plan names a rule of the schedule, and is approved with it. A version
is written as a draft, submitted, approved by somebody other than its author, and in force from a day; it never changes
afterwards, and stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from ged.mail.filing import Disposition, RetentionRule, Start
from ged.mail.said import Said


class VersionState(StrEnum):
    """Where a version stands."""

    DRAFT = "brouillon"
    SUBMITTED = "soumise"
    APPROVED = "approuvee"


class Part(StrEnum):
    """The two halves of a schedule; the values name their files."""

    PLAN = "plan_classement.csv"
    RULES = "conservation.csv"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One code (cote) of the file plan.

    Attributes:
        parent: The code above it; "" for a class of the first level.
        rule: The rule of the letters filed there; "" takes the nearest above that has one.
        scope: What goes there and what does not (note de portée).
        since: The first day on which letters are filed there; None when it always was. `until`: the last one.
        kinds: The document kinds that fall there by default.
    """

    code: str
    title: str
    parent: str = ""
    rule: str = ""
    scope: str = ""
    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Code and title: what is suggested, and read back, in a field."""
        return f"{self.code} · {self.title}"

    def open_on(self, day: date) -> bool:
        """Whether letters are filed there on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plan and its rules, in the order in which they are shown."""

    rules: tuple[RetentionRule, ...] = ()
    plan: tuple[PlanLine, ...] = ()

    def rule(self, code: str) -> RetentionRule | None:
        """Return the rule of a code."""
        return next((each for each in self.rules if each.code == code), None)

    def line(self, code: str) -> PlanLine | None:
        """Return the line of a code of the plan."""
        return next((each for each in self.plan if each.code == code), None)

    def path(self, code: str) -> tuple[PlanLine, ...]:
        """Return a code's line and those above it, the nearest first; () for a code that the plan lacks."""
        lines = {each.code: each for each in self.plan}
        found: dict[str, PlanLine] = {}
        while code in lines and code not in found:
            found[code] = lines[code]
            code = lines[code].parent
        return tuple(found.values())

    def rule_filed(self, code: str) -> RetentionRule | None:
        """Return the rule of what is filed under a code: its own, or the nearest above it."""
        named = next((each.rule for each in self.path(code) if each.rule), "")
        return self.rule(named)

    def named(self, typed: str) -> str:
        """Return the code that somebody typed or chose, `d1` or `D1 · Titres miniers`, as the plan writes it."""
        wanted = " ".join(typed.partition("·")[0].split())
        return next((each.code for each in self.plan if each.code.lower() == wanted.lower()), wanted)

    def by_kind(self, day: date) -> dict[str, str]:
        """Return the code under which each kind falls by default on a day."""
        return {kind: each.code for each in self.plan if each.open_on(day) for kind in each.kinds}


@dataclass(frozen=True, slots=True)
class ScheduleVersion:
    """One version of a tenant's schedule; its lines are read apart.

    Attributes:
        number: 1, 2, … within the tenant: people say « la version 3 ».
        author: Who wrote in it last; `author_login` the logins of all who did, commas between them, the last first.
        note: What changed and why, in the author's words.
        in_force_on: From which day it applies, once approved; None before.
        refusal: Why it was last sent back to its author; "" when it was not.
        revision: Grows by one at every change.
    """

    id: str
    tenant_id: str
    number: int
    state: VersionState
    note: str
    author: str
    author_login: str
    written_at: datetime
    submitted_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    in_force_on: date | None
    refusal: str
    revision: int

    @property
    def writers(self) -> tuple[str, ...]:
        """The logins of whoever wrote in it: none of them approves it."""
        return tuple(each for each in self.author_login.split(",") if each)


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with a line: of which part, its place in it counted from 0, and what to do."""

    part: Part
    at: int
    sentence: str


def schedule_faults(schedule: Schedule, kinds: Mapping[str, str]) -> tuple[LineFault, ...]:
    """Return everything that keeps a schedule from being submitted; `kinds` gives the rule of each kind in use."""
    return (*_faults_of_rules(schedule, kinds), *_faults_of_plan(schedule, kinds))


def _faults_of_rules(schedule: Schedule, kinds: Mapping[str, str]) -> Iterator[LineFault]:
    seen: set[str] = set()
    for at, rule in enumerate(schedule.rules):
        if rule.code in seen:
            yield LineFault(Part.RULES, at, Said("La règle « %(code)s » est déjà plus haut.", code=rule.code))
        seen.add(rule.code)
        if not (rule.code and rule.label and rule.basis):
            yield LineFault(Part.RULES, at, "Une règle a un code, un libellé et un fondement : aucun n'est vide.")
        if _NOT_IN_A_CODE.search(rule.code) or any(map(_FORMULA.match, (rule.label, rule.basis))):
            yield LineFault(
                Part.RULES,
                at,
                Said("Un code s'écrit sans espace ni ponctuation. %(formula)s", formula=Said(_NO_FORMULA)),
            )
        if (rule.start is Start.EVENT) != bool(rule.event):
            yield LineFault(Part.RULES, at, "Un événement se nomme, par exemple « evenement:fin de permis ».")
        if (rule.disposition is Disposition.SAMPLE) != (rule.sampling is not None):
            yield LineFault(Part.RULES, at, "Un tri dit ce qu'il garde, par exemple « un sur 10 » ; lui seul le dit.")
    for kind, rule_code in sorted(kinds.items()):
        if rule_code and rule_code not in seen:
            last = max(len(schedule.rules) - 1, 0)
            yield LineFault(
                Part.RULES,
                last,
                Said(
                    "Il manque la règle « %(code)s », que suit la nature « %(kind)s » de natures.csv.",
                    code=rule_code,
                    kind=kind,
                ),
            )


def _faults_of_plan(schedule: Schedule, kinds: Mapping[str, str]) -> Iterator[LineFault]:
    codes, rules = {each.code for each in schedule.plan}, {each.code for each in schedule.rules}
    seen: set[str] = set()
    defaults: dict[str, str] = {}
    for at, line in enumerate(schedule.plan):
        said: list[str] = (
            [Said("La cote « %(code)s » est déjà plus haut.", code=line.code)] if line.code in seen else []
        )
        seen.add(line.code)
        said += _faults_of_code(line)
        if line.parent and line.parent not in codes:
            said.append(Said("La cote « %(code)s », au-dessus d'elle, n'est pas dans le plan.", code=line.parent))
        elif line.parent and schedule.path(line.code)[-1].parent:
            said.append(Said("La cote « %(code)s » est sous elle-même : suivez ce qui est au-dessus.", code=line.code))
        if line.rule and line.rule not in rules:
            said.append(Said("La règle « %(code)s » n'est pas dans le tableau de gestion.", code=line.rule))
        for kind in line.kinds:
            if kind not in kinds:
                said.append(Said("« %(kind)s » n'est pas une nature de natures.csv.", kind=kind))
            elif defaults.setdefault(kind, line.code) != line.code:
                said.append(
                    Said("La nature « %(kind)s » va déjà par défaut sous « %(code)s ».", kind=kind, code=defaults[kind])
                )
        yield from (LineFault(Part.PLAN, at, sentence) for sentence in said)


def _faults_of_code(line: PlanLine) -> Iterator[str]:
    if not (line.code and line.title):
        yield "Une cote a un code et un intitulé : aucun n'est vide."
    if _NOT_IN_A_CODE.search(line.code) or len(line.code) > _LONGEST_CODE:
        yield Said(
            "Une cote s'écrit sans espace ni ponctuation de phrase, en %(most)s signes au plus.", most=_LONGEST_CODE
        )
    if _FORMULA.match(line.title) or _FORMULA.match(line.scope):
        yield _NO_FORMULA
    if line.since and line.until and line.until < line.since:
        yield "« jusqu_au » précède « depuis »."


_LONGEST_CODE = 20
_NOT_IN_A_CODE = re.compile(r"""[\s;:,"'|]|^[#=+@-]""")
_FORMULA = re.compile(r"[=+@#-]")
_NO_FORMULA = (
    "Aucune case ne commence par = + - @ ou # : un tableur y lirait une formule, ou le fichier un commentaire."
)


class Change(StrEnum):
    """What became of a line between two versions."""

    ADDED = "ajoutee"
    CHANGED = "modifiee"
    REMOVED = "retiree"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that differs between two versions: `fields` are the names of what changed, with before and after."""

    part: Part
    change: Change
    code: str
    label: str
    fields: tuple[tuple[str, str, str], ...] = ()


def differences(before: Schedule, after: Schedule) -> tuple[Difference, ...]:
    """Return what parts two schedules, rules first, each in the order of the later one; what is gone comes last."""
    return (
        *_differences(Part.RULES, before.rules, after.rules),
        *_differences(Part.PLAN, before.plan, after.plan),
    )


def _differences(
    part: Part, before: Sequence[RetentionRule | PlanLine], after: Sequence[RetentionRule | PlanLine]
) -> Iterator[Difference]:
    old, new = ({each.code: each for each in side} for side in (before, after))
    for code, line in new.items():
        if code not in old:
            yield Difference(part, Change.ADDED, code, _label(line))
        elif old[code] != line:
            changed = tuple(
                (each.name, _shown(getattr(old[code], each.name)), _shown(getattr(line, each.name)))
                for each in fields(line)
                if getattr(old[code], each.name) != getattr(line, each.name)
            )
            yield Difference(part, Change.CHANGED, code, _label(line), changed)
    for code, line in old.items():
        if code not in new:
            yield Difference(part, Change.REMOVED, code, _label(line))


def _label(line: RetentionRule | PlanLine) -> str:
    return line.label if isinstance(line, RetentionRule) else line.title


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
