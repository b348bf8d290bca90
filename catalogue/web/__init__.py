"""The catalogue as pages, answered by the server without a script."""
