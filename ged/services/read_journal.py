"""Reading the journal: page by page, one line with its proof, or a selection to take away; each leaves its own line."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ged.clock import Clock
from ged.errors import NotFound, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.journal import Act
from ged.mail.journal_query import JournalLine, JournalQuery
from ged.mail.said import Said
from ged.seal.log import TileLog
from ged.store.unit import Store, Unit

PAGE, MOST = 50, 50_000


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Some lines, newest first; `following` is where the next page begins, None after the last."""

    lines: tuple[JournalLine, ...]
    following: int | None


@dataclass(frozen=True, slots=True)
class LineProof:
    """What proves one line: its entry, byte for byte, the way from it to a signed head, and the keys of the log."""

    line: int
    position: int
    entry: bytes
    proof: str
    key_text: str


def read_journal(query: JournalQuery, *, store: Store, actor: Actor, clock: Clock) -> JournalPage:
    """Return one page of the journal, and write in it that it was read.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_JOURNAL)
    with store.unit() as unit:
        lines = _lines(unit, query, actor, PAGE + 1)
        unit.journal.write(clock(), Act.JOURNAL_READ, actor, asked=_asked(query))
        unit.commit()
    more = len(lines) > PAGE
    return JournalPage(lines[:PAGE], lines[PAGE - 1].row.id if more else None)


def take_journal(
    query: JournalQuery, medium: str, *, store: Store, actor: Actor, clock: Clock
) -> tuple[JournalLine, ...]:
    """Return every line of a selection, and write in the journal that it was taken away.

    Raises:
        Forbidden: `access.right`.
        Refused: `journal.too_long`.
    """
    require(actor, Right.SEE_JOURNAL)
    require(actor, Right.EXPORT)
    with store.unit() as unit:
        lines = _lines(unit, query, actor, MOST + 1)
        if len(lines) > MOST:
            raise Refused(
                "journal.too_long",
                Said("Plus de %(most)s lignes répondent. Choisissez des dates plus proches.", most=MOST),
            )
        asked = _asked(query)
        unit.journal.write(clock(), Act.JOURNAL_EXPORTED, actor, asked=asked, medium=medium, lines=len(lines))
        unit.commit()
    return lines


def prove_line(line: int, *, log: TileLog | None, store: Store, actor: Actor, clock: Clock) -> LineProof:
    """Return what proves a line that was inscribed, and write in the journal that it was asked for.

    Raises:
        Forbidden: `access.right`.
        NotFound: `journal.unknown`, there is no such line, or its content is not the reader's to see;
            `journal.waiting`, it is not inscribed yet.
        Corrupt: the log is not what was signed.
    """
    require(actor, Right.SEE_JOURNAL)
    with store.unit() as unit:
        found = next(iter(_lines(unit, JournalQuery(line=line), actor, 1)), None)
        if found is None or not found.open:
            raise NotFound("journal.unknown", "Cette ligne n'existe pas, ou n'est pas toute ouverte à votre poste.")
        if found.position is None or log is None:
            raise NotFound("journal.waiting", "Cette ligne attend son inscription. Réessayez dans une minute.")
        proof = LineProof(
            line, found.position, log.entry(found.position), log.prove(found.position).proof, log.key_text
        )
        unit.journal.write(clock(), Act.JOURNAL_PROVEN, actor, line=line, leaf_index=found.position)
        unit.commit()
    return proof


def _lines(unit: Unit, query: JournalQuery, actor: Actor, limit: int) -> tuple[JournalLine, ...]:
    return unit.journal_reading.page(
        query, actor.post.tenant_id, actor.tokens(), limit=limit, letters=actor.has(Right.SEE_LETTER_ACTS)
    )


def _asked(query: JournalQuery) -> dict[str, object]:
    """Return what was asked for, without what was not."""
    return {name: str(value) for name, value in asdict(query).items() if value not in {None, ""} and name != "before"}
