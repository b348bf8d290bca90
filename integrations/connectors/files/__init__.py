"""Drops a segment's members as a CSV file into a directory."""
