"""The same lived-in installation that backups are tried on."""

from tests.backup.conftest import an_authority, lived

__all__ = ["an_authority", "lived"]
