"""Proof bundles: all that a stranger needs to check a letter without us, in one zip. Knows no store and no network."""
