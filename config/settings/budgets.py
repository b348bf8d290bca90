"""What one refresh, and one estimate, may take. Over it, it stops with `too_expensive`."""

from config import env

# Below the queue's own limit of a task (config/celery.py), which leaves no sentence behind.
REFRESH_SECONDS = env.integer("REFRESH_SECONDS", 240, minimum=1, maximum=86_400)
# Of DuckDB; vectors and bitmaps of this process come on top.
REFRESH_MEMORY_MIB = env.integer("REFRESH_MEMORY_MIB", 1_430, minimum=64, maximum=1_000_000)
# Rows of events and changes in the tables that it reads.
REFRESH_ROWS = env.integer("REFRESH_ROWS", 2_000_000_000, minimum=1, maximum=10**15)

ESTIMATE_SECONDS = env.integer("ESTIMATE_SECONDS", 10, minimum=1, maximum=3_600)
ESTIMATE_MEMORY_MIB = env.integer("ESTIMATE_MEMORY_MIB", 1_430, minimum=64, maximum=1_000_000)
ESTIMATE_ROWS = env.integer("ESTIMATE_ROWS", 500_000_000, minimum=1, maximum=10**15)
# What a process keeps of what it found, so that the next estimate asks only what is new.
ESTIMATES_KEPT_MIB = env.integer("ESTIMATES_KEPT_MIB", 256, minimum=0, maximum=1_000_000)
# What a worker may remember between refreshes, so that the next reads only what is new; 0: nothing.
REMEMBERED_MIB = env.integer("REMEMBERED_MIB", 1200, minimum=0, maximum=1_000_000)
