"""The letter, its store, its seal. This room imports none of the other four."""
