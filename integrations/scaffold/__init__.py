"""Makes the folders of a new connector, and says of every connector what is not right yet."""
