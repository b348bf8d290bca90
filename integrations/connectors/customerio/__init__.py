"""Customer.io as a tool: a manual segment is an audience."""
