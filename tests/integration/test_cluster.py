"""A cluster as a site runs one: several nodes of which one dies, TLS with an authority of its own, an API key."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import signal
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from api.config import SearchSettings, Settings
from api.embedded.ports import LOOPBACK, free_port
from api.index_check import check_index
from api.wiring import House, open_house
from api.worker import drain_index
from engines.elasticsearch import Node, install_security_analysis, node
from engines.reachable import reachable_folder
from ged.errors import Unavailable
from ged.mail.indexing import Drift
from ged.services.sign_in import actor_of
from ged.store.changes import Changes
from rooms.letters import letter_pdf, send
from search.elastic import Cluster, ElasticIndex
from search.port import Query
from search.rebuild import rebuild

READERS = frozenset({"reg:MME:interne"})


@pytest.fixture
def two_nodes() -> Iterator[tuple[Node, Node]]:
    """Two nodes of one cluster: the first elects itself, the second holds data."""
    ports = [free_port(), free_port()]
    with reachable_folder("es1") as one, reachable_folder("es2") as two:
        common = {"discovery.seed_hosts": f"{LOOPBACK}:{ports[0]}"}
        first = {
            **common, "node.name": "un", "transport.port": ports[0], "cluster.initial_master_nodes": "un",
            "node.roles": "[master, data]",
        }  # fmt: skip
        second = {**common, "node.name": "deux", "transport.port": ports[1], "node.roles": "[data]"}
        with node(one, settings=first) as leader, node(two, settings=second) as follower:
            yield leader, follower


def test_one_of_two_nodes_dies_and_search_and_indexing_go_on(settings: Settings, two_nodes: tuple[Node, Node]) -> None:
    leader, follower = two_nodes
    # The node that dies is named first: what asks must pass it over.
    search = SearchSettings(kind="elasticsearch", url=f"{follower.url}, {leader.url}", prefix="ged", replicas=1)
    with open_house(settings.model_copy(update={"search": search})) as house:
        before = registered(house, 5)
        assert httpx.get(f"{leader.url}/_cluster/health?wait_for_status=green&timeout=60s", timeout=70).is_success
        os.killpg(follower.pid, signal.SIGKILL)
        assert {hit.id for hit in house.index.search(Query(""), READERS).hits} == before
        after = registered(house, 5)
        assert {hit.id for hit in house.index.search(Query(""), READERS).hits} == before | after
        assert check_index(house).drift == Drift(letters=10)
        assert rebuild(Changes(house.store), house.index, house.clock) == 10
        assert house.index.report().reachable


def registered(house: House, count: int) -> set[str]:
    """Register letters and index them, trying again while the cluster finds itself."""
    kossi = actor_of("kossi", store=house.store, clock=house.clock)
    mark = os.urandom(4).hex().encode()
    ids = {send(house, kossi, letter_pdf() + b"%%%s%d\n" % (mark, n), f"{n}.pdf").letter_id for n in range(count)}
    for _ in range(20):
        try:
            drain_index(house)
        except Unavailable:
            continue
        return ids
    message = "the cluster did not find itself"
    raise AssertionError(message)


def _certificates(folder: Path) -> None:
    """Make an authority and a certificate of this machine under it."""
    now = datetime.now(UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Autorité d'essai")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elasticsearch")])

    def dated(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
        )

    ca = (
        dated(ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    mine = (
        dated(name, key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "node.pem").write_bytes(mine.public_bytes(pem))
    (folder / "node.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _operator(config: Path, password: str) -> None:
    """Give the node one user, who may do all, by its own files."""
    salt = os.urandom(32)
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 10_000, 32)
    said = f"{{PBKDF2}}10000${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"
    (config / "users").write_text(f"exploitant:{said}\n", encoding="utf-8")
    (config / "users_roles").write_text("superuser:exploitant\n", encoding="utf-8")


def test_a_cluster_with_tls_and_a_key_is_reached_by_its_authority_and_its_key_alone(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _certificates(tmp_path)
    ca = tmp_path / "ca.pem"
    secured = {
        "discovery.type": "single-node",
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "true",
        "xpack.security.http.ssl.certificate": "node.pem",
        "xpack.security.http.ssl.key": "node.key",
        "xpack.security.authc.password_hashing.algorithm": "pbkdf2_10000",
        "xpack.security.autoconfiguration.enabled": "false",
    }
    operator = ("exploitant", "un-mot-de-passe")

    def prepare(config: Path) -> None:
        for name in ("node.pem", "node.key"):
            (config / name).write_bytes((tmp_path / name).read_bytes())
        _operator(config, operator[1])
        install_security_analysis(config.parent)

    context = ssl.create_default_context(cafile=str(ca))

    def ready(url: str) -> bool:
        try:
            return httpx.get(f"{url}/_cluster/health", auth=operator, verify=context, timeout=5).is_success
        except httpx.TransportError:
            return False

    with (
        reachable_folder("es") as folder,
        node(folder, settings=secured, prepare=prepare, ready=ready, scheme="https") as one,
    ):
        # What the product needs, and no more: docs/operations.md gives the same.
        rights = {
            "cluster": ["monitor"],
            "indices": [{"names": ["ged*"], "privileges": ["manage", "read", "write"]}],
        }
        made = httpx.post(
            f"{one.url}/_security/api_key", json={"name": "ged", "role_descriptors": {"ged": rights}},
            auth=operator, verify=context, timeout=120,
        ).raise_for_status().json()["encoded"]  # fmt: skip
        search = SearchSettings(kind="elasticsearch", url=one.url, ca_file=ca, api_key=SecretStr(made))
        with caplog.at_level(logging.DEBUG), open_house(settings.model_copy(update={"search": search})) as house:
            ids = registered(house, 2)
            assert {hit.id for hit in house.index.search(Query(""), READERS).hits} == ids
            assert rebuild(Changes(house.store), house.index, house.clock) == 2
            assert check_index(house).drift == Drift(letters=2)
            assert made not in repr(house.index.report()) + repr(house.settings)
        assert made not in caplog.text
        for cluster in (
            Cluster((one.url,), ca_file=ca),
            Cluster((one.url,), ca_file=ca, api_key=base64.b64encode(b"autre:cle").decode()),
            Cluster((one.url,), api_key=made),
        ):
            assert made not in repr(cluster)
            with pytest.raises(Unavailable) as error:
                ElasticIndex(cluster).search(Query(""), READERS)
            assert made not in str(error.value.diagnostics())


def test_a_key_is_read_from_a_file_and_one_that_cannot_be_read_is_said(settings: Settings, tmp_path: Path) -> None:
    key = tmp_path / "cle"
    key.write_text("une-cle-encodee\n", encoding="utf-8")
    search = SearchSettings(kind="elasticsearch", url="https://127.0.0.1:1", api_key_file=key)
    assert search.read_api_key() == "une-cle-encodee"
    lost = search.model_copy(update={"api_key_file": tmp_path / "absente"})
    with pytest.raises(Unavailable) as error, open_house(settings.model_copy(update={"search": lost})):
        pass
    assert error.value.code == "search.key"
