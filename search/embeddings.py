"""A model of meaning behind a server that speaks `/v1/embeddings`, as OpenAI defined it and most servers of models do.

The model's own program never runs in ours: what it does with a text cannot harm the web server or the worker.
"""

from __future__ import annotations

import json
import math
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from ged.errors import Unavailable
from search.meaning import Vector

_MOST_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class EmbeddingServer:
    """Fulfils `search.meaning.Meaning` over HTTP.

    Attributes:
        url: Where the interface lies, `http://127.0.0.1:8099/v1`.
        name: The model, as the server calls it.
        size: Of its vectors.
        least: Cosine from which two texts are said to be near.
        timeout_s: How long a question may take; the vectors of letters may take as long each.
        key: What the server asks for, "" for nothing.
    """

    url: str
    name: str
    size: int
    least: float
    timeout_s: float = 2.0
    key: str = field(default="", repr=False)

    def of_letters(self, texts: Sequence[str]) -> list[Vector]:
        """Return the vector of each text. Raises as the port says."""
        return self._asked(texts, "passage", self.timeout_s * len(texts))

    def of_question(self, text: str) -> Vector:
        """Return the vector of what a person typed. Raises as the port says."""
        return self._asked([text], "query", self.timeout_s)[0]

    def _asked(self, texts: Sequence[str], kind: str, within_s: float) -> list[Vector]:
        # `input_type` tells models that put a question otherwise than a text (E5 and its kin); others pass over it.
        body = json.dumps({"model": self.name, "input": list(texts), "input_type": kind}).encode()
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        request = urllib.request.Request(f"{self.url.rstrip('/')}/embeddings", body, headers)  # noqa: S310 - http(s): checked where it is configured
        try:
            with urllib.request.urlopen(request, timeout=within_s) as answer:  # noqa: S310
                told = json.loads(answer.read(_MOST_BYTES))
            found = sorted(told["data"], key=lambda one: int(one["index"]))
            vectors = [_of_length_1(one["embedding"]) for one in found]
        except HTTPError as error:
            error.close()
            raise _away(f"HTTP {error.code}") from error
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            raise _away(type(error).__name__) from error
        if len(vectors) != len(texts) or any(len(one) != self.size for one in vectors):
            raise _away("its vectors are not those that the configuration tells")
        return vectors


def _of_length_1(numbers: Any) -> Vector:
    values = [float(one) for one in numbers]
    length = math.sqrt(sum(one * one for one in values))
    if not math.isfinite(length) or length == 0:
        raise ValueError("a vector of no length")
    return tuple(one / length for one in values)


def _away(reason: str) -> Unavailable:
    return Unavailable(
        "search.meaning",
        "Le modèle de sens ne répond pas. Les mots se cherchent comme avant ; ce qui s'en approche par le sens attend.",
        reason=reason,
    )
