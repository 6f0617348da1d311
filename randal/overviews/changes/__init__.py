"""What changed since the last meeting: written by the system from the history, never typed."""
