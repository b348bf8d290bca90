"""Tools as pages: how true each copy of a segment is, and what was sent."""
