"""Slack as a tool: a user group is an audience."""
