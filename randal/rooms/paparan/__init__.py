"""Paparan: what was presented at a meeting, in versions, and which PPK has read which."""
