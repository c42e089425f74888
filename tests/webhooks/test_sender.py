"""One try: what a receiver gets, and how its answers, and those that never come, are read."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.settings import WebhookSettings
from copilot.webhooks.sender import Letter, Outcome, Sender
from copilot.webhooks.signing import headers_of
from tests.webhooks.receiver import Receiver

NOW = datetime(2026, 11, 16, 2, 0, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def letter(url: str, event: str = "match.proposed") -> Letter:
    return Letter("whd_1", "whk_1", url, SECRET, event, {"match_id": "mat_1", "score": 0.5}, NOW, 0)


def send(sender: Sender, sent: Letter) -> Outcome:
    async def once() -> Outcome:
        async with sender.client() as client:
            return await sender.send(client, sent, NOW)

    return asyncio.run(once())


def named(*addresses: str) -> Sender:
    """Return a sender for which every host has these addresses."""

    async def lookup(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return Sender(WebhookSettings(allow_private=True, timeout_seconds=0.6), lookup)


def test_a_receiver_gets_signed_json_under_the_deliverys_id(sender: Sender, receiver: Receiver) -> None:
    assert send(sender, letter(receiver.url)) == Outcome("delivered", "200 OK: thank you")
    (got,) = receiver.got
    assert got.path == "/hook"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("community-copilot/")
    assert got.content == {
        "type": "match.proposed", "timestamp": "2026-11-16T02:00:00+00:00",
        "data": {"match_id": "mat_1", "score": 0.5},
    }  # fmt: skip
    assert headers_of(SECRET, "whd_1", NOW, got.body).items() <= got.headers.items()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "delivered"), (204, "delivered"), (301, "refused"), (400, "refused"), (404, "refused"), (410, "gone"),
        (429, "away"), (500, "away"), (503, "away"), (599, "away"),
    ],
)  # fmt: skip
def test_what_a_status_means(sender: Sender, receiver: Receiver, status: int, kind: str) -> None:
    receiver.status, receiver.text = status, ""
    found = send(sender, letter(receiver.url))
    assert found.kind == kind
    assert found.answer.startswith(str(status))


def test_a_redirect_is_not_followed(sender: Sender, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url + "/elsewhere"}
    assert send(sender, letter(receiver.url)).kind == "refused"
    assert len(receiver.got) == 1


def test_of_a_long_answer_500_clean_characters_are_kept(sender: Sender, receiver: Receiver) -> None:
    receiver.text = "a\x00b\r\n\x1b[31m" + "长" * 100_000
    found = send(sender, letter(receiver.url))
    assert found.kind == "delivered"
    assert len(found.answer) == 500
    assert found.answer.startswith("200 OK: ab [31m长")


@pytest.mark.slow
def test_a_receiver_that_says_nothing_or_speaks_for_ever_costs_the_time_out(sender: Sender, receiver: Receiver) -> None:
    receiver.before_answer = lambda: time.sleep(1.5)
    started = time.monotonic()
    assert send(sender, letter(receiver.url)) == Outcome("away", "timeout")
    receiver.before_answer, receiver.drip = lambda: None, True
    assert send(sender, letter(receiver.url)) == Outcome("away", "timeout")
    assert time.monotonic() - started < 5


def test_a_receiver_that_is_not_there_or_breaks_off_is_away(sender: Sender, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    assert send(sender, letter(f"http://127.0.0.1:{port}/")).answer.startswith("no_connection")

    def lookup_fails(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    async def lookup(host: str, port: int) -> Sequence[str]:
        return lookup_fails(host, port)

    unknown = Sender(WebhookSettings(), lookup)
    found = send(unknown, letter("https://hooks.example/"))
    assert (found.kind, found.answer[:12]) == ("away", "no_such_host")
    assert send(named(), letter("https://hooks.example/")).answer.startswith("no_connection")


def test_a_name_is_looked_up_and_checked_in_each_try(receiver: Receiver) -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1", "10.0.0.1"]])

    async def lookup(_host: str, _port: int) -> Sequence[str]:
        return next(answers)

    rebinding = Sender(WebhookSettings(allow_private=True, timeout_seconds=0.6), lookup)
    sent = letter(receiver.url.replace("127.0.0.1", "hooks.example"))
    assert send(rebinding, sent).kind == "delivered"
    assert send(rebinding, sent) == Outcome("away", "private_address: 169.254.169.254")
    assert send(rebinding, sent) == Outcome("away", "private_address: 10.0.0.1")
    assert len(receiver.got) == 1


def test_a_setting_that_was_taken_back_holds_for_webhooks_that_were_made_under_it(receiver: Receiver) -> None:
    strict = Sender(WebhookSettings(allow_private=False))
    assert send(strict, letter(receiver.url)).answer.startswith("private_address")
    assert receiver.got == []


def test_the_next_address_is_asked_when_the_first_does_not_listen(receiver: Receiver) -> None:
    found = send(named("::1", "127.0.0.1"), letter(receiver.url.replace("127.0.0.1", "localhost")))
    assert found.kind == "delivered"
    assert receiver.got[0].headers["host"] == receiver.url.split("/")[2].replace("127.0.0.1", "localhost")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for hooks.example, signed by itself, and its key."""
    found = tmp_path / "hooks.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", found, "-out", tmp_path / "cert.pem", "-days", "2", "-subj", "/CN=hooks.example",
             "-addext", "subjectAltName=DNS:hooks.example"],
            check=True, capture_output=True,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    found.write_text(found.read_text() + (tmp_path / "cert.pem").read_text())
    return found


def test_over_https_the_name_is_what_the_certificate_must_hold(certificate: Path, receiver: Receiver) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))

    async def lookup(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async def try_all() -> list[Outcome]:
        seen: list[bytes] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        settings = WebhookSettings(allow_private=True, timeout_seconds=5)
        found = []
        for verify, host in ((trusting, "hooks.example"), (trusting, "other.example"), (True, "hooks.example")):
            sender = Sender(settings, lookup, verify)
            async with sender.client() as client:
                sent = replace(letter(""), url=f"https://{host}:{port}/x")
                found.append(await sender.send(client, sent, NOW))
        assert b"Host: hooks.example:" in seen[0]
        server.close()
        await server.wait_closed()
        return found

    named_right, named_wrong, unknown = asyncio.run(try_all())
    assert named_right.kind == "delivered"
    assert (named_wrong.kind, unknown.kind) == ("away", "away")
    assert "CERTIFICATE_VERIFY_FAILED" in named_wrong.answer
    assert "CERTIFICATE_VERIFY_FAILED" in unknown.answer
