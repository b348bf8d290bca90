"""HubSpot as a tool: a static list of contacts is an audience."""
