"""Words as the models see them: folded, without figures, in pairs too."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from ged.mail.french_dates import plain

_WORD = re.compile(r"[a-z]{3,}")


def features(text: str) -> Counter[str]:
    """Count the words and the pairs of words of a text; figures are left out, accents folded."""
    words = _WORD.findall(plain(text))
    return Counter(words) + Counter(f"{left} {right}" for left, right in pairwise(words))
