"""Text from outside, made storable: one rule for every entrance."""

from __future__ import annotations

import re

# C0 and C1 controls except tab and newline, and the code points Unicode calls non-characters.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NEWLINES = re.compile(r"\r\n?|\u2028|\u2029")


def clean_text(text: str) -> str:
    """Return `text` without control characters and lone surrogates, with LF newlines, stripped at both ends."""
    return _UNSTORABLE.sub("", _NEWLINES.sub("\n", text)).strip()


def clean_line(text: str) -> str:
    """Return `text` cleaned and on one line, runs of white space folded to one space."""
    return " ".join(clean_text(text).split())
