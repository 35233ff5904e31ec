"""The command: `python -m scripts.sample_letters --count 24 --seed 1 --to FOLDER`."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.sample_letters.generate import generate


def main() -> None:
    """Write the letters and say how far it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    generate(given.count, given.seed, given.to, lambda done, total: print(f"\r{done}/{total}", end="", flush=True))
    print()


if __name__ == "__main__":
    main()
