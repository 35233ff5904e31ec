"""What reads the vault for an audit: processes where originals are plain files, threads for all else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import compress
from types import TracebackType
from typing import NamedTuple, Self

from ged.mail.audit import Finding
from ged.services.audit.ground import Ground
from ged.services.audit.hashing import Asked, answered, read_original
from ged.services.audit.in_order import threads
from ged.services.audit.judge import Judge
from ged.store.vault.hashers import Answer, Hashers
from ged.store.vault.names import place_of

_HANDFUL_OF_LARGE = 8
"""Of originals of which so many are a handful threads wait for no interpreter, and nothing has to start."""
Read = tuple[int, list[Finding]]
"""How many bytes of an original were read, and what is wrong with the thing."""


class Hashing(NamedTuple):
    """Things of which processes hash some: `plain` says which, `wait` for what they gave."""

    plain: Sequence[bool]
    wait: Callable[[], Iterable[Answer]]


class Readers:
    """Reads originals and proofs beside them, a handful at a time, many at once; ended on leaving."""

    def __init__(self, ground: Ground) -> None:
        """Read what `ground` has: with a process a core, two where the disk is waited for, as it has readers."""
        folder = None if ground.veiled else ground.vault.plain_folder()
        self._hashers = None if folder is None else Hashers(folder, -(-ground.readers // 2), ground.readers)
        self._ground, self._judge = ground, _judge(ground)
        self._lent, self._first = ExitStack(), True

    def __enter__(self) -> Self:
        self._threads = self._lent.enter_context(threads(self._ground.readers))
        if self._hashers is not None:
            self._lent.enter_context(self._hashers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lent.__exit__(kind, error, trace)

    def spare(self) -> bool:
        """Whether processes have so little to do that one will soon be idle; False where there is none."""
        return self._hashers is not None and self._hashers.waiting() < self._ground.readers

    def hash(self, asked: Sequence[Asked]) -> Hashing:
        """Have processes hash those originals that they can."""
        if self._hashers is None:
            return Hashing([False] * len(asked), list)
        large = self._ground.handful_bytes // _HANDFUL_OF_LARGE
        plain = [not one.suffix and one.expected is None and one.size < large for one in asked]
        some = any(plain)
        return Hashing(
            plain, self._hashers.ask([place_of(one.digest) for one in compress(asked, plain)]) if some else list
        )

    def begin(self, asked: Sequence[Asked], hashing: Hashing | None = None) -> Callable[[], Iterator[Read]]:
        """Have things be read; return what waits for what each gave, in their order.

        Args:
            asked: The things.
            hashing: Of the same things, where it was begun before all was known of them.

        Raises:
            Unavailable: from what waits: a process died.
        """
        first, self._first = self._first, False
        if hashing is None:
            if self._hashers is None or first:  # a small vault is read before a process has started
                every = self._threads.submit(self._read, asked)
                return lambda: iter(every.result())
            hashing = self.hash(asked)
        others = [one for one, plain in zip(asked, hashing.plain, strict=True) if one.expected or not plain]
        read = self._threads.submit(self._read, others).result if others else list
        return lambda: self._in_order(asked, hashing.plain, hashing.wait(), read())

    def _in_order(
        self, asked: Iterable[Asked], plain: Iterable[bool], hashed: Iterable[Answer], read: Iterable[Read]
    ) -> Iterator[Read]:
        answers, rest = iter(hashed), iter(read)
        for one, is_plain in zip(asked, plain, strict=True):
            answer = next(answers) if is_plain else None
            yield answered(self._ground.vault, one.digest, answer) if answer and not one.expected else next(rest)

    def _read(self, asked: Iterable[Asked]) -> list[Read]:
        return [read_original(self._ground, one) if not one.suffix else (0, self._proof_faults(one)) for one in asked]

    def _proof_faults(self, one: Asked) -> list[Finding]:
        if self._judge is None:
            return []
        found = self._judge.anchored_proof(one.digest, one.suffix)
        if found and int(one.suffix.split(".")[1]) > self._judge.size:  # the log has grown since
            return Judge(self._ground, self._ground.documents.head()).anchored_proof(one.digest, one.suffix)
        return found


def _judge(ground: Ground) -> Judge | None:
    """Return what proofs are judged by; None where nothing of them can be said."""
    if ground.veiled:
        return None
    try:
        return Judge(ground, ground.documents.head())
    except (ValueError, OSError):
        return None  # told by the check of heads
