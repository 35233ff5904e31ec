"""XML from outside, read as data: no document type, no entity, no network, nothing larger than it may be."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from ged.errors import Refused
from ged.mail.said import Said
from retention.seda.contents import NAMESPACE

MAX_MANIFEST_BYTES, MAX_MESSAGE_BYTES = 64_000_000, 4_000_000
_NS = {"s": NAMESPACE}
_FAMILY = "fr:gouv:culture:archivesdefrance:seda:"


def read_root(path: Path, names: tuple[str, ...], limit_bytes: int) -> etree._Element:
    """Return the root of a message of SEDA 2.3, of one of some names.

    Raises:
        Refused: `transfer.xml`, it is too large, no XML, of another language, or asks for more than to be read.
    """
    if path.stat().st_size > limit_bytes:
        raise refused(Said("il est trop grand"))
    text = path.read_bytes()
    if b"\0" in text[:1024] or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise refused(Said("il déclare un type de document ou des entités, ce qu'un message SEDA ne fait jamais"))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refused(Said("ce n'est pas du XML bien formé (%(why)s)", why=str(error)[:200])) from error
    name = etree.QName(root)
    if name.namespace != NAMESPACE:
        other = str(name.namespace or "").removeprefix(_FAMILY)
        raise refused(
            Said("il est écrit en SEDA %(version)s", version=other) if other else Said("ce n'est pas un message SEDA")
        )
    if name.localname not in names:
        raise refused(Said("« %(name)s » n'est pas le message attendu", name=name.localname[:60]))
    return root


def refused(why: str) -> Refused:
    """Return the refusal of a message that is not what it must be."""
    return Refused("transfer.xml", Said("Ce fichier XML n'est pas accepté : %(why)s. Rien n'a été changé.", why=why))


def text_at(element: etree._Element, path: str, limit: int = 2000) -> str:
    """Return the text of the first element at a path (`s:` is SEDA), "" when there is none."""
    found = element.find(path, _NS)
    return "" if found is None else " ".join("".join(found.itertext()).split())[:limit]


def all_at(element: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at a path."""
    return list(element.findall(path, _NS))
