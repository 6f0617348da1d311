"""Readers of strangers' files, imported by the limited child alone (randal/core/limited). No database, no settings."""
