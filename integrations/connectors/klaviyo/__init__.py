"""Klaviyo as a tool: a list of profiles is an audience."""
