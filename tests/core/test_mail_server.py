"""A mail server that is not who it says it is hears neither the password nor the letter."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from randal.database.base import db
from randal.notifications import mailing, notices, smtp
from randal.notifications.notices import Mail
from randal.settings import Settings, SettingsError, read_settings
from tests.machines import Mailbox
from tests.world import World

pytestmark = pytest.mark.database("sqlite")  # what is said to a server does not hang on it
Certificate = tuple[Path, Path]
Serve = Callable[..., Mailbox]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Of a private CA that is its own: nobody knows it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "surel contoh")])
    made = x509.CertificateBuilder(
        name,
        name,
        key.public_key(),
        x509.random_serial_number(),
        now - timedelta(days=1),
        now + timedelta(days=9),
    )
    for extension, critical in (
        (x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False),
        (x509.BasicConstraints(ca=True, path_length=None), True),
    ):
        made = made.add_extension(extension, critical)
    signed = made.sign(key, hashes.SHA256())
    pem, secret = tmp_path / "surel.pem", tmp_path / "surel.key"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pem, secret


@pytest.fixture
def serve() -> Iterator[Serve]:
    begun: list[Mailbox] = []

    def start(certificate: Certificate | None = None, smtps: bool = False) -> Mailbox:
        begun.append(Mailbox(certificate, smtps))
        return begun[-1]

    yield start
    for each in begun:
        each.stop()


@pytest.fixture
def mail(world: World) -> Mail:
    notices.write(
        world.evaluator, "contoh", "Contoh", "Isi yang tidak boleh dibaca orang lain.", now=world.now
    )
    db.session.commit()
    return db.session.query(Mail).one()


def given(app: Flask, url: str, **more: object) -> Settings:
    return replace(app.config["RANDAL"], mail_url=url, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("smtps", [True, False])
@pytest.mark.parametrize("password", [True, False])
def test_a_false_certificate_gets_nothing(
    app: Flask, world: World, mail: Mail, serve: Serve, certificate: Certificate, smtps: bool, password: bool
) -> None:
    server = serve(certificate, smtps)
    settings = given(app, server.with_password() if password else server.url)
    with pytest.raises(smtp.Away, match=r"sertifikat server surel 127\.0\.0\.1 tidak dapat dipercaya"):
        mailing.send_next(settings, world.now)
    assert (server.messages, server.said) == ([], [])
    db.session.refresh(mail)
    assert "RANDAL_MAIL_CA" in mail.error and mail.failed_at is None


@pytest.mark.parametrize("smtps", [True, False])
def test_the_operators_own_ca_is_believed(
    app: Flask, world: World, mail: Mail, serve: Serve, certificate: Certificate, smtps: bool
) -> None:
    server = serve(certificate, smtps)
    settings = given(app, server.with_password(), mail_ca=str(certificate[0]))
    assert mailing.send_due(settings, world.now) == 1
    assert server.said[0].startswith("AUTH") and len(server.messages) == 1


def test_a_password_is_not_said_in_the_clear(app: Flask, world: World, mail: Mail, serve: Serve) -> None:
    server = serve()
    with pytest.raises(smtp.Away, match="tidak menawarkan STARTTLS"):
        mailing.send_next(given(app, server.with_password()), world.now)
    assert (server.messages, server.said) == ([], [])
    assert mailing.send_due(given(app, server.url), world.now + timedelta(minutes=1)) == 1  # nothing secret


def test_a_wrong_password_is_the_servers_word_and_no_mails_fault(
    app: Flask, world: World, mail: Mail, serve: Serve, certificate: Certificate
) -> None:
    server = serve(certificate)
    url = server.with_password().replace("sandi-contoh", "salah")
    with pytest.raises(smtp.Away, match="menolak nama atau kata sandi"):
        mailing.send_next(given(app, url, mail_ca=str(certificate[0])), world.now)
    db.session.refresh(mail)
    assert mail.attempt == 0 and mail.failed_at is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_FROM", "bukan alamat"),
        ("MAIL_REPLY_TO", "a@b, c@d"),
        ("MAIL_CA", "tidak-ada.pem"),
        ("MAIL_DAYS", "0"),
    ],
)
def test_wrong_settings_of_mail_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANDAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(f"RANDAL_{name}", value)
    with pytest.raises(SettingsError, match=f"RANDAL_{name}"):
        read_settings()
