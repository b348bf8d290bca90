"""The definition language: one tree that says who belongs to a segment. Plain Python."""
