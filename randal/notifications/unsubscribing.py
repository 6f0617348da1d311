"""The link of a digest by which its reader, without signing in, has no more of them by mail (RFC 2369, RFC 8058)."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from randal.settings import Settings


def token_of(person_id: int, secret: str) -> str:
    return str(URLSafeSerializer(secret, salt="randal.digest").dumps(person_id))


def person_of(token: str, secret: str) -> int | None:
    """Whose link it is; None: nobody's."""
    try:
        found = URLSafeSerializer(secret, salt="randal.digest").loads(token)
    except BadSignature:
        return None
    return found if isinstance(found, int) else None


def link_of(person_id: int, settings: Settings) -> str:
    return f"{settings.public_url}/surel/berhenti/{token_of(person_id, settings.secret_key)}"
