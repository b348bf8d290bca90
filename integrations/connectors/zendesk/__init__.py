"""Zendesk as a tool: a tag on users is an audience."""
