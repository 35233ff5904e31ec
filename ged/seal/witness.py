"""Asking a witness to cosign a head of a log, over HTTP; what it answers is verified before it is believed.

Source: C2SP tlog-witness, `POST <prefix>/add-checkpoint`.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from ged.errors import Corrupt, Unavailable
from ged.mail.said import Said
from ged.seal.cosignature import COSIGNS, check_cosignature
from ged.seal.note import Checkpoint, open_note, read_lines, read_number, read_verifier, write_hashes

_MOST_BYTES = 64 * 1024


class HttpWitness:
    """A witness reached by HTTP, known by its verifier key."""

    def __init__(self, key: str, url: str, timeout_s: float = 10) -> None:
        self._verifier = read_verifier(key, COSIGNS)
        self._url = urlsplit(url.rstrip("/") + "/add-checkpoint")
        self._timeout_s = timeout_s
        self._seen: dict[str, int] = {}
        self._introduced: set[str] = set()

    @property
    def name(self) -> str:
        """The witness's name, as its lines carry it."""
        return self._verifier.name

    def introduce(self, successions: Sequence[str], consistency: Callable[[int, int], Sequence[bytes]]) -> None:
        """Show the successions that the witness was not shown by this process, oldest first.

        A witness that is past one of them, or was told of a later key by its operator, is not asked again: whether
        it knows the key in force is seen at the next head.

        Raises:
            Unavailable: `witness.unavailable`.
        """
        for note in successions:
            if note in self._introduced:
                continue
            head, _ = open_note(note)
            older = min(self._seen.get(head.origin, 0), head.size)
            status, answer = self._ask(older, consistency(older, head.size), note.encode())
            if status == http.HTTPStatus.CONFLICT and (older := self._remembered(answer)) <= head.size:
                status, answer = self._ask(older, consistency(older, head.size), note.encode())
            if status == http.HTTPStatus.OK:
                self._line(answer, head)
                self._seen[head.origin] = head.size
            elif status not in {http.HTTPStatus.CONFLICT, http.HTTPStatus.FORBIDDEN}:
                raise _unavailable(self.name, f"HTTP {status}")
            self._introduced.add(note)

    def cosign(self, note: bytes, size: int, consistency: Callable[[int], Sequence[bytes]]) -> str:
        """Return the witness's line under a head that the log signed; it holds, and carries the time of the witness.

        The witness tells which size it remembers; what lies between is proved to it then.

        Raises:
            Unavailable: `witness.unavailable`, it does not answer, does not know this log, or answers nonsense.
            Corrupt: `witness.refused`, it remembers another history of this log; `witness.ahead`, a longer one; or
                `witness.not_followed`, it follows another key of this log.
        """
        head, _ = open_note(note.decode())
        older = min(self._seen.get(head.origin, 0), size)
        status, answer = self._ask(older, consistency(older), note)
        if status == http.HTTPStatus.CONFLICT:
            older = self._remembered(answer)
            if older > size:
                raise _ahead(self.name, head.origin, older, size)
            status, answer = self._ask(older, consistency(older), note)
        if status in {http.HTTPStatus.CONFLICT, http.HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise _refused(self.name, head.origin, size, status)
        if status == http.HTTPStatus.FORBIDDEN:
            raise _another_key(self.name, head.origin)
        if status != http.HTTPStatus.OK:
            raise _unavailable(self.name, f"HTTP {status}")
        line = self._line(answer, head)
        self._seen[head.origin] = size
        return line

    def _ask(self, older: int, proof: Sequence[bytes], note: bytes) -> tuple[int, str]:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=self._timeout_s)
        body = f"old {older}\n{write_hashes(proof)}\n".encode() + note
        try:
            connection.request("POST", self._url.path, body, {"Content-Type": "text/plain; charset=utf-8"})
            with connection.getresponse() as answer:
                return answer.status, answer.read(_MOST_BYTES).decode()
        except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
            raise _unavailable(self.name, str(error) or type(error).__name__) from error
        finally:
            connection.close()

    def _remembered(self, answer: str) -> int:
        try:
            return read_number(answer.removesuffix("\n"))
        except ValueError as error:
            raise _unavailable(self.name, "a conflict that says no size") from error

    def _line(self, answer: str, head: Checkpoint) -> str:
        """Return the one line that is this witness's; those of keys that we do not know are left out."""
        try:
            ours = [line for line in read_lines(answer) if line.key_id == self._verifier.key_id]
            check_cosignature(ours[0], head, self._verifier)
        except (ValueError, IndexError) as error:
            raise _unavailable(self.name, f"an answer that does not verify: {error}") from error
        return ours[0].text


def _unavailable(witness: str, said: str) -> Unavailable:
    return Unavailable(
        "witness.unavailable",
        Said(
            "Le témoin « %(witness)s » ne répond pas. Rien n'est perdu : il sera sollicité de nouveau.", witness=witness
        ),
        witness=witness,
        said=said,
    )


def _refused(witness: str, origin: str, size: int, status: int) -> Corrupt:
    return Corrupt(
        "witness.refused",
        Said(
            "Le témoin « %(witness)s » refuse la tête du journal : il se souvient d'une autre histoire. N'effacez rien "
            "; prévenez l'auditeur.",
            witness=witness,
        ),
        witness=witness,
        origin=origin,
        size=size,
        status=status,
    )


def _another_key(witness: str, origin: str) -> Corrupt:
    return Corrupt(
        "witness.not_followed",
        Said(
            "Le témoin « %(witness)s » ne suit pas la clé en vigueur de ce journal. Si elle a changé ici, qui tient le "
            "témoin l'accepte (ged witness --accept CLÉ) ; s'il en suit une autre que vous ne connaissez pas, "
            "l'ancienne fut volée : prévenez l'auditeur.",
            witness=witness,
        ),
        witness=witness,
        origin=origin,
    )


def _ahead(witness: str, origin: str, remembered: int, size: int) -> Corrupt:
    return Corrupt(
        "witness.ahead",
        Said(
            "Le témoin « %(witness)s » se souvient d'un journal plus long que celui-ci : des inscriptions ont disparu. "
            "N'effacez rien ; prévenez l'auditeur.",
            witness=witness,
        ),
        witness=witness,
        origin=origin,
        remembered=remembered,
        size=size,
    )
