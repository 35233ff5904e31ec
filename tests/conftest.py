"""The engines that tests may ask for, started when the first test asks, and a clean environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from engines.chromium import base_url, browser_context_args, browser_type_launch_args
from engines.clamd import clamd
from engines.elasticsearch import elasticsearch_url
from engines.embeddings import embeddings_url
from engines.postgres import postgres_url
from engines.seaweedfs import seaweedfs
from rooms.house import (
    any_house,
    any_settings,
    database,
    grand_settings,
    house,
    kossi,
    pilot_template,
    settings,
    template,
    who,
)
from rooms.server import client, server
from rooms.vaults import key_store

hypothesis_settings.register_profile("ged", deadline=None)  # how long an example takes says how busy the machine is
hypothesis_settings.load_profile("ged")

__all__ = [
    "any_house",
    "any_settings",
    "base_url",
    "browser_context_args",
    "browser_type_launch_args",
    "clamd",
    "client",
    "database",
    "elasticsearch_url",
    "embeddings_url",
    "grand_settings",
    "house",
    "key_store",
    "kossi",
    "pilot_template",
    "postgres_url",
    "seaweedfs",
    "server",
    "settings",
    "template",
    "who",
]

_ROOMS = ("unit", "contract", "museum", "integration", "properties", "end_to_end")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is quick first, and the browser last: it leaves an event loop running in this thread."""
    items.sort(key=lambda item: _ROOMS.index(item.path.relative_to(Path(__file__).parent).parts[0]))


# What a developer has set for an installation of their own is no business of the tests.
for _name in [name for name in os.environ if name.startswith("GED_")]:
    del os.environ[_name]
