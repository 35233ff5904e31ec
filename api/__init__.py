"""The edge: every process begins here; settings are read once, adapters are wired, people are answered."""
