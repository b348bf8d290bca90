"""Segments: every write to them, and what they must have to go live."""
