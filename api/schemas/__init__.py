"""Shapes on the wire: what the JSON of /api/v1 carries, and nothing of how it is kept."""
