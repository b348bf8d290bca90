"""Numbers about segments, each tied to the membership version it measured."""
