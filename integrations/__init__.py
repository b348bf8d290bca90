"""Where segments go and what came of it."""
