"""REST for what the catalogue owns, and the ground that every resource under /api/v1/ stands on."""
