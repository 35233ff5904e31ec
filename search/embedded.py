"""The embedded index: tantivy in a folder, for an installation on one machine.

One folder a generation, and a file that names the generation that answers. Writers of every process take turns
by a lock file; readers of every process see what was committed. Facts of tantivy 0.27 this relies on: integer
(not unsigned) fast fields, one writer at a time, a deletion by term is ordered before the addition that follows.
"""

from __future__ import annotations

import base64
import fcntl
import json
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import tantivy

from ged.errors import Unavailable
from search.document import FACETS, KEYWORD_FIELDS, LISTED_FIELDS, NUMBER_FIELDS, TEXT_FIELDS, Document
from search.plan import AnyOf, Best, Clause, Filter, Group, Near, Phrase, Plan, Starts, Term, plan
from search.port import Hit, Hits, IndexReport, Query, Renewal, Sort, bad_cursor

_HEAP_BYTES = 64_000_000
_FACET_VALUES = 200
_MUST, _SHOULD, _NEVER = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("revision", stored=True)
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in KEYWORD_FIELDS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in LISTED_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in NUMBER_FIELDS:
        builder.add_integer_field(name, indexed=True, fast=True)
    return builder.build()


_SCHEMA = _schema()


class EmbeddedIndex:
    """Fulfils `search.port.SearchIndex` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[str, tantivy.Index] = {}
        self._opening = Lock()

    def put(self, documents: Sequence[Document]) -> None:
        """Write documents, searchable on return; one older than what the index has changes nothing."""
        with self._alone():
            for generation in self._written():
                self._write(generation, documents)

    def search(self, query: Query, readers: frozenset[str]) -> Hits:
        """Return what matches among the letters that these tokens open; with none, nothing."""
        offset = _offset(query.after)
        if not readers:
            return Hits((), 0, None)
        asked = _translated(plan(query, readers))
        index = self._index(self._current())
        index.reload()
        searcher = index.searcher()
        newest = query.sort is Sort.NEWEST or not query.text.strip()
        found: Any = searcher.search(
            asked, limit=query.limit + 1, offset=offset, order_by_field="registered" if newest else None
        )
        hits = [
            Hit(str(searcher.doc(address)["id"][0]), 0.0 if newest else float(order)) for order, address in found.hits
        ]
        return Hits(
            hits=tuple(hits[: query.limit]),
            total=found.count,
            following=_cursor(offset + query.limit) if len(hits) > query.limit else None,
            facets=_facets(searcher, asked) if query.counted else {},
        )

    @contextmanager
    def renew(self) -> Iterator[Renewal]:
        """Begin a new index; while it is open `put` writes both, and searches are answered by the old one."""
        old, new = self._current(), secrets.token_hex(8)
        with self._alone():
            self._name("next", new)

        def put(documents: Sequence[Document]) -> None:
            with self._alone():
                self._write(new, documents)

        def adopt() -> None:
            with self._alone():
                self._name("current", new)

        def count() -> int:
            index = self._index(new)
            index.reload()
            return int(index.searcher().num_docs)

        try:
            yield Renewal(put, count, adopt)
        finally:
            with self._alone():
                (self._folder / "next").unlink(missing_ok=True)
                self._forget(new if self._current() == old else old)

    def report(self) -> IndexReport:
        """Say where the index is and how it stands. Never raises."""
        try:
            index = self._index(self._current())
            index.reload()
            count = int(index.searcher().num_docs)
        except Unavailable as error:
            return IndexReport("intégré", str(self._folder), 0, reachable=False, remark=error.sentence)
        return IndexReport("intégré", str(self._folder), count, reachable=True, remark="")

    def _write(self, generation: str, documents: Sequence[Document]) -> None:
        index = self._index(generation)
        index.reload()
        searcher = index.searcher()
        newest = {document.id: document for document in sorted(documents, key=lambda one: one.revision)}
        fresh = [one for one in newest.values() if one.revision >= _revision(searcher, one.id)]
        if not fresh:
            return
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        try:
            for document in fresh:
                writer.delete_documents_by_term("id", document.id)
                writer.add_document(_tantivy(document))
            writer.commit()
        except (ValueError, OSError) as error:
            raise _unavailable(error) from error
        finally:
            writer.wait_merging_threads()
        index.reload()

    def _current(self) -> str:
        """Return the generation that answers, made empty when there is none yet."""
        pointer = self._folder / "current"
        if not pointer.exists():
            with self._alone():
                if not pointer.exists():
                    self._name("current", secrets.token_hex(8))
        return pointer.read_text(encoding="ascii")

    def _written(self) -> list[str]:
        pointers = [self._folder / name for name in ("current", "next")]
        found = [pointer.read_text(encoding="ascii") for pointer in pointers if pointer.exists()]
        if not found:
            self._name("current", secrets.token_hex(8))
            return self._written()
        return list(dict.fromkeys(found))

    def _name(self, pointer: str, generation: str) -> None:
        draft = self._folder / f"{pointer}.new"
        draft.write_text(generation, encoding="ascii")
        draft.replace(self._folder / pointer)

    def _index(self, generation: str) -> tantivy.Index:
        with self._opening:
            if generation not in self._opened:
                place = self._folder / generation
                place.mkdir(parents=True, exist_ok=True)
                try:
                    self._opened[generation] = tantivy.Index(_SCHEMA, path=str(place))
                except (ValueError, OSError) as error:
                    raise _unavailable(error) from error
            return self._opened[generation]

    def _forget(self, generation: str) -> None:
        """Remove a generation; a reader in another process that still has it open keeps its files until it looks."""
        with self._opening:
            self._opened.pop(generation, None)
        shutil.rmtree(self._folder / generation, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / "write.lock").open("w")
        except OSError as error:
            raise _unavailable(error) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _revision(searcher: Any, letter_id: str) -> int:
    hits = searcher.search(tantivy.Query.term_query(_SCHEMA, "id", letter_id), limit=1).hits
    return int(searcher.doc(hits[0][1])["revision"][0]) if hits else -1


def _tantivy(document: Document) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text("id", document.id)
    made.add_integer("revision", document.revision)
    for name in (*TEXT_FIELDS, *KEYWORD_FIELDS):
        made.add_text(name, getattr(document, name))
    for name in LISTED_FIELDS:
        for value in getattr(document, name):
            made.add_text(name, value)
    for name in NUMBER_FIELDS:
        made.add_integer(name, getattr(document, name))
    return made


def _translated(asked: Plan) -> tantivy.Query:
    parts = [(_MUST, tantivy.Query.const_score_query(_filter(one), 0.0)) for one in asked.filters]
    if asked.clause is not None:
        parts.append((_MUST, _query(asked.clause)))
    return tantivy.Query.boolean_query(parts)


def _filter(one: Filter) -> tantivy.Query:
    if isinstance(one, AnyOf):
        return tantivy.Query.term_set_query(_SCHEMA, one.field, list(one.values))
    return tantivy.Query.range_query(_SCHEMA, one.field, tantivy.FieldType.Integer, one.low, one.high)


def _query(clause: Clause) -> tantivy.Query:
    build = tantivy.Query
    match clause:
        case Term(field, word, boost):
            return build.boost_query(build.term_query(_SCHEMA, field, word), boost)
        case Near(field, word, edits, boost):
            return build.const_score_query(build.fuzzy_term_query(_SCHEMA, field, word, distance=edits), boost)
        case Starts(field, beginning, boost):
            return build.const_score_query(build.regex_query(_SCHEMA, field, re.escape(beginning) + ".*"), boost)
        case Phrase(field, words, boost):
            return build.boost_query(build.phrase_query(_SCHEMA, field, list(words)), boost)
        case Best(clauses, others):
            return build.disjunction_max_query([_query(each) for each in clauses], others)
        case Group(must, should, never, at_least):
            parts = [(_MUST, _query(each)) for each in must]
            parts += [(_SHOULD, _query(each)) for each in should]
            parts += [(_NEVER, _query(each)) for each in never]
            if not must and not should:
                parts.append((_MUST, build.all_query()))
            return build.boolean_query(parts, at_least if should and at_least else None)


def _facets(searcher: Any, asked: tantivy.Query) -> dict[str, dict[str, int]]:
    wanted = {name: {"terms": {"field": name, "size": _FACET_VALUES}} for name in FACETS}
    found = searcher.aggregate(asked, wanted)
    return {
        name: {_key(one["key"]): int(one["doc_count"]) for one in found[name]["buckets"] if one["key"] != ""}
        for name in FACETS
    }


def _key(value: object) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([offset]).encode()).decode()


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        (offset,) = json.loads(base64.urlsafe_b64decode(cursor))
        return _not_negative(int(offset))
    except (ValueError, TypeError) as error:
        raise bad_cursor() from error


def _not_negative(offset: int) -> int:
    if offset < 0:
        raise ValueError(offset)
    return offset


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(
        "search.unavailable",
        "La recherche ne répond pas. Les courriers sont en sûreté et restent consultables par le registre.",
        reason=str(error),
    )
