"""Research first: evidence that expires, surveys whose answers are traits, searches for groups."""
