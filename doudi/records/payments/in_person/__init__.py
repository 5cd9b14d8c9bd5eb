"""Money counted out by hand, and cards kept by somebody else."""
