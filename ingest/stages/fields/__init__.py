"""Fields of a letter: candidates by pattern and layout, chosen by a model that says how sure it is."""
