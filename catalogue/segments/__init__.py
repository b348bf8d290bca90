"""Segments: every write to one, and what pages show of one."""
