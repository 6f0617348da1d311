"""The room's pages, by place: /notula (minutes_pages), /tanda-tangan (signing_pages), /verifikasi (public_pages),
/operator/otoritas (authority_pages)."""

from randal.minutes import authority_pages, minutes_pages, public_pages, signing_pages  # noqa: F401 - they register their pages
from randal.minutes.blueprint import bp

__all__ = ["bp"]
