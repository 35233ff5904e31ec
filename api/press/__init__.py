"""The press: letters laid out as PDF, from a Word template by LibreOffice or from plain text by WeasyPrint."""
