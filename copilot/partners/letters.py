"""What one instance writes to another: a signed question over HTTP to a checked address, and its answer within bounds."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import BaseModel, Field, ValidationError

from copilot import __version__
from copilot.clock import Clock
from copilot.community.ids import new_id
from copilot.errors import Conflict, CopilotError, InvalidInput
from copilot.partners.models import MAX_OFFERS, Culture, Data, SharedOffer, ShareScope, Token, Url
from copilot.partners.wording import in_both, refusal
from copilot.settings import WebhookSettings
from copilot.webhooks.addresses import Refused, Resolve, parse_url, port_of, require_allowed, resolve
from copilot.webhooks.signing import headers_of

PATH = "/api/v1/partner-links"
_MOST_BYTES = 4_000_000
_GONE = frozenset({401, 404, 410})
Reply = TypeVar("Reply", bound=BaseModel)


class Acceptance(Data):
    """Whoever is invited says yes."""

    token: Token
    url: Url | Annotated[str, Field(max_length=0)] = ""
    culture: Culture
    gives: ShareScope
    takes: ShareScope


class Word(Data):
    """Yes or no, or what the writer wants to be shown, with nothing else to say."""

    culture: Culture
    gives: ShareScope
    takes: ShareScope


class Known(Data):
    """The other side has noted it."""

    is_standing: bool
    culture: Culture
    gives: ShareScope
    takes: ShareScope


class Shared(Known):
    """What the other side shares now."""

    offers: list[SharedOffer] = Field([], max_length=MAX_OFFERS)


class PartnerAway(CopilotError):
    """The partner cannot be reached, or does not answer as a partner does."""

    code = "partner_away"


class PartnerGone(Conflict):
    """The partner knows of no agreement any more."""


class Post:
    """Writes letters. `lookup` and `verify` are there for partners with names and certificates of their own."""

    def __init__(
        self, settings: WebhookSettings, clock: Clock, lookup: Resolve = resolve, verify: ssl.SSLContext | bool = True
    ) -> None:
        self.allow_private = settings.allow_private
        self._seconds = settings.timeout_seconds
        self._clock = clock
        self._lookup = lookup
        self._verify = verify

    def check_url(self, text: str) -> str:
        """Return an address without its closing slash.

        Raises:
            InvalidInput: partners are not reached there.
        """
        parse_url(text, allow_private=self.allow_private)
        return text.rstrip("/")

    def write(self, to: tuple[str, str, str], what: str, body: BaseModel, reply: type[Reply]) -> Reply:
        """Write to a partner and return the answer; (base address, id of the link, secret).

        Raises:
            PartnerGone: they know of no such agreement, or took it back.
            PartnerAway: nobody there, too slow, too long, or no answer of a partner's.
        """
        return _wait(self._write(to, what, body, reply))

    async def _write(self, to: tuple[str, str, str], what: str, body: BaseModel, reply: type[Reply]) -> Reply:
        base, link_id, secret = to
        content = body.model_dump_json().encode()
        try:
            async with asyncio.timeout(self._seconds):
                url = parse_url(f"{base}{PATH}/{link_id}/{what}", allow_private=self.allow_private)
                addresses = await self._lookup(url.host, port_of(url))
                require_allowed(url, addresses, allow_private=self.allow_private)
                status, answer = await self._send(url, addresses[0], secret, content)
        except (TimeoutError, httpx.HTTPError, Refused, InvalidInput, OSError, UnicodeError, IndexError) as error:
            raise _away(type(error).__name__) from error
        if status in _GONE:
            raise PartnerGone("the partner knows of no such agreement", sentence=in_both("revoked"))
        if status == httpx.codes.CONFLICT:
            raise refusal("not_accepted" if what != "accept" else "taken")
        if not httpx.codes.is_success(status):
            raise _away(str(status))
        try:
            return reply.model_validate_json(answer)
        except ValidationError as error:
            raise _away("content") from error

    async def _send(self, url: httpx.URL, address: str, secret: str, content: bytes) -> tuple[int, bytes]:
        headers = headers_of(secret, new_id("ltr"), self._clock.now(), content)
        headers |= {
            "Content-Type": "application/json", "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity",
            "User-Agent": f"community-copilot/{__version__}",
        }  # fmt: skip
        async with httpx.AsyncClient(
            verify=self._verify, timeout=self._seconds, follow_redirects=False, trust_env=False
        ) as client:
            # To the address that was checked: a name that changes its mind in between leads nowhere else.
            request = client.build_request(
                "POST", url.copy_with(host=address), content=content, headers=headers,
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )  # fmt: skip
            response = await client.send(request, stream=True)
            try:
                found = bytearray()
                async for chunk in response.aiter_raw():
                    found += chunk
                    if len(found) > _MOST_BYTES:
                        raise httpx.DecodingError("too long an answer")
                return response.status_code, bytes(found)
            finally:
                await response.aclose()


def _wait(work: Coroutine[Any, Any, Reply]) -> Reply:
    """Run to the end from wherever the caller is: a thread of its own has no loop yet."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _away(why: str) -> PartnerAway:
    sentence = in_both("away")
    return PartnerAway(sentence["en"], reason=why, sentence=sentence)


def is_fresh(fetched_at: datetime | None, now: datetime, seconds: float) -> bool:
    """Whether what was fetched then may be shown now."""
    return fetched_at is not None and (now - fetched_at).total_seconds() < seconds
