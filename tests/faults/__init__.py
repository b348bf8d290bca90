"""`make faults`: syncs under faults, judged by what the tools were asked and hold in the end."""
