"""How a segment's goal divides its people: who reached it, missed it, or still has time."""
