"""Giving a second number: a service numbers a letter it has, once, in its own gapless series."""

from __future__ import annotations

from collections.abc import Sequence

from ged.clock import Clock
from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.second_number import SecondNumber, format_second, numbering_unit
from ged.store.unit import Store


def number_again(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> SecondNumber:
    """Give a letter the next number of the service that has it.

    Raises:
        NotFound: `letter.unknown`.
        Forbidden: `second.party`, the actor does not sit in the service that has the letter.
        Refused: `second.none`, this service gives no numbers of its own.
        Conflict: `second.given`, it gave this letter one already.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        entity_id = numbering_unit(actor, letter)
        if entity_id is None:
            raise Forbidden(
                "second.party", "Ce courrier n'est pas dans votre service : celui qui l'a lui donne son numéro."
            )
        pattern = unit.second_numbers.pattern_of(entity_id)
        if pattern is None:
            raise Refused(
                "second.none",
                "Votre service ne donne pas de numéro à lui. Son modèle se règle dans le dossier de l'organisation.",
            )
        given = unit.second_numbers.of_letters([letter.id]).get(letter.id, ())
        if any(one.entity_id == entity_id for one in given):
            raise Conflict("second.given", "Votre service a déjà numéroté ce courrier. Rien n'a été changé.")
        office = unit.organisation.entity(entity_id)
        sequence = unit.second_numbers.take(entity_id, now.year)
        number = format_second(pattern, now.year, sequence, acronym=office.acronym)
        made = SecondNumber(letter.id, entity_id, now.year, sequence, number, now, actor.name)
        unit.second_numbers.add(made)
        unit.letters.change(letter)
        unit.journal.write(now, Act.NUMBERED_AGAIN, actor, letter.id, number=number)
        unit.outbox.add(letter.id, now)
        unit.commit()
    return made


def second_numbers(letter_ids: Sequence[str], *, store: Store) -> dict[str, tuple[SecondNumber, ...]]:
    """Return the second numbers of letters that the caller has been let to read."""
    with store.unit() as unit:
        return unit.second_numbers.of_letters(letter_ids)


def may_number(letter_id: str, *, store: Store, actor: Actor) -> bool:
    """Whether the actor may give this letter a second number now."""
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        entity_id = numbering_unit(actor, letter)
        if entity_id is None or unit.second_numbers.pattern_of(entity_id) is None:
            return False
        given = unit.second_numbers.of_letters([letter.id]).get(letter.id, ())
        return all(one.entity_id != entity_id for one in given)
