"""What stays when everyone has gone home: a meeting as one file that proves itself, the register, how long it is kept."""
