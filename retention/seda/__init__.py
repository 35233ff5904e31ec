"""SEDA 2.3: what is transferred to an archive, as a package and as messages; written, and read back without trust."""
