"""The tree in plain English: one message per head and operator, all of them translatable."""
