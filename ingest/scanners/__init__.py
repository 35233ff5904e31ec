"""Scanners: each gives pages as JPEG files, one after the other; none of it knows what a letter is."""
