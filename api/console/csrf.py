"""Forms that only our own pages can send: a token derived from the visitor's cookie, and a look at where a request comes from."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from copilot.errors import Denied

FIELD = "csrf"


def form_token(cookie: str) -> str:
    """Return the token of forms shown to the browser that holds `cookie`; nobody else can work it out."""
    return hmac.new(cookie.encode(), b"console-form", hashlib.sha256).hexdigest()


def require_own_form(headers: Headers, cookie: str, given: str) -> None:
    """Pass when the form was shown by us to this browser.

    Raises:
        Denied: it was not; `data["reason"]` is `foreign_form`.
    """
    is_ours = bool(cookie) and hmac.compare_digest(form_token(cookie).encode(), given.encode("utf-8", "replace"))
    if not is_ours or _is_foreign(headers):
        raise Denied(
            "this form is not of this sign-in; reload the page and try again", reason="foreign_form",
            sentence={
                "en": "This form is out of date. Reload the page and try again.",
                "zh-CN": "这个表单已经过期，请刷新页面再试。",
            },
        )  # fmt: skip


def _is_foreign(headers: Headers) -> bool:
    """Whether the browser says that another site sent the request; older browsers say nothing."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
