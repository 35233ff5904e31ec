"""Refuse what must never be committed: registry host names, one machine's paths, secrets.

It reads every file that git tracks or would add. Binary files are looked at too, as bytes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

# Each pattern is written so that it does not match itself: this file passes its own check.
_RULES = {
    "names a package registry": r"pypi[.]org|python[h]osted|registry[.]npmjs|repo1?[.]maven"
    r"|deb[.]debian|archive[.]ubuntu|proxy[.]golang|crates[.]io",
    "holds a path of one machine": r"(?<![\w.])/(?:root|work|farm|home/[a-z]+)/",
    "holds a private key": r"-----BEGIN [A-Z ]*PRIVATE [K]EY-----",
    "holds a key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "holds a token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|npm_[A-Za-z0-9]{36}|xox[abpr]-[A-Za-z0-9-]{20,})",
}


def main() -> int:
    """Print each place found; return 1 when there is one."""
    rules = {what: re.compile(pattern.encode()) for what, pattern in _RULES.items()}
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True, capture_output=True
    )
    files = [Path(name.decode()) for name in listed.stdout.split(b"\0") if name]
    found = [
        f"{file}:{number}: {what}"
        for file in files
        if file.is_file()
        for number, line in enumerate(file.read_bytes().split(b"\n"), start=1)
        for what, rule in rules.items()
        if rule.search(line)
    ]
    print("\n".join(found) if found else f"{len(files)} files are clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
