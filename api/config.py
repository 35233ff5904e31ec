"""Settings, read once: one TOML file, then the environment over it. Every error names its key.

A key `[section] name` is overridden by the environment variable `GED_SECTION_NAME`. The file is
`GED_CONFIG`, or `ged.toml` in the data folder when there is one. docs/configuration.md lists all.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from api.embedded import default_data_folder
from ged.errors import Refused
from ged.mail.said import Said
from ged.seal.cosignature import COSIGNS
from ged.seal.note import read_verifier


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Web(_Section):
    """Where the web server listens. `https` marks cookies secure: set it when a proxy serves HTTPS.

    `address` is how the public reaches it, for the QR of acknowledgements; "" is the address that the clerk used.
    `processes` is how many processes answer; 0 is one a core, four at most.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=1, le=65535)
    https: bool = False
    address: str = ""
    processes: int = Field(default=0, ge=0, le=64)


class Database(_Section):
    """PostgreSQL: `embedded` starts our own in the data folder, `server` uses the site's at `url`.

    `owner_url` is of whoever owns the tables, for migrations alone; without it `url` is the owner's.
    """

    kind: Literal["embedded", "server"] = "embedded"
    url: SecretStr | None = None
    owner_url: SecretStr | None = None

    @model_validator(mode="after")
    def _has_url(self) -> Database:
        if self.kind == "server" and self.url is None:
            message = "`url` est nécessaire quand `kind` vaut « server »"
            raise ValueError(message)
        return self


class VaultSettings(_Section):
    """Originals: `directory` in the data folder, or any S3-compatible store; encrypted unless the site says otherwise.

    `kek_folder` holds the keys that wrap the keys of objects: `keys/coffre` of the data folder when it is not said.
    """

    kind: Literal["directory", "s3"] = "directory"
    encryption: Literal["on", "off"] = "on"
    kek_folder: Path | None = None
    endpoint: str | None = None
    bucket: str = "ged-originaux"
    region: str = "us-east-1"
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    lock_days: int = Field(default=7305, ge=1, description="Object Lock, days: 20 years (loi n° 2017-007, art. 72)")

    @model_validator(mode="after")
    def _has_keys(self) -> VaultSettings:
        if self.kind == "s3" and (self.endpoint is None or self.access_key is None or self.secret_key is None):
            message = "`endpoint`, `access_key` et `secret_key` sont nécessaires quand `kind` vaut « s3 »"
            raise ValueError(message)
        return self


class SearchSettings(_Section):
    """The index: `embedded` in the data folder, or an Elasticsearch 8 at `url`, or at several separated by commas.

    `shards` and `replicas` spread it over a cluster; without `replicas`, one copy where there is another node.
    The key is `api_key`, better given by the environment, or the first line of `api_key_file`.
    """

    kind: Literal["embedded", "elasticsearch"] = "embedded"
    url: str = "http://127.0.0.1:9200"
    prefix: str = Field(default="ged", pattern=r"^[a-z][a-z0-9-]*$")
    shards: int = Field(default=1, ge=1, le=1024)
    replicas: int | None = Field(default=None, ge=0, le=10)
    ca_file: Path | None = None
    api_key: SecretStr | None = None
    api_key_file: Path | None = None

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of the nodes."""
        return tuple(one.strip() for one in self.url.split(",") if one.strip())

    @field_validator("url")
    @classmethod
    def _has_addresses(cls, url: str) -> str:
        if not all(re.fullmatch(r"https?://[^/\s?#@]+(/[^\s?#@]*)?", one.strip()) for one in url.split(",")):
            message = "chaque adresse s'écrit « https://hôte:port », sans mot de passe ; plusieurs avec des virgules"
            raise ValueError(message)
        return url

    @model_validator(mode="after")
    def _keeps_its_key(self) -> SearchSettings:
        if self.api_key is not None and self.api_key_file is not None:
            message = "`api_key` ou `api_key_file`, pas les deux"
            raise ValueError(message)
        if (self.api_key or self.api_key_file) and any(one.startswith("http://") for one in self.urls):
            message = "une clé ne se confie qu'à des adresses en https://"
            raise ValueError(message)
        return self

    def read_api_key(self) -> str:
        """Return the key, "" when there is none.

        Raises:
            OSError: the file of the key cannot be read.
        """
        if self.api_key_file is not None:
            return self.api_key_file.read_text(encoding="utf-8").partition("\n")[0].strip()
        return self.api_key.get_secret_value() if self.api_key else ""


class MeaningSettings(_Section):
    """A model of meaning, behind a server that speaks `/v1/embeddings`; without `url` search is by words alone.

    `size` is that of the model's vectors, and `least` the cosine from which it calls two texts near.
    """

    url: str = ""
    model: str = "multilingual-e5-small"
    size: int = Field(default=384, ge=1, le=4096)
    least: float = Field(default=0.84, ge=-1, le=1)
    timeout_s: float = Field(default=2.0, gt=0, le=60)
    key: SecretStr | None = None

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not re.fullmatch(
            r"(https://[^/\s?#@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/[^\s?#@]*)?", url
        ):
            message = "l'adresse s'écrit « http://127.0.0.1:8099/v1 », ou « https://… » : les courriers y vont"
            raise ValueError(message)
        return url


class WatchedFolder(_Section):
    """A folder whose files are taken in, in the name of the person who keeps that station."""

    path: Path
    login: str


class Capture(_Section):
    """What the doors accept."""

    max_megabytes: int = Field(default=100, ge=1)
    max_pages: int = Field(default=500, ge=1)
    max_page_megapixels: int = Field(default=120, ge=1)
    folders: tuple[WatchedFolder, ...] = ()


class UploadSettings(_Section):
    """Files that come piece by piece: how long one may lie unfinished, and how much of them at once."""

    keep_hours: int = Field(default=72, ge=1)
    person_megabytes: int = Field(default=2_000, ge=1)
    total_megabytes: int = Field(default=20_000, ge=1)
    files: int = Field(default=200, ge=1)


class SaneDevice(_Section):
    """A scanner by the name that `scanimage -L` gives it, of the machine where the worker runs."""

    code: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    label: str
    device: str = Field(min_length=1)


class EsclDevice(_Section):
    """A network scanner by the address of its eSCL service; no other address is ever asked."""

    code: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    label: str
    address: str = Field(pattern=r"^https?://[^/\s?#@]+(/[^\s?#]*)?$")


class ScanningSettings(_Section):
    """The scanners that pages may be read with from the browser; none without a line."""

    sane: tuple[SaneDevice, ...] = ()
    escl: tuple[EsclDevice, ...] = ()

    @property
    def devices(self) -> tuple[SaneDevice | EsclDevice, ...]:
        """Every scanner, in the order of the file."""
        return (*self.sane, *self.escl)

    @model_validator(mode="after")
    def _has_each_code_once(self) -> ScanningSettings:
        codes = [each.code for each in self.devices]
        if len(set(codes)) != len(codes):
            message = "deux scanners portent le même `code`"
            raise ValueError(message)
        return self


class ReadingSettings(_Section):
    """The OCR engine, and how many processes read pages at once (0: one a core)."""

    engine: Literal["tesserocr", "pytesseract"] = "tesserocr"
    processes: int = Field(default=0, ge=0)


class Confinement(_Section):
    """What one page, or one file that comes in, may cost: megabytes, seconds of processor, seconds of wall clock."""

    memory_megabytes: int = Field(default=2000, ge=300)
    processor_s: int = Field(default=120, ge=5)
    timeout_s: float = Field(default=300, ge=5)


class AntivirusSettings(_Section):
    """ClamAV's daemon: the path of its local socket, or a host and port; neither: no file is scanned."""

    socket: Path | None = None
    host: str = ""
    port: int = Field(default=3310, ge=1, le=65535)
    timeout_s: float = Field(default=60, gt=0, le=600)


class PressSettings(_Section):
    """LibreOffice: how many Word documents each process lays out at once, and how long one may take."""

    at_once: int = Field(default=1, ge=1, le=16)
    timeout_s: float = Field(default=60, gt=0, le=600)


class WitnessSettings(_Section):
    """Somebody who cosigns the heads of our logs: the verifier key that `ged witness` printed, and where it listens."""

    key: str
    url: str = Field(pattern=r"^https?://[^/\s?#@]+(/[^\s?#]*)?$")
    timeout_s: float = Field(default=10, gt=0, le=60)

    @field_validator("key")
    @classmethod
    def _is_a_key(cls, key: str) -> str:
        read_verifier(key, COSIGNS)
        return key


class AuthoritySettings(_Section):
    """A time-stamping authority (RFC 3161): its address, and the certificates (PEM) that its own must lead to.

    `policy` is the one asked for and demanded, "" lets the authority choose.
    """

    name: str = Field(min_length=1, max_length=80)
    url: str = Field(pattern=r"^https?://[^/\s?#@]+(/[^\s#]*)?$")
    ca_file: Path
    policy: str = Field(default="", pattern=r"^$|^[0-2](\.[0-9]+)+$")
    timeout_s: float = Field(default=10, gt=0, le=60)


class SealSettings(_Section):
    """Who seals: the name in the certificate of this installation's own authority. Who says when: `authorities`.

    The authorities are asked in the order of the file; `former_ca_files` are those of authorities asked in the past,
    whose tokens are kept. `demonstration_time` puts one on this machine in their place when the site names none: it
    shows how things go, and proves nothing to a stranger.

    `witnesses` cosign the heads of the logs. `trusted_ca` is a folder of the authorities (PEM, lists of revoked
    certificates too) whose signatures on PDF that come in are trusted.

    The sealing key lies in the data folder (`file`), or on the PKCS#11 token `token` under the label `key`, reached by
    the library `module`. The PIN is `pin`, better given by the environment, or the first line of `pin_file`.
    """

    organisation: str = "GED Courrier"
    trusted_ca: Path | None = None
    kind: Literal["file", "pkcs11"] = "file"
    module: Path | None = None
    token: str = ""
    key: str = "cachet"
    pin: SecretStr | None = None
    pin_file: Path | None = None
    authorities: tuple[AuthoritySettings, ...] = ()
    former_ca_files: tuple[Path, ...] = ()
    demonstration_time: bool = False
    witnesses: tuple[WitnessSettings, ...] = ()

    def read_pin(self) -> str:
        """Return the PIN of the token, read now: it may change while a process runs.

        Raises:
            OSError: the file of the PIN cannot be read.
        """
        if self.pin_file is not None:
            return self.pin_file.read_text(encoding="utf-8").partition("\n")[0].strip()
        return self.pin.get_secret_value() if self.pin is not None else ""

    @model_validator(mode="after")
    def _has_token(self) -> SealSettings:
        if self.kind == "pkcs11" and (
            self.module is None or not self.token or (self.pin is None) == (self.pin_file is None)
        ):
            message = "`module`, `token` et l'un de `pin` ou `pin_file` sont nécessaires quand `kind` vaut « pkcs11 »"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _has_each_authority_once(self) -> SealSettings:
        names = [each.name for each in self.authorities]
        if len(set(names)) != len(names):
            message = "deux autorités d'horodatage portent le même `name`"
            raise ValueError(message)
        return self


class ShipSettings(_Section):
    """The journal's log: who reads the journal for it, where it lies, where its key does, how often it is written.

    `url` and `keys` are for the shipper alone: a site gives them to its account, and `folder` to be read by others.
    """

    url: SecretStr | None = None
    folder: Path | None = None
    keys: Path | None = None
    every_s: float = Field(default=15, gt=0, le=60)


class MailBox(_Section):
    """An address that brings mail to a register: that of the person who keeps it."""

    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    login: str


class ListenerSettings(_Section):
    """The SMTP door; port 0 keeps it shut. It listens on this machine alone unless the site says otherwise."""

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    max_megabytes: int = Field(default=25, ge=1)


class ImapSettings(_Section):
    """A mailbox to look into, for one of the addresses of `boxes`."""

    address: str
    host: str
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "tls"
    login: str
    password: SecretStr
    folder: str = "INBOX"
    done: str = "Enregistres"
    refused: str = "Refuses"
    ca_file: Path | None = None


class MailSettings(_Section):
    """The server that our messages are given to and the address they come from; the doors by which mail comes in.

    Without a host, nothing is sent; without boxes, nothing comes in.
    """

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    login: str = ""
    password: SecretStr = SecretStr("")
    ca_file: Path | None = None
    sender: str = ""
    name: str = ""
    boxes: tuple[MailBox, ...] = ()
    listener: ListenerSettings = ListenerSettings()
    imap: tuple[ImapSettings, ...] = ()

    @model_validator(mode="after")
    def _has_boxes(self) -> MailSettings:
        known = {box.address.lower() for box in self.boxes}
        strangers = [one.address for one in self.imap if one.address.lower() not in known]
        if strangers:
            message = f"`imap` nomme {', '.join(strangers)}, qui n'est pas une adresse de `boxes`"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _has_sender(self) -> MailSettings:
        if self.host and "@" not in self.sender:
            message = "`sender`, l'adresse qui envoie, est nécessaire quand `host` est donné"
            raise ValueError(message)
        return self


class DisposalSettings(_Section):
    """For how many days the site keeps its backups: certificates of disposal say when the last one expires."""

    backup_days: int | None = Field(default=None, ge=0, le=36_500)


class AuditSettings(_Section):
    """How often the worker audits the evidence by itself (0: never); how many witnesses an audit demands."""

    quick_hours: int = Field(default=24, ge=0)
    full_days: int = Field(default=7, ge=0)
    witnesses_needed: int = Field(default=0, ge=0)


class TransferSettings(_Section):
    """Whom this house transfers letters to, how large a package may be, and what is asked of those that come in.

    `schemas` is a folder with the SEDA 2.3 schemas (`seda-2.3-main.xsd`): manifests that come in are held against them
    too. `trusted` has a folder for each house that transfers here, named by its identifier, with the keys that it
    published: `autorite.pem`, `journaux.vkey`, and `horodatage.pem` and `temoins.vkey` where it has them.
    """

    archive_code: str = Field(default="ARCHIVES-NATIONALES", pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")
    archive_name: str = "Archives nationales"
    agreement: str = ""
    package_megabytes: int = Field(default=2000, ge=1)
    package_letters: int = Field(default=500, ge=1, le=5000)
    reception_megabytes: int = Field(default=4000, ge=1)
    schemas: Path | None = None
    trusted: Path | None = None


class Settings(_Section):
    """Everything that can be configured; frozen once read."""

    data: Path
    web: Web = Web()
    database: Database = Database()
    vault: VaultSettings = VaultSettings()
    search: SearchSettings = SearchSettings()
    meaning: MeaningSettings = MeaningSettings()
    capture: Capture = Capture()
    uploads: UploadSettings = UploadSettings()
    scanning: ScanningSettings = ScanningSettings()
    reading: ReadingSettings = ReadingSettings()
    confinement: Confinement = Confinement()
    antivirus: AntivirusSettings = AntivirusSettings()
    press: PressSettings = PressSettings()
    seal: SealSettings = SealSettings()
    audit: AuditSettings = AuditSettings()
    transfer: TransferSettings = TransferSettings()
    disposal: DisposalSettings = DisposalSettings()
    ship: ShipSettings = ShipSettings()
    mail: MailSettings = MailSettings()

    @model_validator(mode="after")
    def _means_where_it_can(self) -> Settings:
        if self.meaning.url and self.search.kind == "embedded":
            message = "un modèle de sens (`[meaning] url`) demande Elasticsearch (`[search] kind`)"
            raise ValueError(message)
        return self

    @property
    def journal_folder(self) -> Path:
        """Where the journal's log lies."""
        return self.ship.folder or self.data / "journal"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process.

    Raises:
        Refused: `config.faulty`; the sentence names each key and what is wrong with it.
    """
    environment = os.environ if environment is None else environment
    data = Path(environment.get("GED_DATA") or default_data_folder()).absolute()
    file = Path(environment.get("GED_CONFIG") or data / "ged.toml")
    values = _from_file(file) if file.exists() or "GED_CONFIG" in environment else {}
    values.setdefault("data", data)
    try:
        _from_environment(values, environment)
        return Settings.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))} : {one['msg']}" for one in error.errors())
        raise Refused("config.faulty", Said("La configuration n'est pas bonne. %(faults)s", faults=faults)) from error


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Refused(
            "config.faulty", Said("Le fichier de configuration %(file)s n'existe pas.", file=str(file))
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(
            "config.faulty",
            Said("Le fichier %(file)s n'est pas du TOML lisible : %(why)s", file=str(file), why=str(error)),
        ) from error


def _from_environment(values: dict[str, Any], environment: Mapping[str, str]) -> None:
    for section, field in Settings.model_fields.items():
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, _Section)):
            continue
        for name in field.annotation.model_fields:
            given = environment.get(f"GED_{section}_{name}".upper())
            if given is not None:
                values.setdefault(section, {})[name] = given
