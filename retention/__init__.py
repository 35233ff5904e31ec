"""How long a letter is kept, and then what. `fate` is pure; nothing here destroys."""
