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
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import streaming_bulk
from elasticsearch.serializer import CompatibilityModeJsonSerializer

from ged.errors import Unavailable
from search.clauses import AnyOf, Best, Clause, Filter, Group, Near, Phrase, Starts, Sure, Term
from search.document import (
    ANALYSIS,
    FACETS,
    KEYWORD_FIELDS,
    LISTED_FIELDS,
    NUMBER_FIELDS,
    ORDERED_FIELD,
    TEXT_FIELDS,
    UNSCORED_FIELD,
    Document,
)
from search.meaning import Vector
from search.node import Node
from search.plan import plan
from search.port import OUTDATED, Hit, Hits, IndexReport, Query, Reach, Refusal, Renewal, bad_cursor

_TIMEOUT_S = 20
_FACET_VALUES = 200
_THINGS = "things"
_FINE, _CONFLICT, _GONE, _TOO_LARGE, _FAULTY = 200, 409, 404, 413, 400
_BULK_DOCUMENTS, _BULK_BYTES = 500, 8_000_000
_BUSY_TRIES, _BUSY_FIRST_S, _BUSY_MOST_S = 7, 0.5, 16
"""A cluster that says « too many requests » (429) is given half a minute, a little longer each time."""
_WALKED = 5_000
_DEEPEST = 1_000_000
"""Pages of the best letters go no further: each needs as many places as there are letters before it."""
_LATEST = 2**63 - 1
_CANDIDATES = 100
"""Of the vectors of each part of an index, so many are compared with the one that is asked for."""
_NEAREST = 200
"""So many words of the index that are near one are looked for."""
_FORGOTTEN_S = 0.5
"""How long a cluster remembers the version of what was deleted, with `gc_deletes` 0: until its own clock, which ticks
five times a second (`thread_pool.estimated_time_interval`), has gone on. A lower one is refused before that."""


# Words come analysed (search.french): letters and digits alone, which the standard analyzer of the core leaves whole.
def _text(name: str) -> dict[str, Any]:
    kept = "positions" if name == ORDERED_FIELD else "freqs"
    return {"type": "text", "analyzer": "standard", "index_options": kept, "norms": name != UNSCORED_FIELD}


def _value(name: str) -> dict[str, Any]:
    """A facet is counted from its ordinals, made when the index is refreshed rather than by the next query."""
    if name in FACETS:
        return {"type": "keyword", "eager_global_ordinals": True}
    return {"type": "long"} if name in NUMBER_FIELDS else {"type": "keyword", "doc_values": False}


MAPPINGS: dict[str, Any] = {
    "dynamic": "strict",
    "_source": {"enabled": False},
    "properties": {
        "id": {"type": "keyword"},
        **{name: _text(name) for name in TEXT_FIELDS},
        **{name: _value(name) for name in (*KEYWORD_FIELDS, *LISTED_FIELDS, *NUMBER_FIELDS)},
    },
}
_KEPT_FIELDS = tuple(name for name in Document.__slots__ if name not in {"revision", "meaning"})
_FILLED = {"refresh_interval": "-1", "translog.durability": "async", "number_of_replicas": 0}
"""Of an index that nobody reads yet: nothing is promised of it, so nothing is written twice or waited for."""


class _Json(CompatibilityModeJsonSerializer):
    """Reads what the cluster says in a quarter of the time of the standard library."""

    def json_loads(self, data: str | bytes) -> Any:
        """Return what these bytes are the encoding of.

        Raises:
            ValueError: they are of nothing, as what a proxy says in the name of the cluster.
        """
        try:
            return msgspec.json.decode(data)
        except msgspec.DecodeError as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the index lies, and how it is spread.

    Attributes:
        urls: Of its nodes, `https://…:9200`; one that does not answer is passed over.
        prefix: What the names of indices begin with.
        shards: Into how many parts an index is cut; another number asks for a rebuild.
        replicas: Copies of each part on other nodes; None: one where there is another node.
        ca_file: Certificates (PEM) that those of the nodes must lead to; None: those of the system.
        api_key: As Elasticsearch gave it, encoded; "" where it asks for none.
        model: Whose vectors letters bear (`search.meaning`), "" for none; `vector_size` how many numbers each has.
    """

    urls: tuple[str, ...]
    prefix: str = "ged"
    shards: int = 1
    replicas: int | None = None
    ca_file: Path | None = None
    api_key: str = field(default="", repr=False)
    model: str = ""
    vector_size: int = 0

    @property
    def mappings(self) -> dict[str, Any]:
        """The fields of an index."""
        if not self.model:
            return MAPPINGS
        # Bytes for numbers: a quarter of the memory, for what shows a few letters below the others.
        kept = {"type": "int8_hnsw"}
        vector = {"type": "dense_vector", "dims": self.vector_size, "similarity": "dot_product", "index_options": kept}
        return {**MAPPINGS, "properties": {**MAPPINGS["properties"], "meaning": vector}}

    @property
    def digest(self) -> str:
        """What an index's name bears: one with another digest answers still, and asks to be rebuilt."""
        model = [self.model] if self.model else []
        made = json.dumps([self.mappings, ANALYSIS, self.shards, *model], sort_keys=True)
        return hashlib.sha256(made.encode()).hexdigest()[:8]

    @property
    def kept_settings(self) -> dict[str, Any]:
        """The settings of an index that answers."""
        copies: dict[str, Any] = {"auto_expand_replicas": "0-1"}
        if self.replicas is not None:
            copies = {"auto_expand_replicas": "false", "number_of_replicas": self.replicas}
        kept = {"refresh_interval": None, "translog.durability": "request", "gc_deletes": "0s"}
        return {**kept, "max_result_window": _DEEPEST, **copies}

    @property
    def heads(self) -> dict[str, str]:
        """What several searches are asked with where the transport is asked itself, as the client asks it."""
        kinds = {"accept": "json", "content-type": "x-ndjson"}
        heads = {name: f"application/vnd.elasticsearch+{kind}; compatible-with=8" for name, kind in kinds.items()}
        return {**heads, "authorization": f"ApiKey {self.api_key}"} if self.api_key else heads

    def client(self) -> Elasticsearch:
        """Return a client of the cluster; nothing is asked of it yet."""
        trusted: dict[str, Any] = {"ca_certs": str(self.ca_file)} if self.ca_file else {}
        return Elasticsearch(
            list(self.urls),
            request_timeout=_TIMEOUT_S,
            retry_on_timeout=False,
            max_retries=max(2, len(self.urls)),
            api_key=self.api_key or None,
            node_class=Node,
            serializers={_Json.mimetype: _Json()},
            **trusted,
        )


class ElasticIndex:
    """Fulfils `search.port.SearchIndex` on a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._alias, self._written = cluster.prefix, f"{cluster.prefix}-write"
        self._client, self._heads = cluster.client(), cluster.heads

    def put(self, documents: Sequence[Document], *, at_once: bool = True) -> Sequence[Refusal]:
        """Write documents and return those refused, searchable on return or within a second."""
        with _answering():
            self._ready()
            names = self._indices(self._written)
            refused = {one.id: one for name in names for one in self._bulk(name, _actions(documents))}
            if at_once:
                self._client.indices.refresh(index=self._alias)
        return tuple(refused.values())

    def remove(self, letter_ids: Sequence[str]) -> None:
        """Remove letters, whatever their revision; those that are not there are no error."""
        with _answering():
            self._ready()
            for name in self._indices(self._written):
                self._bulk(name, ({"_op_type": "delete", "_id": each} for each in letter_ids))
            self._client.indices.refresh(index=self._alias)
        time.sleep(_FORGOTTEN_S)

    def revisions(self, letter_ids: Sequence[str]) -> dict[str, int]:
        """Return the revision of each of these letters that the index has, as written a moment ago."""
        if not letter_ids:
            return {}
        with _answering():
            self._ready()
            found = self._client.mget(index=self._alias, ids=list(letter_ids), source=False)["docs"]
        return {one["_id"]: int(one["_version"]) for one in found if one.get("found")}

    def walk(self) -> Iterator[Sequence[str]]:
        """Yield the ids of all letters, some thousand at a time; what is written meanwhile may be missing."""
        after = None
        while True:
            with _answering():
                self._ready()
                answer = self._client.search(
                    index=self._alias, size=_WALKED, sort=[{"id": "asc"}], search_after=after,
                    track_total_hits=False, source=False,
                )  # fmt: skip
            found = answer["hits"]["hits"]
            if not found:
                return
            yield [one["_id"] for one in found]
            after = found[-1]["sort"]

    def search(self, query: Query, readers: frozenset[str]) -> Hits:
        """Return what matches among the letters that these tokens open; with none, nothing.

        Letters are counted beside the search for the best ones, which then passes over most of what cannot be among
        them; where near words are looked for, once is dearer than twice, and both are one.
        """
        newest = query.by_date
        after = _after(query.after, newest=newest)
        if not readers:
            return Hits((), 0, None, 0)
        planned = plan(query, readers)
        wanted: dict[str, Any] = {}
        if query.counted:
            wanted |= {name: {"terms": {"field": name, "size": _FACET_VALUES}} for name in FACETS}
        if planned.things:
            wanted[_THINGS] = {"filters": {"filters": [_query(one) for one in planned.things]}}
        counted = {"track_total_hits": True, **({"aggs": wanted} if wanted else {})}
        offset = 0 if newest else int(after[0]) if after else 0
        size = query.limit + 1 if newest else min(query.limit + 1, _DEEPEST - offset)
        best: dict[str, Any] = {"size": size, "_source": False}
        best["query"] = _translated(planned.filters, planned.found if newest else planned.clause)
        if newest:
            best |= {"sort": [{"registered": "desc"}, {"id": "asc"}], **({"search_after": after} if after else {})}
        else:
            best["from"] = offset
        # Copies of an index score a little differently: the pages of one query are of one copy.
        copy: dict[str, Any] = {"preference": f"q{crc32(query.text.encode())}"}
        if newest or query.reach is not Reach.WRITTEN:
            asked = [(copy, {**best, **counted})]
        else:
            found = {"bool": {"filter": [_translated(planned.filters, planned.found)]}}
            asked = [
                (copy, {**best, "track_total_hits": False}),
                ({**copy, "request_cache": True}, {"query": found, "size": 0, **counted}),
            ]
        with _answering():
            answers = self._answers(asked)
        hits, counts = answers[0]["hits"]["hits"], answers[-1]
        total = counts["hits"]["total"]["value"]
        buckets = counts["aggregations"][_THINGS]["buckets"] if planned.things else [{"doc_count": total}]
        whole, *held = (int(one["doc_count"]) for one in buckets)
        following = None
        if len(hits) > query.limit:
            following = _cursor(hits[query.limit - 1]["sort"] if newest else [offset + query.limit])
        return Hits(
            hits=tuple(Hit(one["_id"], float(one["_score"] or 0)) for one in hits[: query.limit]),
            total=total,
            following=following,
            whole=whole,
            held=tuple(held),
            facets=_facets(counts["aggregations"]) if query.counted else {},
        )

    def nearest(
        self, query: Query, vector: Vector, readers: frozenset[str], limit: int, least: float
    ) -> tuple[Hit, ...]:
        """Return the letters whose vectors are nearest, of those that the query's words do not find."""
        if not readers or not self._cluster.model:
            return ()
        planned = plan(query, readers)
        kept: dict[str, Any] = {"filter": [_filter(one) for one in planned.filters]}
        if planned.found is not None:
            kept["must_not"] = [_query(planned.found)]
        near = {
            "field": "meaning", "query_vector": vector, "k": limit, "num_candidates": _CANDIDATES,
            "similarity": least, "filter": {"bool": kept},
        }  # fmt: skip
        with _answering():
            self._ready()
            found = self._client.search(index=self._alias, size=limit, source=False, knn=near)["hits"]["hits"]
        return tuple(Hit(one["_id"], float(one["_score"])) for one in found)

    def _answers(self, asked: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> Sequence[Any]:
        """Ask the cluster all at once; where there is no index yet, make it first: to look each time is a call more."""
        parts = (part for head, body in asked for part in ({"index": self._alias, **head}, body))
        searches = b"".join(msgspec.json.encode(part) + b"\n" for part in parts)
        for again in (True, False):
            # What the client puts around its transport takes a third of what the question does.
            said = self._client.transport.perform_request("POST", "/_msearch", body=searches, headers=self._heads)
            if said.meta.status != _FINE:
                told = said.body.get("error") if isinstance(said.body, dict) else said.body
                raise _unavailable(f"{said.meta.status} {_told(told)}")
            answers = said.body["responses"]
            wrong = next((one for one in answers if "error" in one), None)
            if wrong is None:
                break
            if wrong["status"] != _GONE or not again:
                raise _unavailable(_told(wrong["error"]))
            self._ready()
        return list(answers)

    @contextmanager
    def renew(self) -> Iterator[Renewal]:
        """Begin a new index; while it is open `put` writes both, and searches are answered by the old one."""
        with _answering():
            self._ready()
            old = self._indices(self._alias)
            for left in set(self._indices(self._written)) - set(old):  # of a rebuild that was killed
                self._client.indices.delete(index=left, ignore_unavailable=True)
            new = self._create([self._written], _FILLED)

        def put(documents: Sequence[Document]) -> Sequence[Refusal]:
            with _answering():
                return self._bulk(new, _actions(documents))

        def count() -> int:
            with _answering():
                self._client.indices.refresh(index=new)
                return int(self._client.count(index=new)["count"])

        def adopt() -> None:
            actions: list[dict[str, Any]] = [{"remove_index": {"index": name}} for name in self._all() if name != new]
            with _answering():
                # In this order: what comes while it is adopted is on the disk when it is acknowledged, all else before.
                self._client.indices.put_settings(index=new, settings=self._cluster.kept_settings)
                self._client.indices.flush(index=new)
                self._client.indices.update_aliases(actions=[*actions, {"add": {"index": new, "alias": self._alias}}])
                self.compact()

        try:
            yield Renewal(put, tuple, count, adopt)
        finally:
            with _answering():
                if new not in self._indices(self._alias):
                    self._client.indices.delete(index=new, ignore_unavailable=True)

    def compact(self) -> None:
        """Begin to merge the segments that writes left into one; the cluster goes on with it, and answers meanwhile."""
        with _answering():
            self._ready()
            self._client.indices.forcemerge(index=self._alias, max_num_segments=1, wait_for_completion=False)

    def report(self) -> IndexReport:
        """Say where the index is and how it stands. Never raises."""
        place = ", ".join(self._cluster.urls)
        try:
            with _answering():
                self._ready()
                count = int(self._client.count(index=self._alias)["count"])
                outdated = self._cluster.digest not in self._indices(self._alias)[0]
        except Unavailable as error:
            return IndexReport("Elasticsearch", place, 0, reachable=False, remark=error.sentence)
        remark = OUTDATED if outdated else ""
        return IndexReport("Elasticsearch", place, count, reachable=True, remark=remark, outdated=outdated)

    def _ready(self) -> None:
        """Make the first index, once for all processes: the name is fixed, so that two cannot both make one."""
        if self._client.indices.exists_alias(name=self._alias):
            return
        name = f"{self._alias}-{self._cluster.digest}-first"
        try:
            self._create([self._alias, self._written], self._cluster.kept_settings, name)
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _create(self, aliases: list[str], settings: dict[str, Any], name: str = "") -> str:
        name = name or f"{self._alias}-{self._cluster.digest}-{secrets.token_hex(4)}"
        self._client.indices.create(
            index=name,
            aliases={alias: {} for alias in (*aliases, _door(name))},
            settings={"number_of_shards": self._cluster.shards, **settings},
            mappings=self._cluster.mappings,
        )
        return name

    def _indices(self, alias: str) -> list[str]:
        try:
            return sorted(self._client.indices.get_alias(name=alias))
        except NotFoundError:
            return []

    def _all(self) -> list[str]:
        return sorted({*self._indices(self._alias), *self._indices(self._written)})

    def _bulk(self, name: str, actions: Iterable[dict[str, Any]], at_once: int = _BULK_DOCUMENTS) -> list[Refusal]:
        """Write into one index, in pieces of bounded size, slower when the cluster says so; return what it refuses."""
        refused: list[Refusal] = []
        given = {action["_id"]: action for action in actions}
        large: list[dict[str, Any]] = []
        for done, answer in streaming_bulk(
            self._client,
            [{"_index": _door(name), **action} for action in given.values()],
            chunk_size=at_once,
            max_chunk_bytes=_BULK_BYTES,
            max_retries=_BUSY_TRIES,
            initial_backoff=_BUSY_FIRST_S,
            max_backoff=_BUSY_MOST_S,
            raise_on_error=False,
            raise_on_exception=False,
            require_alias=True,
            filter_path="errors,items.*._id,items.*.status,items.*.error",
        ):
            one = next(iter(answer.values()))
            status = 200 if done else int(one["status"])
            if status == _TOO_LARGE and at_once > 1:
                large.append(given[one["_id"]])
            elif status in {_FAULTY, _TOO_LARGE}:
                refused.append(Refusal(one["_id"], _told(one.get("error", ""))))
            elif status == _GONE and "error" in one:
                if name in self._indices(self._written):  # else a rebuild removed it a moment ago: nothing more to do
                    self._client.indices.put_alias(index=name, name=_door(name))
                    raise _unavailable(_told(one["error"]))
            elif not done and status not in {_CONFLICT, _GONE}:
                raise _unavailable(_told(one.get("error", "")))
        return refused + (self._bulk(name, large, at_once=1) if large else [])


def _door(name: str) -> str:
    """Return the alias by which one index is written: writing to one that is gone then fails, and makes none anew."""
    return f"{name}-in"


def _actions(documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    for document in sorted(documents, key=lambda one: one.revision):
        version = {"version": document.revision, "version_type": "external_gte"}
        yield {"_id": document.id, **version, "_source": msgspec.json.encode(as_kept(document))}


def as_kept(document: Document) -> dict[str, Any]:
    """Return the fields of a document as the engine keeps them, its revision apart, which is the entry's version."""
    values = {name: getattr(document, name) for name in _KEPT_FIELDS}
    if document.meaning is not None:
        values["meaning"] = document.meaning
    return values


def _told(error: object) -> str:
    """Return the kinds of an error of Elasticsearch, outermost first; its sentences may quote the document."""
    kinds = []
    while isinstance(error, dict):
        kinds.append(str(error.get("type", "")))
        error = error.get("caused_by")
    return " / ".join(kinds) or str(error)[:200]


def _translated(filters: Sequence[Filter], clause: Clause | None) -> dict[str, Any]:
    given = [_filter(one) for one in filters]
    return {"bool": {"filter": given, **({"must": [_query(clause)]} if clause else {})}}


def _filter(one: Filter) -> dict[str, Any]:
    if isinstance(one, AnyOf):
        return {"terms": {one.field: list(one.values)}}
    bounds = {name: value for name, value in (("gte", one.low), ("lte", one.high)) if value is not None}
    return {"range": {one.field: bounds}}


def _query(clause: Clause) -> dict[str, Any]:
    """Return a clause as the engine reads it; a long question has hundreds, and `match` takes twice as long on each."""
    if isinstance(clause, Term):
        return {"term": {clause.field: {"value": clause.word, "boost": clause.boost}}}
    if isinstance(clause, Best):
        return {"dis_max": {"queries": list(map(_query, clause.clauses)), "tie_breaker": clause.others}}
    if isinstance(clause, Group):
        parts = {"must": clause.must, "should": clause.should, "must_not": clause.never}
        built: dict[str, Any] = {name: list(map(_query, some)) for name, some in parts.items() if some}
        if clause.should:
            built["minimum_should_match"] = clause.at_least
        return {"bool": built}
    return _rarer(clause)


def _rarer(clause: Near | Phrase | Starts | Sure) -> dict[str, Any]:
    if isinstance(clause, Near):
        # The nearest words of the index, most often, rather than a walk through what holds any of them.
        near = {"value": clause.word, "fuzziness": clause.edits, "boost": clause.boost}
        nearest = {"rewrite": f"top_terms_boost_{_NEAREST}", "max_expansions": _NEAREST}
        return {"fuzzy": {clause.field: {**near, **nearest}}}
    if isinstance(clause, Phrase):
        return {"match_phrase": {clause.field: {"query": " ".join(clause.words), "boost": clause.boost}}}
    if isinstance(clause, Starts):
        return {"prefix": {clause.field: {"value": clause.beginning, "boost": clause.boost}}}
    return {"constant_score": {"filter": _query(clause.clause), "boost": clause.boost}}


def _facets(found: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {
        name: {str(one["key"]): one["doc_count"] for one in found[name]["buckets"] if one["key"] != ""}
        for name in FACETS
    }


def _cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _after(cursor: str | None, *, newest: bool) -> list[Any] | None:
    """Return what a cursor says: where the newest letters go on, or how many of the best come before."""
    if cursor is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except ValueError as error:
        raise bad_cursor() from error
    kinds = [int, str] if newest else [int]
    if not isinstance(values, list) or [type(one) for one in values] != kinds:
        raise bad_cursor()
    if not (-_LATEST <= values[0] <= _LATEST if newest else 0 <= values[0] < _DEEPEST):
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
