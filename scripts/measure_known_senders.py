"""How many senders are proposed right once the house knows those who wrote before, and what it makes wrong.

    python -m scripts.measure_known_senders [--tuning]

Held-out scans, with a directory that holds the sender of every other letter, its telephone and address on most cards,
among invented correspondents made of the same words. `--tuning` looks at letters of tuning templates instead, and
writes nothing.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from api.model_folder import read_folder
from ged.clock import system_clock
from ged.mail.correspondent import Card, Sort, name_key
from ged.mail.qualification import Field, Proposal
from ged.services.establish import establish
from ged.services.known_sender import known_sender
from ged.services.sign_in import actor_of
from ged.store.unit import Unit
from ingest.stages.extract import extract
from scripts.field_letters import Sample, spoilt
from scripts.field_truth import right
from scripts.measure_fields import FRESH_SCANS, FRESH_SEEDS
from scripts.measured_house import measured_house
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters import stock
from scripts.train_fields import LATER_SCANS, LATER_SEED

_INVENTED = 3_000
_REACHED = 0.7
"""Share of the cards that hold the telephone and the address of a letter that came before."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was proposed of a sender, and whether it is right."""

    proposal: Proposal | None
    right: bool


def main() -> None:
    """Enter a directory, look every letter's sender up, write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="letters of tuning templates; nothing is written")
    asked = parser.parse_args()
    samples = (
        spoilt(LATER_SCANS, LATER_SEED + 1, unseen=False, later=True)
        if asked.tuning
        else spoilt(FRESH_SCANS, FRESH_SEEDS[0], unseen=True)
    )
    dice = random.Random(19)
    known = [dice.random() < 0.5 for _ in samples]
    cards = _cards(samples, known, dice)
    with measured_house() as (house, _):
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=system_clock)
        clerk = actor_of("kossi", store=house.store, clock=system_clock)
        with house.store.unit() as unit:
            for number, card in enumerate(cards.values()):
                unit.correspondents.add(f"c{number}", clerk.post.tenant_id, card, clerk, system_clock())
            unit.commit()
        with house.store.unit() as unit:
            pairs = [_told(unit, clerk.post.tenant_id, one) for one in samples]
            spent = _spent_ms(unit, clerk.post.tenant_id, samples)
    there = [name_key(_name(one)) in cards for one in samples]
    rows = [
        row
        for title, wanted in (("in the directory", True), ("not in it", False))
        for row in _rows(title, [pair for pair, is_there in zip(pairs, there, strict=True) if is_there == wanted])
    ]
    text = table(["sender", "letters", "looked up", "right %", "sure %", "right of the sure %"], rows)
    spoiled = sum(before.right and not after.right for before, after in pairs)
    mended = sum(after.right and not before.right for before, after in pairs)
    text += f"\n\n{mended} made right, {spoiled} made wrong. {spent:.1f} ms of processor a letter to look up."
    if asked.tuning:
        print(text)
    else:
        write_section("known-senders", f"Senders, with a directory of {len(cards):,} correspondents", text)


def _cards(samples: Sequence[Sample], known: Sequence[bool], dice: random.Random) -> dict[str, Card]:
    """Return cards by the key of their name: one a name, whatever letters it stands on; the others are invented."""
    cards: dict[str, Card] = {}
    for one in (sample for sample, there in zip(samples, known, strict=True) if there):
        phone, email = str(one.truth["phone"]), str(one.truth["email"])
        told = dice.random() < _REACHED
        before = cards.get(name_key(_name(one)), Card(Sort.ORGANISATION, _name(one)))
        phones = (*before.phones, *([phone] if phone and told else []))
        emails = (*before.emails, *([email] if email and told else []))
        cards[name_key(_name(one))] = Card(before.sort, before.name, phones=phones, emails=emails)
    absent = {name_key(_name(one)) for one in samples} - cards.keys()
    for number in range(_INVENTED):
        name, phone = _invented(stock.Stock(number, unseen=number % 2 == 1))
        if name_key(name) not in absent:
            cards.setdefault(name_key(name), Card(Sort.ORGANISATION, name, phones=(phone,)))
    return cards


def _invented(k: stock.Stock) -> tuple[str, str]:
    """Return the name and the telephone of somebody else; names that letters use come with a place more."""
    agency, group = k.placed(k.one(stock.AGENCIES)), k.placed(k.one(stock.GROUPS))
    name = k.r.choice((k.firm(), k.name(), agency, group))
    return (f"{name} {k.one(stock.PLACES)}" if k.r.random() < 0.7 else name), k.phone()


def _name(one: Sample) -> str:
    chain = one.truth["sender"]
    return " – ".join([chain[0], chain[-1]] if len(chain) > 1 else chain)


def _told(unit: Unit, tenant_id: str, one: Sample) -> tuple[Told, Told]:
    alone = next((each for each in extract(one.pages) if each.field is Field.SENDER), None)
    looked = known_sender(unit, tenant_id, extract(one.pages, senders=True))
    after = next((each for each in looked if each.field is Field.SENDER), None)
    return _judged(alone, one), _judged(after, one)


def _judged(proposal: Proposal | None, one: Sample) -> Told:
    return Told(proposal, proposal is not None and right(Field.SENDER, proposal.value, one.truth))


def _rows(title: str, pairs: Sequence[tuple[Told, Told]]) -> list[list[object]]:
    rows: list[list[object]] = []
    for looked, told in (("no", [pair[0] for pair in pairs]), ("yes", [pair[1] for pair in pairs])):
        sure = [one for one in told if one.proposal is not None and one.proposal.sure]
        rows.append(
            [title, len(told), looked, _share(told), f"{100 * len(sure) / max(1, len(told)):.1f}", _share(sure)]
        )
    return rows


def _share(told: Sequence[Told]) -> str:
    return f"{100 * sum(one.right for one in told) / len(told):.1f}" if told else "–"


def _spent_ms(unit: Unit, tenant_id: str, samples: Sequence[Sample]) -> float:
    found = [extract(one.pages, senders=True) for one in samples]
    begun = time.process_time()
    for each in found:
        known_sender(unit, tenant_id, each)
    return 1000 * (time.process_time() - begun) / len(samples)


if __name__ == "__main__":
    main()
