"""Alerts: somebody is told of what went wrong, on their home page and by e-mail."""
