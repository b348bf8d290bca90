"""Who is in a segment: refreshing it, its versions, and reading them back."""
