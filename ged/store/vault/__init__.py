"""Originals and renditions by SHA-256: a local folder or an S3-compatible store. Nothing here deletes."""
