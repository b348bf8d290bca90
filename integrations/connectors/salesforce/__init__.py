"""Salesforce as a tool: a campaign is an audience, its members are contacts."""
