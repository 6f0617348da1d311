"""The words follow every flush, in its transaction."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Session

from randal.search.indexing import follow

if not event.contains(Session, "after_flush", follow):
    event.listen(Session, "after_flush", follow)
