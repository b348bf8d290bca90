"""The difference between two bitmaps, sent and confirmed."""
