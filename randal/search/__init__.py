"""Finding what was said and decided: one table of words, filled with every change, read by who may see the thing itself."""
