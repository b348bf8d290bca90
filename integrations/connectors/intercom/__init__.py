"""Intercom as a tool: a tag is an audience."""
