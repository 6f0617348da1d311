"""One letter to the mail server of the settings, over a checked connection; and what its answers mean.

The certificate is checked, for smtps:// and STARTTLS alike, before anything is said: a false server hears neither the
password nor the letter. Whose fault a failure is decides what comes next: `Away` (server, connection, sign-in, sender:
no letter is to blame), `Later` (this letter, for now: 4xx), `Never` (this letter, for good: 5xx).
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.message import EmailMessage
from email.utils import parseaddr
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import certifi

from randal.settings import Settings

PATIENCE = 20.0  # seconds for each answer of the server
TALK = 90.0  # seconds for all that is said before the letter itself
TAKEN = 600.0  # seconds until it says that it took the letter: who gives up sooner sends it twice (RFC 5321, 4.5.3.2.6)
LONGEST = TALK + TAKEN + 30  # nothing here takes longer
SHOWN = 300  # letters of a server's answer

MEANING = {
    "5.1.1": "alamat tidak dikenal",
    "5.1.2": "domain alamat tidak dikenal",
    "5.1.3": "alamat salah tulis",
    "5.1.6": "kotak surat sudah pindah",
    "5.1.10": "domain alamat tidak menerima surel",
    "5.2.1": "kotak surat ditutup",
    "5.2.2": "kotak surat penuh",
    "4.2.2": "kotak surat penuh",
    "5.2.3": "surat terlalu besar",
    "5.3.4": "surat terlalu besar",
    "5.4.4": "domain alamat tidak dikenal",
}
BY_CODE = {
    450: "belum diterima",
    451: "belum diterima",
    452: "belum diterima",
    550: "alamat ditolak",
    551: "alamat tidak di server ini",
    552: "surat terlalu besar atau kotak surat penuh",
    553: "alamat salah tulis",
    554: "surat ditolak",
}


class Failed(Exception):
    """A letter did not leave. The text is a clause for people; `code` the server's reply code, 0 without one."""

    def __init__(self, said: str, code: int = 0):
        super().__init__(said)
        self.code = code


class Away(Failed):
    """No letter can be sent now."""


class Later(Failed):
    """This letter may be taken later."""


class Never(Failed):
    """This letter will never be taken."""


def hand_over(letter: EmailMessage, whole: bytes, settings: Settings) -> None:
    """Give one letter (`whole`: its bytes) to the server of RANDAL_MAIL_URL. Raises Away, Later, Never."""
    parts = urlsplit(settings.mail_url)
    sender, to = parseaddr(str(letter["From"]))[1], _ascii_domain(str(letter["To"]))
    name = f"server surel {parts.hostname or 'localhost'}"
    with _within(TALK) as clock, ExitStack() as ending:
        try:
            server = _greeted(parts, name, settings.mail_ca, clock)
            ending.callback(_part, server)
            options = ["SMTPUTF8"] if not to.isascii() and server.has_extn("smtputf8") else []
            code, reply = server.mail(sender, options)
        except ssl.SSLCertVerificationError as error:
            raise Away(
                f"sertifikat {name} tidak dapat dipercaya ({error.verify_message}); kata sandi dan surat tidak dikirim. "
                "Pasang sertifikat yang sah, atau isi RANDAL_MAIL_CA dengan berkas CA-nya"
            ) from None
        except smtplib.SMTPAuthenticationError as error:
            raise Away(
                f"{name} menolak nama atau kata sandi pada RANDAL_MAIL_URL ({_words(error.smtp_code, error.smtp_error)})",
                error.smtp_code,
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Away(f"{name} tidak dapat dipakai ({_reason(error)})") from None
        try:
            if code != 250:
                raise Away(
                    f"{name} menolak pengirim {sender} ({_words(code, reply)}); periksa RANDAL_MAIL_FROM",
                    code,
                )
            if not to.isascii() and not options:
                raise Never("alamatnya memakai huruf yang tidak dapat dikirimi lewat server surel ini")
            _judge(*server.rcpt(to))
            clock.again(TAKEN)
            if server.sock:
                server.sock.settimeout(TAKEN)
            _judge(*server.data(whole))
        except smtplib.SMTPDataError as error:
            _judge(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            raise Later(f"{name} tidak menjawab sampai selesai ({_reason(error)})") from None


def _greeted(parts: Any, name: str, ca: str, clock: Clock) -> smtplib.SMTP:
    """A connection on which letters may be sent: encrypted and signed in where that is asked."""
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
    where = host, parts.port or (465 if secure else 25)
    if secure:
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=PATIENCE, context=_trusted(ca))
    else:
        server = smtplib.SMTP(*where, timeout=PATIENCE)
    clock.of(server)
    try:
        server.ehlo_or_helo_if_needed()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=_trusted(ca))
            server.ehlo()
        elif not secure and parts.username:
            raise Away(
                f"{name} tidak menawarkan STARTTLS, padahal RANDAL_MAIL_URL berisi kata sandi; tidak ada yang dikirim. "
                "Pakai smtps:// atau server yang menawarkan STARTTLS"
            )
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _part(server: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):
        if server.sock:
            server.sock.settimeout(PATIENCE)
        server.quit()
    server.close()


@lru_cache
def _trusted(ca: str) -> ssl.SSLContext:
    """The roots of the machine and those of certifi, and the operator's own (RANDAL_MAIL_CA, a PEM file)."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if ca:
        context.load_verify_locations(ca)
    return context


class Clock:
    """Ends a conversation that takes too long, however the server drips: its socket is shut."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._timer: threading.Timer | None = None

    def of(self, server: smtplib.SMTP) -> None:
        self._server = server

    def again(self, seconds: float) -> None:
        self.stop()
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _shut(self) -> None:
        if self._server and (sock := self._server.sock):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def _within(seconds: float) -> Iterator[Clock]:
    clock = Clock()
    clock.again(seconds)
    try:
        yield clock
    finally:
        clock.stop()


def _judge(code: int, reply: bytes | str) -> None:
    if 200 <= code < 300:
        return
    raise (Never if code >= 500 else Later)(_meant(code, reply), code)


def _meant(code: int, reply: bytes | str) -> str:
    """What an answer means in our words, and in the server's own."""
    words = _words(code, reply)
    status = re.search(r"\b[45]\.\d{1,3}\.\d{1,3}\b", words)
    meaning = MEANING.get(status.group(), "") if status else ""
    if not meaning and status and status.group().startswith("5.7."):
        meaning = "ditolak oleh aturan server surel"
    return f"{meaning or BY_CODE.get(code, 'ditolak server surel')} ({words})"


def _words(code: int, reply: bytes | str) -> str:
    said = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    printable = "".join(letter if letter.isprintable() else " " for letter in said)
    return f"{code} {' '.join(printable.split())}"[:SHOWN]


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return "tidak menjawab pada waktunya"
    if isinstance(error, ConnectionRefusedError):
        return "tidak ada yang mendengar di sana"
    if isinstance(error, socket.gaierror):
        return "nama mesinnya tidak dikenal"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "sambungan diputus"
    return f"{type(error).__name__}: {error}"[:SHOWN]


def _ascii_domain(address: str) -> str:
    local, at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}"
