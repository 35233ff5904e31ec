"""A real, empty PostgreSQL for the session: the embedded one, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.embedded import EmbeddedPostgres
from engines.reachable import reachable_folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with reachable_folder("pg") as folder, EmbeddedPostgres(folder / "postgres") as address:
        yield address
