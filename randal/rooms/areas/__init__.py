"""Kawasan: what is ready, what the Pemda promised, what people have of it, and the index of integration."""
