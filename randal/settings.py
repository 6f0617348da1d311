"""Every setting, from the environment (or `.env`), typed, with its default and meaning.

A wrong setting stops the start with one sentence that names it (`SettingsError`).
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dotenv import load_dotenv
from environs import Env, EnvError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from randal.core.embedded_redis import redis_url

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(SystemExit):
    """A setting is missing or wrong; the text is for the operator."""

    def __init__(self, sentence: str):
        super().__init__(f"Pengaturan salah: {sentence}")


@dataclass(frozen=True)
class Settings:
    env: str  # development | production
    data_dir: Path  # where the embedded database, files, authority and logs live
    database_url: str  # SQLAlchemy URL
    redis_url: str
    secret_key: str  # signs sessions and links, wraps the authority's keys
    storage_url: str  # file:///… or s3://bucket/prefix
    mail_url: str  # smtp://user:pass@host:port; "" keeps mail in the in-app outbox
    public_url: str  # printed in documents and links, without trailing slash
    host: str
    port: int
    demo: bool
    now: datetime | None  # where the clock starts (tests only)
    secure_cookies: bool
    proxies: int = 0  # trusted proxies in front, for the real address of a visitor
    provider_file: str = ""  # TOML of a remote signature provider (docs/tanda-tangan.md); "": none
    tsa_url: str = ""  # an external timestamp authority (RFC 3161); "": the installation's own
    tsa_roots: str = ""  # PEM file of the roots that its certificate is checked against

    @property
    def production(self) -> bool:
        return self.env == "production"


def read_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` (by field name) win, for tests. Raises SettingsError."""
    load_dotenv(Path.cwd() / ".env")
    env = Env(prefix="RANDAL_")
    try:
        values = _read(env) | overrides
    except (EnvError, ValueError) as error:
        raise SettingsError(str(error)) from None
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.production and settings.now:
        raise SettingsError("RANDAL_NOW tidak boleh dipakai bila RANDAL_ENV=production.")
    if settings.production and settings.demo:
        raise SettingsError("RANDAL_DEMO=1 tidak boleh dipakai bila RANDAL_ENV=production.")
    return settings


def _read(env: Env) -> dict[str, object]:
    mode = env.str("ENV", "development")
    if mode not in ("development", "production"):
        raise SettingsError("RANDAL_ENV harus development atau production.")
    data_dir = Path(env.str("DATA_DIR", "") or ROOT / "instance").resolve()
    host, port = env.str("HOST", "127.0.0.1"), env.int("PORT", 8000)
    if not 1 <= port <= 65535:
        raise SettingsError("RANDAL_PORT harus angka 1 sampai 65535.")
    database = env.str("DATABASE_URL", "") or f"sqlite:///{data_dir / 'randal.db'}"
    if database.startswith(("postgres://", "postgresql://")):
        database = "postgresql+psycopg://" + database.split("://", 1)[1]
    if not database.startswith(("sqlite:", "postgresql+psycopg:")):
        raise SettingsError("RANDAL_DATABASE_URL harus diawali sqlite: atau postgresql:.")
    try:
        make_url(database)
    except ArgumentError:
        raise SettingsError(
            "RANDAL_DATABASE_URL bukan alamat basis data, misalnya postgresql://nama:sandi@mesin/randal."
        ) from None
    storage = env.str("STORAGE_URL", "") or f"file://{data_dir / 'files'}"
    if not storage.startswith(("file://", "s3://")):
        raise SettingsError("RANDAL_STORAGE_URL harus diawali file:// atau s3://.")
    mail = env.str("MAIL_URL", "")
    if mail and not mail.startswith(("smtp://", "smtps://")):
        raise SettingsError("RANDAL_MAIL_URL harus diawali smtp:// atau smtps://.")
    return {
        "env": mode,
        "data_dir": data_dir,
        "database_url": database,
        "redis_url": env.str("REDIS_URL", "") or redis_url(data_dir),
        "secret_key": env.str("SECRET_KEY", "") or _kept_secret(data_dir, mode),
        "storage_url": storage,
        "mail_url": mail,
        "public_url": (env.str("PUBLIC_URL", "") or f"http://{host}:{port}").rstrip("/"),
        "host": host,
        "port": port,
        "demo": env.bool("DEMO", False),
        "now": _instant(env.str("NOW", "")),
        "secure_cookies": env.bool("SECURE_COOKIES", mode == "production"),
        "proxies": env.int("PROXIES", 0),
        "provider_file": env.str("PROVIDER_FILE", ""),
        "tsa_url": _stamping(env.str("TSA_URL", ""), env.str("TSA_ROOTS", "")),
        "tsa_roots": env.str("TSA_ROOTS", ""),
    }


def _stamping(url: str, roots: str) -> str:
    if url and not url.startswith(("https://", "http://")):
        raise SettingsError("RANDAL_TSA_URL harus diawali https:// atau http://.")
    if url and not Path(roots).is_file():
        raise SettingsError(
            "RANDAL_TSA_ROOTS harus menunjuk berkas PEM sertifikat akar penyelenggara RANDAL_TSA_URL."
        )
    return url


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            "RANDAL_NOW harus berupa waktu ISO 8601, misalnya 2018-06-25T02:00:00Z."
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _kept_secret(data_dir: Path, mode: str) -> str:
    """The secret made at the first start and kept in the data dir, readable by its owner only."""
    if mode == "production":
        raise SettingsError("RANDAL_SECRET_KEY wajib diisi bila RANDAL_ENV=production.")
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
