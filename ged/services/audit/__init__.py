"""The audit: a table of checks, each in a file of its own, that a walker goes through and may take up again.

Nothing here writes to what it looks at.
"""
