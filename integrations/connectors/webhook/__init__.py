"""A webhook as a tool: signed events tell a receiver who comes onto a list and who goes off it."""
