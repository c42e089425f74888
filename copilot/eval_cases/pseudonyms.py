"""Names for records that hold within one export and lead nowhere else.

A pseudonym is a keyed hash. The key comes from a salt that never leaves the data folder and from the export's own id: one
person is one pseudonym throughout an export, and two exports cannot be joined, not even by whoever has both.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

SALT_FILE = "eval_cases.salt"
_SALT_BYTES = 32
# Letters alone: digits would be taken for parts of telephone numbers when texts are searched for those.
_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_LENGTH = 12


class Pseudonyms:
    """Names records within one export."""

    def __init__(self, salt: bytes, community_id: str, export_id: str) -> None:
        self._key = hmac.digest(salt, f"{community_id}\x1f{export_id}".encode(), hashlib.sha256)

    def of(self, record_id: str | None) -> str | None:
        """Return the pseudonym of a record, such as `mem_kqzv...` for a member; None for None."""
        if record_id is None:
            return None
        number = int.from_bytes(hmac.digest(self._key, record_id.encode("utf-8", "replace"), hashlib.sha256))
        letters = []
        for _ in range(_LENGTH):
            number, at = divmod(number, len(_LETTERS))
            letters.append(_LETTERS[at])
        kind = record_id.partition("_")[0]
        return f"{kind}_{''.join(letters)}" if kind.isalpha() and kind.isascii() else "".join(letters)


def read_salt(data_dir: Path) -> bytes:
    """Return the salt of this data folder, made when it is first asked for and readable by its owner alone."""
    path = data_dir / SALT_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    part = data_dir / f"{SALT_FILE}.{secrets.token_hex(8)}.part"
    if not path.exists():
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_SALT_BYTES))
        # Whoever comes first wins, whole; the other takes what is there.
        with suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
    return path.read_bytes()
