"""Where webhooks may lead: to addresses of the public internet, so that nobody can make the service ask its neighbours.

A name is resolved once for each try, every address it has is checked, and the connection goes to a checked one: a name
that changes its mind in between leads nowhere else.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from copilot.errors import InvalidInput
from copilot.webhooks.wording import refusal

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
MAX_URL_CHARS = 2000
_PORTS = {"https": 443, "http": 80}
_NAT64 = IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """The address is not one that webhooks may lead to."""


def parse_url(text: str, *, allow_private: bool) -> httpx.URL:
    """Return the address of a receiver.

    Args:
        text: what the admin gave.
        allow_private: whether this machine itself may be a receiver, over plain http, too.

    Raises:
        InvalidInput: not https, too long, without a host, with a password, or a private address in so many numbers.
    """
    if len(text) > MAX_URL_CHARS:
        raise _wrong("url_too_long")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _wrong("not_a_url") from error
    if url.scheme not in ("https", "http") or not url.host:
        raise _wrong("not_https")
    if url.port is not None and not 1 <= url.port <= 65535:
        raise _wrong("not_a_url")
    if url.userinfo or url.fragment:
        raise _wrong("url_with_password_or_fragment")
    if url.scheme == "http" and not allow_private:
        raise _wrong("not_https")
    try:
        literal = ip_address(url.host)
    except ValueError:
        return url  # a name: what it leads to is looked up at each try
    try:
        require_allowed(url, [str(literal)], allow_private=allow_private)
    except Refused as error:
        raise _wrong("private_address") from error
    return url


def require_allowed(url: httpx.URL, addresses: Sequence[str], *, allow_private: bool) -> None:
    """Pass when all addresses of the host are allowed: a mix of public and private ones is a trap.

    Raises:
        Refused: one is not.
    """
    for text in addresses:
        address = _meant(ip_address(text))
        allowed = _is_public(address) or (allow_private and _is_private(address))
        # Plain http is for a receiver on this very machine: nobody can listen in.
        if not allowed or (url.scheme == "http" and not address.is_loopback):
            raise Refused(text)


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, the system's preferred one first.

    Raises:
        OSError: there is no such name, or nobody to ask.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def port_of(url: httpx.URL) -> int:
    """Return the port, also where it is not written."""
    return url.port or _PORTS[url.scheme]


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_private(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is this machine or its network; link-local addresses, where clouds keep their secrets, never count."""
    unusable = address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved
    if isinstance(address, IPv6Address) and address.is_loopback:
        return True  # it lies in a reserved block
    return address.is_private and not unusable


def _wrong(reason: str) -> InvalidInput:
    return InvalidInput(field="#/url", reason=reason, **refusal(reason, limit=MAX_URL_CHARS))
