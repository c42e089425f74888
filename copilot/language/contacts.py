"""Ways to reach somebody that stand in a text: phone numbers, links, addresses, accounts. Broad: for drafts, not for verdicts."""

from __future__ import annotations

import re

CONTACT = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[a-z]{2,}|(?<!\d)\+?\d[\d\s-]{6,}\d(?!\d)|"
    r"(?:微信|vx|wechat|qq|telegram|whatsapp)\s*(?:号|id)?\s*[:：]?\s*[a-z0-9_-]{5,}|\b[a-z0-9-]+\.(?:com|cn|net|io|example)\b",
    re.IGNORECASE,
)


def holds_contact(text: str) -> bool:
    """Return whether a text holds a phone number, a link, an address or an account."""
    return bool(CONTACT.search(text))
