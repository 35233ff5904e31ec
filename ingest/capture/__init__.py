"""The doors by which paper comes in; each hands an arrival to `ged.services.capture`, and decides nothing else."""
