"""Promised: `python -m randal.core.audit`. It is `python -m randal.audit` now."""
