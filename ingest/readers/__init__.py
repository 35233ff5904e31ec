"""One small reader per format; each bids on a file by its content, never by its name."""
