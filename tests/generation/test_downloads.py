"""Pictures from addresses that a provider named: nothing but the public internet."""

from __future__ import annotations

import datetime
import http.server
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from generation.providers import http as provider_http
from generation.providers.base import ProviderError
from generation.providers.http import download
from generation.providers.public import PublicTransport, is_public
from tests.builders import make_png
from tests.contracts.player import Player, Reply

PUBLIC = "93.184.215.14"
NAME = "pictures.example"


def failure_of(act: Callable[[], Any]) -> tuple[str, bool]:
    with pytest.raises(ProviderError) as caught:
        act()
    return caught.value.code, caught.value.is_transient


# --- Which addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "240.0.0.1",  # noqa: S104
        "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::",
    ],
)  # fmt: skip
def test_address_only_we_can_reach_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e"])
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


class Wire(httpx.BaseTransport):
    """Keeps what would have been sent; addresses in `dead` do not answer."""

    def __init__(self, dead: tuple[str, ...] = ()) -> None:
        self.sent: list[httpx.Request] = []
        self.dead = dead

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if request.url.host in self.dead:
            raise httpx.ConnectError("refused")
        return httpx.Response(200)


def client(answers: list[list[str]], wire: Wire) -> httpx.Client:
    """A name server that gives these answers one after the other."""
    left = iter(answers)
    return httpx.Client(transport=PublicTransport(resolve=lambda *_: next(left), inner=wire))


def test_connection_goes_to_the_address_that_was_checked() -> None:
    wire = Wire()
    # A second question would be answered with an address of our own network.
    client([[PUBLIC], ["127.0.0.1"]], wire).get(f"https://{NAME}/a.png?x=1")
    sent = wire.sent[0]
    assert (sent.url.host, sent.url.raw_path) == (PUBLIC, b"/a.png?x=1")
    assert sent.headers["host"] == NAME
    assert sent.extensions["sni_hostname"] == NAME


@pytest.mark.parametrize("found", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1", PUBLIC], []])
def test_name_with_any_private_address_is_not_opened(found: list[str]) -> None:
    wire = Wire()
    assert failure_of(lambda: client([found], wire).get(f"https://{NAME}/"))[0] == "bad_address"
    assert wire.sent == []


def test_next_address_is_tried_where_one_does_not_answer() -> None:
    other = "93.184.215.15"
    wire = Wire(dead=(PUBLIC,))
    client([[PUBLIC, other]], wire).get(f"https://{NAME}/")
    assert [request.url.host for request in wire.sent] == [PUBLIC, other]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png", "ftp://example.com/a.png", "file:///etc/passwd",
        "https://127.0.0.1/a.png", "https://[::1]/a.png", "https://2130706433/a.png",
        "https://localhost/a.png", "https://169.254.169.254/latest/", "https:///a.png", "a.png", "",
        "https://[zz]/a.png",
    ],
)  # fmt: skip
def test_address_that_may_not_be_opened_is_final(url: str) -> None:
    assert failure_of(lambda: download(url)) == ("bad_address", False)


def test_redirect_into_a_private_network_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Leading(Wire):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            self.sent.append(request)
            return httpx.Response(302, headers={"Location": "https://169.254.169.254/keys"})

    wire = Leading()
    names = {NAME: [PUBLIC], "169.254.169.254": ["169.254.169.254"]}
    transport = PublicTransport(resolve=lambda host, _: names[host], inner=wire)
    monkeypatch.setattr(provider_http, "PublicTransport", lambda: transport)
    assert failure_of(lambda: download(f"https://{NAME}/a.png")) == ("bad_address", False)
    assert len(wire.sent) == 1


# --- TLS to a pinned address ----------------------------------------------------------------------


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A server on this machine with a certificate for NAME, and who trusts it."""
    pem = _certificate_for(NAME)
    file = tmp_path / "server.pem"
    file.write_bytes(pem)
    mine = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mine.load_cert_chain(file)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Sayer)
    server.socket = mine.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    yield server.server_address[1], ssl.create_default_context(cadata=pem.decode())
    server.shutdown()
    server.server_close()


class _Sayer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self.headers["Host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _certificate_for(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _to_this_machine(context: ssl.SSLContext) -> httpx.Client:
    """Every name leads here, and may: what is left to prove is TLS."""
    transport = PublicTransport(
        resolve=lambda *_: ["127.0.0.1"],
        allows=lambda _: True,
        inner=httpx.HTTPTransport(verify=context),
    )
    return httpx.Client(transport=transport)


def test_certificate_is_checked_against_the_name_and_not_the_address(
    secure: tuple[int, ssl.SSLContext],
) -> None:
    port, context = secure
    with _to_this_machine(context) as far:
        assert far.get(f"https://{NAME}:{port}/").text == f"{NAME}:{port}"
        with pytest.raises(httpx.ConnectError, match=r"(?i)hostname|certificate"):
            far.get(f"https://another.example:{port}/")


# --- What comes back ------------------------------------------------------------------------------


@pytest.fixture
def far() -> Iterator[Player]:
    with Player() as player:
        yield player


def test_picture_and_its_kind(far: Player) -> None:
    content = make_png()
    far.replies = [
        Reply("GET", "/a", 302, {"Location": "/b"}),
        Reply("GET", "/b", headers={"Content-Type": "image/png; charset=x"}, body=content),
    ]
    assert download(f"{far.url}/a", allow_private=True) == (content, "image/png")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("GET", "/a", 404), ("result_gone", False)),
        (Reply("GET", "/a", 500), ("download_failed", True)),
        (Reply("GET", "/a", drop=True), ("download_failed", True)),
        (Reply("GET", "/a", 302, {"Location": "/a"}), ("download_failed", False)),
        (Reply("GET", "/a", headers={"Content-Type": "text/html"}, body="<html>"),
         ("not_a_picture", False)),
    ],
)  # fmt: skip
def test_what_is_no_picture(far: Player, reply: Reply, expected: tuple[str, bool]) -> None:
    far.replies = [reply]
    assert failure_of(lambda: download(f"{far.url}/a", allow_private=True)) == expected


def test_picture_without_an_end_is_left(far: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_http, "PICTURE_MAX_BYTES", 100)
    far.replies = [Reply("GET", "/a", headers={"Content-Type": "image/png"}, body=b"x" * 101)]
    assert failure_of(lambda: download(f"{far.url}/a", allow_private=True))[0] == "too_large"
