"""Words as the models see them: folded, without figures, in pairs too, and each known by a hash alone."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from ged.mail.french_dates import plain

BITS = 18
"""262,144 places: two words of a ministry's mail seldom share one."""
_WORD = re.compile(r"[a-z]{3,}")


def features(text: str) -> Counter[int]:
    """Count the hashes of the words and of the pairs of words of a text; figures are left out, accents folded.

    A model holds no word: nobody reads in it what the letters said.
    """
    words = _WORD.findall(plain(text))
    return Counter(_hash(each) for each in (*words, *(f"{left} {right}" for left, right in pairwise(words))))


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest()) >> (32 - BITS)
