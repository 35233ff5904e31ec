"""Search as one types among fifty thousand correspondents, and how long the page of duplicates takes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial

from api.model_folder import read_folder
from ged.clock import system_clock
from ged.mail.correspondent import Card, Sort
from ged.services import correspondents
from ged.services.establish import establish
from ged.services.sign_in import actor_of
from scripts.measured_house import measured_house
from scripts.measures import ROOT, table, write_section

COUNT = 50_000
_KINDS = (
    "Société",
    "Entreprise",
    "Mairie",
    "Association",
    "Cabinet",
    "Lycée",
    "Groupement",
    "Comité",
    "ONG",
    "Coopérative",
)
_TRADES = (
    "des carrières",
    "d'électricité",
    "des mines",
    "du bois",
    "de transport",
    "de l'eau",
    "des produits pétroliers",
)
_PLACES = ("Kpalimé", "Atakpamé", "Sokodé", "Kara", "Dapaong", "Tsévié", "Aného", "Vogan", "Notsé", "Bassar", "Mango")
_FIRST = ("Koffi", "Kossi", "Afi", "Akouvi", "Yao", "Esso", "Abla", "Kodjo", "Mawuli", "Dédé", "Komlan", "Ayélé")
_SYLLABLES = ("ag", "bé", "ko", "la", "wa", "dzi", "men", "sah", "tcha", "kpo", "lé", "na", "gbo", "ya", "ama")
_TYPED = ("k", "so", "soc", "mairie k", "mairie de kpa", "koffi ag", "agbeko", "electricite sokode", "90 11", "zzz")


def _name(dice: random.Random) -> str:
    return "".join(dice.choice(_SYLLABLES) for _ in range(dice.randint(2, 4))).capitalize()


def _card(dice: random.Random) -> Card:
    phones = (f"+228 {dice.randint(90_00_00_00, 99_99_99_99)}",)
    if dice.random() < 0.5:
        return Card(Sort.PERSON, f"{dice.choice(_FIRST)} {_name(dice)}", civility="M.", phones=phones)
    name = f"{dice.choice(_KINDS)} {dice.choice(_TRADES)} {_name(dice)} de {dice.choice(_PLACES)}"
    return Card(Sort.ORGANISATION, name, phones=phones, emails=(f"contact{dice.randrange(10**9)}@exemple.tg",))


def _times_ms(act: Callable[[], object], times: int) -> list[float]:
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        found.append(1000 * (time.perf_counter() - begun))
    return sorted(found)


def main() -> None:
    """Enter the correspondents, then search as if each were typed."""
    dice = random.Random(7)
    with measured_house() as (house, _):
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=system_clock)
        clerk = actor_of("kossi", store=house.store, clock=system_clock)
        with house.store.unit() as unit:
            for number in range(COUNT):
                unit.correspondents.add(f"c{number}", "MME", _card(dice), clerk, system_clock())
            unit.commit()
        rows = []
        for typed in _TYPED:
            _, total = correspondents.found(typed, store=house.store, actor=clerk)
            times = _times_ms(partial(correspondents.found, typed, store=house.store, actor=clerk), 30)
            rows.append([f"« {typed} »", total, f"{times[15]:.1f}", f"{times[28]:.1f}"])
        pairs = _times_ms(lambda: correspondents.doubles(store=house.store, actor=clerk), 3)
        count = len(correspondents.doubles(store=house.store, actor=clerk))
    text = table(["typed", "found", "median ms", "p95 ms"], rows)
    text += (
        "\n\nEach was asked thirty times, the first right after all were entered at once: until PostgreSQL has "
        "counted its tables (autovacuum, within the minute) a broad search takes seconds, which is the p95 of « k »."
    )
    text += f"\n\nThe page of duplicates finds {count} pairs to show in {pairs[1] / 1000:.1f} s."
    write_section("correspondents", f"Search as you type among {COUNT:,} correspondents", text)


if __name__ == "__main__":
    main()
