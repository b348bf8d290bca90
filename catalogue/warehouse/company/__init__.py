"""A company's own warehouse: its tables are read where they lie, ordinals are kept on our side."""
