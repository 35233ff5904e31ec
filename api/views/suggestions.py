"""What the search box suggests as one types: fields with an example, values, recent searches, words and letters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.render import language_of, part
from api.views.search_language import vocabulary_of
from api.views.words import CODES, _, translations
from api.wiring import House
from ged.errors import Unavailable
from ged.mail.access import Actor, Right
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.item import Direction, Letter, State
from ged.services import consult, correspondents, dossier, saved_searches
from search.language import DATED, LISTED, Vocabulary, hyphened
from search.plan import FIELDS
from search.suggest import InHand, Suggestion, SuggestionKind, beginnings, in_hand, numbered

router = APIRouter()
MOST = 12
HINTS = {
    "fr": {
        "de:": ("de:ceet", _("l'expéditeur")),
        "à:": ("à:ministre", _("le destinataire")),
        "objet:": ("objet:panne", _("des mots de l'objet")),
        "réf:": ("réf:123/2026", _("un numéro, une référence")),
        "nature:": ("nature:facture", _("la nature")),
        "service:": ("service:daf", _("le service")),
        "état:": ("état:a-viser", _("l'état")),
        "cote:": ("cote:D1", _("la cote du plan, et ce qui est dessous")),
        "registre:": ("registre:depart", _("le registre")),
        "depuis:": ("depuis:mars", _("enregistré depuis")),
        "avant:": ("avant:2025", _("enregistré avant")),
        "jusqu'à:": ("jusqu'à:16/11", _("enregistré jusqu'à ce jour")),
        "le:": ("le:16/11", _("enregistré ce jour")),
        "en:": ("en:2025", _("enregistré ce mois, cette année")),
    },
    "en": {
        "from:": ("from:ceet", _("l'expéditeur")),
        "to:": ("to:minister", _("le destinataire")),
        "subject:": ("subject:outage", _("des mots de l'objet")),
        "number:": ("number:123/2026", _("un numéro, une référence")),
        "kind:": ("kind:facture", _("la nature")),
        "service:": ("service:daf", _("le service")),
        "status:": ("status:a-viser", _("l'état")),
        "code:": ("code:D1", _("la cote du plan, et ce qui est dessous")),
        "register:": ("register:depart", _("le registre")),
        "since:": ("since:march", _("enregistré depuis")),
        "before:": ("before:2025", _("enregistré avant")),
        "until:": ("until:16/11", _("enregistré jusqu'à ce jour")),
        "on:": ("on:16/11", _("enregistré ce jour")),
        "in:": ("in:2025", _("enregistré ce mois, cette année")),
    },
}
"""The fields as each language says them: what begins the piece, an example, what it means."""
_DAYS = {
    "fr": ("aujourd'hui", "hier", "cette-semaine", "ce-mois", "cette-année"),
    "en": ("today", "yesterday", "this-week", "this-month", "this-year"),
}


@router.get("/recherche/suggestions")
def suggest(
    request: Request, house: HouseDep, actor: ActorDep, q: Annotated[str, Parameter(max_length=400)] = ""
) -> Response:
    """Return the options of the box, twelve at most; none is an empty answer."""
    found = tuple(islice(_distinct(_suggested(q, house, actor, language_of(request))), MOST))
    return part(request, "parts/suggestions.html", options=found)


def _distinct(found: Iterator[Suggestion]) -> Iterator[Suggestion]:
    seen: set[str] = set()
    for one in found:
        key = one.address or one.line.strip()
        if key not in seen:
            seen.add(key)
            yield one


def _suggested(line: str, house: House, actor: Actor, language: str) -> Iterator[Suggestion]:
    piece = in_hand(line)
    if not line.strip():
        recent = saved_searches.recent(5, store=house.store, actor=actor)
        yield from (Suggestion(SuggestionKind.RECENT, each, "", each) for each in recent)
        yield from _fields(piece, language)
    elif piece.name:
        yield from _values(piece, house, actor, language)
    elif piece.value:
        recent = saved_searches.recent(20, store=house.store, actor=actor)
        begun = [each for each in recent if hyphened(each).startswith(hyphened(line)) and each != line.strip()]
        yield from (Suggestion(SuggestionKind.RECENT, each, "", each) for each in begun[:2])
        yield from islice(_fields(piece, language), 3)
        yield from _found(piece, house, actor)
        yield from _dossiers(piece, house, actor)
        yield from islice(_listed(piece, ("service", "nature", "cote"), house, actor, language), 2)
        yield from islice(_correspondents(piece, "de:" if language == "fr" else "from:", house, actor), 2)


def _fields(piece: InHand, language: str) -> Iterator[Suggestion]:
    say = translations(language).gettext
    for name, (example, meaning) in HINTS[language].items():
        if hyphened(name).startswith(piece.folded):
            yield Suggestion(SuggestionKind.FIELD, name, f"{say(meaning)} : {example}", piece.before + name)


def _values(piece: InHand, house: House, actor: Actor, language: str) -> Iterator[Suggestion]:
    typed = next((name for name in HINTS[language] if hyphened(name) == hyphened(piece.name)), f"{piece.name}:")
    field = FIELDS.get(piece.name)
    if piece.name in LISTED:
        yield from _listed(piece, (LISTED[piece.name],), house, actor, language, typed)
    elif piece.name in DATED:
        for day in (*_DAYS[language], str(house.clock().year), str(house.clock().year - 1)):
            if hyphened(day).startswith(piece.folded):
                yield Suggestion(SuggestionKind.VALUE, day, "", piece.completed(typed, day))
    elif field == "refs":
        yield from _numbers(piece, house, actor)
    elif field == "subject":
        yield from _found(piece, house, actor, typed)
    elif field is not None:
        yield from islice(_correspondents(piece, typed, house, actor), MOST)


def _listed(
    piece: InHand, fields: tuple[str, ...], house: House, actor: Actor, language: str, typed: str = ""
) -> Iterator[Suggestion]:
    """Suggest the values of some lists that have a word beginning as typed."""
    lists = consult.search_lists(store=house.store, actor=actor, clock=house.clock)
    vocabulary, today = vocabulary_of(lists), house.clock().date()
    say = translations(language).gettext
    services = [one for one in lists.entities if one.open_on(today)]
    labels = {
        "nature": {one.code: one.label_en if language == "en" else one.label_fr for one in lists.kinds},
        "service": {one.id: one.name_en if language == "en" else one.name_fr for one in services},
        "etat": {str(state): say(CODES[state]) for state in State},
        "registre": {str(each): say(CODES[each]) for each in Direction},
        "cote": {line.code: line.title for line in lists.plan},
    }
    for field in fields:
        for code, label in labels[field].items():
            word = code if field == "cote" else vocabulary.word(field, code)
            if piece.folded in ("", *_starts(piece.folded, field, code, vocabulary)):
                name = typed or _named(field, language)
                yield Suggestion(SuggestionKind.VALUE, f"{name}{word}", label, piece.completed(name, word))


def _starts(begun: str, field: str, code: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return what was typed when a word of one of the value's names begins so."""
    names = [word for word, meant in vocabulary.words.get(field, {}).items() if meant == code]
    return (begun,) if any(f"-{name}".find(f"-{begun}") >= 0 for name in names) else ()


def _named(field: str, language: str) -> str:
    return next(name for name in HINTS[language] if LISTED.get(hyphened(name)) == field)


def _found(piece: InHand, house: House, actor: Actor, field: str = "") -> Iterator[Suggestion]:
    """Suggest words, then letters by their subject or number, of those that the actor may read."""
    if not field and any(character.isdigit() for character in piece.value):
        yield from _numbers(piece, house, actor)
        return
    try:
        found = beginnings(piece.value, index=house.index, store=house.store, actor=actor)
    except Unavailable:
        return
    for word in found.words[:3]:
        yield Suggestion(SuggestionKind.WORD, word, "", piece.completed(field, word))
    begun = hyphened(piece.value)
    subjects = [one.letter for one in found.letters if f"-{begun}" in f"-{hyphened(one.letter.subject or '')}"]
    yield from (_letter(one, piece) for one in subjects[:3])
    titled = [one for one in found.pieces if f"-{begun}" in f"-{hyphened(one.piece.title)}"]
    yield from (_piece(one, piece) for one in titled[:2])


def _numbers(piece: InHand, house: House, actor: Actor) -> Iterator[Suggestion]:
    try:
        found = numbered(piece.value, index=house.index, store=house.store, actor=actor)
    except Unavailable:
        return
    yield from (_letter(one.letter, piece, by_number=True) for one in found.letters[:5])
    yield from (_piece(one, piece) for one in found.pieces[:3])


def _letter(letter: Letter, piece: InHand, *, by_number: bool = False) -> Suggestion:
    shown, meaning = letter.subject or letter.filename, letter.number
    if by_number:
        shown, meaning = meaning, " · ".join(each for each in (letter.sender_reference, letter.subject) if each)
    return Suggestion(SuggestionKind.LETTER, shown, meaning, f"{piece.before}{letter.number}", f"/courrier/{letter.id}")


def _piece(one: IndexedPiece, piece: InHand) -> Suggestion:
    title, case = one.piece.title, one.dossier
    line = f'{piece.before}"{title}"'
    return Suggestion(SuggestionKind.PIECE, title, case.label, line, one.address)


def _correspondents(piece: InHand, name: str, house: House, actor: Actor) -> Iterator[Suggestion]:
    if not actor.has(Right.SEE_CORRESPONDENTS) or not piece.folded:
        return
    rows, _total = correspondents.found(piece.value, store=house.store, actor=actor, limit=6)
    for one in rows:
        card = one.card
        line = piece.completed(name, card.name)
        yield Suggestion(SuggestionKind.VALUE, f"{name}{card.name}", card.organisation, line)


def _dossiers(piece: InHand, house: House, actor: Actor) -> Iterator[Suggestion]:
    if not actor.has(Right.SEE_DOSSIERS) or len(piece.folded) < 2:
        return
    rows, _total = dossier.found(piece.value, store=house.store, actor=actor, limit=2)
    for one in rows:
        yield Suggestion(SuggestionKind.DOSSIER, one.label, "", f"{piece.before}{one.code}", f"/dossiers/{one.id}")
