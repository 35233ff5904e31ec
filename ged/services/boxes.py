"""The paper archives: boxes made, paper put in and taken out, lent and given back; each act with its journal line."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

from ged.clock import Clock
from ged.errors import Conflict, GedError, NotFound, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.box import Box, Boxed, BoxSheet, checked_sheet, typed_lines
from ged.mail.custody import HandOver, Keeper, Way, keeps
from ged.mail.disposal import refuse_destroyed
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.services.hand_over import attest, begin, entered
from ged.store.unit import Store, Unit

_PAGE_OF_LETTER = re.compile(r"/courrier/([\w-]{10,60})")


@dataclass(frozen=True, slots=True)
class Put:
    """What became of each line that was typed: `placed` names the letters, `refused` gives (line, French sentence)."""

    placed: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PaperInBox:
    """The paper of a letter in a box, and with whom it is."""

    letter: Letter
    boxed: Boxed
    standing: HandOver | None

    @property
    def lent(self) -> bool:
        """Whether somebody has it on loan."""
        return self.standing is not None and self.standing.way is Way.LENT


@dataclass(frozen=True, slots=True)
class BoxFile:
    """A box as one reader may see it: some of its papers, of `seen`; `hidden` are not open to the reader.

    `used` says whether anything was ever in it.
    """

    box: Box
    papers: tuple[PaperInBox, ...]
    seen: int
    hidden: int
    used: bool = True


def make(sheet: BoxSheet, *, store: Store, actor: Actor, clock: Clock) -> Box:
    """Make a box.

    Raises:
        Forbidden: `access.right`.
        Refused: `box.cote`, `box.capacity`, `box.too_long`, `box.entity`.
        Conflict: `box.taken`.
    """
    require(actor, Right.KEEP_PAPER)
    now, written = clock(), checked_sheet(sheet)
    made = Box(secrets.token_urlsafe(16), actor.post.tenant_id, written, now, actor.name, actor.login)
    with store.unit() as unit:
        _refuse_stranger(unit, made.tenant_id, written)
        unit.boxes.add(made)
        unit.journal.write_about(now, Act.BOX_MADE, actor, made.id, cote=written.cote, place=written.place)
        unit.commit()
    return made


def amend(box_id: str, sheet: BoxSheet, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Write anew what is on a box: another shelf, a longer label.

    Raises:
        Forbidden: `access.right`.
        NotFound: `box.unknown`.
        Refused: `box.cote`, `box.capacity`, `box.too_long`, `box.entity`.
        Conflict: `box.taken`.
    """
    require(actor, Right.KEEP_PAPER)
    written = checked_sheet(sheet)
    with store.unit() as unit:
        one = unit.boxes.get(box_id, actor.post.tenant_id, lock=True)
        _refuse_stranger(unit, one.tenant_id, written)
        unit.boxes.amend(one, written)
        unit.journal.write_about(
            clock(), Act.BOX_AMENDED, actor, one.id, cote=written.cote, place=written.place, was=one.sheet.place
        )
        unit.commit()


def remove(box_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Take away a box that never held anything, made by mistake; its reference is free again.

    Raises:
        Forbidden: `access.right`.
        NotFound: `box.unknown`.
        Conflict: `box.used`, histories name it.
    """
    require(actor, Right.KEEP_PAPER)
    with store.unit() as unit:
        one = unit.boxes.get(box_id, actor.post.tenant_id, lock=True)
        if unit.boxes.used(one.id):
            raise Conflict(
                "box.used",
                Said(
                    "La boîte %(box)s contient ou a contenu du papier : des historiques la nomment. Elle reste.",
                    box=one.sheet.cote,
                ),
            )
        unit.boxes.remove(one)
        unit.journal.write_about(clock(), Act.BOX_REMOVED, actor, one.id, cote=one.sheet.cote, place=one.sheet.place)
        unit.commit()


def boxes(words: str, *, store: Store, actor: Actor, limit: int | None, offset: int = 0) -> tuple[tuple[Box, ...], int]:
    """Return boxes of the actor's organisation, and how many there are.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    with store.unit() as unit:
        return unit.boxes.page(actor.post.tenant_id, words, limit=limit, offset=offset)


def box_file(box_id: str, *, store: Store, actor: Actor, limit: int = 100, offset: int = 0) -> BoxFile:
    """Return a box with the papers in it that are open to the actor.

    Raises:
        Forbidden: `access.right`.
        NotFound: `box.unknown`.
    """
    require(actor, Right.SEE_RETENTION)
    with store.unit() as unit:
        one = unit.boxes.get(box_id, actor.post.tenant_id)
        found, seen = unit.boxes.papers(one.id, actor.tokens(), limit=limit, offset=offset)
        return BoxFile(one, _papers(unit, found), seen, one.count - seen, unit.boxes.used(one.id))


def loans(*, store: Store, actor: Actor, limit: int, offset: int = 0) -> tuple[tuple[PaperInBox, ...], int]:
    """Return the paper that is lent, first to come back first, and how much there is.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_RETENTION)
    with store.unit() as unit:
        ids, total = unit.boxes.lent(actor.post.tenant_id, actor.tokens(), limit=limit, offset=offset)
        places = unit.boxes.places(ids)
        return _papers(unit, tuple(places[each] for each in ids)), total


def put(box_id: str, text: str, *, store: Store, actor: Actor, clock: Clock) -> Put:
    """Put papers into a box, one a line: a number, or what the QR of a letter says; what cannot be is said by line.

    Paper on loan is given back by this, paper in another box is moved, paper that was handed to the archives received.

    Raises:
        Forbidden: `access.right`.
        NotFound: `box.unknown`.
        Refused: `box.nothing_typed`, `box.too_many`.
    """
    require(actor, Right.KEEP_PAPER)
    lines, now = typed_lines(text), clock()
    placed: list[str] = []
    refused: list[tuple[str, str]] = []
    with store.unit() as unit:
        one = unit.boxes.get(box_id, actor.post.tenant_id, lock=True)
        for line in lines:
            try:
                letter = _named(unit, line, actor)
                _put(unit, letter, one, actor, now)
            except GedError as error:
                refused.append((line, error.sentence))
            else:
                placed.append(letter.number)
        unit.commit()
    return Put(tuple(placed), tuple(refused))


def take_out(letter_id: str, why: str, *, store: Store, actor: Actor, clock: Clock) -> Boxed:
    """Take a paper out of its box: the archives have it still, no box is its place. Return where it was.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Conflict: `box.not_boxed`, `box.lent`.
    """
    require(actor, Right.KEEP_PAPER)
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        boxed = _boxed(unit, letter)
        if _lent(unit, letter):
            raise Conflict(
                "box.lent",
                Said("L'original de %(number)s est prêté : inscrivez d'abord son retour.", number=letter.number),
            )
        said = " ".join(why.split())[:500]
        unit.boxes.take_out(letter.id, actor.name, said, now)
        unit.journal.write(now, Act.PAPER_UNBOXED, actor, letter.id, box=boxed.cote, reason=said)
        unit.commit()
    return boxed


def lend(
    letter_id: str, to: Keeper, taken_by: str, return_by: date | None, *, store: Store, actor: Actor, clock: Clock
) -> HandOver:
    """Lend a paper from its box until a day; who has it is told when that day is past.

    Raises:
        Forbidden: `access.right`, `custody.not_yours`.
        NotFound: `letter.unknown`, `custody.unknown_keeper`.
        Conflict: `box.not_boxed`, `box.lent`, `custody.coming`.
        Refused: `box.no_return`, `box.no_name`, `custody.no_keeper`, `custody.past_return`, `custody.clearance`.
    """
    require(actor, Right.KEEP_PAPER)
    name, now = " ".join(taken_by.split())[:200], clock()
    if return_by is None:
        raise Refused("box.no_return", "Dites quel jour l'original doit revenir.", field="retour")
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        boxed = _boxed(unit, letter)
        if _lent(unit, letter):
            raise Conflict("box.lent", Said("L'original de %(number)s est déjà prêté.", number=letter.number))
        if not name:
            raise Refused("box.no_name", "Écrivez le nom de qui emporte l'original.", field="nom")
        made = begin(unit, letter, to, return_by, actor=actor, now=now, from_box=True)
        made = attest(unit, made, Way.LENT, name, actor=actor, now=now)
        unit.journal.write(
            now, Act.PAPER_LENT, actor, letter.id, box=boxed.cote, by=name, return_by=return_by.isoformat()
        )
        unit.commit()
    return made


def take_back(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> Boxed:
    """Write that a paper on loan is back in its box.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Conflict: `box.not_boxed`, `box.not_lent`.
    """
    require(actor, Right.KEEP_PAPER)
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        boxed = _boxed(unit, letter)
        if not _lent(unit, letter):
            raise Conflict(
                "box.not_lent",
                Said("L'original de %(number)s n'est pas prêté : il est dans sa boîte.", number=letter.number),
            )
        _receive(unit, letter, boxed.cote, actor, now)
        unit.commit()
    return boxed


def _put(unit: Unit, letter: Letter, one: Box, actor: Actor, now: datetime) -> None:
    refuse_destroyed(letter)
    if letter.tenant_id != one.tenant_id:
        raise NotFound("letter.unknown", "Aucun courrier de ce numéro ne vous est ouvert.")
    _receive(unit, letter, one.sheet.cote, actor, now)
    before = unit.boxes.places([letter.id]).get(letter.id)
    if before is None or before.box_id != one.id:
        unit.boxes.put(letter.id, one.id, actor.name, actor.login, now)
        was = before.cote if before else ""
        unit.journal.write(now, Act.PAPER_BOXED, actor, letter.id, box=one.sheet.cote, place=one.sheet.place, was=was)


def _receive(unit: Unit, letter: Letter, cote: str, actor: Actor, now: datetime) -> None:
    """Write that the archives have a paper, if they have not: it is in the hands of who reads its number."""
    standing = unit.custody.standing([letter.id]).get(letter.id)
    coming = unit.custody.coming([letter.id]).get(letter.id)
    if standing is None:
        raise Conflict(
            "custody.none",
            Said("Aucun original papier n'est connu pour %(number)s.", number=letter.number),
            letter_id=letter.id,
        )
    if coming is not None and not keeps(actor, coming.keeper):
        raise Conflict(
            "custody.coming",
            Said("L'original de %(number)s est remis à quelqu'un d'autre et attend sa décharge.", number=letter.number),
            letter_id=letter.id,
        )
    if coming is not None:
        attest(unit, coming, Way.BOXED, actor.name, actor=actor, now=now)
    elif not keeps(actor, standing.keeper):
        came = entered(letter.id, actor.post.entity_id, actor, now, Way.BOXED)
        unit.custody.add(replace(came, giver=standing.keeper))
        unit.journal.write(
            now, Act.PAPER_RECEIVED, actor, letter.id, way=Way.BOXED, by=actor.name, entity=came.keeper.entity_id,
            position=None, outside="", box=cote,
        )  # fmt: skip


def _named(unit: Unit, line: str, actor: Actor) -> Letter:
    """Return the letter that a line names, locked."""
    address = _PAGE_OF_LETTER.search(line)
    if address:
        return unit.letters.get(address[1], actor.tokens(), lock=True)
    found = unit.letters.by_number(line, actor.tokens())
    own = [each for each in found if each.tenant_id == actor.post.tenant_id]
    if not own:
        raise NotFound("letter.unknown", "Aucun courrier de ce numéro ne vous est ouvert.")
    if len(own) > 1:
        raise Conflict(
            "box.ambiguous", "Plusieurs courriers portent ce numéro : lisez le QR, ou collez l'adresse de la fiche."
        )
    return unit.letters.get(own[0].id, actor.tokens(), lock=True)


def _papers(unit: Unit, found: tuple[Boxed, ...]) -> tuple[PaperInBox, ...]:
    ids = [each.letter_id for each in found]
    letters = {each.id: each for each in unit.letters.many(ids)}
    standing = unit.custody.standing(ids)
    return tuple(PaperInBox(letters[each.letter_id], each, standing.get(each.letter_id)) for each in found)


def _boxed(unit: Unit, letter: Letter) -> Boxed:
    found = unit.boxes.places([letter.id]).get(letter.id)
    if found is None:
        raise Conflict(
            "box.not_boxed",
            Said("L'original de %(number)s n'est dans aucune boîte.", number=letter.number),
            letter_id=letter.id,
        )
    return found


def _lent(unit: Unit, letter: Letter) -> bool:
    standing = unit.custody.standing([letter.id]).get(letter.id)
    return standing is not None and standing.way is Way.LENT


def _refuse_stranger(unit: Unit, tenant_id: str, sheet: BoxSheet) -> None:
    known = {each.id for each in unit.organisation.every_entity(tenant_id=tenant_id)}
    if sheet.entity_id is not None and sheet.entity_id not in known:
        raise Refused("box.entity", "Ce service n'est pas de votre organisation.", field="service")
