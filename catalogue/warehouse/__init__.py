"""What we know: customers, accounts, traits and events, and the photos that make them visible."""
