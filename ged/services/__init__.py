"""One file per verb: access, state, journal, outbox and next job in one transaction each."""
