"""One field of a letter a file: rules over the layout and the text of its first page."""
