"""Sample letters of our own: composed, set, printed and spoilt from one seed, with their ground truth.

`python -m scripts.sample_letters --count 24 --seed 1 --to FOLDER`. People, firms and facts are invented.
"""
