"""How long the nightly sweep and a list of disposal take, beside one plain SQL pass over the same table.

    python -m scripts.measure_retention [--letters 100000 1000000]

Synthetic letters go in by COPY, of every kind: one in four with a file code, one in ten in a dossier, one in twenty
with an event, one in fifty on hold. The SQL pass computes the same terms from the same rules in one statement, and
writes what falls due to a table: both must name the same letters.

Then each letter gets a page (those of a thousand made-up letters, over and over), and a hold is placed on a search.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from api.model_folder import read_folder
from api.wiring import House
from ged.collector import settle
from ged.mail.access import Actor
from ged.mail.filing import Kind
from ged.mail.folding import folded_words
from ged.mail.item import Confidentiality, Priority, Reading, Sealing, State
from ged.mail.legal_hold import HoldQuery, LegalHold, Scope
from ged.mail.schedule import Schedule
from ged.services import hold
from ged.services.establish import establish
from ged.services.hold import NewHold
from ged.services.search_hold import search_hold, search_holds_again
from ged.services.sign_in import actor_of
from ged.store.tables import page
from retention.disposal import lists
from retention.nightly import sweep_letters
from scripts import search_words
from scripts.measured_house import measured_house
from scripts.measures import ROOT, table, write_section
from scripts.search_corpus import records
from search.document import analysed_page

_SEED, _NOW = 4711, datetime(2046, 6, 1, 2, 30, tzinfo=UTC)
_DAYS = 30 * 365
_PAGES = 1_000
"""Pages that differ, of as many made-up letters."""
_TERMS = {"ans": "years", "mois": "months", "jours": "days"}

_PLAIN = """
CREATE TEMP TABLE plain_due AS
WITH ruled AS (
    SELECT l.id, r.* FROM letter l JOIN plain_rule r ON r.key = 'k:' || l.kind
    UNION ALL SELECT l.id, r.* FROM letter l JOIN plain_rule r ON r.key = 'c:' || l.file_code
), happened AS (
    SELECT letter_id, name, max("on") AS day FROM retention_event WHERE withdrawn_at IS NULL GROUP BY letter_id, name
), inside AS (
    SELECT x.letter_id, bool_and(d.closed_on IS NOT NULL) AS closed, max(d.closed_on) AS day
    FROM dossier_letter x JOIN dossier d ON d.id = x.dossier_id GROUP BY x.letter_id
), ends AS (
    SELECT l.id, greatest(l.letter_date, l.received_at::date) + interval '20 years' AS floor,
    max(coalesce(r.term + CASE r.start
        WHEN 'date_courrier' THEN l.letter_date WHEN 'reception' THEN l.received_at::date
        WHEN 'evenement' THEN e.day
        WHEN 'cloture_dossier' THEN CASE WHEN i.letter_id IS NULL THEN l.closed_on WHEN i.closed THEN i.day END
        ELSE l.closed_on END, 'infinity')) AS term
    FROM letter l JOIN ruled r ON r.id = l.id
    LEFT JOIN happened e ON e.letter_id = l.id AND e.name = r.event LEFT JOIN inside i ON i.letter_id = l.id
    WHERE NOT l.held GROUP BY l.id, l.letter_date, l.received_at
)
SELECT id, greatest(floor, term)::date AS kept_until FROM ends WHERE greatest(floor, term) < %s
"""


def _id(n: int) -> str:
    return hashlib.sha256(b"%d" % n).hexdigest()[:22]


def _rows(first: int, last: int, kinds: list[str], codes: list[str], tokens: list[str]) -> Iterator[tuple[Any, ...]]:
    """Give letters of thirty years, in the order in which they came; the same ones at every run."""
    for n in range(first, last):
        dice = random.Random(_SEED + n)
        written = (_NOW - timedelta(days=_DAYS - _DAYS * (n - first) // (last - first) + dice.randrange(300))).date()
        received = datetime.combine(written, datetime.min.time(), UTC) + timedelta(days=dice.randrange(9), hours=9)
        code = dice.choice(codes) if dice.random() < 0.25 else None
        yield (
            *(_id(n), "MME", "MME", "arrivee", received.year, n, f"MME/{received.year}/A/{n:07d}", str(State.DONE)),
            *(str(Confidentiality.INTERNAL), str(Priority.NORMAL), 3, received, received, dice.choice(kinds)),
            *("Demande d'autorisation d'exploitation", f"Société {dice.randrange(5000)}", written),
            *((received + timedelta(days=40)).date(), 2, hashlib.sha256(b"o%d" % n).hexdigest(), "pli.pdf"),
            *(str(Reading.READY), str(Sealing.SEALED), n % 50 == 0, code, tokens),
        )


_COLUMNS = (
    *("id", "tenant_id", "register_id", "direction", "year", "sequence", "number", "state"),
    *("confidentiality", "priority", "revision", "received_at", "registered_at", "kind"),
    *("subject", "sender", "letter_date"),
    *("closed_on", "page_count", "original", "filename"),
    *("reading", "sealing", "held", "file_code", "reader_tokens"),
)


def _copy(
    connection: psycopg.Connection[Any], name: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    names = ", ".join(f'"{each}"' for each in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _fill(house: House, archivist: Actor, first: int, last: int) -> None:
    """Add letters up to a number, with the dossiers, the events and the hold that some are in."""
    with house.store.unit() as unit:
        schedule = unit.schedules.applied("MME", house.clock().date())[1]
        kinds = [each.code for each in unit.organisation.kinds()]
    codes, tokens = [each.code for each in schedule.plan], sorted(archivist.tokens())[:6]
    now, numbers = house.clock(), range(first, last)
    with psycopg.connect(house.database_url.replace("+psycopg", "")) as connection:
        if not first:
            closings = ((n, date(2020, 1, n % 28 + 1) if n % 3 else None) for n in range(1, 1001))
            cases: Iterator[tuple[Any, ...]] = (
                (_id(-n), "MME", f"D-{n}", "Affaire", "", "MME", [], closed, 1, now, "mesure") for n, closed in closings
            )
            names = "id tenant_id code title search_text owner_id units closed_on revision created_at created_by"
            _copy(connection, "dossier", names.split(), cases)
            connection.execute(
                "INSERT INTO hold (id, tenant_id, scope, target, label, reason, placed_by, placed_at) "
                "VALUES ('gel', 'MME', 'recherche', '', 'mesure', 'mesure', 'mesure', %s)",
                (now,),
            )
        given = ((hashlib.sha256(b"o%d" % n).hexdigest(), 1, "application/pdf", "", now) for n in numbers)
        _copy(connection, "original", ["sha256", "size", "media_type", "version", "stored_at"], given)
        _copy(connection, "letter", _COLUMNS, _rows(first, last, kinds, codes, tokens))
        inside = ((_id(-(n % 1000) - 1), _id(n), now, "mesure") for n in numbers if n % 10 == 0)
        _copy(connection, "dossier_letter", ["dossier_id", "letter_id", "at", "by"], inside)
        ends = ("fin de permis", "fin d'audit", "fin de fonctions")
        events = (
            (f"e{n}", _id(n), ends[n % 3], date(2005 + n % 20, 5, 5), "mesure", now) for n in numbers if n % 20 == 1
        )
        _copy(connection, "retention_event", ["id", "letter_id", "name", "on", "recorded_by", "recorded_at"], events)
        held = (("gel", _id(n), now) for n in numbers if n % 50 == 0)
        _copy(connection, "hold_letter", ["hold_id", "letter_id", "since"], held)
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")


def _read(house: House, first: int, last: int) -> str:
    """Give each letter a page, as it is after reading; return a word that few of them say."""
    made = list(records(_PAGES, _SEED, search_words.both()))
    if not first:
        with house.store.unit() as unit:
            for n, one in enumerate(made):
                unit.pages.keep(_id(n), one.pages()[:1], [analysed_page(one.pages()[0])])
            unit.commit()
    names = [each.name for each in page.c if each.name != "letter_id"]
    columns, given = ", ".join(names), ", ".join(f"page.{each}" for each in names)
    with psycopg.connect(house.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            f"INSERT INTO page (letter_id, {columns}) SELECT l.id, {given} FROM letter l "  # noqa: S608 - our own
            "JOIN letter made ON made.sequence = l.sequence %% %s JOIN page ON page.letter_id = made.id "
            "WHERE l.sequence >= %s AND l.sequence < %s",
            (_PAGES, max(first, _PAGES), last),
        )
        connection.execute("ANALYZE")
    return max(folded_words(made[0].place), key=len)


def _hold(house: House, archivist: Actor, word: str) -> list[str]:
    """Place a hold on a search and have it worked out, beside a plain statement; give a row."""
    by: dict[str, Any] = {"store": house.store, "clock": house.clock}
    with psycopg.connect(house.database_url.replace("+psycopg", "")) as connection:
        said = "SELECT letter_id FROM page WHERE exact LIKE %s UNION SELECT id FROM letter WHERE lower(sender) LIKE %s"
        began = time.perf_counter()
        plain = {each for (each,) in connection.execute(said.encode(), (f"%{word}%", f"%{word}%")).fetchall()}
        statement = time.perf_counter() - began
        new = NewHold(Scope.QUERY, reason="mesure", query=HoldQuery(word))
        placed: list[LegalHold] = []
        asked, _cpu = _timed(lambda: placed.append(hold.place(new, actor=archivist, **by)))
        worked, worked_cpu = _timed(lambda: search_hold(placed[0].id, **by))
        held = {
            each
            for (each,) in connection.execute(
                "SELECT letter_id FROM hold_letter WHERE hold_id = %s", (placed[0].id,)
            ).fetchall()
        }
        if held != plain or not held:
            raise RuntimeError(f"{len(held)} held, {len(plain)} by the plain statement")
        again, _cpu = _timed(lambda: search_holds_again(**by))
        lifted, _cpu = _timed(lambda: hold.lift(placed[0].id, "mesure", actor=archivist, **by))
    return [f"{len(held):,}", f"{asked:.2f}", f"{worked:.0f} ({worked_cpu:.0f})", f"{again:.0f}", f"{statement:.1f}",
            f"{lifted:.1f}"]  # fmt: skip


def _kinds(house: House) -> tuple[Kind, ...]:
    with house.store.unit() as unit:
        return tuple(unit.organisation.kinds())


def _rules(connection: psycopg.Connection[Any], schedule: Schedule, kinds: dict[str, str]) -> None:
    """Lay the rule of each kind and of each code out for the plain statement."""
    connection.execute("CREATE TEMP TABLE plain_rule (key text PRIMARY KEY, start text, term interval, event text)")
    keyed = [(f"k:{kind}", schedule.rule(code)) for kind, code in kinds.items()]
    keyed += [(f"c:{line.code}", schedule.rule_filed(line.code)) for line in schedule.plan]
    for key, rule in keyed:
        if rule is not None:
            term = f"{rule.term.count} {_TERMS[rule.term.span]}"
            connection.execute("INSERT INTO plain_rule VALUES (%s, %s, %s, %s)", (key, rule.start, term, rule.event))


def _plain(house: House) -> tuple[float, dict[str, date]]:
    """Do it in one statement; give seconds, and what falls due."""
    with house.store.unit() as unit:
        schedule = unit.schedules.applied("MME", _NOW.date())[1]
    with psycopg.connect(house.database_url.replace("+psycopg", "")) as connection:
        _rules(connection, schedule, {each.code: each.rule for each in _kinds(house)})
        began = time.perf_counter()
        connection.execute(_PLAIN.replace("%s", f"'{_NOW.date().isoformat()}'").encode())
        taken = time.perf_counter() - began
        return taken, dict(connection.execute("SELECT id, kept_until FROM plain_due").fetchall())


def _listed(house: House) -> dict[str, date]:
    with psycopg.connect(house.database_url.replace("+psycopg", "")) as connection:
        return dict(connection.execute("SELECT letter_id, kept_until FROM due").fetchall())


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    """Give seconds, and seconds of this process's processor."""
    began, own = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - own


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure at each number of letters, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, nargs="+", default=[100_000, 1_000_000])
    rows, holds, had = [], [], 0
    with measured_house() as (house, _):
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)
        archivist = actor_of("archives", store=house.store, clock=house.clock)
        settle()  # as a worker does when it begins
        for count in parser.parse_args().letters:
            _fill(house, archivist, had, count)
            sweep = lambda: sweep_letters(house.store, lambda: _NOW)  # noqa: E731
            plain, before = _plain(house), _peak_mb()
            first, first_cpu = _timed(sweep)
            again, (second, second_cpu) = _plain(house), _timed(sweep)
            peak = _peak_mb() - before
            due = _listed(house)
            if due != again[1] or not due:
                raise RuntimeError(f"{len(due)} fall due, {len(again[1])} by the plain statement")
            prepare = lambda: lists.prepare(store=house.store, actor=archivist, clock=lambda: _NOW)  # noqa: E731
            prepared, _cpu = _timed(prepare)
            rows.append(
                [f"{count:,}", f"{len(due):,}", f"{first:.0f} ({first_cpu:.0f})", f"{second:.0f} ({second_cpu:.0f})",
                 f"{plain[0]:.1f}, {again[0]:.1f}", f"{count / second:,.0f}", f"{peak:.0f}", f"{prepared:.1f}"]
            )  # fmt: skip
            holds.append([f"{count:,}", *_hold(house, archivist, _read(house, had, count))])
            had = count
            _write(rows, holds)


def _write(rows: list[list[str]], holds: list[list[str]]) -> None:
    head = ["Letters", "due", "first sweep, s (processor)", "second night, s", "plain SQL, s", "letters/s",
            "memory it added, MB", "list of 500, s"]  # fmt: skip
    of_holds = ["Letters", "held", "request, s", "worked out, s (processor)", "looked at again, s", "plain SQL, s",
                "lifted, s"]  # fmt: skip
    text = f"""
{table(head, rows)}

In brackets, seconds of processor of the sweep's own process; the database works beside it. The first sweep stamps every
letter with the version of the schedule; the second night nothing has changed. The plain statement gives the same
letters and the same days (checked at each size), but no reasons, no stamps, nothing that survives a kill. They ran in
turn: plain, first sweep, plain, second. Memory is the growth of the peak of the process over both sweeps.

A hold is placed on a search of one word, among letters of a page each:

{table(of_holds, holds)}

The request is what the archivist waits for; the hold is in force when it ends. The plain statement reads the folded
words of every page in one pass, and names the same letters (checked at each size).
"""
    write_section("retention", "Retention: the nightly sweep and a list of disposal", text)


if __name__ == "__main__":
    main()
