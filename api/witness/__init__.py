"""The witness as a process of its own: it needs no house, no database and no key but its own."""
