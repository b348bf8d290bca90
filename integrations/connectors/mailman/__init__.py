"""GNU Mailman 3 as a tool: a mailing list is an audience."""
