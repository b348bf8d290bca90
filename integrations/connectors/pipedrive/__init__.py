"""Pipedrive as a tool: a label of persons is an audience."""
