"""PostgreSQL for one machine: started by whichever process comes first, stopped by the last one out.

Every process that uses the database holds a shared lock on `in-use.lock`; making and starting happen
under an exclusive lock on `starting.lock`. Both are kernel locks, so a killed process leaves none.
Linux only: `/proc` says which server processes live.
"""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from api.embedded.account import Account, closed_folder, engine_account
from api.embedded.cluster import DATABASE, ROLE, make_cluster, write_secret
from api.embedded.ports import LOOPBACK
from api.embedded.program import programs_for, wheel_install
from api.embedded.server import Server
from ged.errors import Corrupt, Refused
from ged.mail.said import Said


class EmbeddedPostgres:
    """A PostgreSQL server in `folder`, shared by all processes of this installation.

    Usable as a context manager, which gives the address. One object is for one thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._server: Server | None = None
        self._in_use: IO[bytes] | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.release()

    def start(self) -> str:
        """Join the running server, or make and start it; return its address for SQLAlchemy.

        The server stays up at least until `release`. After a crash of anything, the next start recovers; called
        again by the same object it starts a server that died in between.

        Raises:
            Refused: `embedded.unreachable`: the folder cannot be made or entered; `embedded.account`.
            Corrupt: `embedded.password_lost`: there is a database and its password is gone.
            Unavailable: `embedded.not_made`, `embedded.not_started`, `embedded.no_programs`.
        """
        account = engine_account(owner_of=self._folder / "cluster")
        self._enter_folder(account)
        if self._in_use is None:
            # Waits while the last one out is stopping the server.
            self._in_use = self._lock("in-use.lock", fcntl.LOCK_SH)
        try:
            with self._starting() as lock:
                self._server = Server(self._folder, programs_for(account, self._folder, wheel_install()), account)
                if not self._server.cluster.exists():
                    password = secrets.token_urlsafe(32)
                    write_secret(self._folder / "password", password)
                    make_cluster(self._server.programs, self._server.cluster, account, password, lock)
                return self._address(self._server.start())
        except BaseException:
            self.release()
            raise

    @property
    def is_up(self) -> bool:
        """Whether the server takes connections now; a glance at one small file."""
        return self._server is not None and self._server.port() is not None

    def release(self) -> None:
        """Give the server up; the last one to do so stops it. Releasing twice is harmless.

        Raises:
            Unavailable: `embedded.not_stopped`.
        """
        in_use, self._in_use = self._in_use, None
        if in_use is None:
            return
        with in_use:
            try:
                fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still uses it
            if self._server is not None:
                self._server.stop()

    def _enter_folder(self, account: Account | None) -> None:
        try:
            self._folder.mkdir(parents=True)
            # Ours, so we may say who passes through it; the folders above are left as they are.
            self._folder.chmod(0o711 if account else 0o700)
        except FileExistsError:
            pass  # made earlier, or by another process at this very moment
        except OSError as error:
            raise self._closed(Said("créer"), error) from error
        closed = closed_folder(account, self._folder)
        if account is not None and closed is not None:
            raise Refused(
                "embedded.unreachable",
                Said(
                    "PostgreSQL s'exécute sous le compte %(account)s, qui ne peut pas entrer dans %(folder)s. Les "
                    "droits de ce dossier restent inchangés. %(advice)s",
                    account=account.name,
                    folder=str(closed),
                    advice=_OTHER,
                ),
                closed=str(closed),
            )

    @contextmanager
    def _starting(self) -> Iterator[IO[bytes]]:
        with self._lock("starting.lock", fcntl.LOCK_EX) as lock:
            yield lock

    def _lock(self, name: str, kind: int) -> IO[bytes]:
        try:
            lock = (self._folder / name).open("ab")
        except PermissionError as error:
            raise self._closed(Said("écrire dans"), error) from error
        fcntl.flock(lock, kind)
        return lock

    def _closed(self, verb: str, error: OSError) -> Refused:
        sentence = Said(
            "Votre compte ne peut pas %(verb)s le dossier %(folder)s. %(advice)s",
            verb=verb,
            folder=str(self._folder),
            advice=_OTHER,
        )
        return Refused("embedded.unreachable", sentence, reason=str(error))

    def _address(self, port: int) -> str:
        kept = self._folder / "password"
        try:
            password = kept.read_text(encoding="ascii")
        except FileNotFoundError as error:
            raise Corrupt(
                "embedded.password_lost",
                Said(
                    "Le fichier %(file)s manque : la base est intacte, mais ne s'ouvre pas sans lui. Remettez ce "
                    "fichier depuis la sauvegarde.",
                    file=str(kept),
                ),
            ) from error
        return f"postgresql+psycopg://{ROLE}:{password}@{LOOPBACK}:{port}/{DATABASE}"


_OTHER = Said("Indiquez un autre dossier de données dans la variable GED_DATA.")
