"""A real S3 store for the session: `weed mini` on loopback. Tests make the buckets they need."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.embedded.ports import LOOPBACK, free_port, is_free
from engines.process import running
from engines.reachable import reachable_folder


@dataclass(frozen=True, slots=True)
class S3Store:
    """What a client needs to reach the store; path-style addresses, any region."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"


@pytest.fixture(scope="session")
def seaweedfs() -> Iterator[S3Store]:
    with reachable_folder("s3") as folder:
        port = free_port()
        store = S3Store(f"http://{LOOPBACK}:{port}", "ged-essai", "ged-essai-secret")
        identity = {
            "name": "essai",
            "credentials": [{"accessKey": store.access_key, "secretKey": store.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        config = folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
        with running(
            _command(folder, config, port),
            log=folder / "weed.log",
            ready=lambda: _answers(store.endpoint),
            within_s=60,
            environment={**os.environ, "HOME": str(folder)},
        ):
            yield store


def _command(folder: Path, config: Path, port: int) -> list[str | Path]:
    # Bound to loopback whole: the filer and volume ports ask nobody for a key.
    ports = {name: free_port() for name in ("master", "filer", "volume", "master.port.grpc", "filer.port.grpc")}
    return [
        Path(sys.executable).with_name("weed"),
        "mini",
        f"-dir={folder / 'data'}",
        f"-ip={LOOPBACK}",
        f"-ip.bind={LOOPBACK}",
        f"-s3.config={config}",
        f"-s3.port={port}",
        f"-s3.port.grpc={free_port()}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.autoCreateBucket=false",
        f"-s3.localSocket={folder / 's3.sock'}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        f"-master.port={ports['master']}",
        f"-master.port.grpc={ports['master.port.grpc']}",
        "-master.telemetry=false",
        # A bucket takes volumes of its own; left alone, their number is what the disk has free over a gigabyte, and
        # the tests of an evening, a bucket each, use them up.
        "-master.volumeSizeLimitMB=64",
        "-volume.max=10000",
        f"-filer.port={ports['filer']}",
        f"-filer.port.grpc={ports['filer.port.grpc']}",
        f"-volume.port={ports['volume']}",
        f"-volume.port.grpc={free_port()}",
        "-admin.ui=false",
        f"-admin.port={_port_with_its_follower()}",
        "-webdav=false",
    ]


def _port_with_its_follower() -> int:
    # The built-in worker looks for the admin's gRPC port 10,000 above its HTTP port, whatever the options say.
    while True:
        port = free_port()
        if is_free(port + 10_000):
            return port


def _answers(endpoint: str) -> bool:
    try:
        return httpx.get(endpoint, timeout=2).status_code == httpx.codes.FORBIDDEN  # it is up, and asks for a key
    except httpx.TransportError:
        return False
