"""Ideas: added, voted for, moved from state to state, parked and woken, merged; never deleted."""
