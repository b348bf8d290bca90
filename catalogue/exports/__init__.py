"""People as files: asked for, written by a worker, kept for a while, then deleted."""
