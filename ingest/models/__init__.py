"""Learned weights, by digest, each with a card that says on what data, when, and how well."""
