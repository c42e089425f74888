"""Record ids: derived from the outside identity where there is one, so that importing twice meets the same row."""

from __future__ import annotations

import hashlib
import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


def derived_id(prefix: str, *parts: str) -> str:
    """Return `<prefix>_` and 20 characters that depend only on `parts` (100 bits of BLAKE2b)."""
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=13).digest()
    return f"{prefix}_{_base32(int.from_bytes(digest) >> 4, 20)}"


def new_id(prefix: str) -> str:
    """Return a fresh id that sorts by time of creation (48 bits of milliseconds, 52 random bits)."""
    number = (time.time_ns() // 1_000_000) << 52 | secrets.randbits(52)
    return f"{prefix}_{_base32(number, 20)}"


def text_hash(text: str) -> str:
    """Return 16 hexadecimal characters that identify a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
