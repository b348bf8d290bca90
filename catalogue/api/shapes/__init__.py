"""The shapes of bodies and answers: fields and their checks, nothing else."""
