"""Events: what happened, chained by hashes, and the names that react to it."""
