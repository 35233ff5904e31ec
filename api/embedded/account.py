"""Who an engine runs as: the caller, or, when the caller is root, a system user without login.

PostgreSQL and Elasticsearch refuse to run as root; this file is the only one that creates the user.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ged.errors import Refused
from ged.mail.said import Said

ENGINE_USER = "gedpg"


@dataclass(frozen=True, slots=True)
class Account:
    """A system user that root drops to; `uid` and `gid` as in /etc/passwd."""

    name: str
    uid: int
    gid: int


def engine_account(owner_of: Path | None = None) -> Account | None:
    """Return the account that engines run as; None: the caller's own.

    Args:
        owner_of: What an engine wrote earlier: root goes on as the account that owns it.

    Raises:
        Refused: `embedded.account`: the system user cannot be created.
    """
    if os.geteuid() != 0:
        return None
    if owner_of is not None and owner_of.exists() and owner_of.stat().st_uid != 0:
        return _account(pwd.getpwuid(owner_of.stat().st_uid))
    try:
        return _account(pwd.getpwnam(ENGINE_USER))
    except KeyError:
        return _made_account()


def _made_account() -> Account:
    kind = ("--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin")
    made = subprocess.run(["useradd", *kind, ENGINE_USER], check=False, capture_output=True, text=True)
    # Another process may have made it at the same moment: that the user exists is what counts.
    try:
        return _account(pwd.getpwnam(ENGINE_USER))
    except KeyError as error:
        raise Refused(
            "embedded.account",
            Said(
                "Le compte système %(account)s ne peut pas être créé. Créez-le avec useradd, puis recommencez.",
                account=ENGINE_USER,
            ),
            output=made.stderr.strip(),
        ) from error


def _account(found: pwd.struct_passwd) -> Account:
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def dropping_to(account: Account | None) -> dict[str, Any]:
    """Return the keyword arguments with which `subprocess` runs a program as that account."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def works_as(account: Account | None, command: Sequence[str | Path]) -> bool:
    """Tell whether a short, harmless command can be run by that account and succeeds."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, cwd="/", **dropping_to(account))
    except PermissionError:
        return False
    return done.returncode == 0


def closed_folder(account: Account | None, folder: Path) -> Path | None:
    """Return the first folder on the way down to `folder` (included) that the account cannot enter."""
    if works_as(account, ["test", "-x", folder]):
        return None
    way_down = (*reversed(folder.parents), folder)
    return next((one for one in way_down if not works_as(account, ["test", "-x", one])), None)
