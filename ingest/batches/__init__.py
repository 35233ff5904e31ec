"""Lots: their pages looked at for the board, and the piles of a board made into files, losslessly."""
