"""veraPDF, the validator of PDF/A: fetched with Maven once a machine, run by `java`.

python tests/engines/verapdf.py      (scripts/bootstrap does this, so that the wait is seen)
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

VERSION = "1.30.2"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "engines"
_MAIN = "org.verapdf.apps.GreenfieldCliWrapper"
_POM = f"""<project><modelVersion>4.0.0</modelVersion><groupId>ged</groupId><artifactId>verapdf</artifactId>
<version>1</version><dependencies><dependency><groupId>org.verapdf.apps</groupId><artifactId>cli</artifactId>
<version>{VERSION}</version></dependency></dependencies></project>
"""


def verapdf_home() -> Path:
    """Return the folder of its archives, made if it is not there yet."""
    home = _CACHE / f"verapdf-{VERSION}"
    if home.exists():
        return home
    _CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as making:
        (Path(making) / "pom.xml").write_text(_POM, encoding="ascii")
        made = Path(making) / "jars"
        options = (f"-DoutputDirectory={made}", "-Dstyle.color=never")
        subprocess.run(["mvn", "-B", "-q", "-ntp", _COPY, *options], check=True, cwd=making)
        try:
            made.rename(home)
        except OSError:
            # Another session was faster: its result is as good as ours.
            if not home.exists():
                raise
    return home


def conforms(*files: Path) -> dict[str, str]:
    """Return, by the name of each file, the flavour of PDF/A that it claims and keeps; "" when it does not keep it."""
    command = ["java", "-cp", f"{verapdf_home()}/*", _MAIN, "--format", "text", "--flavour", "0", *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout
    found = {}
    for line in said.splitlines():
        word, path, flavour = line.split()
        found[Path(path).name] = flavour if word == "PASS" else ""
    return found


if __name__ == "__main__":
    print(verapdf_home())  # noqa: T201 - what the bootstrap shows
