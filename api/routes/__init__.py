"""JSON endpoints under /api/v1: the same acts as the pages, through the same services."""
