"""Django admin, one file for each noun. Its lists and forms hold no rules: what may be done is
asked of `catalogue.permissions`, and what is done, services do."""
