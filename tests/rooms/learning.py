"""Decisions to learn from: letters whose text was read already, each qualified by a person."""

from __future__ import annotations

import random
import secrets
from io import BytesIO
from typing import Any

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.qualification import Field, Proposal
from ged.services.capture import Arrival, Door, capture
from ged.store.runs import Key
from rooms.letters import decide
from rooms.values import a_page

TOPICS = {
    ("stage", "DRH"): "etudiants universite memoire encadreur promotion semestre diplome campus faculte maitrise",
    ("facture", "DAF"): "virement tresor bancaire echeance comptable creance acompte solde rib montants",
    ("plainte", "DGMG"): "poussieres bruit explosifs camions fissures villageois concasseur vibrations cours eau",
}
"""What people decide of letters, and words of such letters that the pilot's configuration does not know."""
CODES = {"stage": "D5", "facture": "C4", "plainte": "D2"}
"""The file code that people give each kind: not the one that the plan gives it by default."""

COMMON = "honneur venir aupres haute bienveillance veuillez agreer expression consideration"


def read_letter(house: House, actor: Actor, text: str, mark: str) -> str:
    """Register a letter whose single page says a text, as if it had been read."""
    stored = house.vault.put(BytesIO(f"{mark} {text}".encode()), media_type="text/plain")
    arrival = Arrival(Door.COMMAND, f"{mark}.txt", "text/plain", 1)
    letter_id = capture(arrival, stored, store=house.store, actor=actor, clock=house.clock).letter_id
    with house.store.unit() as unit:
        unit.pages.keep(letter_id, [a_page(text)])
        unit.commit()
    return letter_id


def letter_about(topic: tuple[str, str], dice: random.Random) -> str:
    """Return the text of a letter about a topic, among words of every letter."""
    return "\n".join(" ".join(dice.sample(TOPICS[topic].split(), 4) + dice.sample(COMMON.split(), 3)) for _ in range(3))


def decisions(house: House, actor: Actor, count: int, seed: int, **changes: Any) -> None:
    """Let somebody qualify so many letters, topic after topic, by what they are about."""
    dice = random.Random(seed)
    for number in range(count):
        topic = list(TOPICS)[number % len(TOPICS)]
        letter_id = read_letter(house, actor, letter_about(topic, dice), f"{seed}-{number}")
        usual = {"kind": topic[0], "service_id": topic[1], "file_code": CODES[topic[0]]}
        decide(house, actor, letter_id, **(usual | changes))


def propose(house: House, letter_id: str, values: dict[Field, str]) -> None:
    """Keep that the machine proposed some values, in a run of its own that is over now."""
    now = house.clock()
    with house.store.unit() as unit:
        run = unit.runs.claim(Key(letter_id, "propose", "essai", secrets.token_hex(8)), now)
        assert run is not None
        unit.runs.finish(run.id, [], "", now)
        found = [Proposal(field, value, 0.9, None, "essai") for field, value in values.items()]
        unit.proposals.keep(letter_id, run.id, found)
        unit.commit()
