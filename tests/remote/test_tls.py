"""Over TLS: whom we trust, and deadlines that hold through the handshake and after it."""

import datetime
import ipaddress
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.remote.rawserver import OK
from voicehub.remote import wire
from voicehub.remote.errors import UnavailableError, UncertainError
from voicehub.remote.http import Request

PAY = Request("POST", "/x", form={"token": "s3cret"}, once_only=True)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> str:
    """A file with a key and a certificate that signs itself, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return str(path)


@pytest.fixture
def secured(certificate):
    """Turns a script into one that is played behind a handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def wrap(script):
        def play(peer):
            peer.secure(context)
            script(peer)

        return play

    return wrap


@pytest.fixture
def trusted(certificate, monkeypatch):
    """Our trust, and the test's certificate with it."""
    wire.tls_context.cache_clear()
    wire.tls_context().load_verify_locations(certificate)
    monkeypatch.setattr(wire, "_this_thread", wire.ThisThread())
    yield
    wire.tls_context.cache_clear()


def https(server) -> str:
    return server.url.replace("http:", "https:")


def keeps_alive(peer):
    while peer.read_request():
        peer.send(OK)


def test_a_trusted_provider_is_talked_to_and_the_connection_kept(serve, client_of, secured, trusted):
    server = serve(secured(keeps_alive))
    client = client_of(https(server))
    for _ in range(3):
        assert client.send(Request("POST", "/x", json=[1])).text == "ok"
    assert server.connections == 1


def test_a_certificate_that_nobody_vouches_for_is_surely_not_sent_to(serve, client_of, secured):
    server = serve(secured(keeps_alive))
    with pytest.raises(UnavailableError):
        client_of(https(server)).send(PAY)
    assert server.requests == []


def test_a_certificate_for_another_name_is_surely_not_sent_to(serve, client_of, secured, trusted):
    server = serve(secured(keeps_alive))
    with pytest.raises(UnavailableError):
        client_of(f"https://localhost:{server.port}").send(PAY)
    assert server.requests == []


def test_a_server_without_tls_is_surely_not_sent_to(serve, client_of):
    server = serve(lambda peer: peer.send(OK))
    with pytest.raises(UnavailableError):
        client_of(https(server)).send(PAY)


@pytest.mark.parametrize("data", [b"", b"\x16\x03\x03\x40\x00\x02"], ids=["silent", "trickling"])
def test_a_handshake_without_end_is_ended_and_nothing_was_sent(serve, client_of, data):
    server = serve(lambda peer: peer.trickle(data) if data else peer.hang())
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        client_of(https(server), connect=0.4, total=5).send(PAY)
    assert 0.3 < time.monotonic() - began < 1.4


@pytest.mark.parametrize("data", [b"HTTP/1.1 200 O", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nx"])
def test_the_deadline_holds_for_a_trickle_over_tls(serve, client_of, secured, trusted, data):
    def play(peer):
        peer.read_request()
        peer.trickle(data)

    began = time.monotonic()
    with pytest.raises(UncertainError):
        client_of(https(serve(secured(play))), read=5, total=0.4).send(PAY)
    assert 0.3 < time.monotonic() - began < 1.4


@pytest.mark.parametrize(
    "script", [lambda peer: peer.hang(), lambda peer: peer.sip(10_000_000)], ids=["no", "slowly"]
)
def test_the_deadline_holds_while_the_provider_hardly_reads(serve, client_of, secured, trusted, script):
    began = time.monotonic()
    with pytest.raises(UncertainError):
        client_of(https(serve(secured(script))), total=0.6).send(Request("POST", "/x", body=b"x" * 10_000_000))
    assert time.monotonic() - began < 1.6


def test_a_cut_answer_over_tls_is_uncertain(serve, client_of, secured, trusted):
    def play(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n$20")

    with pytest.raises(UncertainError):
        client_of(https(serve(secured(play)))).send(PAY)
