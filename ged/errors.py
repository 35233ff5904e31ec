"""The errors of the house: one root and six kinds, each with a stable code and a French sentence.

A kind says what the edge does with it (HTTP status, page, exit code); a `code` says which rule
spoke and stands in docs/errors.md. Library errors are turned into one of these at the adapter,
with `raise … from`. This file never formats a page and never logs.
"""

from __future__ import annotations


class GedError(Exception):
    """Something the product refuses or cannot do, said so that a person knows what to do next.

    Attributes:
        code: Stable identifier, `kind.reason`, listed in docs/errors.md.
        sentence: French, for the user: what happened, what is safe, what to do.
        retryable: Whether the same call may succeed later without anybody changing anything.
    """

    kind = "error"
    retryable = False

    def __init__(self, code: str, sentence: str, **diagnostics: object) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self._diagnostics = diagnostics

    def diagnostics(self) -> dict[str, object]:
        """Facts for the operator's log: never a secret, never the content of a letter."""
        return {"code": self.code, "kind": self.kind, "retryable": self.retryable, **self._diagnostics}


class NotFound(GedError):  # noqa: N818 - the six kinds are named for what they say, not with a suffix
    """There is nothing of that name, or nothing that the asker may know of."""

    kind = "not_found"


class Forbidden(GedError):  # noqa: N818
    """The asker is known and may not do this."""

    kind = "forbidden"


class Conflict(GedError):  # noqa: N818
    """Somebody changed the thing first; `diagnostics` carries the revision that stands."""

    kind = "conflict"


class Refused(GedError):  # noqa: N818
    """The input breaks a rule; the same input will be refused again."""

    kind = "refused"


class Unavailable(GedError):  # noqa: N818
    """An engine does not answer; nothing acknowledged is lost; the call may be tried again."""

    kind = "unavailable"
    retryable = True


class Corrupt(GedError):  # noqa: N818
    """Stored bytes, a seal or the log do not say what they must: an operator must look."""

    kind = "corrupt"
