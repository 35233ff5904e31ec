"""What can be found, and by whom. This room never writes a letter; its index can always be built anew."""
