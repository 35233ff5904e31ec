"""The command: `python -m scripts.sample_letters --count 24 --seed 1 --to FOLDER [--varied | --unseen]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.sample_letters.generate import generate, generate_varied


def main() -> None:
    """Write the letters and say how far it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--varied", action="store_true", help="letters of the templates used for tuning")
    parser.add_argument("--unseen", action="store_true", help="letters of the templates kept for measures")
    given = parser.parse_args()

    def progress(done: int, total: int) -> None:
        print(f"\r{done}/{total}", end="", flush=True)

    if given.varied or given.unseen:
        generate_varied(given.count, given.seed, given.to, progress, unseen=given.unseen)
    else:
        generate(given.count, given.seed, given.to, progress)
    print()


if __name__ == "__main__":
    main()
