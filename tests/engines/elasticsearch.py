"""A real Elasticsearch 8 for the session, on loopback, as a system user when we are root."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.embedded.account import Account, engine_account
from api.embedded.ports import LOOPBACK, free_port
from engines.elasticsearch_home import elasticsearch_home
from engines.process import running
from engines.reachable import reachable_folder


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    with elasticsearch() as url:
        yield url


@contextmanager
def elasticsearch(*, heap: str = "512m", plugins: Mapping[str, Path] | None = None) -> Iterator[str]:
    """Yield the address of a server of its own; `plugins` are folders to be laid into it, by name."""
    account = engine_account()
    with reachable_folder("es") as folder:
        home = folder / "home"
        # A copy: the server writes in its own folder, and the clone may be closed to the system user.
        shutil.copytree(elasticsearch_home(), home)
        for name, made in (plugins or {}).items():
            shutil.copytree(made, home / "plugins" / name)
        port = free_port()
        _configure(home, port, heap)
        _hand_over(folder, account)
        with running(
            [home / "bin" / "elasticsearch"],
            log=folder / "output.log",
            ready=lambda: _answers(f"http://{LOOPBACK}:{port}"),
            within_s=300,
            account=account,
            environment={**os.environ, "ES_JAVA_HOME": str(_java_home()), "HOME": str(folder)},
        ):
            yield f"http://{LOOPBACK}:{port}"


def _configure(home: Path, port: int, heap: str) -> None:
    settings = {
        "cluster.name": "ged-essai",
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "network.host": LOOPBACK,
        "http.port": port,
        "transport.port": free_port(),
        "path.data": home.parent / "data",
        "path.logs": home.parent / "logs",
        # The disk of a test machine may be nearly full; what is written here is small and short-lived.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
    (home / "config" / "elasticsearch.yml").write_text(lines, encoding="utf-8")
    (home / "config" / "jvm.options.d").mkdir(exist_ok=True)
    (home / "config" / "jvm.options.d" / "heap.options").write_text(f"-Xms{heap}\n-Xmx{heap}\n", encoding="utf-8")


def _hand_over(folder: Path, account: Account | None) -> None:
    if account is None:
        return
    for one in (folder, *folder.rglob("*")):
        os.chown(one, account.uid, account.gid)


def _java_home() -> Path:
    java = shutil.which("java")
    if java is None:
        message = "no java on the PATH: run scripts/bootstrap --for test"
        raise RuntimeError(message)
    return Path(java).resolve().parents[1]


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_cluster/health?wait_for_status=yellow&timeout=2s", timeout=5).is_success
    except httpx.TransportError:
        return False
