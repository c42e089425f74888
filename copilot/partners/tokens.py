"""Invitations and signatures: what one side says to the other, and how it is known to be theirs.

An invitation carries the secret of the agreement and is signed with a key that stays with the inviter, so that nobody
can change how long it holds or what it offers. Letters between instances are signed as webhooks are (Standard Webhooks),
each kind of letter of each side with a key of its own: what was written to ask cannot be sent on to revoke, nor sent
back to whoever wrote it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from copilot.errors import Unauthenticated
from copilot.partners.models import MAX_TOKEN_CHARS, Data, ShareScope
from copilot.partners.wording import wrong
from copilot.webhooks.signing import headers_of

_PREFIX = "cpi_"
TOLERANCE = timedelta(minutes=5)
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Invitation(Data):
    """What an invitation says."""

    v: int = Field(1, ge=1, le=1)
    link: str = Field(min_length=1, max_length=64)
    secret: str = Field(min_length=10, max_length=200)
    name: str = Field(max_length=200)
    url: str = Field("", max_length=2000)
    gives: ShareScope
    until: AwareDatetime


def write_token(invitation: Invitation, signing_key: str) -> str:
    """Return an invitation as text to hand over."""
    body = invitation.model_dump_json().encode()
    return f"{_PREFIX}{_text(body)}.{_text(_sign(body, signing_key))}"


def read_token(token: str) -> Invitation:
    """Return what an invitation says, its signature unchecked: only the inviter can.

    Raises:
        InvalidInput: it is none.
    """
    try:
        body, _ = _parts(token)
        return Invitation.model_validate_json(body)
    except (ValueError, binascii.Error) as error:  # a validation error is a value error
        raise wrong("bad_token", "token") from error


def is_signed(token: str, signing_key: str) -> bool:
    """Whether the holder of `signing_key` wrote this very invitation."""
    try:
        body, signature = _parts(token)
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(signature, _sign(body, signing_key))


def letter_key(secret: str, side: str, what: str) -> str:
    """Return the key for one kind of letter of one side: `accept`, `confirm`, `offers` or `revoke`."""
    digest = hmac.new(secret.encode(), f"{side}/{what}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(digest).decode()}"


def verify(key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the id of a letter that the holder of `key` wrote within five minutes of now.

    Raises:
        Unauthenticated: it is none; the reasons are not told apart.
    """
    message_id, seconds, signature = (headers.get(name, "") for name in _HEADERS)
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12 and message_id and len(message_id) <= 100):
        raise _unknown()
    if abs(now.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
        raise _unknown()
    at = datetime.fromtimestamp(int(seconds), tz=now.tzinfo)
    expected = headers_of(key, message_id, at, body)["webhook-signature"]
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
        raise _unknown()
    return message_id


def _unknown() -> Unauthenticated:
    return Unauthenticated("this letter is not signed by a partner")


def _sign(body: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), body, hashlib.sha256).digest()


def _parts(token: str) -> tuple[bytes, bytes]:
    if not token.startswith(_PREFIX) or len(token) > MAX_TOKEN_CHARS or not token.isascii():
        raise ValueError("not an invitation")
    body, _, signature = token.removeprefix(_PREFIX).partition(".")
    return _bytes(body), _bytes(signature)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
