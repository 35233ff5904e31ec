"""E-mail's edge: the server that our messages are given to, and the doors by which others come in."""
