"""A ministry at work: a hundred clerks and officials at once through the API, each act checked in the database after.

    python -m scripts.measure_office [--people N] [--seconds S]

Clerks register and qualify; officials assign, take up, return and close what they find in their baskets, in
each other's way. One web process and a real PostgreSQL, beside the raw rate at which that PostgreSQL commits
one row, in the same run. The worker does not run: what is measured is the web and the store.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pikepdf
import sqlalchemy as sa

from api.model_folder import read_folder
from api.wiring import House
from ged.services.check_register import check_registers
from ged.services.establish import establish
from ged.services.sign_in import actor_of, create_token
from scripts.measured_house import measured_house, serving
from scripts.measures import ROOT, table, write_section

CLERKS = ("kossi", "mensah", "lawson")
OFFICIALS = ("daf", "comptable", "drh", "daj", "mines", "cadastre", "energie", "reseau", "sg", "ministre")
SERVICES = ("DAF", "DAF-COMPTA", "DRH", "DAJ", "DGMG", "DGE", "SG")
MOVES = ("imputer", "prendre_en_charge", "prendre_en_charge", "traiter", "retourner", "demander_avis")
_EXPECTED = {403, 404, 409, 422}
"""Answers of two people in each other's way; anything else that is no success is a failure."""


class Tally:
    """What the clients saw, gathered from their threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.times: dict[str, list[float]] = defaultdict(list)
        self.answers: Counter[int] = Counter()
        self.letters: set[str] = set()
        self.moves = 0

    def note(self, act: str, answer: httpx.Response, seconds: float) -> bool:
        """Count an answer; give whether the act was done."""
        done = answer.status_code < 300
        with self._lock:
            self.times[act].append(seconds)
            self.answers[answer.status_code] += 1
            if done and act == "register":
                self.letters.add(answer.json()["id"])
            self.moves += done and act == "move"
        return done


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=30)
    given = parser.parse_args()
    with measured_house() as (house, environment):
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)
        raw = _raw_commits(house)
        with serving(environment) as base:
            tally, wall = _work(base, house, given.people, given.seconds)
        _say(house, tally, wall, raw, given.people)


def _raw_commits(house: House) -> float:
    """Return how many one-row commits a second eight connections get out of this PostgreSQL."""
    engine = sa.create_engine(house.database_url, pool_size=8)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE raw_commit (id bigserial PRIMARY KEY, at timestamptz DEFAULT now())"))
    end = time.monotonic() + 4

    def commit(_: int) -> int:
        count = 0
        with engine.connect() as connection:
            while time.monotonic() < end:
                connection.execute(sa.text("INSERT INTO raw_commit DEFAULT VALUES"))
                connection.commit()
                count += 1
        return count

    with ThreadPoolExecutor(8) as pool:
        total = sum(pool.map(commit, range(8)))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE raw_commit"))
    engine.dispose()
    return total / 4


def _work(base: str, house: House, people: int, seconds: int) -> tuple[Tally, float]:
    """Let everybody work at once; return what they saw and how long it took."""
    clock = house.clock
    tokens = {login: create_token(login, "mesure", 1, store=house.store, clock=clock) for login in CLERKS + OFFICIALS}
    tally, end = Tally(), time.monotonic() + seconds

    def one(number: int) -> None:
        clerk = number % 2 == 0
        logins = CLERKS if clerk else OFFICIALS
        headers = {"Authorization": f"Bearer {tokens[logins[number // 2 % len(logins)]]}"}
        chance = random.Random(number)
        with httpx.Client(base_url=f"{base}/api/v1", headers=headers, timeout=60) as client:
            while time.monotonic() < end:
                (_register if clerk else _handle)(client, tally, chance)

    began = time.monotonic()
    with ThreadPoolExecutor(people) as pool:
        list(pool.map(one, range(people)))
    return tally, time.monotonic() - began


def _register(client: httpx.Client, tally: Tally, chance: random.Random) -> None:
    """Register a letter, now and then twice as after a lost answer, and qualify it."""
    files, key = {"file": ("pli.pdf", _pdf())}, {"Idempotency-Key": uuid4().hex}
    answer = _timed(tally, "register", lambda: client.post("/letters", files=files, headers=key))
    if answer.is_success and chance.random() < 0.1:
        answer = _timed(tally, "register", lambda: client.post("/letters", files=files, headers=key))
    if not answer.is_success:
        return
    decision = {
        "revision": 99,
        "sender": "Société des Carrières du Mono",
        "subject": "Demande d'autorisation",
        "kind": "demande",
        "service": chance.choice(SERVICES),
    }
    letter_id = answer.json()["id"]
    _timed(tally, "qualify", lambda: client.post(f"/letters/{letter_id}/qualification", json=decision))


def _handle(client: httpx.Client, tally: Tally, chance: random.Random) -> None:
    """Look into a basket, read a letter, act on it."""
    slug = chance.choice(("a-traiter", "a-affecter", "mon-service"))
    listed = _timed(tally, "list", lambda: client.get(f"/baskets/{slug}", params={"limit": 20}))
    letters = listed.json()["letters"] if listed.is_success else []
    if not letters:
        return
    letter_id = chance.choice(letters)["id"]
    read = _timed(tally, "read", lambda: client.get(f"/letters/{letter_id}"))
    if not read.is_success:
        return
    steps = read.json()["steps"]
    order: dict[str, Any] = {
        "move": chance.choice(MOVES),
        "after": steps[-1]["id"] if steps else None,
        "to_entity": chance.choice(SERVICES),
        "text": "Pour suite",
    }
    _timed(tally, "move", lambda: client.post(f"/letters/{letter_id}/moves", json=order))


def _timed(tally: Tally, act: str, ask: Callable[[], httpx.Response]) -> httpx.Response:
    began = time.monotonic()
    answer = ask()
    tally.note(act, answer, time.monotonic() - began)
    return answer


def _pdf() -> bytes:
    """Return a one-page PDF that nobody sent before."""
    with pikepdf.new() as pdf, BytesIO() as out:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.docinfo["/Title"] = uuid4().hex
        pdf.save(out)
        return out.getvalue()


def _say(house: House, tally: Tally, wall: float, raw: float, people: int) -> None:
    """Compare what was acknowledged with what the database holds, and write the section."""
    with house.store.unit() as unit:
        count = unit.letters.count()
        steps = sum(len(unit.steps.of(letter_id)) for letter_id in tally.letters)
    auditor = actor_of("audit", store=house.store, clock=house.clock)
    faults = [fault for one in check_registers(store=house.store, actor=auditor) for fault in one.report.faults]
    failures = sum(n for status, n in tally.answers.items() if status >= 300 and status not in _EXPECTED)
    acts = sum(len(times) for name, times in tally.times.items() if name in {"register", "qualify", "move"})
    rows = [
        [name, len(times), f"{len(times) / wall:.1f}", f"{_share(times, 50):.0f}", f"{_share(times, 95):.0f}"]
        for name, times in tally.times.items()
    ]
    expected = sum(tally.answers[one] for one in _EXPECTED)
    text = (
        f"{people} people who ask without pause for {wall:.0f} s, on the same two cores as the server: "
        f"{acts / wall:.0f} acts/s asked, beside {raw:.0f} one-row commits/s of the same PostgreSQL. "
        f"Acknowledged letters {len(tally.letters)}, in the register {count}; acknowledged moves {tally.moves}, "
        f"steps kept {steps}; register faults {len(faults)}; refused because somebody was first or the basket was "
        f"another's {expected}; failures {failures}."
    )
    write_section(
        "office", "A ministry at work", text + "\n\n" + table(["act", "asked", "per s", "p50 ms", "p95 ms"], rows)
    )
    if count != len(tally.letters) or steps != tally.moves or faults or failures:
        sys.exit(f"lost, doubled or failed: {text} {dict(tally.answers)}")


def _share(times: list[float], percent: int) -> float:
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)] * 1000


if __name__ == "__main__":
    main()
