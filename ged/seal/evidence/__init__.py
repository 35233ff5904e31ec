"""Evidence that outlives certificates and digests: records of RFC 4998, renewed in time."""
