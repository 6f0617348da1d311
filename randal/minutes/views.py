"""The room's pages, by place: /notula (minutes_pages), /tanda-tangan (signing_pages), /verifikasi (public_pages),
/operator/otoritas (authority_pages)."""

from randal.minutes import (  # noqa: F401 - they register their pages
    authority_pages,
    changes_pages,
    minutes_pages,
    offline_pages,
    preview,
    public_pages,
    signing_pages,
)
from randal.minutes.blueprint import bp

__all__ = ["bp"]
