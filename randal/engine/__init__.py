"""How a move happens: the one writer of states, what is written beside it, and how it is told."""
