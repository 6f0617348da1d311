"""Every setting, from the environment (or `.env`), typed, with its default and meaning.

A wrong setting stops the start with one sentence that names it (`SettingsError`).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formataddr, getaddresses
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from dotenv import load_dotenv
from environs import Env
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from randal.base import durable
from randal.base.embedded_redis import redis_url

SECRET_LENGTH, SECRET_LETTERS = 32, 10  # characters, and different ones among them
# What stands in documentation and examples, digits and signs left out.
WELL_KNOWN = {
    "changeme",
    "secret",
    "secretkey",
    "rahasia",
    "randal",
    "password",
    "development",
    "contohrahasia",
}
HERE = (None, "localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104, nobody listens there: it is refused
YES, NO = ("1", "true", "yes", "on", "ya"), ("0", "false", "no", "off", "tidak")
FLAGS = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
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
    node: str = ""  # what this machine is called in `check`; "": its host name
    proxies: int = 0  # trusted proxies in front, for the real address of a visitor
    provider_file: str = ""  # TOML of a remote signature provider (docs/tanda-tangan.md); "": none
    tsa_url: str = ""  # an external timestamp authority (RFC 3161); "": the installation's own
    internal_hosts: tuple[str, ...] = ()  # of our own network: may be called from here, and linked to
    paper_points: int = 11  # size of the letters of papers: 11 or 12
    tsa_roots: str = ""  # PEM file of the roots that its certificate is checked against
    mail_from: str = ""  # "Nama <alamat>"; "": Randal <randal@host of public_url>
    mail_reply_to: str = ""  # where answers go; "": to the sender
    mail_ca: str = ""  # PEM file of a private CA of the mail server
    mail_days: int = 3  # a mail that waited longer is not sent any more

    @property
    def production(self) -> bool:
        return self.env == "production"


def read_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` (by field name) win, for tests. Raises SettingsError."""
    load_dotenv(Path.cwd() / ".env")
    env = Env(prefix="RANDAL_")
    settings = Settings(**_read(env) | overrides)  # type: ignore[arg-type]
    if settings.production:
        _refuse_unsafe(settings, env)
    return settings


def _refuse_unsafe(settings: Settings, env: Env) -> None:
    """What is convenient at a desk and dangerous, or silently wrong, before the public."""
    if settings.now:
        raise SettingsError("RANDAL_NOW tidak boleh dipakai bila RANDAL_ENV=production.")
    if settings.demo:
        raise SettingsError("RANDAL_DEMO=1 tidak boleh dipakai bila RANDAL_ENV=production.")
    secret = settings.secret_key
    bare = "".join(filter(str.isalpha, secret.lower()))
    if len(secret) < SECRET_LENGTH or len(set(secret)) < SECRET_LETTERS or bare in WELL_KNOWN:
        raise SettingsError(
            f"RANDAL_SECRET_KEY terlalu pendek atau terlalu mudah ditebak: isi sedikitnya {SECRET_LENGTH} karakter acak "
            '(python3 -c "import secrets; print(secrets.token_hex(32))"). Mengganti yang lama: docs/tanda-tangan.md.'
        )
    address = urlsplit(settings.public_url)
    if not env.str("PUBLIC_URL", "") or address.hostname in HERE:
        raise SettingsError(
            "RANDAL_PUBLIC_URL wajib diisi bila RANDAL_ENV=production: alamat yang dilihat orang, tercetak di surat, tautan, "
            "dan kode QR, misalnya https://randal.contoh.go.id."
        )
    if settings.secure_cookies and address.scheme != "https":
        raise SettingsError(
            "RANDAL_PUBLIC_URL harus diawali https:// bila RANDAL_ENV=production: kuki masuk hanya dikirim lewat HTTPS."
        )
    if not env.str("PROXIES", "").strip():
        raise SettingsError(
            "RANDAL_PROXIES wajib diisi bila RANDAL_ENV=production: banyaknya proksi di depan Randal (biasanya 1), atau 0. "
            "Tanpa itu semua pengunjung tampak beralamat sama, dan dibatasi bersama."
        )


def _read(env: Env) -> dict[str, object]:
    mode = env.str("ENV", "") or "development"
    if mode not in ("development", "production"):
        raise SettingsError("RANDAL_ENV harus development atau production.")
    data_dir = Path(env.str("DATA_DIR", "") or ROOT / "instance").resolve()
    host, port = env.str("HOST", "") or "127.0.0.1", _number(env, "PORT", 8000, 1, 65535)
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
        "mail_from": _mailbox(env, "MAIL_FROM"),
        "mail_reply_to": _mailbox(env, "MAIL_REPLY_TO"),
        "mail_ca": _authority(env),
        "mail_days": _number(env, "MAIL_DAYS", 3, 1, 30),
        "public_url": (env.str("PUBLIC_URL", "") or f"http://{host}:{port}").rstrip("/"),
        "host": host,
        "port": port,
        "node": env.str("NODE", "").strip(),
        "demo": _flag(env, "DEMO", False),
        "now": _instant(env.str("NOW", "")),
        "secure_cookies": _flag(env, "SECURE_COOKIES", mode == "production"),
        "proxies": _number(env, "PROXIES", 0, 0, 20),
        "paper_points": _number(env, "PAPER_POINTS", 11, 11, 12),
        "provider_file": env.str("PROVIDER_FILE", ""),
        "tsa_url": _stamping(env.str("TSA_URL", ""), env.str("TSA_ROOTS", "")),
        "tsa_roots": env.str("TSA_ROOTS", ""),
        "internal_hosts": tuple(
            filter(None, (one.strip() for one in env.str("INTERNAL_HOSTS", "").split(",")))
        ),
    }


def _number(env: Env, name: str, default: int, least: int, most: int) -> int:
    text = env.str(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SettingsError(f"RANDAL_{name} harus angka {least} sampai {most}, bukan «{text}».")
    return int(text)


def _flag(env: Env, name: str, default: bool) -> bool:
    text = env.str(name, "").strip().lower()
    if not text:
        return default
    if text not in FLAGS:
        raise SettingsError(f"RANDAL_{name} harus 1 atau 0, bukan «{text}».")
    return FLAGS[text]


def _mailbox(env: Env, name: str) -> str:
    """One address, with or without a name, as it stands in a letter's head."""
    text = " ".join(env.str(name, "").split())
    several = getaddresses([text]) if text else [("", "")]
    given, address = several[0]
    if text and not (
        len(several) == 1 and address.isascii() and re.fullmatch(r"[^@\s,<>]+@[^@\s,<>]+", address)
    ):
        raise SettingsError(
            f"RANDAL_{name} harus satu alamat surel, misalnya Sekretariat <sekretariat@contoh.go.id>."
        )
    return formataddr((given, address), "utf-8") if text else ""


def _authority(env: Env) -> str:
    path = env.str("MAIL_CA", "")
    if path:
        try:
            x509.load_pem_x509_certificates(Path(path).read_bytes())
        except (OSError, ValueError):
            raise SettingsError(
                "RANDAL_MAIL_CA harus menunjuk berkas PEM sertifikat CA server surel yang terbaca."
            ) from None
    return path


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
    if not path.exists():
        durable.make_folder(data_dir)
        durable.write_once(path, secrets.token_urlsafe(48).encode())
    return path.read_text().strip()
