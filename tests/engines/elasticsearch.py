"""Real Elasticsearch 8 nodes, on loopback, as a system user when we are root: one for the session, others as asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.embedded.account import Account, engine_account
from api.embedded.ports import LOOPBACK, free_port
from engines.elasticsearch_home import VERSION, elasticsearch_home
from engines.process import running
from engines.reachable import reachable_folder


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    with reachable_folder("es") as folder, node(folder) as one:
        yield one.url


@dataclass(frozen=True, slots=True)
class Node:
    """A running node: where it answers, and the process that leads its group."""

    url: str
    pid: int


@contextmanager
def node(
    folder: Path,
    *,
    heap: str = "512m",
    port: int = 0,
    settings: Mapping[str, object] | None = None,
    prepare: Callable[[Path], None] = lambda _config: None,
    ready: Callable[[str], bool] | None = None,
    scheme: str = "http",
) -> Iterator[Node]:
    """Run a node in a folder, which keeps its data when it is run there again.

    Args:
        folder: Of this node alone, open to the system user.
        heap: As `-Xmx` takes it.
        port: Where it answers; 0 for any free one.
        settings: More settings, in place of those of a node that is alone.
        prepare: Given the folder of its configuration, adds what the settings name.
        ready: Given its address, says whether it may be asked; without it, a health of yellow does.
        scheme: `https` where the settings say so.
    """
    account = engine_account()
    home, port = folder / "home", port or free_port()
    if not home.exists():
        # A copy: the server writes in its own folder, and the clone may be closed to the system user.
        shutil.copytree(elasticsearch_home(), home)
    _configure(home, port, heap, settings or {"discovery.type": "single-node"})
    prepare(home / "config")
    _hand_over(folder, account)
    url = f"{scheme}://{LOOPBACK}:{port}"
    with running(
        [home / "bin" / "elasticsearch"],
        log=folder / "output.log",
        ready=lambda: (ready or _answers)(url),
        within_s=300,
        account=account,
        environment={**os.environ, "ES_JAVA_HOME": str(_java_home()), "HOME": str(folder)},
    ) as pid:
        yield Node(url, pid)


def _configure(home: Path, port: int, heap: str, more: Mapping[str, object]) -> None:
    settings = {
        "cluster.name": "ged-essai",
        "xpack.security.enabled": "false",
        "network.host": LOOPBACK,
        "http.port": port,
        "transport.port": free_port(),
        "path.data": home.parent / "data",
        "path.logs": home.parent / "logs",
        # The disk of a test machine may be nearly full; what is written here is small and short-lived.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        **more,
    }
    lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
    (home / "config" / "elasticsearch.yml").write_text(lines, encoding="utf-8")
    (home / "config" / "jvm.options.d").mkdir(exist_ok=True)
    options = f"-Xms{heap}\n-Xmx{heap}\n"
    (home / "config" / "jvm.options.d" / "heap.options").write_text(options, encoding="utf-8")


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


def install_security_analysis(home: Path) -> None:
    """Give a node what its index of API keys is analysed with: the distribution for tests leaves it out."""
    place = home / "plugins" / "security-analysis"
    place.mkdir(parents=True, exist_ok=True)
    source = Path(__file__).with_name("SecurityAnalysis.java")
    with tempfile.TemporaryDirectory() as made:
        libraries = f"{home / 'lib'}/*"
        subprocess.run(["javac", "--release", "17", "-cp", libraries, "-d", made, source], check=True)
        with zipfile.ZipFile(place / "security-analysis.jar", "w") as jar:
            for each in Path(made).iterdir():
                jar.write(each, each.name)
    (place / "plugin-descriptor.properties").write_text(
        "name=security-analysis\ndescription=for tests\nversion=1\nclassname=SecurityAnalysis\n"
        f"java.version=17\nelasticsearch.version={VERSION}\n",
        encoding="utf-8",
    )
