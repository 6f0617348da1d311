"""Files of strangers, read in a child with limits."""
