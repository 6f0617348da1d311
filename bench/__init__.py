"""Speed, as a ratio to the bare library in the same run. Never a time to pass.

.venv/bin/python -m bench            # all of it
.venv/bin/python -m bench moves      # one of: minutes, moves, statements, memory
"""
