"""The fates of letters as the store knows them today: what the sweep, the shelves and a disposal's last look ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ged.mail.item import Letter
from ged.store.unit import Unit
from retention.fate import Fate, fate_of


def fates_of(unit: Unit, letters: Sequence[Letter], today: date) -> dict[str, Fate]:
    """Return the fate of each letter, by its id: rules in force, dossiers, events and holds are read together."""
    facts = unit.retention.of(letters, today)
    return {each.id: fate_of(each, facts[each.id], today) for each in letters}
