"""Reminders and e-mail addresses in the configuration folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.model_rows import Fault, Faulty, Row, given, member
from ged.errors import Refused
from ged.mail.message import check_address
from ged.mail.reminders import HEAD, HOLDER, ReminderRule, Sort, Watched

_DAYS = re.compile(r"[+-]?\d{1,3}", re.ASCII)


def read_reminder(row: Row) -> ReminderRule:
    """Return the rule of a line."""
    if not _DAYS.fullmatch(row["jours"]):
        raise Faulty(f"« {row['jours']} » n'est pas un nombre de jours ouvrés, comme -3 (avant) ou 5 (après).")
    to = tuple(given(row, "destinataires").split())
    return ReminderRule(
        given(row, "code"), member(row, "objet", Watched), int(row["jours"]), to, member(row, "genre", Sort)
    )


def read_address(row: Row) -> tuple[str, str]:
    """Return the login and the address of a line."""
    try:
        return given(row, "identifiant"), check_address(given(row, "adresse"))
    except Refused as error:
        raise Faulty(error.sentence) from error


def recipients_unknown(rules: list[Row], positions: list[Row]) -> Iterator[Fault]:
    """Yield a fault for each recipient that is neither a word nor a position."""
    known = {row["code"] for row in positions} | {HOLDER, HEAD}
    for row in rules:
        for word in row["destinataires"].split():
            if word not in known:
                said = f"« {word} » n'est ni « {HOLDER} », ni « {HEAD} », ni un poste de postes.csv."
                yield Fault(row.file, row.line, said)
