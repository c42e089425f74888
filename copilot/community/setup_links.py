"""Links that let the machine's owner create a community in the browser: signed with the service's local token, for a quarter of an hour.

There is no community yet, so there is no row to keep them in: the signature is all there is. Whoever serves notes which ones were
used.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

from copilot.errors import Unauthenticated

LASTS = timedelta(minutes=15)
_TOKEN = re.compile(r"(\d{10})\.([0-9a-f]{32})\.([0-9a-f]{64})")


def make_setup_token(local_token: str, now: datetime) -> str:
    """Return a token that `check_setup_token` accepts for a quarter of an hour."""
    stem = f"{int((now + LASTS).timestamp())}.{secrets.token_hex(16)}"
    return f"{stem}.{_signature(local_token, stem)}"


def check_setup_token(local_token: str, token: str, now: datetime) -> str:
    """Return what is unique of a token, to be noted as used.

    Raises:
        Unauthenticated: it is not signed by this service, or over, or the service lets no owner in.
    """
    parts = _TOKEN.fullmatch(token)
    if parts is None or not local_token:
        raise Unauthenticated("this link is not valid any more")
    until, unique, signature = parts.groups()
    if not hmac.compare_digest(signature, _signature(local_token, f"{until}.{unique}")):
        raise Unauthenticated("this link is not valid any more")
    if datetime.fromtimestamp(int(until), UTC) <= now:
        raise Unauthenticated("this link is not valid any more")
    return unique


def _signature(local_token: str, stem: str) -> str:
    return hmac.new(local_token.encode(), f"console-setup:{stem}".encode(), hashlib.sha256).hexdigest()
