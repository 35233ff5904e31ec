"""A process of an audit: does what it is asked on its standard input, and ends with it. Nothing else runs it.

    python -m ged.services.audit.hand

It reads pickles of the audit that started it, and writes its own back: first what it stands on, then one act at a time.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys


def main() -> None:
    """Answer until nothing more is asked; signals are for the audit, whose end is this one's."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not stand among the answers
    given = pickle.load(asked)  # noqa: S301 - the audit that started this process wrote it
    while True:
        try:
            act, sent = pickle.load(asked)  # noqa: S301
        except EOFError:
            return
        try:
            answer = True, act(given, sent)
        except Exception as error:  # noqa: BLE001 - raised again by who asked
            answer = False, error
        try:
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main()
