"""One try to hand a delivery to its receiver: signed, to a checked address, within a time, and nothing followed."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

import httpx

from copilot import __version__
from copilot.community.text import clean_line
from copilot.errors import InvalidInput
from copilot.settings import WebhookSettings
from copilot.webhooks.addresses import Refused, Resolve, parse_url, port_of, require_allowed, resolve
from copilot.webhooks.signing import headers_of

_KEPT_CHARS = 500
_READ_BYTES = 4 * _KEPT_CHARS
_MOST_ADDRESSES = 3


@dataclass(frozen=True)
class Letter:
    """What one delivery sends, and where to."""

    delivery_id: str
    webhook_id: str
    url: str
    secret: str
    event: str
    payload: dict[str, Any]
    noted_at: datetime
    attempts: int


@dataclass(frozen=True)
class Outcome:
    """What became of a try.

    Attributes:
        kind: `delivered`; `refused`: this letter was not taken; `away`: no letter would have been; `gone`: a 410.
        answer: status and first characters of the answer, or a code (`timeout`, `no_connection` ...) and why.
    """

    kind: Literal["delivered", "refused", "away", "gone"]
    answer: str


class Sender:
    """Sends letters. `lookup` and `verify` are there for receivers with names and certificates of their own."""

    def __init__(
        self, settings: WebhookSettings, lookup: Resolve = resolve, verify: ssl.SSLContext | bool = True
    ) -> None:
        self.allow_private = settings.allow_private
        self._seconds = settings.timeout_seconds
        self._lookup = lookup
        self._verify = verify

    def client(self) -> httpx.AsyncClient:
        """Return a client for `send`; the caller closes it. Proxies of the environment are not asked."""
        return httpx.AsyncClient(
            verify=self._verify, timeout=self._seconds, follow_redirects=False, trust_env=False,
            headers={"User-Agent": f"community-copilot/{__version__}", "Accept-Encoding": "identity"},
        )  # fmt: skip

    async def send(self, client: httpx.AsyncClient, letter: Letter, now: datetime) -> Outcome:
        """Try once. The time-out holds for all of it, however slowly the receiver speaks."""
        try:
            async with asyncio.timeout(self._seconds):
                url = parse_url(letter.url, allow_private=self.allow_private)
                addresses = await self._lookup(url.host, port_of(url))
                require_allowed(url, addresses, allow_private=self.allow_private)
                return await self._post(client, url, addresses, letter, now)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome("away", "timeout")
        except (Refused, InvalidInput) as error:
            return Outcome("away", f"private_address: {error}")
        except httpx.HTTPError as error:
            return Outcome("away", _shortened(f"no_connection: {error}"))
        except (OSError, UnicodeError) as error:
            return Outcome("away", _shortened(f"no_such_host: {error}"))

    async def _post(
        self, client: httpx.AsyncClient, url: httpx.URL, addresses: Sequence[str], letter: Letter, now: datetime
    ) -> Outcome:
        body = body_of(letter)
        headers = headers_of(letter.secret, letter.delivery_id, now, body)
        headers |= {"Content-Type": "application/json", "Host": url.netloc.decode("ascii")}
        failed: httpx.HTTPError = httpx.ConnectError("the host has no address")
        for address in addresses[:_MOST_ADDRESSES]:
            request = client.build_request(
                "POST", url.copy_with(host=address), content=body, headers=headers,
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )  # fmt: skip
            try:
                response = await client.send(request, stream=True)
            except httpx.ConnectError as error:
                failed = error
                continue
            try:
                return _outcome(response.status_code, await _beginning(response))
            finally:
                await response.aclose()
        raise failed


def body_of(letter: Letter) -> bytes:
    """Return the bytes that are signed and sent: the same in every try."""
    content = {"type": letter.event, "timestamp": letter.noted_at.isoformat(), "data": letter.payload}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


async def _beginning(response: httpx.Response) -> str:
    """Return the first characters of the answer; the rest is left unread."""
    found = bytearray()
    try:
        async for chunk in response.aiter_raw():
            found += chunk
            if len(found) >= _READ_BYTES:
                break
    except httpx.HTTPError:
        pass  # the status has been said: a body that breaks off changes nothing
    return bytes(found[:_READ_BYTES]).decode("utf-8", "replace")


def _outcome(status: int, text: str) -> Outcome:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    answer = _shortened(f"{status} {phrase}".strip() + (f": {text}" if text.strip() else ""))
    if 200 <= status < 300:
        return Outcome("delivered", answer)
    if status == HTTPStatus.GONE:
        return Outcome("gone", answer)
    return Outcome("away" if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500 else "refused", answer)


def _shortened(text: str) -> str:
    return clean_line(text)[:_KEPT_CHARS]
