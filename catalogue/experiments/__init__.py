"""Experiments inside a segment version: arms, size, results. Arithmetic over vectors; no models."""
