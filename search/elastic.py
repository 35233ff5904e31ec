"""The index in Elasticsearch 8: for installations that outgrow one machine.

`PREFIX` is an alias on the index that answers, `PREFIX-write` on all that are written; a rebuild fills a new
index and swaps the first alias in one step. Each document carries the letter's revision as its external version,
so that a late write never undoes a newer one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import bulk

from ged.errors import Unavailable
from search.document import FACETS, KEYWORD_FIELDS, LISTED_FIELDS, NUMBER_FIELDS, TEXT_FIELDS, Document
from search.plan import AnyOf, Best, Clause, Filter, Group, Near, Phrase, Plan, Starts, Term, plan
from search.port import Hit, Hits, IndexReport, Query, Renewal, Sort, bad_cursor

_TIMEOUT_S = 20
_FACET_VALUES = 200
_CONFLICT = 409

# Words come analysed (search.french): letters and digits alone, which the standard analyzer of the core leaves whole.
MAPPING: dict[str, Any] = {
    "settings": {
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
    },
    "mappings": {
        "dynamic": "strict",
        "_source": {"enabled": False},
        "properties": {
            "id": {"type": "keyword"},
            **{name: {"type": "text", "analyzer": "standard"} for name in TEXT_FIELDS},
            **{name: {"type": "keyword"} for name in (*KEYWORD_FIELDS, *LISTED_FIELDS)},
            **{name: {"type": "long"} for name in NUMBER_FIELDS},
        },
    },
}
DIGEST = hashlib.sha256(json.dumps(MAPPING, sort_keys=True).encode()).hexdigest()[:8]
"""Part of an index's name: an index with another digest answers still, and asks to be rebuilt."""


class ElasticIndex:
    """Fulfils `search.port.SearchIndex` on a cluster."""

    def __init__(self, url: str, *, prefix: str) -> None:
        self._url = url
        self._alias, self._written = prefix, f"{prefix}-write"
        self._client = Elasticsearch(url, request_timeout=_TIMEOUT_S, retry_on_timeout=False, max_retries=2)

    def put(self, documents: Sequence[Document]) -> None:
        """Write documents, searchable on return; one older than what the index has changes nothing."""
        with _answering():
            self._ready()
            for name in self._indices(self._written):
                self._bulk(name, documents, refresh=True)

    def search(self, query: Query, readers: frozenset[str]) -> Hits:
        """Return what matches among the letters that these tokens open; with none, nothing."""
        after = _after(query.after)
        if not readers:
            return Hits((), 0, None)
        newest = query.sort is Sort.NEWEST or not query.text.strip()
        sort = [{"registered": "desc"}, {"id": "asc"}] if newest else [{"_score": "desc"}, {"id": "asc"}]
        wanted = {name: {"terms": {"field": name, "size": _FACET_VALUES}} for name in FACETS}
        with _answering():
            self._ready()
            try:
                answer = self._client.search(
                    index=self._alias,
                    query=_translated(plan(query, readers)),
                    size=query.limit + 1,
                    sort=sort,
                    search_after=after,
                    track_total_hits=True,
                    track_scores=not newest,
                    aggregations=wanted if query.counted else None,
                    source=False,
                )
            except BadRequestError as error:
                if after is not None:
                    raise bad_cursor() from error
                raise
        found = answer["hits"]["hits"]
        shown = found[: query.limit]
        return Hits(
            hits=tuple(Hit(one["_id"], float(one["_score"] or 0)) for one in shown),
            total=answer["hits"]["total"]["value"],
            following=_cursor(shown[-1]["sort"]) if len(found) > query.limit else None,
            facets=_facets(answer["aggregations"]) if query.counted else {},
        )

    @contextmanager
    def renew(self) -> Iterator[Renewal]:
        """Begin a new index; while it is open `put` writes both, and searches are answered by the old one."""
        with _answering():
            self._ready()
            old = self._indices(self._alias)
            new = self._create([self._written])

        def put(documents: Sequence[Document]) -> None:
            with _answering():
                self._bulk(new, documents, refresh=False)

        def count() -> int:
            with _answering():
                self._client.indices.refresh(index=new)
                return int(self._client.count(index=new)["count"])

        def adopt() -> None:
            actions: list[dict[str, Any]] = [{"remove_index": {"index": name}} for name in self._all() if name != new]
            with _answering():
                self._client.indices.update_aliases(actions=[*actions, {"add": {"index": new, "alias": self._alias}}])

        try:
            yield Renewal(put, count, adopt)
        finally:
            with _answering():
                if self._indices(self._alias) == old:
                    self._client.indices.delete(index=new, ignore_unavailable=True)

    def report(self) -> IndexReport:
        """Say where the index is and how it stands. Never raises."""
        try:
            with _answering():
                self._ready()
                count = int(self._client.count(index=self._alias)["count"])
                current = DIGEST in self._indices(self._alias)[0]
        except Unavailable as error:
            return IndexReport("Elasticsearch", self._url, 0, reachable=False, remark=error.sentence)
        remark = "" if current else "L'index date d'une version précédente : lancez « ged rebuild-index »."
        return IndexReport("Elasticsearch", self._url, count, reachable=True, remark=remark)

    def _ready(self) -> None:
        """Make the first index, once for all processes: the name is fixed, so that two cannot both make one."""
        if self._client.indices.exists_alias(name=self._alias):
            return
        try:
            self._create([self._alias, self._written], name=f"{self._alias}-{DIGEST}-first")
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _create(self, aliases: list[str], name: str = "") -> str:
        name = name or f"{self._alias}-{DIGEST}-{secrets.token_hex(4)}"
        self._client.indices.create(index=name, aliases={alias: {} for alias in aliases}, **MAPPING)
        return name

    def _indices(self, alias: str) -> list[str]:
        try:
            return sorted(self._client.indices.get_alias(name=alias))
        except NotFoundError:
            return []

    def _all(self) -> list[str]:
        return sorted({*self._indices(self._alias), *self._indices(self._written)})

    def _bulk(self, name: str, documents: Sequence[Document], *, refresh: bool) -> None:
        actions = []
        for document in documents:
            values = asdict(document)
            revision = values.pop("revision")
            actions.append(
                {"_index": name, "_id": document.id, "version": revision, "version_type": "external_gte", **values}
            )
        _, errors = bulk(self._client, actions, refresh=refresh, raise_on_error=False)
        assert isinstance(errors, list)  # noqa: S101 - stats_only is off
        refused = [one["index"] for one in errors if one["index"]["status"] != _CONFLICT]
        if refused and refused[0]["status"] != 404:  # an index removed by a rebuild a moment ago needs nothing more
            raise _unavailable(json.dumps(refused[0].get("error", ""), ensure_ascii=False))


def _translated(asked: Plan) -> dict[str, Any]:
    filters = [_filter(one) for one in asked.filters]
    return {"bool": {"filter": filters, **({"must": [_query(asked.clause)]} if asked.clause else {})}}


def _filter(one: Filter) -> dict[str, Any]:
    if isinstance(one, AnyOf):
        return {"terms": {one.field: list(one.values)}}
    bounds = {name: value for name, value in (("gte", one.low), ("lte", one.high)) if value is not None}
    return {"range": {one.field: bounds}}


def _query(clause: Clause) -> dict[str, Any]:
    match clause:
        case Term(field, word, boost):
            return {"term": {field: {"value": word, "boost": boost}}}
        case Near(field, word, edits, boost):
            near = {"value": word, "fuzziness": edits, "boost": boost, "rewrite": "constant_score"}
            return {"fuzzy": {field: near}}
        case Starts(field, beginning, boost):
            return {"prefix": {field: {"value": beginning, "boost": boost}}}
        case Phrase(field, words, boost):
            return {"match_phrase": {field: {"query": " ".join(words), "boost": boost}}}
        case Best(clauses, others):
            return {"dis_max": {"queries": [_query(each) for each in clauses], "tie_breaker": others}}
        case Group(must, should, never, at_least):
            parts = {"must": must, "should": should, "must_not": never}
            built: dict[str, Any] = {name: [_query(each) for each in some] for name, some in parts.items() if some}
            if should:
                built["minimum_should_match"] = at_least
            return {"bool": built}


def _facets(found: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {
        name: {str(one["key"]): one["doc_count"] for one in found[name]["buckets"] if one["key"] != ""}
        for name in FACETS
    }


def _cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _after(cursor: str | None) -> list[Any] | None:
    if cursor is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError as error:
        raise bad_cursor() from error
    if not isinstance(values, list) or len(values) != 2:
        raise bad_cursor()
    return values


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (TransportError, ApiError) as error:
        raise _unavailable(str(error)) from error


def _unavailable(reason: str) -> Unavailable:
    return Unavailable(
        "search.unavailable",
        "La recherche ne répond pas. Les courriers sont en sûreté et restent consultables par le registre.",
        reason=reason,
    )
