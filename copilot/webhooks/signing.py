"""Secrets and signatures as Standard Webhooks 1.0.0 wants them, so that receivers can use a library that exists.

https://www.standardwebhooks.com: three headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

_PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """Return a secret of 32 random bytes in the form the standard's libraries take."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers_of(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that let a receiver check who sent `body`, and when.

    The timestamp is that of this try: receivers refuse old ones, and a later try must not look like a replay.

    Args:
        secret: made by `new_secret`.
        message_id: the same in each try; receivers know by it what they have already.
        at: aware.
        body: exactly the bytes that are sent.
    """
    seconds = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signature}"}
