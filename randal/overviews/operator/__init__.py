"""The operator's room: is everything running, who reacts to what, which rules the clock brings, working days, history."""
