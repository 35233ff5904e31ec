"""OCR engines behind one protocol; each says its name and version."""
