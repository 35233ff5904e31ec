"""LibreOffice in a cage: documents of word processors, spreadsheets and slides laid out as PDF."""
