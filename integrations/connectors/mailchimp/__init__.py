"""Mailchimp as a tool: a static segment of one of its audiences is our audience."""
