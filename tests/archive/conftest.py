"""The same lived-in installation that backups are tried on."""

from tests.backup.conftest import lived

__all__ = ["lived"]
