"""A letter's history in words: the same sentences on the page, on paper, in a table and at a terminal."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from api.views.words import ACTS, BY_TITLE, CODES, FIELDS, LEVELS, MOVES, moment, translations, typed_day
from ged.mail.access import Capacity
from ged.mail.history import Change, Event
from ged.mail.qualification import Field
from ged.services.consult import Lists
from ged.services.tell_history import History

_NAMES = {
    "sender": Field.SENDER,
    "recipient": Field.RECIPIENT,
    "subject": Field.SUBJECT,
    "sender_reference": Field.SENDER_REFERENCE,
    "letter_date": Field.LETTER_DATE,
    "kind": Field.KIND,
    "service_id": Field.SERVICE,
    "file_code": Field.FILE_CODE,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words: in which post, what was done, what was said, and lines of detail."""

    event: Event
    post: str
    what: str
    said: str
    details: tuple[str, ...]
    icon: str


class Teller:
    """Puts events into the words of one language, with the names of one tenant's lists."""

    def __init__(self, lists: Lists, language: str) -> None:
        self._say = translations(language).gettext
        self._language = language
        english = language == "en"
        self._names = lists.names
        self._acronyms = {one.id: one.acronym for one in lists.names.entities}
        self._kinds = {one.code: one.label_en if english else one.label_fr for one in lists.kinds}
        self._mentions = {one.code: one.label_en if english else one.label_fr for one in lists.mentions}
        self._seats = {one.position.id: ", ".join((one.position.title, *one.holders)) for one in lists.seats}

    def tell(self, event: Event) -> Told:
        """Return an event in words."""
        post = self._post(event)
        return Told(event, post, self._what(event), event.text, tuple(self._details(event)), _icon(event))

    def _post(self, event: Event) -> str:
        if event.capacity is Capacity.HOLDER:
            return event.title
        by = self._say(BY_TITLE[event.capacity])
        act = self._say("acte n° %(number)s") % {"number": event.instrument}
        holder = self._say("pour %(name)s") % {"name": event.holder} if event.holder else ""
        return f"{event.title} {by} ({', '.join(part for part in (holder, act) if part)})"

    def _what(self, event: Event) -> str:
        if event.verdict is not None:
            return self._say(CODES[event.verdict])
        if event.move is None:
            return self._say(ACTS.get(event.act, str(event.act)))
        done = self._say(MOVES[event.move][1])
        return f"{done} : {self._where(event.to, event.at.date())}" if event.to else done

    def _details(self, event: Event) -> list[str]:
        found = [self._mentions.get(event.mention, event.mention)] if event.mention else []
        found += [self._change(change) for change in event.changes]
        if event.copies:
            found.append(f"{self._say('copies :')} {', '.join(self._acronyms.get(one, one) for one in event.copies)}")
        if event.undone_at is not None:
            found.append(self._say("annulé par son auteur"))
        elif event.opened is not None:
            found.append(self._say("ouvert par %(name)s") % {"name": event.opened[0]})
        return found

    def _where(self, to: tuple[str, str | None], day: date) -> str:
        """Return a position, or a unit as it was called on that day."""
        unit = self._names.on(to[0], day)
        called = f"{unit.acronym} · {unit.name_en if self._language == 'en' else unit.name_fr}" if unit else to[0]
        return self._seats.get(to[1] or "") or called

    def _change(self, change: Change) -> str:
        name = self._say(FIELDS[_NAMES.get(change.field, change.field)])
        before, after = (self._value(change.field, value) for value in (change.before, change.after))
        return f"{name} : {before} → {after}" if before else f"{name} : {after}"

    def _value(self, field: str, value: str) -> str:
        if not value:
            return "–" if field in {"file_code", "recipient", "sender_reference", "letter_date", "due_date"} else ""
        if field in {"letter_date", "due_date"}:
            return typed_day(datetime.fromisoformat(value).date())
        if field == "service_id":
            return self._acronyms.get(value, value)
        if field == "kind":
            return self._kinds.get(value, value)
        return self._say({**CODES, **LEVELS}.get(value, value)) if field in {"confidentiality", "priority"} else value

    def moment(self, at: datetime) -> str:
        """Return an instant as one reads it."""
        return moment(at, self._language)


def _icon(event: Event) -> str:
    if event.move is not None:
        return MOVES[event.move][2]
    return "file-text" if event.text else "clock"


def as_csv(history: History, teller: Teller) -> bytes:
    """Return a history as a table that a French spreadsheet opens: semicolons, UTF-8 with its mark, one event a row."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(
        ["rang", "instant (UTC)", "personne", "poste", "acte", "détails", "texte", "empreinte", "courrier", "original"]
    )
    for rank, (event, digest) in enumerate(zip(history.events, history.digests, strict=True), start=1):
        told = teller.tell(event)
        cells = [event.by, told.post, told.what, " | ".join(told.details), told.said]
        row = [rank, event.at.isoformat(), *(harmless(cell) for cell in cells), digest]
        table.writerow([*row, history.letter.number, history.letter.original])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """No text of a letter is taken for a formula by a spreadsheet."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
