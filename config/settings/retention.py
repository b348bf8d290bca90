"""What is deleted when (docs/privacy.md shows the whole schedule)."""

from config import env

# Rows that a load refused, with the values in them.
REFUSED_ROWS_KEPT_DAYS = env.integer("REFUSED_ROWS_KEPT_DAYS", 30, minimum=1, maximum=3_650)
# Runs that published nothing, exports without a file, notices that were seen.
RUNS_KEPT_DAYS = env.integer("RUNS_KEPT_DAYS", 90, minimum=1, maximum=3_650)
