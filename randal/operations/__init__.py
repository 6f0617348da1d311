"""The machine at work: checks, clock, health, what waits and what is stuck."""
