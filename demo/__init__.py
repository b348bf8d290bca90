"""Data and jobs that show the catalogue at work."""
