"""How well letters are found: nDCG@10 and recall@50 by family of query, ours and others, in one run.

    python -m scripts.measure_search [--letters N] [--each N] [--ours] [--tuning [--seed N]]

The letters and queries are made of words, templates and a seed that the search was not tuned on; `--tuning` takes those
it was tuned on, of whatever seed, and writes nothing; `--ours` leaves the others out, and writes nothing. Whoever asks
may read about half of the letters: the answers are among those, and what is returned beside them is counted.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import fmean

from api.embedded.postgres import EmbeddedPostgres
from api.model_folder import read_folder
from ged.mail.access import readers_of
from ged.mail.item import Confidentiality
from scripts.measures import ROOT, table, write_section
from scripts.search_corpus import SERVICES, Record, records
from scripts.search_peers import Peer, PlainElastic, PlainPostgres, french_plugin
from scripts.search_queries import Asked, Asker
from scripts.search_words import HELD_OUT, TUNING
from search.elastic import Cluster, ElasticIndex
from search.embedded import EmbeddedIndex
from search.find import ask
from search.language import Vocabulary, understood
from search.port import SearchIndex
from search.synonyms import synonyms_of

sys.path.insert(0, str(ROOT / "tests"))
from engines.elasticsearch import node  # of the tests: it needs Java and Maven
from engines.reachable import reachable_folder

READERS = frozenset(
    f"svc:{service}:{level}" for service in SERVICES[:8] for level in Confidentiality.RESTRICTED.up_to()
)
_TUNING_SEED, _HELD_SEED = 11, 4_071
_BATCH = 1_000
SYNONYMS = synonyms_of(read_folder(ROOT / "deploy" / "pilote").synonyms)
LAST_DAY = date(2026, 11, 24)
_SHOWN, _KEPT = 10, 50


class Ours:
    """One of our engines, asked as the search page asks it."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def fill(self, letters: Iterable[Record]) -> None:
        """Index letters through the port, into an index that is made anew as by `ged rebuild-index`."""
        with self._index.renew() as renewal:
            waiting = iter(letters)
            while batch := [one.document() for one in islice(waiting, _BATCH)]:
                renewal.put(batch)
            renewal.flush()
            renewal.adopt()

    def search(self, text: str, readers: Sequence[str], limit: int) -> list[str]:
        """Return the ids of the letters found."""
        asked = understood(text, LAST_DAY, Vocabulary({})).query(limit=limit, synonyms=SYNONYMS)
        return [hit.id for hit in ask(asked, self._index, frozenset(readers)).hits]


def engines(stack: ExitStack, *, alone: bool) -> dict[str, Peer]:
    """Start every engine, or ours alone, and return them by name; they stop when the stack is closed."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ged-mesure-", dir="/var/tmp")))
    folder.chmod(0o755)
    reachable = stack.enter_context(reachable_folder("es"))
    url = stack.enter_context(node(reachable, heap="1g", prepare=stack.enter_context(french_plugin()))).url
    ours: dict[str, Peer] = {
        "embedded": Ours(EmbeddedIndex(folder / "index")),
        "Elasticsearch": Ours(ElasticIndex(Cluster((url,)))),
    }
    if alone:
        return ours
    dsn = stack.enter_context(EmbeddedPostgres(folder / "postgres")).replace("+psycopg", "")
    return {
        **ours,
        "plain `french`, any word": PlainElastic(url, "or"),
        "plain `french`, all words": PlainElastic(url, "and"),
        "PostgreSQL": PlainPostgres(dsn),
    }


def ndcg(found: Sequence[str], answers: Mapping[str, int]) -> float:
    """Return nDCG@10 in [0, 1], the gain of grade g being 2^g - 1.

    Source: Järvelin and Kekäläinen, « Cumulated gain-based evaluation of IR techniques », ACM TOIS 20-4, 2002.
    """
    best = sorted(answers.values(), reverse=True)
    return _gain([answers.get(one, 0) for one in found]) / _gain(best)


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:_SHOWN]))


def recall(found: Sequence[str], answers: Mapping[str, int]) -> float:
    """Return how much of the answers is among the first fifty, in [0, 1]."""
    return len(set(found[:_KEPT]) & set(answers)) / len(answers)


def measure(peer: Peer, asked: Sequence[Asked], open_ids: frozenset[str]) -> tuple[dict[str, list[float]], ...]:
    """Return nDCG and recall of each query by family, and how many forbidden letters each brought."""
    ranks, kept, forbidden = defaultdict(list), defaultdict(list), defaultdict(list)
    for one in asked:
        found = peer.search(one.text, sorted(READERS), _KEPT)
        ranks[one.family].append(ndcg(found, one.answers))
        kept[one.family].append(recall(found, one.answers))
        forbidden[one.family].append(float(len(set(found) - open_ids)))
    return ranks, kept, forbidden


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--ours", action="store_true")
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--seed", type=int, default=_TUNING_SEED, help="with --tuning")
    given = parser.parse_args()
    words, seed = (TUNING, given.seed) if given.tuning else (HELD_OUT, _HELD_SEED)
    letters = list(records(given.letters, seed, words))
    readable = [one for one in letters if not READERS.isdisjoint(readers_of(one.letter()))]
    asked = Asker(readable, words, seed).ask(given.each)
    open_ids = frozenset(one.id for one in readable)
    figures = {}
    with ExitStack() as stack:
        for name, peer in engines(stack, alone=given.ours).items():
            peer.fill(letters)
            figures[name] = measure(peer, asked, open_ids)
    text = report(figures, asked)
    text = f"{len(letters)} letters, of which whoever asks may read {len(readable)}; {len(asked)} queries. {text}"
    print(text) if given.tuning or given.ours else write_section("search", "Finding letters", text)


def report(figures: Mapping[str, tuple[dict[str, list[float]], ...]], asked: Sequence[Asked]) -> str:
    """Return the table: a row a family, nDCG@10 and recall@50 in % of each engine."""
    families = list(dict.fromkeys(one.family for one in asked))
    rows = [
        [
            family,
            *(
                f"{100 * fmean(ranks[family]):.0f} ({100 * fmean(kept[family]):.0f})"
                for ranks, kept, _ in figures.values()
            ),
        ]
        for family in families
    ]
    whole = [
        [100 * fmean(fmean(part[family]) for family in families) for part in parts[:2]] for parts in figures.values()
    ]
    rows.append(["all", *(f"{rank:.1f} ({kept:.1f})" for rank, kept in whole)])
    seen = {name: int(sum(map(sum, parts[2].values()))) for name, parts in figures.items()}
    head = ["nDCG@10 % (recall@50 %)", *figures]
    return f"Forbidden letters returned: {sum(seen.values())}.\n\n{table(head, rows)}"


if __name__ == "__main__":
    main()
