"""Erasing a person, step by step. Rows are the ledger: whoever is killed goes on where it stopped,
and every step may be done twice."""
