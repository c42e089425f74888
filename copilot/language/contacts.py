"""Ways to reach somebody that stand in a text: phone numbers, links, addresses, accounts. Broad: for drafts, not for verdicts."""

from __future__ import annotations

import re

# Spans of years, dates and ranges of an amount have the digits of a phone number.
_NO_PHONE = (
    r"(?:19|20)\d\d\s?-\s?(?:(?:19|20)\d\d|[01]?\d\s?-\s?[0-3]?\d)(?![\d-])|"
    r"[01]?\d-[0-3]?\d\s[0-2]?\d[:：时点]|"
    r"\d{3,7}\s?-\s?\d{3,7}\s?(?:元|块|人|万|名|个|家|件|平|年|/|rmb|cny|usd|yuan|people\b|members\b)"
)
CONTACT = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[a-z]{2,}|"
    rf"(?<!\d)(?<!\d-)(?!{_NO_PHONE})\+?\d[\d\s-]{{6,}}\d(?!\d)|"
    r"(?:微信|v信|[vw]x|wechat|qq|telegram|whatsapp|手机|电话)\s*(?:号|id)?\s*[:：是]?\s*[a-z0-9_+-]{5,}|"
    r"\b[a-z0-9-]+\.(?:com|cn|net|io|example)\b",
    re.IGNORECASE,
)


def holds_contact(text: str) -> bool:
    """Return whether a text holds a phone number, a link, an address or an account."""
    return bool(CONTACT.search(text))
