"""The Elasticsearch that tests run: fetched with Maven, unpacked once a machine.

    python tests/engines/elasticsearch_home.py      (scripts/bootstrap does this, so that the wait is seen)

The result stands in `.cache/engines`. The analysis is ours (`search.french`), so the bare core is enough.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import zipfile
from pathlib import Path

VERSION = "8.19.5"
_ZIP_SHA256 = "5d3a8f63f66d828a24d29f88819bf2c6e695d124c470da3ab92a5d6cc1397785"
_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "engines"


def elasticsearch_home() -> Path:
    """Return the unpacked distribution, made if it is not there yet."""
    home = _CACHE / f"elasticsearch-{VERSION}"
    if home.exists():
        return home
    _CACHE.mkdir(parents=True, exist_ok=True)
    archive = _archive()
    with tempfile.TemporaryDirectory(dir=_CACHE) as making:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(making)
        made = Path(making) / f"elasticsearch-{VERSION}"
        for program in (made / "bin").iterdir():
            program.chmod(0o755)  # zipfile forgets who may run what
        try:
            made.rename(home)
        except OSError:
            # Another session was faster: its result is as good as ours.
            if not home.exists():
                raise
    return home


def _archive() -> Path:
    archive = _CACHE / f"elasticsearch-{VERSION}.zip"
    if not archive.exists():
        with tempfile.TemporaryDirectory(dir=_CACHE) as making:
            options = (f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={making}", "-Dstyle.color=never")
            subprocess.run(["mvn", "-B", "-q", "-ntp", _COPY, *options], check=True, cwd=making)
            (Path(making) / archive.name).rename(archive)
    with archive.open("rb") as packed:
        found = hashlib.file_digest(packed, "sha256").hexdigest()
    if found != _ZIP_SHA256:
        message = f"{archive} is not the distribution that was tried (SHA-256 {found}): remove it and start again"
        raise RuntimeError(message)
    return archive


if __name__ == "__main__":
    print(elasticsearch_home())  # noqa: T201 - what the bootstrap shows
