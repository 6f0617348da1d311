"""What a stored paper must be, to be held against a file that somebody has."""
