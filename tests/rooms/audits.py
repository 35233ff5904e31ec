"""An installation with sealed letters, copied for each test that attacks it, and audits of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from pydantic import SecretStr

from api.config import Database, ReadingSettings, Settings, VaultSettings
from api.wiring import House, open_house
from ged.clock import Clock, system_clock
from ged.mail.audit import Audit, Checked, Depth, Finding, Head
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.ledger import TileLedger
from ged.seal.sign import CmsSigner
from ged.services.audit.ground import Ground
from ged.services.audit.notebook import Notebook
from ged.services.audit.read_log import ReadLog
from ged.services.audit.walk import walk
from ged.services.capture import Door, Receipt
from ged.services.seal import seal
from ged.services.sign_in import actor_of
from ged.store.unit import Store
from ged.store.vault.local import LocalVault
from ingest.capture.receive import SheetsBack, receive
from rooms.house import alchemy_url, driver_url
from rooms.letters import letter_pdf

SUBJECTS = ("Autorisation d'exploitation", "Raccordement au réseau", "Rapport de mission")
OLDER = "journal-d-avant"
"""The log as it stood before the last of the letters, kept beside the installation."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An installation that nobody is connected to: its folder and the name of its database."""

    data: Path
    database: str


@dataclass(frozen=True, slots=True)
class Victim:
    """A copy of an installation with its keys, as whoever has taken over the machine holds it."""

    data: Path
    database_url: str
    store: Store
    keys: SealKeys
    clock: Clock = system_clock

    @property
    def vault(self) -> LocalVault:
        return LocalVault(self.data / "vault")

    @property
    def ledger(self) -> TileLedger:
        return TileLedger(self.data / "ledger", self.keys.log)

    @property
    def signer(self) -> CmsSigner:
        return CmsSigner(self.keys)


def build(postgres_url: str, template: str, folder: Path) -> Sealed:
    """Make an installation with three letters, registered and sealed, and leave it.

    Its vault is in plain, as older ones are: whoever has the disk can put what they like there.
    """
    name = f"scelle_{uuid4().hex[:12]}"
    with psycopg.connect(driver_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    settings = Settings(
        data=folder / "data",
        database=Database(kind="server", url=SecretStr(alchemy_url(postgres_url, name))),
        reading=ReadingSettings(processes=1),
        vault=VaultSettings(encryption="off"),
    )
    with open_house(settings) as house:
        for subject in SUBJECTS:
            if subject == SUBJECTS[-1]:
                shutil.copytree(settings.data / "ledger", settings.data / OLDER)
            seal_letter(house, subject)
    return Sealed(settings.data, name)


def seal_letter(house: House, subject: str) -> Receipt:
    """Register a letter and seal it at once, without reading it."""
    kossi = actor_of("kossi", store=house.store, clock=house.clock)
    data = BytesIO(letter_pdf(subject=subject))
    receipt = receive(data, "lettre.pdf", door=Door.COMMAND, actor=kossi, entrance=house.entrance)
    assert not isinstance(receipt, SheetsBack)
    seal(
        receipt.letter_id,
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        clock=house.clock,
    )
    return receipt


@contextmanager
def copy_of(sealed: Sealed, postgres_url: str, folder: Path) -> Iterator[Victim]:
    """Give a copy of an installation's files; its database is the one of all copies, which audits only read."""
    shutil.copytree(sealed.data, folder / "data", copy_function=shutil.copy)
    keys = ensure_keys(folder / "data" / "keys", organisation="GED Courrier")
    url = alchemy_url(postgres_url, sealed.database)
    store = Store(url, pool_size=2)
    yield Victim(folder / "data", url, store, keys)
    store.close()


@contextmanager
def with_own_database(victim: Victim, sealed: Sealed, postgres_url: str) -> Iterator[Victim]:
    """Give a copy a database of its own, to write to."""
    name = f"attaque_{uuid4().hex[:12]}"
    with psycopg.connect(driver_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {sealed.database}")
        url = alchemy_url(postgres_url, name)
        store = Store(url, pool_size=2)
        yield replace(victim, database_url=url, store=store)
        store.close()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def as_superuser(victim: Victim, *statements: str, **values: Any) -> None:
    """Write to a copy's own database with every right."""
    with psycopg.connect(driver_url(victim.database_url), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement, values or None)


def ground(victim: Victim, audit: Audit, retained: tuple[Head, ...] = ()) -> Ground:
    return Ground(
        vault=victim.vault,
        documents=ReadLog("documents", victim.data / "ledger", victim.keys.log.verifier),
        store=victim.store,
        trust_pem=victim.signer.trust_pem,
        retained=retained,
        folder=victim.data / "audits" / audit.id,
        clock=victim.clock,
        seed=audit.seed,
        sample=audit.sample,
        readers=2,
    )


def asked(depth: Depth = Depth.FULL) -> Audit:
    return Audit(uuid4().hex, depth, "", "graine", 30, "essai", system_clock())


def audited(victim: Victim, depth: Depth = Depth.FULL, retained: tuple[Head, ...] = ()) -> Audit:
    """Audit an installation, whole."""
    audit = asked(depth)
    stands = ground(victim, audit, retained)
    return walk(audit, stands, Notebook(stands.folder), quiet)


def quiet(audit: Audit, checked: Checked) -> None:
    """Nobody watches."""


def codes(audit: Audit) -> set[str]:
    """The codes of everything found."""
    return {finding.code for finding in findings(audit)}


def findings(audit: Audit) -> list[Finding]:
    return [finding for one in audit.checks for finding in one.findings]


def kept_head(victim: Victim) -> Head:
    """What an auditor writes down of the log of documents today."""
    head = victim.ledger.head()
    return Head("documents", head.size, head.root, head.note)
