"""Django admin for tools and what came of syncing with them, one file for each noun."""
