"""What a process remembers between two refreshes, so that the next one reads only what is new.

Whatever is remembered is exact: a refresh that follows from it finds what a full one finds. What
cannot be followed exactly is scanned again."""
