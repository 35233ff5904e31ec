"""Disposal: prepared, visaed, approved by a second person, carried out by the worker, told by a certificate."""
