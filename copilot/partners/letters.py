"""What one instance writes to another: a signed question over HTTP to a checked address, and its answer within bounds."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import BaseModel, Field, ValidationError

from copilot import __version__
from copilot.clock import Clock
from copilot.community.ids import new_id
from copilot.errors import Conflict, CopilotError, InvalidInput
from copilot.partners.models import MAX_OFFERS, Culture, Data, SharedOffer, ShareScope, Token, Url
from copilot.partners.tokens import letter_key
from copilot.partners.wording import in_both, refusal, wrong
from copilot.settings import WebhookSettings
from copilot.webhooks.addresses import Refused, Resolve, parse_url, port_of, require_allowed, resolve
from copilot.webhooks.signing import headers_of

PATH = "/api/v1/partner-links"
_MOST_BYTES = 4_000_000
# What a partner may refuse and the one who wrote is told in the same words.
_REASONS = frozenset({"expired", "not_accepted", "taken"})
Reply = TypeVar("Reply", bound=BaseModel)
Answer = TypeVar("Answer")


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
    """The partner says that the agreement was revoked."""


@dataclass(frozen=True)
class Address:
    """Where a partner is reached, and how it knows who writes.

    Attributes:
        url: of their service.
        side: `inviter` or `invited`, whichever the writer is.
    """

    url: str
    link_id: str
    secret: str = field(repr=False)
    side: str


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
        try:
            url = parse_url(text, allow_private=self.allow_private)
        except InvalidInput as error:
            raise wrong("bad_url", "url") from error
        if url.query:
            raise wrong("bad_url", "url")
        return text.rstrip("/")

    def write(self, to: Address, what: str, body: BaseModel, reply: type[Reply]) -> Reply:
        """Write to a partner and return the answer.

        Args:
            to: the partner.
            what: the kind of letter.
            body: what it says.
            reply: what is answered.

        Raises:
            PartnerGone: they say that it was revoked.
            Conflict: they say that it has expired, was accepted by another, or that they have not confirmed yet.
            InvalidInput: they do not know the invitation that is accepted.
            PartnerAway: nobody there, too slow, too long, or no answer of a partner's.
        """
        status, answer = _wait(self._exchange(to, what, body.model_dump_json().encode()))
        if httpx.codes.is_success(status):
            try:
                return reply.model_validate_json(answer)
            except ValidationError as error:
                raise _away("answer", "content") from error
        raise _refused(status, answer, what)

    async def _exchange(self, to: Address, what: str, content: bytes) -> tuple[int, bytes]:
        key = letter_key(to.secret, to.side, what)
        try:
            async with asyncio.timeout(self._seconds):
                url = parse_url(f"{to.url}{PATH}/{to.link_id}/{what}", allow_private=self.allow_private)
                addresses = await self._lookup(url.host, port_of(url))
                require_allowed(url, addresses, allow_private=self.allow_private)
                return await self._send(url, addresses[0], key, content)
        except (TimeoutError, httpx.HTTPError, Refused, InvalidInput, OSError, UnicodeError, IndexError) as error:
            raise _away("away", type(error).__name__) from error

    async def _send(self, url: httpx.URL, address: str, key: str, content: bytes) -> tuple[int, bytes]:
        headers = headers_of(key, new_id("ltr"), self._clock.now(), content)
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


def _wait(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run to the end from wherever the caller is: a thread of its own has no loop yet."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _refused(status: int, answer: bytes, what: str) -> CopilotError:
    """Return what a refusal means. Only a plain "revoked" ends anything: other answers may be a proxy's or a clock's."""
    reason = _reason(answer) if status == httpx.codes.CONFLICT else ""
    if reason == "revoked":
        sentence = in_both("revoked")
        return PartnerGone(sentence["en"], reason=reason, sentence=sentence)
    if reason in _REASONS:
        return refusal(reason)
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY}:
        return wrong("stranger", "token") if what == "accept" else _away("stranger", str(status))
    return _away("away", str(status))


def _reason(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["data"]["reason"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _away(key: str, why: str) -> PartnerAway:
    sentence = in_both(key)
    return PartnerAway(sentence["en"], reason=why, sentence=sentence)
