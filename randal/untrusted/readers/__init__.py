"""Readers of strangers' files, imported by the limited child alone (randal/untrusted/limited). No database, no settings."""
