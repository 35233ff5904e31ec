"""The embedded index: tantivy in a folder, for an installation on one machine.

One folder a generation, and a file that names the generation that answers. Writers of every process take turns
by a lock file; readers of every process see what was committed. Facts of tantivy 0.27 this relies on: integer
(not unsigned) fast fields, one writer at a time, a deletion by term is ordered before the addition that follows.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import tantivy

from ged.errors import Unavailable
from search.clauses import AnyOf, Best, Clause, Filter, Group, Near, Phrase, Plan, Starts, Sure, Term
from search.document import (
    ANALYSIS,
    FACETS,
    KEYWORD_FIELDS,
    LISTED_FIELDS,
    NUMBER_FIELDS,
    ORDERED_FIELD,
    TEXT_FIELDS,
    Document,
)
from search.plan import plan
from search.port import OUTDATED, Hit, Hits, IndexReport, Query, Refusal, Renewal, bad_cursor

_HEAP_BYTES = 64_000_000
_FILL_HEAP_BYTES, _FILLED_AT_ONCE = 256_000_000, 5_000
"""Of an index being filled: a commit costs the same for one document and for thousands."""
_WALKED = 5_000
_FACET_VALUES = 200
_TOTAL, _THING = "total", "thing"
"""Names of counts that no facet has."""
_MUST, _SHOULD, _NEVER = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("revision", stored=True, fast=True)
    for name in TEXT_FIELDS:
        kept = "position" if name == ORDERED_FIELD else "freq"
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=kept)
    for name in KEYWORD_FIELDS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in LISTED_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in NUMBER_FIELDS:
        builder.add_integer_field(name, indexed=True, fast=True)
    return builder.build()


_SCHEMA = _schema()
_PARTS = [TEXT_FIELDS, KEYWORD_FIELDS, LISTED_FIELDS, NUMBER_FIELDS]
DIGEST = hashlib.sha256(json.dumps([version("tantivy"), ANALYSIS, _PARTS]).encode()).hexdigest()[:8]
"""What a generation's name begins with: one made by another version cannot be read by this one."""


class EmbeddedIndex:
    """Fulfils `search.port.SearchIndex` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[str, tantivy.Index] = {}
        self._opening, self._reading = Lock(), Lock()
        # tantivy lets go of the interpreter: while one core looks for the best another counts.
        self._beside = ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="index")

    def put(self, documents: Sequence[Document], *, at_once: bool = True) -> Sequence[Refusal]:  # noqa: ARG002
        """Write documents and return those refused; what is committed is searchable, asked for or not."""
        with self._alone():
            refused = {one.id: one for each in self._written() for one in self._write(each, documents)}
        return tuple(refused.values())

    def remove(self, letter_ids: Sequence[str]) -> None:
        """Remove letters, whatever their revision; those that are not there are no error."""
        with self._alone():
            for generation in self._written():
                with self._writing(generation) as writer:
                    for letter_id in letter_ids:
                        writer.delete_documents_by_term("id", letter_id)

    def revisions(self, letter_ids: Sequence[str]) -> dict[str, int]:
        """Return the revision of each of these letters that the index has, as written a moment ago."""
        return _revisions(self._searcher(), letter_ids)

    def walk(self) -> Iterator[Sequence[str]]:
        """Yield the ids of all letters, some thousand at a time; what is written meanwhile may be missing."""
        searcher, least, known, many = self._searcher(), 0, set[str](), _WALKED
        while True:
            asked = tantivy.Query.range_query(_SCHEMA, "registered", tantivy.FieldType.Integer, least, None)
            found = searcher.search(
                asked, limit=many, count=False, order_by_field="registered", order=tantivy.Order.Asc
            ).hits
            named = [(int(moment), str(searcher.doc(address)["id"][0])) for moment, address in found]
            fresh = [letter_id for _, letter_id in named if letter_id not in known]
            if fresh:
                yield fresh
            if len(found) < many:
                return
            last = named[-1][0]
            # Letters of one millisecond may stand on both sides of the end of a page, or fill more than one.
            many = _WALKED if last > least else 2 * many
            known = {letter_id for moment, letter_id in named if moment == last}
            least = last

    def search(self, query: Query, readers: frozenset[str]) -> Hits:
        """Return what matches among the letters that these tokens open; with none, nothing."""
        offset = _offset(query.after)
        if not readers:
            return Hits((), 0, None, 0)
        planned = plan(query, readers)
        searcher = self._searcher()
        newest, apart = query.by_date, query.counted or bool(planned.things)
        counting = self._beside.submit(_counted, searcher, planned, facets=query.counted) if apart else None
        found: Any = searcher.search(
            _translated(planned.filters, planned.clause),
            limit=query.limit + 1,
            offset=offset,
            count=not apart,  # of what finds the same without scoring, all at once
            order_by_field="registered" if newest else None,
        )
        hits = [
            Hit(str(searcher.doc(address)["id"][0]), 0.0 if newest else float(order)) for order, address in found.hits
        ]
        counted = counting.result() if counting else _Counted(found.count, (), {})
        whole, *held = counted.things or (counted.total,)
        return Hits(
            hits=tuple(hits[: query.limit]),
            total=counted.total,
            following=_cursor(offset + query.limit) if len(hits) > query.limit else None,
            whole=whole,
            held=tuple(held),
            facets=counted.facets,
        )

    def nearest(self, *_: object) -> tuple[Hit, ...]:
        """Return nothing: this engine has no vectors."""
        return ()

    @contextmanager
    def renew(self) -> Iterator[Renewal]:
        """Begin a new index; while it is open `put` writes both, and searches are answered by the old one."""
        new = f"{DIGEST}-{secrets.token_hex(8)}"
        with self._alone():
            self._named("current")
            self._sweep()  # of a rebuild that was killed
            self._name("next", new)
        waiting: list[Document] = []

        def write() -> Sequence[Refusal]:
            with self._alone():
                refused = self._write(new, waiting, _FILL_HEAP_BYTES)
            waiting.clear()
            return tuple(refused)

        def put(documents: Sequence[Document]) -> Sequence[Refusal]:
            waiting.extend(documents)
            return write() if len(waiting) >= _FILLED_AT_ONCE else ()

        def adopt() -> None:
            with self._alone():
                self._name("current", new)

        def count() -> int:
            return int(self._committed(new).num_docs)

        try:
            yield Renewal(put, write, count, adopt)
        finally:
            with self._alone():
                (self._folder / "next").unlink(missing_ok=True)
                self._sweep()

    def compact(self) -> None:
        """Do nothing: each writer puts pieces together before it ends."""

    def report(self) -> IndexReport:
        """Say where the index is and how it stands. Never raises."""
        place = str(self._folder)
        try:
            count = int(self._searcher().num_docs)
        except Unavailable as error:
            outdated = self._outdated()
            remark = OUTDATED if outdated else error.sentence
            return IndexReport("intégré", place, 0, reachable=False, remark=remark, outdated=outdated)
        return IndexReport("intégré", place, count, reachable=True, remark="")

    def _outdated(self) -> bool:
        pointer = self._folder / "current"
        return pointer.exists() and not pointer.read_text(encoding="ascii").startswith(DIGEST)

    def _searcher(self) -> Any:
        return self._committed(self._current())

    def _committed(self, generation: str) -> Any:
        """Return a searcher of what was committed last.

        One thread at a time looks: of two, the one that looked first may end last, and bring back what was before.
        """
        index = self._index(generation)
        with self._reading:
            index.reload()
            return index.searcher()

    def _write(self, generation: str, documents: Sequence[Document], heap_bytes: int = _HEAP_BYTES) -> list[Refusal]:
        newest = {document.id: document for document in sorted(documents, key=lambda one: one.revision)}
        known = _revisions(self._committed(generation), list(newest))
        fresh = [one for one in newest.values() if one.revision >= known.get(one.id, -1)]
        refused: list[Refusal] = []
        if not fresh:
            return refused
        with self._writing(generation, heap_bytes) as writer:
            for document in fresh:
                try:
                    made = _tantivy(document)
                except (ValueError, OverflowError) as error:
                    refused.append(Refusal(document.id, type(error).__name__))
                    continue
                if document.id in known:
                    writer.delete_documents_by_term("id", document.id)
                writer.add_document(made)
        return refused

    @contextmanager
    def _writing(self, generation: str, heap_bytes: int = _HEAP_BYTES) -> Iterator[Any]:
        """Give a writer of a generation, and commit at the end; the caller is alone."""
        index = self._index(generation)
        try:
            writer = index.writer(heap_size=heap_bytes, num_threads=1)
            # A writer that was killed left files that no commit names: the next one would give its own the same names.
            writer.garbage_collect_files()
            try:
                yield writer
                writer.commit()
            finally:
                writer.wait_merging_threads()
        except (ValueError, OSError) as error:
            raise _unavailable(error) from error

    def _current(self) -> str:
        """Return the generation that answers, made empty when there is none yet."""
        if not (self._folder / "current").exists():
            with self._alone():
                return self._named("current")
        return self._named("current")

    def _named(self, pointer: str) -> str:
        """Return the generation that a file names; the first that answers is made by whoever is alone."""
        path = self._folder / pointer
        if pointer == "current" and not path.exists():
            self._name("current", f"{DIGEST}-{secrets.token_hex(8)}")
        return path.read_text(encoding="ascii") if path.exists() else ""

    def _written(self) -> list[str]:
        """Return the generations that take documents; one of another version takes none, and is to be rebuilt."""
        return [each for each in dict.fromkeys(map(self._named, ("current", "next"))) if each.startswith(DIGEST)]

    def _sweep(self) -> None:
        """Remove every generation but the one that answers."""
        for place in self._folder.iterdir():
            if place.is_dir() and place.name != self._named("current"):
                self._forget(place.name)

    def _name(self, pointer: str, generation: str) -> None:
        draft = self._folder / f"{pointer}.new"
        draft.write_text(generation, encoding="ascii")
        draft.replace(self._folder / pointer)

    def _index(self, generation: str) -> tantivy.Index:
        if not generation.startswith(DIGEST):
            raise _unavailable(OUTDATED)
        with self._opening:
            if generation not in self._opened:
                place = self._folder / generation
                place.mkdir(parents=True, exist_ok=True)
                try:
                    opened = tantivy.Index(_SCHEMA, path=str(place))
                    opened.config_reader("Manual")  # else a thread of tantivy's looks as well: see `_committed`
                    self._opened[generation] = opened
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


def _revisions(searcher: Any, letter_ids: Sequence[str]) -> dict[str, int]:
    if not letter_ids:
        return {}
    asked = tantivy.Query.term_set_query(_SCHEMA, "id", list(letter_ids))
    found = searcher.search(asked, limit=len(letter_ids), count=False, order_by_field="revision").hits
    return {str(searcher.doc(address)["id"][0]): int(revision) for revision, address in found}


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


def _translated(filters: Sequence[Filter], clause: Clause | None) -> tantivy.Query:
    parts = [(_MUST, tantivy.Query.const_score_query(_filter(one), 0.0)) for one in filters]
    if clause is not None:
        parts.append((_MUST, _query(clause)))
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
        case _:
            return _joined(clause)


def _joined(clause: Best | Group | Sure) -> tantivy.Query:
    build = tantivy.Query
    match clause:
        case Sure(sure, boost):
            return build.const_score_query(_query(sure), boost)
        case Best(clauses, others):
            return build.disjunction_max_query([_query(each) for each in clauses], others)
        case Group(must, should, never, at_least):
            parts = [(_MUST, _query(each)) for each in must]
            parts += [(_SHOULD, _query(each)) for each in should]
            parts += [(_NEVER, _query(each)) for each in never]
            if not must and not should:
                parts.append((_MUST, build.all_query()))
            return build.boolean_query(parts, at_least if should and at_least else None)


class _Counted(NamedTuple):
    """How many letters are found, how many of them hold each thing, and how many have each value of each facet."""

    total: int
    things: tuple[int, ...]
    facets: dict[str, dict[str, int]]


def _counted(searcher: Any, planned: Plan, *, facets: bool) -> _Counted:
    """Count in one pass over what is found: a question for each thing finds everything anew."""
    wanted: dict[str, Any] = {_TOTAL: {"value_count": {"field": "registered"}}}
    things = {f"{_THING}{number}": {"filter": _typed(one)} for number, one in enumerate(planned.things)}
    if facets:
        wanted |= {name: {"terms": {"field": name, "size": _FACET_VALUES}} for name in FACETS}
    found = searcher.aggregate(_translated(planned.filters, planned.found), wanted | things)
    return _Counted(
        int(found[_TOTAL]["value"]),
        tuple(int(found[name]["doc_count"]) for name in things),
        {
            name: {_key(one["key"]): int(one["doc_count"]) for one in found[name]["buckets"] if one["key"] != ""}
            for name in (FACETS if facets else ())
        },
    )


def _typed(clause: Clause) -> str:
    """Return what finds a thing as tantivy's own language has it, the only one in which it counts among what is found.

    Raises:
        TypeError: it holds what nothing is counted by.
    """
    match clause:
        case Term(field, word):
            return f'{field}:"{word}"'  # letters and figures alone (search.french)
        case Phrase(field, words):
            return f'{field}:"{" ".join(words)}"'
        case Best(clauses):
            return f"({' OR '.join(map(_typed, clauses))})"
        case Group(must, (), ()):
            return f"({' AND '.join(map(_typed, must))})"
    raise TypeError(clause)


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


def _unavailable(error: Exception | str) -> Unavailable:
    return Unavailable(
        "search.unavailable",
        "La recherche ne répond pas. Les courriers sont en sûreté et restent consultables par le registre.",
        reason=str(error),
    )
