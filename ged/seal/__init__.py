"""Digest, signature, log and verification: what an auditor checks without trusting us. No database here."""
