"""What a setting may be: told in Indonesian, one sentence, and nothing unsafe in production."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from randal import create_app
from randal.settings import SettingsError, read_settings
from randal.web import proxies
from tests.conftest import settings_for

SAFE = {
    "RANDAL_ENV": "production",
    "RANDAL_SECRET_KEY": secrets.token_hex(32),
    "RANDAL_PUBLIC_URL": "https://randal.contoh.example",
    "RANDAL_PROXIES": "1",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("RANDAL_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RANDAL_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)  # no .env


def said(monkeypatch: pytest.MonkeyPatch, **given: str | None) -> str:
    for name, value in given.items():
        monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as wrong:
        read_settings()
    sentence = str(wrong.value)
    assert sentence.startswith("Pengaturan salah: RANDAL_") and len(sentence.splitlines()) == 1
    assert "nvalid" not in sentence and "not" not in sentence.split(), "in the reader's language"
    return sentence


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("RANDAL_SECRET_KEY", None, "wajib diisi"),
        ("RANDAL_SECRET_KEY", "", "wajib diisi"),
        ("RANDAL_SECRET_KEY", "rahasia", "terlalu pendek"),
        ("RANDAL_SECRET_KEY", "a" * 64, "mudah ditebak"),
        ("RANDAL_SECRET_KEY", "change-me-1234567890-1234567890-9", "mudah ditebak"),
        ("RANDAL_SECRET_KEY", "12345678901234567890123456789", "terlalu pendek"),
        ("RANDAL_PUBLIC_URL", None, "wajib diisi"),
        ("RANDAL_PUBLIC_URL", "", "wajib diisi"),
        ("RANDAL_PUBLIC_URL", "http://127.0.0.1:8000", "wajib diisi"),
        ("RANDAL_PUBLIC_URL", "https://", "wajib diisi"),
        ("RANDAL_PUBLIC_URL", "http://randal.contoh.example", "https://"),
        ("RANDAL_PROXIES", None, "wajib diisi"),
        ("RANDAL_PROXIES", "", "wajib diisi"),
        ("RANDAL_DEMO", "1", "tidak boleh"),
        ("RANDAL_NOW", "2018-06-25", "tidak boleh"),
    ],
)
def test_production_refuses_what_is_unsafe(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, words: str
) -> None:
    for each, safe in SAFE.items():
        monkeypatch.setenv(each, safe)
    assert read_settings().production
    sentence = said(monkeypatch, **{name: value})
    assert name in sentence and words in sentence, sentence
    if value:
        assert name != "RANDAL_SECRET_KEY" or value not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RANDAL_PORT", "delapan"), ("RANDAL_PORT", "0"), ("RANDAL_PORT", "70000"), ("RANDAL_PORT", "8000.5"),
        ("RANDAL_PROXIES", "satu"), ("RANDAL_PROXIES", "-1"), ("RANDAL_DEMO", "mungkin"), ("RANDAL_SECURE_COOKIES", "2"),
        ("RANDAL_NOW", "kemarin"), ("RANDAL_ENV", "produksi"), ("RANDAL_DATABASE_URL", "mysql://a"),
        ("RANDAL_STORAGE_URL", "ftp://a"), ("RANDAL_MAIL_URL", "http://a"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert name in said(monkeypatch, **{name: value})


def test_an_empty_line_of_env_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """`RANDAL_PORT=` in a copied .env means what leaving it out means."""
    plain = read_settings()
    for name in (
        "PORT",
        "HOST",
        "PROXIES",
        "DEMO",
        "SECURE_COOKIES",
        "ENV",
        "NOW",
        "MAIL_URL",
        "STORAGE_URL",
        "PUBLIC_URL",
    ):
        monkeypatch.setenv(f"RANDAL_{name}", "")
    assert read_settings() == plain


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[dict[int, Flask]]:
    """The application in production behind 0, 1 and 2 proxies."""
    made = {}
    for count in (0, 1, 2):
        settings = replace(
            settings_for(f"sqlite:///{tmp_path}/x.db", tmp_path, ""), env="production", proxies=count
        )
        made[count] = create_app(replace(settings, now=None))
    yield made


@pytest.mark.parametrize(
    ("count", "peer", "forwarded", "agrees"),
    [
        (0, "93.184.216.34", "", True),
        (0, "10.0.0.5", "", True),
        (0, "10.0.0.5", "203.0.113.7", False),
        (0, "127.0.0.1", "203.0.113.7", False),
        (0, "93.184.216.34", "192.168.1.9", True),  # a proxy of the visitor's own
        (1, "10.0.0.5", "203.0.113.7", True),
        (1, "10.0.0.5", "1.2.3.4, 203.0.113.7", True),
        (1, "10.0.0.5", "", True),  # the balancer itself asks
        (2, "10.0.0.5", "203.0.113.7", False),
        (2, "10.0.0.5", "203.0.113.7, 10.0.0.6", True),
    ],
)
def test_proxies_that_were_not_told_of_are_noticed(
    behind: dict[int, Flask], count: int, peer: str, forwarded: str, agrees: bool
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    client = behind[count].test_client()
    asked = {"environ_base": {"REMOTE_ADDR": peer}, "headers": headers}
    alive = client.get("/healthz", **asked)
    assert alive.status_code == (200 if agrees else 503)
    if not agrees:
        assert proxies.SENTENCE in client.get("/masuk", **asked).text
        told = client.get("/api/v1/meetings", **asked)
        assert told.status_code == 503 and told.json["detail"] == proxies.SENTENCE
