"""Our own sheets coming back through the scanner: found by their QR, laid straight by their marks, their boxes read.

Pure functions on grey images; nothing here writes, numbers or decides.
"""
