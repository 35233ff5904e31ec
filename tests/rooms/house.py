"""A house of its own for each test: a fresh copy of a database with the pilot ministry, a folder for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from pydantic import SecretStr

from api.config import Database, ReadingSettings, SearchSettings, Settings, VaultSettings
from api.model_folder import read_folder
from api.wiring import House, open_house
from engines.seaweedfs import S3Store
from ged.clock import system_clock
from ged.mail.access import Actor
from ged.services.establish import establish
from ged.services.sign_in import actor_of
from ged.store.schema import migrate
from ged.store.unit import Store

ROOT = Path(__file__).resolve().parents[2]
PILOT = ROOT / "deploy" / "pilote"


def driver_url(url: str, name: str = "") -> str:
    """Return an address that psycopg takes, of another database of the same server."""
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    if not name:
        return plain
    head, _, tail = plain.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{tail}" if tail else "")


def alchemy_url(url: str, name: str) -> str:
    return driver_url(url, name).replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="session")
def pilot_template(postgres_url: str) -> str:
    """The name of a database, migrated, with the pilot ministry, that nobody is connected to."""
    name = "pilote_modele"
    with psycopg.connect(driver_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = alchemy_url(postgres_url, name)
    migrate(url)
    store = Store(url)
    establish(read_folder(PILOT), store=store, clock=system_clock)
    store.close()
    return name


@pytest.fixture
def template(pilot_template: str) -> str:
    """The name of the database that the test's own is a copy of."""
    return pilot_template


@pytest.fixture
def database(postgres_url: str, template: str) -> Iterator[str]:
    """A database of this test alone, with the pilot ministry in it."""
    name = f"essai_{uuid4().hex[:12]}"
    with psycopg.connect(driver_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield alchemy_url(postgres_url, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def settings_of(database: str, data: Path) -> Settings:
    """Return the settings of an installation with embedded engines but for its database."""
    return Settings(
        data=data,
        database=Database(kind="server", url=SecretStr(database)),
        reading=ReadingSettings(processes=2),
    )


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return settings_of(database, tmp_path / "data")


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    with open_house(settings) as opened:
        yield opened


@pytest.fixture
def grand_settings(settings: Settings, seaweedfs: S3Store, elasticsearch_url: str) -> Settings:
    """The same installation with originals in S3 and the index in Elasticsearch."""
    mark = uuid4().hex[:10]
    vault = VaultSettings(
        kind="s3",
        endpoint=seaweedfs.endpoint,
        bucket=f"ged-{mark}",
        access_key=SecretStr(seaweedfs.access_key),
        secret_key=SecretStr(seaweedfs.secret_key),
        lock_days=1,
    )
    search = SearchSettings(kind="elasticsearch", url=elasticsearch_url, prefix=f"ged{mark}")
    return settings.model_copy(update={"vault": vault, "search": search})


@pytest.fixture
def who(house: House) -> Callable[[str], Actor]:
    """Return a person of the pilot ministry, with the posts held today."""
    return lambda login: actor_of(login, store=house.store, clock=house.clock)


@pytest.fixture
def kossi(who: Callable[[str], Actor]) -> Actor:
    """The mailroom clerk."""
    return who("kossi")


@pytest.fixture(params=["embedded", "elasticsearch"])
def any_settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """The settings of a house whose search is one engine, then the other."""
    if request.param == "embedded":
        return settings
    url = request.getfixturevalue("elasticsearch_url")
    search = SearchSettings(kind="elasticsearch", url=url, prefix=f"ged{uuid4().hex[:10]}")
    return settings.model_copy(update={"search": search})


@pytest.fixture
def any_house(any_settings: Settings) -> Iterator[House]:
    """A house with each engine of search."""
    with open_house(any_settings) as opened:
        yield opened
