"""The database against the log: each entry has its row, each row its entry, and they say the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from ged.mail.audit import Finding, Weight
from ged.mail.said import Said
from ged.seal.leaf import DISPOSAL, Leaf
from ged.seal.second_digest import is_second_digests
from ged.services.audit.ground import Ground, Step
from ged.services.audit.judge import Entry, leaf_of
from ged.store.audits import SealedRow

_WAITS, _MOMENT_S = timedelta(hours=1), 0.5


def compare_database(ground: Ground, position: str) -> Iterator[Step]:
    """Walk the entries and the rows that name them, side by side, then what should have a row and has none."""
    store = ground.store
    assert store is not None  # noqa: S101 - the table says that this check needs it
    try:
        head = ground.documents.head()
    except ValueError:
        return
    for first, entries in ground.documents.bundles(head.size, since=int(position or 0)):
        end = min(first + 256, head.size)
        with store.unit() as unit:
            rows = unit.audits.sealed_between(first, end)
            gone = [
                entry
                for n, data in enumerate(entries or (), first)
                if n not in rows and not _has_no_row(entry := Entry(n, data))
            ]
            known = unit.audits.numbers([leaf.document for entry in gone if (leaf := leaf_of(entry))])
        found = [each for n, data in enumerate(entries or ()) for each in _row_faults(Entry(first + n, data), rows)]
        if gone:
            time.sleep(_MOMENT_S)  # a row follows its entry
            with store.unit() as unit:
                rows = unit.audits.sealed_between(first, end)
                known |= unit.audits.numbers([leaf.document for entry in gone if (leaf := leaf_of(entry))])
        found += [_without_row(one, known) for one in gone if one.index not in rows]
        yield Step(str(end), end - first, total=head.size, findings=tuple(found))
    with store.unit() as unit:
        beyond = unit.audits.sealed_from(head.size)
        size = ground.documents.head().size  # after the rows: an entry is durable before its row
        unsealed = unit.audits.sealed_without_row()
        waiting = unit.audits.waiting_since(ground.clock() - _WAITS)
    found = [
        Finding("database.entry", row.number, Said("L'entrée n° %(index)s n'est pas au journal.", index=row.leaf_index))
        for row in beyond
        if row.leaf_index >= size
    ]
    found += [Finding("database.seal", number, "Dit scellé, sans sceau dans la base.") for number in unsealed]
    found += [Finding("seal.waiting", number, "Son sceau attend.", Weight.REMARK) for number in waiting]
    yield Step(str(head.size), len(beyond), total=head.size, findings=tuple(found))


def _row_faults(entry: Entry, rows: dict[int, list[SealedRow]]) -> Iterator[Finding]:
    leaf = leaf_of(entry)
    mine = rows.get(entry.index, [])
    if len(mine) > 1:
        numbers = ", ".join(row.number for row in mine)
        yield Finding(
            "database.entry", _entry(entry), Said("Plusieurs lignes la citent : %(numbers)s.", numbers=numbers)
        )
    for row in mine:
        about = _of_letter(row.number, entry)
        if row.leaf is not None and row.leaf != entry.data:
            yield Finding("database.leaf", about, "L'inscription gardée dans la base n'est pas celle du journal.")
        for detail in _differences(leaf, row) if leaf else ():
            yield Finding("database.row", about, detail)


def _differences(leaf: Leaf, row: SealedRow) -> Iterator[str]:
    if leaf.document != row.id:
        yield Said("La base la dit de %(base)s, le journal de %(log)s.", base=row.id, log=leaf.document)
    if not leaf.blinded and leaf.sha256 != row.sha256:
        yield Said("La base cite l'original %(base)s…, le journal %(log)s…", base=row.sha256[:16], log=leaf.sha256[:16])
    if row.p7s_sha256 is not None and leaf.p7s_sha256 != row.p7s_sha256:
        yield "La base cite une autre signature que le journal."
    if row.at is not None and leaf.time != row.at.isoformat():
        yield Said("La base la date du %(base)s, le journal du %(log)s.", base=row.at.isoformat(), log=leaf.time)


def _entry(entry: Entry) -> str:
    return Said("inscription n° %(index)s", index=entry.index)


def _of_letter(number: str, entry: Entry) -> str:
    return Said("%(number)s, inscription n° %(index)s", number=number, index=entry.index)


def _has_no_row(entry: Entry) -> bool:
    """Whether an entry tells of a destruction, or of second digests: it is no seal, and has no row among them."""
    leaf = leaf_of(entry)
    return is_second_digests(entry.data) if leaf is None else leaf.event == DISPOSAL


def _without_row(entry: Entry, known: dict[str, str]) -> Finding:
    leaf = leaf_of(entry)
    document = leaf.document if leaf else ""
    if number := known.get(document):
        detail = "Inscrit au journal, son sceau n'est pas encore dans la base."
        return Finding("seal.unfinished", _of_letter(number, entry), detail, Weight.REMARK)
    detail = Said("Le document %(document)s est au journal ; la base ne le connaît plus.", document=document)
    return Finding("database.gone", _entry(entry), detail)
