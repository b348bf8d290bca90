"""What a segment is and who is in it."""
