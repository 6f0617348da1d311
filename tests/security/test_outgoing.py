"""Links that people give, and what this installation itself calls: nothing inward, within a size and a time."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from randal.base import addresses, outgoing
from tests.follow_ups.conftest import Story
from tests.world import World

INWARD = """
127.0.0.1 127.1 127.0.0.1. 2130706433 0x7f000001 0x7f.1 017700000001 0177.0.0.1 0 0.0.0.0 %31%32%37.0.0.1 １２７.0.0.1 ①②⑦.0.0.1
10.0.0.5 10.1 172.16.3.4 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1 198.18.0.1 224.0.0.1 255.255.255.255 240.0.0.1
[::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [fe80::1] [fe80::1%25eth0] [fd00::1] [fc00::1] [ff02::1] [64:ff9b::10.0.0.1]
[2002:7f00:1::] [2002:0a00:0001::1] localhost LOCALHOST localhost. a.localhost intranet server.local emon.internal router.lan
wiki.corp nas.home.arpa x.test
""".split()
OUTWARD = """
www.contoh.example drive.google.com 8.8.8.8 [2606:4700:4700::1111] 0x08080808 localhost.contoh.example 1.1 xn--bcher-kva.example
bücher.example 10.contoh.example local.contoh.example
""".split()


@pytest.mark.parametrize("host", INWARD)
def test_these_lead_inward(host: str) -> None:
    assert addresses.wrong_with(f"http://{host}/bukti.pdf") == addresses.OUTWARD
    assert addresses.wrong_with(f"https://{host}:8443/") == addresses.OUTWARD


@pytest.mark.parametrize("host", OUTWARD)
def test_these_do_not(host: str) -> None:
    assert addresses.wrong_with(f"https://{host}/bukti.pdf?x=http://127.0.0.1/") == ""


def test_the_operator_names_what_of_his_own_may_be_linked() -> None:
    inside = ("10.1.0.0/16", "emon.internal", "192.168.7.9", "bukan jaringan")
    for link in ("http://10.1.2.3/x", "https://EMON.internal/", "http://192.168.7.9:8000"):
        assert addresses.wrong_with(link) and not addresses.wrong_with(link, inside), link
    for link in ("http://10.2.0.1/", "http://lain.internal/", "http://192.168.7.8/"):
        assert addresses.wrong_with(link, inside), link


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(  # 127.0.0.1 is this installation itself, whose own pages may be named
    "link", ["http://127.0.0.2:8000/operator", "http://0x7f.2/", "https://[::1]/", "http://localhost"]
)
def test_evidence_and_meetings_refuse_them_at_entry(world: World, link: str) -> None:
    story = Story(world)
    id = story.assigned()["id"]
    by_api = story.ppk.post(f"/follow-ups/{id}/evidence", json={"link": link})
    assert by_api.status_code == 422 and by_api.json["errors"]["link"] == [addresses.OUTWARD]
    page = world.sign_in(world.ppk()).post(f"/rtl/{id}/bukti", data={"link": link})
    assert page.status_code == 422 and addresses.OUTWARD in page.text and link in page.text
    meeting = {
        "title": "Contoh rapat",
        "starts_at": "2018-07-25T09:00",
        "ends_at": "2018-07-25T10:00",
        "link": link,
    }
    made = world.api(world.secretariat).post("/meetings", json=meeting)
    assert made.status_code == 422 and made.json["errors"]["link"] == [addresses.OUTWARD]


# -- the client -----------------------------------------------------------------------------------------


@contextmanager
def serving(answer: Any, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on this machine; `answer(handler)` writes what it likes. Its port."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            return None

        def do_GET(self) -> None:
            answer(self)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def says(handler: Any, body: bytes = b"halo", status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def ours() -> Iterator[None]:
    before = outgoing.inside()
    outgoing.use(("127.0.0.1",))
    yield
    outgoing.use(before)


def ask(port: int, scheme: str = "http", **more: Any) -> outgoing.Reply:
    return outgoing.ask("GET", f"{scheme}://127.0.0.1:{port}/x?y=1", schemes=("http", "https"), **more)


def test_nothing_inward_is_called() -> None:
    outgoing.use(())
    with serving(says) as port:
        for host in ("127.0.0.1", "localhost", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"):
            with pytest.raises(outgoing.Failed) as refused:
                outgoing.ask("GET", f"http://{host}:{port}/", schemes=("http",))
            assert isinstance(refused.value, outgoing.Forbidden), host


def test_a_name_is_looked_up_once_and_judged_by_what_it_leads_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer would be allowed, the second leads inward: there is no second."""
    found = iter(["127.0.0.1", "8.8.8.8", "127.0.0.1"])
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(found), port))]
    )  # fmt: skip
    reached: list[Any] = []
    monkeypatch.setattr(
        socket.socket, "connect", lambda _self, place: reached.append(place) or exec("raise OSError")
    )
    outgoing.use(())
    with pytest.raises(outgoing.Forbidden):
        outgoing.ask("GET", "https://ganti.contoh.example/")
    with pytest.raises(outgoing.Failed):
        outgoing.ask("GET", "https://ganti.contoh.example/")
    assert reached == [("8.8.8.8", 443)]


@pytest.mark.usefixtures("ours")
def test_what_the_operator_allowed_is_called_and_followed_nowhere() -> None:
    with serving(says) as port:
        reply = ask(port)
        assert (reply.status, reply.body) == (200, b"halo")
    with serving(lambda handler: says(handler, b"", 302, Location="http://127.0.0.1:1/")) as port:
        assert ask(port).status == 302
    for url in ("file:///etc/passwd", f"ftp://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/", "https:///x"):
        with pytest.raises(outgoing.Forbidden):
            outgoing.ask("GET", url)


def drips(handler: Any, *, head: bool) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"" if head else b"\r\n"))
        while True:
            handler.wfile.write(b"X: y\r\n" if head else b"x")
            time.sleep(0.02)
    except OSError:
        pass


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("head", [True, False])
def test_a_server_that_drips_is_left(head: bool) -> None:
    with serving(lambda handler: drips(handler, head=head)) as port, pytest.raises(outgoing.Failed):
        ask(port, seconds=0.3)


@pytest.mark.usefixtures("ours")
def test_an_answer_has_a_size() -> None:
    with serving(lambda handler: says(handler, b"x" * 5000)) as port:
        assert len(ask(port, most=5000).body) == 5000
        with pytest.raises(outgoing.TooLarge):
            ask(port, most=4999)
    with (
        serving(lambda handler: says(handler, b"x", **{"Content-Length": "9"})) as port,
        pytest.raises(outgoing.Failed),
    ):
        ask(port)


def certificate(folder: Path, address: str) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Contoh")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.usefixtures("ours")
def test_certificates_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(says, certificate(tmp_path, "127.0.0.1")) as port:
        with pytest.raises(outgoing.Failed, match="SSLCertVerificationError"):
            ask(port, "https")
        trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        monkeypatch.setattr(outgoing, "_trust", lambda: trusting)
        assert ask(port, "https").body == b"halo"
    with serving(says, certificate(tmp_path, "127.0.0.2")) as port:
        trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        with pytest.raises(outgoing.Failed, match="SSLCertVerificationError"):
            ask(port, "https")
