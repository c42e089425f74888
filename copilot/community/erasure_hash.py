"""The one-way name under which an erased member is remembered, so that an import does not bring them back."""

from __future__ import annotations

import hashlib


def subject_hash(community_id: str, platform: str, external_id: str) -> str:
    """Return the SHA-256 of a member's outside identity, salted with the community (64 hexadecimal characters)."""
    subject = f"{community_id}\x1f{platform}\x1f{external_id}"
    return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()
