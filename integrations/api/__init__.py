"""REST for what integrations own, beside the catalogue's under /api/v1/."""
