"""Backup while everything runs, and restore into an empty place: `flask randal backup DIR`, `flask randal restore DIR`.

A backup is one folder that proves itself:

    randal.db.gz          every row, as SQLite; from PostgreSQL too, so that it can be restored into either (randal.db
                          in backups of earlier versions)
    randal.dump           only from PostgreSQL: pg_dump of the same instant
    files/ab/abcd…        every file that the database of that instant names
    ca/                   only in backups of earlier versions: the authority, which the database has kept since
    secret_key            only when this installation keeps its secret key itself
    manifest.json         what is in it, each file with its size and SHA-256; written last
    manifest.json.sha256  as sha256sum writes it

The database comes first, then the files it names: these are named by content and never change.
"""

from randal.backup.making import backup
from randal.backup.manifest import BackupError
from randal.backup.restoring import restore
from randal.backup.thinning import thin

__all__ = ["BackupError", "backup", "restore", "thin"]
