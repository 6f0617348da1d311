"""Ringkasan publik: what may be told of a meeting outside the house; drafted from its facts, without personal data."""
