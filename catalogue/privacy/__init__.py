"""Who may be used, for what, and who is to be forgotten: suppression, consent, erasure, and what is
deleted when."""
