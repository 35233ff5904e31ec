"""How fast letters are indexed and found, on both engines: our drain beside the raw rate of the same documents.

    python -m scripts.measure_search_speed --engine elasticsearch [--letters 100000 1000000] [--folder /var/tmp/mesure]

A sample goes from the database through the outbox, and as ready-made documents straight into the engine, each time into
a new index, in pairs. The index is then filled up to each of `--letters`, or to what `--minutes` allow (the same
command with the same `--folder` goes on from there, and `--turns 0` leaves the sample out), and asked queries that were
never seen, arriving at random (open loop: a query that waits for its turn is late), with a rights
filter of thirty tokens, facets, and the passage that shows why; the rate rises until p95 passes a second. Letters of
hits, and the sample, are in the database. What is measured is written after each step: a run that is stopped keeps it.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import tantivy
from elasticsearch.helpers import streaming_bulk

from api.config import read_settings
from api.model_folder import read_folder
from api.wiring import House, open_house
from api.worker import DRAIN_EVERY_S, drain_index
from ged.collector import settle
from ged.mail.access import Actor, Post, Role, may_read
from ged.mail.item import Confidentiality, Letter
from ged.mail.page import Page
from ged.ports import Stored
from ged.services.establish import establish
from ged.store.changes import Changes
from scripts import search_words as given
from scripts.measures import ROOT, table, write_section
from scripts.search_corpus import BLOCK, SERVICES, Record, records
from scripts.search_queries import Asker
from search import embedded
from search.document import Document, analysed_page, documents
from search.elastic import Cluster, ElasticIndex, as_kept
from search.embedded import EmbeddedIndex
from search.find import find
from search.outbox import drain
from search.port import Hits, Query, SearchIndex

sys.path.insert(0, str(ROOT / "tests"))
from engines.elasticsearch import node  # of the tests: it needs Java and Maven

_SEED, _QUERY_SEED = 4711, 815
_RATES = (5, 10, 20, 40, 80, 160)
_BROKEN_S = 1.0
"""A rate whose p95 is beyond this is the last one asked: what comes after it only waits."""
_ASKED_S, _CURVE_S, _CHANGED = 40.0, 10.0, 20
_HEAP, _NEVER_S = "2g", 60.0
_COMPACTED_S = 45.0
"""A million letters are put together in half a minute."""
_WRITTEN, _MAKERS = 5_000, 2
"""Letters written at once where an index is filled, and processes that make them."""
_OF_A_DAY, _AT_ONCE = 2_000, 10
"""Letters that a day brings, and how many of them are written together."""


def _store(house: House, letters: Sequence[tuple[Letter, Sequence[Page]]]) -> None:
    """Put letters into the database with their pages, as they are after reading; those known stay."""
    for begin in range(0, len(letters), 1_000):
        part = letters[begin : begin + 1_000]
        with house.store.unit() as unit:
            known = unit.letters.revisions([letter.id for letter, _ in part])
            for letter, pages in part:
                if letter.id not in known:
                    unit.arrivals.know(Stored(letter.original, 1, "", existed=False), letter.media_type, house.clock())
                    unit.letters.add(letter)
                    unit.pages.keep(letter.id, pages, [analysed_page(page) for page in pages])
            unit.commit()


def _wait(house: House, ids: Sequence[str]) -> None:
    """Put letters into the outbox."""
    with house.store.unit() as unit:
        for letter_id in ids:
            unit.outbox.add(letter_id, house.clock())
        unit.commit()


def _raw_elasticsearch(url: str, name: str, ready: Sequence[dict[str, Any]]) -> None:
    """Write ready-made documents as the client's own helper does."""
    index = ElasticIndex(Cluster((url,), name))
    index.report()  # makes it
    client = Cluster((url,), name).client()
    for done, answer in streaming_bulk(client, ({**one, "_index": name} for one in ready), chunk_size=500):
        if not done:
            raise RuntimeError(answer)
    client.indices.refresh(index=name)
    _drop(url, name)


def _ready(document: Document) -> dict[str, Any]:
    return {"_id": document.id, "version": document.revision, "version_type": "external_gte", **as_kept(document)}


def _raw_tantivy(folder: Path, ready: Sequence[Document]) -> None:
    """Write ready-made documents, a commit each five hundred, as an application would that shows them at once."""
    folder.mkdir()
    index = tantivy.Index(embedded._SCHEMA, path=str(folder))  # noqa: SLF001 - the same index
    for begin in range(0, len(ready), 500):
        writer = index.writer(heap_size=64_000_000, num_threads=1)
        for one in ready[begin : begin + 500]:
            writer.add_document(embedded._tantivy(one))  # noqa: SLF001 - the same documents
        writer.commit()
        writer.wait_merging_threads()
    shutil.rmtree(folder)


def _made(count: int) -> Iterator[Record]:
    """Give so many letters, each id once: a block alone ends where the next one begins."""
    for first in range(0, count, BLOCK):
        yield from records(min(BLOCK, count - first), _SEED, given.both(), first=first)


def _drained(house: House, index: SearchIndex) -> None:
    changes = Changes(house.store)
    while drain(changes, index, house.clock):
        pass


def _asker() -> Actor:
    """Return somebody with thirty tokens, who reads what is internal or public of every service."""
    reach = (*SERVICES, "CAB-A", "CAB-B")
    posts = tuple(
        Post(f"P{n}", "", Role.OFFICER, Confidentiality.INTERNAL, "MME", entities[0], "MME", entities)
        for n, entities in enumerate([reach])
    )
    actor = Actor("mesure", "mesure", "Mesure", "fr", posts)
    if len(actor.tokens()) != 30:
        raise RuntimeError(sorted(actor.tokens()))
    return actor


@dataclass(frozen=True, slots=True)
class Timed:
    """One query: from when it was due to its answer; of that the engine; processor of our own layer. All in seconds."""

    total_s: float
    engine_s: float
    own_s: float


class _Taken(threading.local):
    wall_s = own_s = 0.0


class _Watched:
    """An index that adds up how long its engine took for the queries of each thread, and how much of the processor."""

    def __init__(self, index: SearchIndex) -> None:
        self._index, self.taken = index, _Taken()
        if isinstance(index, ElasticIndex):
            transport = index._client.transport  # noqa: SLF001 - timed where it waits for the engine
            asked = transport.perform_request

            def timed(*given: Any, **named: Any) -> Any:
                began = time.perf_counter()
                answer = asked(*given, **named)
                self.taken.wall_s += time.perf_counter() - began
                return answer

            transport.perform_request = timed  # type: ignore[method-assign]

    def search(self, query: Query, readers: frozenset[str]) -> Hits:
        """Search, and keep what it took: tantivy works in our thread, and that is no part of our layer."""
        began, spent = time.perf_counter(), time.thread_time()
        hits = self._index.search(query, readers)
        if not isinstance(self._index, ElasticIndex):
            self.taken.wall_s += time.perf_counter() - began
            self.taken.own_s += time.thread_time() - spent
        return hits


def _open_loop(  # noqa: PLR0917 - private
    house: House, index: Any, actor: Actor, texts: Sequence[str], rate: float, seconds: float
) -> list[Timed]:
    """Ask queries that arrive at random at a mean rate, whatever became of those before."""
    rng, due, arrivals = random.Random(rate), 0.0, []
    while (due := due + rng.expovariate(rate)) < seconds:
        arrivals.append(due)
    began = time.perf_counter() + 0.5

    def ask(at: float, text: str) -> Timed:
        wait = began + at - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        spent, index.taken.wall_s, index.taken.own_s = time.thread_time(), 0.0, 0.0
        find(Query(text, limit=20, counted=True), index=index, store=house.store, actor=actor)
        own = time.thread_time() - spent - index.taken.own_s
        return Timed(time.perf_counter() - began - at, index.taken.wall_s, own)

    with ThreadPoolExecutor(24) as pool:
        return list(pool.map(ask, arrivals, (texts[n % len(texts)] for n in range(len(arrivals)))))


def _ms(values: Sequence[float], share: float, digits: int = 0) -> str:
    ordered = sorted(values)
    return f"{1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.{digits}f}"


def _group_memory(leader: int) -> int:
    """Return the resident bytes of the processes of a group."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[2]) == leader:
                total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
    return total


def _bytes_under(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _spent(house: House, leader: int) -> float:
    """Return the seconds of processor of this process, of the database and of the engine's group, until now."""
    cluster = house.settings.data / "postgres" / "cluster" / "postmaster.pid"
    server = int(cluster.read_text(encoding="utf-8").splitlines()[0])
    ticks = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = [int(each) for each in status.read_text(encoding="utf-8").rpartition(")")[2].split()[1:15]]
        except OSError:
            continue
        parent, group, (own, system, waited, waited_system) = fields[0], fields[1], fields[10:14]
        if int(status.parent.name) == server:
            ticks += own + system + waited + waited_system  # with what connections that are closed spent
        elif parent == server or (leader and group == leader):
            ticks += own + system
    return ticks / os.sysconf("SC_CLK_TCK") + time.process_time()


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn over the sample: seconds by the clock, and of the processor."""

    wall_s: float
    processor_s: float


def _beside_elasticsearch(
    house: House, url: str, ready: Sequence[dict[str, Any]]
) -> tuple[Callable[[str], None], Callable[[str], None]]:
    """Return the two ways of the sample into a new index, raw and ours, each of which removes it."""

    def drained(name: str) -> None:
        _drained(house, ElasticIndex(Cluster((url,), name)))
        _drop(url, name)

    return lambda name: _raw_elasticsearch(url, name, ready), drained


def _beside_tantivy(
    house: House, folder: Path, ready: Sequence[Document]
) -> tuple[Callable[[str], None], Callable[[str], None]]:
    """Return the two ways of the sample into a new index, raw and ours, each of which removes it."""

    def drained(name: str) -> None:
        _drained(house, EmbeddedIndex(folder / name))
        shutil.rmtree(folder / name)

    return lambda name: _raw_tantivy(folder / name, ready), drained


def _compare(  # noqa: PLR0917 - private
    house: House,
    leader: int,
    ids: Sequence[str],
    turns: int,
    raw: Callable[[str], object],
    drained: Callable[[str], object],
) -> str:
    """Say how our drain stands beside the raw rate: in pairs whose order changes, after one pair that warms up.

    What else runs on the machine moves from one minute to the next: a pair is compared with itself, and the median of
    the pairs counts. What it takes of the processor is told apart from what it takes by the clock.
    """
    pairs: list[dict[str, Turn]] = []
    for number in range(turns + 1):
        taken: dict[str, Turn] = {}
        ways = [("brut", raw), ("ged", drained)]
        for name, way in ways if number % 2 else reversed(ways):
            if way is drained:
                _wait(house, ids)
            spent, began = _spent(house, leader), time.perf_counter()
            way(f"{name}{number}")
            taken[name] = Turn(time.perf_counter() - began, _spent(house, leader) - spent)
        pairs.append(taken)
        print(taken, file=sys.stderr, flush=True)
    counted, count = pairs[1:], len(ids)
    walls, processors = (
        sorted(getattr(one["brut"], part) / getattr(one["ged"], part) for one in counted)
        for part in ("wall_s", "processor_s")
    )
    rates = {name: median(count / one[name].wall_s for one in counted) for name in ("brut", "ged")}
    costs = {name: median(1_000 * one[name].processor_s / count for one in counted) for name in ("brut", "ged")}
    return (
        f"Indexing {count:,} letters of the database, {turns} pairs: raw {rates['brut']:.0f}/s, our drain "
        f"{rates['ged']:.0f}/s. Ratio by the clock {_spread(walls)}, by the processor {_spread(processors)}; a "
        f"thousand letters take {costs['brut']:.2f} s of processor raw, {costs['ged']:.2f} s by our drain, the "
        "database, reading and analysis with it."
    )


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _documents(first: int) -> list[Document]:
    return [one.document() for one in records(BLOCK, _SEED, given.both(), first=first)]


def _fill(index: SearchIndex, since: int, count: int, minutes: float) -> tuple[int, float]:
    """Fill an index up to so many letters, or what the minutes allow; give how many it holds, and the rate.

    Letters are made by other processes, a bounded number ahead, and come as changes do, in the order of their numbers:
    whatever is stopped goes on where it was.
    """
    began, done = time.perf_counter(), since - since % _WRITTEN
    resumed, waiting = done, deque[Future[list[Document]]]()
    blocks, made = iter(range(done, count, BLOCK)), list[Document]()
    with ProcessPoolExecutor(_MAKERS) as pool:
        waiting.extend(pool.submit(_documents, first) for first in islice(blocks, 2 * _MAKERS))
        while waiting and time.perf_counter() - began < 60 * minutes:
            made += waiting.popleft().result()
            waiting.extend(pool.submit(_documents, first) for first in islice(blocks, 1))
            if len(made) < _WRITTEN and waiting:
                continue
            index.put(made, at_once=False)
            done, made = done + len(made), []
            spent = time.perf_counter() - began
            print(f"{done} letters, {(done - resumed) / spent:.0f}/s", file=sys.stderr, flush=True)
        for each in waiting:
            each.cancel()
    index.put(_documents(0)[:1])  # what was written is searchable
    return done, (done - resumed) / (time.perf_counter() - began)


def _day(index: SearchIndex) -> None:
    """Write letters anew, a few at a time and each searchable at once, as a day of work does."""
    changed = [replace(one, revision=one.revision + 1) for n in range(0, _OF_A_DAY, BLOCK) for one in _documents(n)]
    for first in range(0, _OF_A_DAY, _AT_ONCE):
        index.put(changed[first : first + _AT_ONCE])


def _texts(count: int) -> list[str]:
    """Return queries over letters of the index, of every family, in a fixed disorder."""
    seen = [one for one in _made(20_000) if one.level in {Confidentiality.INTERNAL, Confidentiality.PUBLIC}]
    texts = [one.text for one in Asker(seen, given.both(), _QUERY_SEED).ask(1 + count // 10)]
    random.Random(_QUERY_SEED).shuffle(texts)
    return texts[:count]


def _bring_hits(house: House, index: SearchIndex, actor: Actor, texts: Sequence[str]) -> int:
    """Put the letters of all hits into the database, made anew from their seed; give how many."""
    hits = {hit.id for text in texts for hit in index.search(Query(text, limit=20), actor.tokens()).hits}
    with house.store.unit() as unit:
        known = unit.letters.revisions(sorted(hits))
    blocks: dict[int, set[str]] = {}
    for each in hits.difference(known):
        number = int(each.removeprefix("essai"))
        blocks.setdefault(number - number % BLOCK, set()).add(each)
    for first, wanted in sorted(blocks.items()):
        made = [one for one in records(BLOCK, _SEED, given.both(), first=first) if one.id in wanted]
        _store(house, [(one.letter(), one.pages()) for one in made])
    return len(hits)


def _until_searchable(house: House, ids: Sequence[str], actor: Actor) -> list[float]:
    """Change letters one by one, while the index is fed as by the worker, and return the seconds until each is found.

    They count from the commit of the change to a search that finds it by its new subject.
    """
    stop, taken = threading.Event(), []

    def feed() -> None:
        while not stop.wait(DRAIN_EVERY_S):
            drain_index(house)

    feeding = threading.Thread(target=feed)
    feeding.start()
    try:
        for turn, letter_id in enumerate(ids):
            word = f"changement{time.time_ns()}{turn}"
            with house.store.unit() as unit:
                unit.letters.change(unit.letters.get(letter_id, None, lock=True), subject=word)
                unit.outbox.add(letter_id, house.clock())
                unit.commit()
            began = time.perf_counter()
            while not house.index.search(Query(f'"{word}"'), actor.tokens()).hits:
                if time.perf_counter() - began > _NEVER_S:
                    raise RuntimeError(f"{letter_id} is not found after {_NEVER_S} s")
                time.sleep(0.02)
            taken.append(time.perf_counter() - began)
    finally:
        stop.set()
        feeding.join()
    return taken


def _curve(house: House, index: Any, actor: Actor, texts: Sequence[str]) -> list[list[object]]:
    """Return the rows of queries at ten a second, then at rising rates until they break."""
    rows = [_row(10.0, _ASKED_S, _open_loop(house, index, actor, texts, 10.0, _ASKED_S))]
    for rate in _RATES:
        timed = _open_loop(house, index, actor, texts, rate, _CURVE_S)
        rows.append(_row(rate, _CURVE_S, timed))
        if sorted(one.total_s for one in timed)[int(0.95 * len(timed))] > _BROKEN_S:
            break
    return rows


def _measure(  # noqa: PLR0915, PLR0917 - private, one step after the other
    engine: str,
    steps: Sequence[int],
    sample: int,
    turns: int,
    minutes: float,
    kept: Path | None,
    write: Callable[[Sequence[str]], None],
) -> None:
    """Measure, and write what is known after each step."""
    with ExitStack() as held:
        folder = kept or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="ged-mesure-", dir="/var/tmp")))
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        environment = {**os.environ, "GED_DATA": f"{folder}/data"}
        leader = 0
        if engine == "elasticsearch":
            es = folder / "es"
            es.mkdir(exist_ok=True)
            es.chmod(0o755)
            one = held.enter_context(node(es, heap=_HEAP))
            leader = one.pid
            environment |= {"GED_SEARCH_KIND": "elasticsearch", "GED_SEARCH_URL": one.url}
        house = held.enter_context(open_house(read_settings(environment)))
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)

        made = list(_made(sample))
        pairs = [(each.letter(), each.pages()) for each in made]
        _store(house, pairs)
        ids, ready = [each.id for each in made], documents(pairs)
        parts = []
        if turns:
            if engine == "elasticsearch":
                raw, drained = _beside_elasticsearch(house, one.url, [_ready(each) for each in ready])
            else:
                raw, drained = _beside_tantivy(house, folder, ready)
            parts.append(_compare(house, leader, ids, turns, raw, drained))
            write(parts)
        settle()  # as a server does when it begins, and the sample is the measure's own
        filled, actor, texts, watched = house.index.report().documents, _asker(), _texts(600), _Watched(house.index)
        left, open_ids = minutes, [letter.id for letter, _ in pairs if may_read(actor, letter)][:_CHANGED]
        for letters in steps:
            began, before = time.perf_counter(), filled
            filled, rate = _fill(house.index, filled, letters, left) if filled < letters else (filled, 0.0)
            left -= (time.perf_counter() - began) / 60
            house.index.compact()  # as every night
            time.sleep(_COMPACTED_S)
            way = f"filled at {rate:.0f}/s, made on the way" if filled > before else "of an index filled before"
            brought = _bring_hits(house, house.index, actor, texts)
            _open_loop(house, watched, actor, texts, 5, 10)  # caches as on a day of work
            rows = _curve(house, watched, actor, texts)
            _day(house.index)
            late = _open_loop(house, watched, actor, texts, 10.0, _ASKED_S)
            rows.append([f"10/s, {_OF_A_DAY:,} written since the night", *_row(10.0, _ASKED_S, late)[1:]])
            changed = _until_searchable(house, open_ids, actor)
            place = folder / ("es/data" if engine == "elasticsearch" else "data/index")
            ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            memory = (
                f"{_group_memory(leader) / 1e6:.0f} MB resident, heap {_HEAP}"
                if leader
                else f"in our process, {ours / 1e6:.0f} MB at most, the measure's own with it"
            )
            parts.append(
                f"**{filled:,} letters** (of {letters:,} asked for), {way}. "
                f"On disk {_bytes_under(place) / 1e6:.0f} MB; memory {memory}. Letters of hits: {brought:,}. "
                f"A changed letter is found after {_ms(changed, 0.5)} ms (p50), {_ms(changed, 0.95)} ms (p95)."
                f"\n\n{table(_COLUMNS, rows)}"
            )
            print(parts[-1], file=sys.stderr, flush=True)
            write(parts)
            if left <= 0:
                break


_COLUMNS = [
    "arriving",
    "queries",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "engine p50",
    "engine p95",
    "ours, CPU p50",
    "ours, CPU p95",
]


def _row(rate: float, seconds: float, timed: Sequence[Timed]) -> list[object]:
    totals, engine, own = ([getattr(each, name) for each in timed] for name in ("total_s", "engine_s", "own_s"))
    return [
        f"{rate:g}/s for {seconds:g} s",
        len(timed),
        *(_ms(totals, share) for share in (0.5, 0.95, 0.99)),
        *(_ms(engine, share) for share in (0.5, 0.95)),
        *(_ms(own, share, 1) for share in (0.5, 0.95)),
    ]


def _drop(url: str, prefix: str) -> None:
    client = Cluster((url,)).client()
    for name in client.indices.get(index=f"{prefix}*"):
        client.indices.delete(index=name)


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("elasticsearch", "embedded"), required=True)
    parser.add_argument("--letters", type=int, nargs="+", default=[100_000], help="how many, one after the other")
    parser.add_argument(
        "--sample", type=int, default=10_000, help="letters that go through the database and the outbox"
    )
    parser.add_argument(
        "--turns", type=int, default=6, help="pairs of raw and our own indexing of the sample; 0 leaves them out"
    )
    parser.add_argument(
        "--minutes", type=float, default=60, help="how long the index is filled at most, all steps together"
    )
    parser.add_argument("--folder", type=Path, help="where engine and database are kept, to go on from as filled")
    parser.add_argument("--remark", default="", help="what is to be said of the machine")
    chosen = parser.parse_args()
    head = [chosen.remark] if chosen.remark else []

    def write(parts: Sequence[str]) -> None:
        name = f"search-speed-{chosen.engine}"
        write_section(name, f"Speed of the search: {chosen.engine}", "\n\n".join([*head, *parts]))

    _measure(chosen.engine, chosen.letters, chosen.sample, chosen.turns, chosen.minutes, chosen.folder, write)


if __name__ == "__main__":
    main()
