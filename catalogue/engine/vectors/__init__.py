"""Counts and sums of events as dense vectors, one number for each customer ordinal.

Where rows come to this process cheaply, one scan of an event answers every count, sum, first and
last of it over every window: the back end only filters and projects. docs/decisions/0020-vectors.md
says why.
"""
