"""Work on bytes from outside, in processes that the kernel bounds and that know nothing of the house; keeps nothing."""
