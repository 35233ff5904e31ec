"""What a model of meaning adds to words, and what it costs, on letters and questions that nothing was chosen on.

    python -m scripts.measure_meaning [--letters N] [--each N]

The families of `scripts.measure_search`, and two more: what a letter is about in other words, and in English. Four ways
to answer, by Elasticsearch: words alone; as served, what is near in meaning below what holds the words; meaning alone;
and both mixed by their ranks (reciprocal rank fusion, k = 60, Cormack, Clarke and Büttcher, SIGIR 2009).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from statistics import fmean

from api.config import MeaningSettings
from ged.mail.access import readers_of
from scripts.measure_search import LAST_DAY, READERS, SYNONYMS, ndcg, recall
from scripts.measures import ROOT, table, write_section
from scripts.search_corpus import Record, records
from scripts.search_queries import Asked, Asker
from scripts.search_words import HELD_OUT
from search.elastic import Cluster, ElasticIndex
from search.embeddings import EmbeddingServer
from search.find import ask, near_in_meaning
from search.language import Vocabulary, understood
from search.meaning import said
from search.plan import question_of

sys.path.insert(0, str(ROOT / "tests"))
from engines.elasticsearch import node  # of the tests: it needs Java and Maven
from engines.embeddings import embeddings
from engines.reachable import reachable_folder

_SEED, _KEPT, _K, _BATCH = 4_071, 50, 60, 100


@dataclass(frozen=True, slots=True)
class Engine:
    """The index, and the model whose vectors its letters bear."""

    index: ElasticIndex
    model: EmbeddingServer

    def answers(self, text: str) -> Mapping[str, Sequence[str]]:
        """Return the ids found in each way, best first."""
        query = understood(text, LAST_DAY, Vocabulary({})).query(limit=_KEPT, synonyms=SYNONYMS)
        hits = ask(query, self.index, READERS)
        words = [hit.id for hit in hits.hits]
        below = [hit.id for hit in near_in_meaning(query, hits, self.index, READERS, self.model)]
        meaning, question = list[str](), question_of(text)
        if question is not None:
            vector = self.model.of_question(question)
            free = replace(query, text="")  # nothing is excluded for having been found by its words
            meaning = [hit.id for hit in self.index.nearest(free, vector, READERS, _KEPT, -1.0)]
        return {
            "words": words,
            "words, then meaning (served)": words + below,
            "meaning": meaning,
            "mixed by rank": _fused(words, meaning),
        }


def _fused(*lists: Sequence[str]) -> list[str]:
    score: dict[str, float] = defaultdict(float)
    for ranked in lists:
        for rank, each in enumerate(ranked, start=1):
            score[each] += 1 / (_K + rank)
    return sorted(score, key=score.__getitem__, reverse=True)[:_KEPT]


def _topics(readable: Sequence[Record], each: int) -> Iterator[Asked]:
    """Yield questions about what letters are about, in words that are not theirs."""
    ways: dict[str, Callable[[Record], str]] = {
        "in other words": lambda one: f"{one.topic.otherwise} {one.place}",
        "in English, of letters in French": lambda one: f"{one.topic.english} {one.place}",
    }
    for family, typed in ways.items():
        rng, seen = Random(f"{family}-{_SEED}"), set[str]()
        while len(seen) < each:
            one = rng.choice(readable)
            if one.english or typed(one) in seen:
                continue
            seen.add(typed(one))
            about = [other for other in readable if other.topic == one.topic and other.place == one.place]
            yield Asked(family, typed(one), {other.id: 3 if other.told else 2 for other in about})


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=4_000)
    parser.add_argument("--each", type=int, default=40)
    given = parser.parse_args()
    letters = list(records(given.letters, _SEED, HELD_OUT))
    readable = [one for one in letters if not READERS.isdisjoint(readers_of(one.letter()))]
    asked = [*Asker(readable, HELD_OUT, _SEED).ask(given.each), *_topics(readable, given.each)]
    settings = MeaningSettings()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ged-mesure-", dir="/var/tmp")))
        served = stack.enter_context(embeddings(folder))
        model = EmbeddingServer(served.url, settings.model, settings.size, settings.least, timeout_s=60)
        url = stack.enter_context(node(stack.enter_context(reachable_folder("es")), heap="1g")).url
        index = ElasticIndex(Cluster((url,), model=settings.model, vector_size=settings.size))
        began = _processor(served.pid)
        _fill(index, model, letters)
        of_letter = (_processor(served.pid) - began) / len(letters)
        engine, figures = Engine(index, model), dict[str, dict[str, list[tuple[float, float]]]]()
        for one in asked:
            for way, found in engine.answers(one.text).items():
                figures.setdefault(one.family, {}).setdefault(way, []).append(
                    (ndcg(found, one.answers), recall(found, one.answers))
                )
        of_question = _question_s(model, served.pid, asked)
        memory = _memory_mb(served.pid)
    ways = list(next(iter(figures.values())))
    rows = [[family, *(_cell(found[way]) for way in ways)] for family, found in figures.items()]
    every = [[pair for found in figures.values() for pair in found[way]] for way in ways]
    rows.append(["**all**", *map(_cell, every)])
    text = (
        f"{len(letters):,} letters, {len(asked)} questions, {given.each} at most a family. nDCG@10 (recall@50), %. "
        f"{settings.model} in 4 bits, one core; « near » from a cosine of {settings.least}, chosen on other letters. "
        f"A letter takes the model {1000 * of_letter:.0f} ms of processor, once; "
        f"a question {1000 * of_question:.0f} ms. "
        f"Memory of the model's server: {memory:.0f} MB."
    )
    write_section("meaning", "Meaning beside words", text + "\n\n" + table(("family", *ways), rows))


def _cell(pairs: Sequence[tuple[float, float]]) -> str:
    rank, kept = (100 * fmean(values) for values in zip(*pairs, strict=True))
    return f"{rank:.0f} ({kept:.0f})"


def _fill(index: ElasticIndex, model: EmbeddingServer, letters: Sequence[Record]) -> None:
    waiting = iter(letters)
    with index.renew() as renewal:
        while batch := list(islice(waiting, _BATCH)):
            vectors = model.of_letters([said(one.letter(), one.pages()) for one in batch])
            renewal.put([replace(one.document(), meaning=each) for one, each in zip(batch, vectors, strict=True)])
        renewal.flush()
        renewal.adopt()


def _question_s(model: EmbeddingServer, pid: int, asked: Sequence[Asked]) -> float:
    texts = [question for one in asked if (question := question_of(one.text)) is not None]
    began = _processor(pid)
    for text in texts:
        model.of_question(text)
    return (_processor(pid) - began) / len(texts)


def _processor(pid: int) -> float:
    """Return the seconds of processor that a process took."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    told = Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]
    return int(told) / 1024


if __name__ == "__main__":
    main()
