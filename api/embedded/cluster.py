"""Making the database cluster: aside, then renamed into place, so that a half-made one is never used."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import IO

from api.embedded.account import Account
from api.embedded.program import run_program

ROLE = DATABASE = "ged"
_SENTENCE = "La base de données ne peut pas être créée. Vérifiez la place libre sur le disque, puis recommencez."


def make_cluster(programs: Path, cluster: Path, account: Account | None, password: str, lock: IO[bytes]) -> None:
    """Make `cluster`, with data checksums, the role `ged` under that password, and the database `ged`.

    Only called under the starting lock. `initdb` inherits it: if we are killed, whoever comes next waits until
    the orphan has ended, removes what it left and begins anew.

    Raises:
        Unavailable: `embedded.not_made`.
    """
    for left in cluster.parent.glob("making-*"):
        shutil.rmtree(left)
    making = cluster.with_name(f"making-{secrets.token_hex(4)}")
    making.mkdir(mode=0o700)
    secret = making / "password"
    write_secret(secret, password)
    if account is not None:
        for one in (making, secret):
            os.chown(one, account.uid, account.gid)
    made = making / "cluster"
    _run(account, lock, programs / "initdb", "-D", made, "-U", ROLE, "--pwfile", secret, *_INITDB)
    single = (programs / "postgres", "--single", "-D", made, "-c", "exit_on_error=on", "postgres")
    _run(account, lock, *single, given=f"CREATE DATABASE {DATABASE}\n")
    made.rename(cluster)
    sync_folder(cluster.parent)
    shutil.rmtree(making)


_INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
)


def _run(account: Account | None, lock: IO[bytes], *command: str | Path, given: str = "") -> None:
    run_program(command, account, code="embedded.not_made", sentence=_SENTENCE, given=given, kept_open=[lock])


def write_secret(file: Path, content: str) -> None:
    """Write a file that only its owner reads, whole or not at all, and durable."""
    making = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    with open(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as output:  # noqa: PTH123 - pathlib cannot create with a mode
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    making.rename(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
