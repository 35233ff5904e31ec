"""The engines that tests may ask for, started when the first test asks, and a clean environment."""

from __future__ import annotations

import os

from engines.chromium import base_url, browser_context_args, browser_type_launch_args
from engines.elasticsearch import elasticsearch_url
from engines.postgres import postgres_url
from engines.seaweedfs import seaweedfs
from rooms.house import database, grand_settings, house, kossi, pilot_template, settings, who
from rooms.server import client, server

__all__ = [
    "base_url",
    "browser_context_args",
    "browser_type_launch_args",
    "client",
    "database",
    "elasticsearch_url",
    "grand_settings",
    "house",
    "kossi",
    "pilot_template",
    "postgres_url",
    "seaweedfs",
    "server",
    "settings",
    "who",
]

# What a developer has set for an installation of their own is no business of the tests.
for _name in [name for name in os.environ if name.startswith("GED_")]:
    del os.environ[_name]
