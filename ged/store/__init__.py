"""The only SQL of the house, and the only commit. Rows never leave this room: values of `ged.mail` do."""
