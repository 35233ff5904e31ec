"""What the worker, the pages and the command share of receptions: what looks into the packages of other houses."""

from __future__ import annotations

import re
from pathlib import Path

from cryptography import x509
from lxml import etree

from api.wiring import House
from ged.seal.bundle.verifier import Trust
from ged.services.sign_in import actor_of
from ingest.capture.receive import screened
from ingest.own_folder import own_folder
from ingest.readers.archive import opened_zip
from ingest.readers.inspection import inspect
from retention.check_package import Hands, Looked
from retention.reception import Receiver, take
from retention.seda.read import read_manifest

_MAIN = "seda-2.3-main.xsd"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


def take_reception(reception_id: str, house: House) -> None:
    """Check a package that came in, and take it or refuse it. Raises as `retention.reception.take` does."""
    with own_folder("versement") as folder:
        take(reception_id, folder, receiver_of(house))


def receiver_of(house: House) -> Receiver:
    """Return what takes packages in, in this installation."""
    entrance = house.entrance

    def look(path: Path) -> Looked:
        found = entrance.ask(inspect, path, entrance.limits)
        return Looked(found.media_type, found.page_count)

    hands = Hands(
        open_zip=opened_zip,
        read=lambda path: entrance.ask(read_manifest, path),
        conforms=lambda path: _conforms(path, house.settings.transfer.schemas),
        look=look,
        screen=lambda path: screened(path, entrance),
        trust=lambda sender: trust_of(sender, house.settings.transfer.trusted),
        max_bytes=house.settings.transfer.reception_megabytes * 1_000_000,
    )
    who = lambda login: actor_of(login, store=house.store, clock=house.clock)  # noqa: E731
    return Receiver(house.store, house.vault, house.clock, hands, who)


def _conforms(path: Path, schemas: Path | None) -> str:
    """Return the first fault that the official schema finds in a manifest that was read already; "" for none."""
    if schemas is None:
        return ""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    schema = etree.XMLSchema(etree.parse(schemas / _MAIN))
    if schema.validate(etree.parse(path, parser)):
        return ""
    first = schema.error_log[0]
    return f"ligne {first.line} : {first.message}"


def trust_of(sender: str, folder: Path | None) -> Trust | None:
    """Return the keys that a house published, as the site keeps them; None for one that it has none of."""
    if folder is None or not _CODE.fullmatch(sender) or not (folder / sender / "autorite.pem").is_file():
        return None
    own = folder / sender

    def certificates(name: str) -> list[x509.Certificate]:
        path = own / name
        return x509.load_pem_x509_certificates(path.read_bytes()) if path.is_file() else []

    def keys(name: str) -> list[str]:
        path = own / name
        return path.read_text(encoding="utf-8").split() if path.is_file() else []

    return Trust(
        authorities=certificates("autorite.pem"),
        logs=keys("journaux.vkey"),
        witnesses=keys("temoins.vkey"),
        stamps=certificates("horodatage.pem"),
    )
