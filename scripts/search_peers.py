"""What our search is measured beside: Elasticsearch with its own French analysis, and PostgreSQL full text."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import psycopg
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from ged.mail.access import readers_of
from scripts.measures import ROOT
from scripts.search_corpus import Record

sys.path.insert(0, str(ROOT / "tests"))
from engines.elasticsearch_home import elasticsearch_home

_SOURCE = Path(__file__).resolve().parent / "french_analysis"
_FIELDS = ["subject^3", "sender^2", "recipient", "number", "reference", "body"]


class Peer(Protocol):
    """Something that answers a typed search with ids, best first, among what the tokens open."""

    def fill(self, letters: Iterable[Record]) -> None:
        """Index letters."""
        ...

    def search(self, text: str, readers: Sequence[str], limit: int) -> list[str]:
        """Return the ids of the letters found."""
        ...


@contextmanager
def french_plugin() -> Iterator[Callable[[Path], None]]:
    """Compile the plug-in that has the `french` analyzer; give what lays it into a node, by the node's `config`."""
    with tempfile.TemporaryDirectory(prefix="ged-french-") as folder:
        classes, made = Path(folder) / "classes", Path(folder) / "plugin"
        made.mkdir()
        libraries = str(elasticsearch_home() / "lib" / "*")
        source = _SOURCE / "FrenchAnalysisPlugin.java"
        subprocess.run(["javac", "-proc:none", "-cp", libraries, "-d", classes, source], check=True)
        subprocess.run(["jar", "cf", made / "fr.jar", "-C", classes, "."], check=True)
        shutil.copy(_SOURCE / "plugin-descriptor.properties", made)

        def lay(config: Path) -> None:
            shutil.copytree(made, config.parent / "plugins" / "fr")

        yield lay


def _day(text: str) -> tuple[str, date | None]:
    """Take the one field of dates that queries have out of the words, as a form beside them would give it."""
    found = re.search(r" ?depuis:(\S+)", text)
    return (text.replace(found.group(), ""), date.fromisoformat(found[1])) if found else (text, None)


class PlainElastic:
    """An index with the analyzer `french`, asked for any of the words (`or`) or all across fields (`and`)."""

    def __init__(self, url: str, operator: str) -> None:
        self._client, self._operator = Elasticsearch(url, request_timeout=60), operator

    def fill(self, letters: Iterable[Record]) -> None:
        """Index letters, once for both operators."""
        if self._client.indices.exists(index="plain"):
            return
        text, word = {"type": "text", "analyzer": "french"}, {"type": "keyword"}
        fields: dict[str, Any] = {name.partition("^")[0]: text for name in _FIELDS}
        self._client.indices.create(
            index="plain",
            settings={"number_of_shards": 1, "number_of_replicas": 0},
            mappings={"properties": {**fields, "readers": word, "day": {"type": "date"}}},
        )
        actions = (
            {
                "_index": "plain",
                "_id": one.id,
                "subject": one.subject,
                "sender": one.sender,
                "recipient": one.recipient,
                "number": one.number,
                "reference": one.reference,
                "body": one.text,
                "readers": sorted(readers_of(one.letter())),
                "day": one.when.date().isoformat(),
            }
            for one in letters
        )
        bulk(self._client, actions, refresh=True)

    def search(self, text: str, readers: Sequence[str], limit: int) -> list[str]:
        """Return the ids of the letters found; quotes are phrases and a hyphen before a word excludes it."""
        text, since = _day(text)
        phrases = re.findall(r'"([^"]+)"', text)
        words = re.sub(r'"[^"]+"', " ", text)
        never = re.findall(r"(?<!\S)-(\w+)", words)
        words = re.sub(r"(?<!\S)-\w+", " ", words).strip()
        must: list[dict[str, Any]] = [
            {"multi_match": {"query": one, "fields": _FIELDS, "type": "phrase"}} for one in phrases
        ]
        if words:
            kind = "best_fields" if self._operator == "or" else "cross_fields"
            loose = {"query": words, "fields": _FIELDS, "type": kind, "operator": self._operator}
            must.append({"multi_match": loose})
        filters: list[dict[str, Any]] = [{"terms": {"readers": list(readers)}}]
        if since:
            filters.append({"range": {"day": {"gte": since.isoformat()}}})
        must_not = [{"multi_match": {"query": one, "fields": _FIELDS}} for one in never]
        asked = {"bool": {"must": must, "filter": filters, "must_not": must_not}}
        found = self._client.search(index="plain", query=asked, size=limit, source=False)
        return [one["_id"] for one in found["hits"]["hits"]]


class PlainPostgres:
    """PostgreSQL full text: configuration `french`, weights A to D, `websearch_to_tsquery`, `ts_rank_cd`."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)

    def fill(self, letters: Iterable[Record]) -> None:
        """Index letters."""
        self._connection.execute(
            "CREATE TABLE plain (id text PRIMARY KEY, readers text[], day date, subject text, sender text,"
            " recipient text, body text, words tsvector GENERATED ALWAYS AS ("
            " setweight(to_tsvector('french', subject), 'A') || setweight(to_tsvector('french', sender), 'B')"
            " || setweight(to_tsvector('french', recipient), 'C') || to_tsvector('french', body)) STORED)"
        )
        columns = "COPY plain (id, readers, day, subject, sender, recipient, body) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(columns) as copy:
            for one in letters:
                readers = sorted(readers_of(one.letter()))
                recipient = f"{one.recipient}\n{one.number}\n{one.reference}"
                copy.write_row((one.id, readers, one.when.date(), one.subject, one.sender, recipient, one.text))
        self._connection.execute("CREATE INDEX ON plain USING gin (words)")
        self._connection.execute("ANALYZE plain")

    def search(self, text: str, readers: Sequence[str], limit: int) -> list[str]:
        """Return the ids of the letters found."""
        text, since = _day(text)
        found = self._connection.execute(
            "SELECT id FROM plain, websearch_to_tsquery('french', %s) asked WHERE words @@ asked"
            " AND readers && %s AND day >= %s ORDER BY ts_rank_cd(words, asked) DESC, id LIMIT %s",
            (text, list(readers), since or date(1900, 1, 1), limit),
        )
        return [str(row[0]) for row in found]
