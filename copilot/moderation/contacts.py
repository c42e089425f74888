"""Ways to reach somebody outside the group, found in normalised text. A contact alone is no offence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.language.normalise import Normalised

_ID = r"[a-z][a-z0-9_\-]{4,19}"
_GAP = r"[\s:：是号为=>\-—→()（）]{0,4}"
_SHORT_FORMS = frozenset({"vx", "wx", "weixin", "wechat", "v信", "加v", "加我v", "+v", "貸款"})
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("link", re.compile(r"(?:https?://|www\.)[^\s，。；、）)]+")),
    ("email", re.compile(r"[a-z0-9._+\-]+@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+")),
    ("wechat", re.compile(rf"(?:微信|wechat|v信){_GAP}(?:id)?{_GAP}({_ID})")),
    ("wechat", re.compile(rf"(?<![a-z]){_ID}\s*[(（]?\s*微信")),
    ("qq", re.compile(rf"(?:qq|企鹅){_GAP}\d{{5,11}}")),
    ("phone", re.compile(r"(?<!\d)1[3-9]\d[\s\-]?[\d*x]{2,4}[\s\-]?[\d*x]{2,4}(?!\d)")),
    ("messenger", re.compile(r"(?:telegram|whatsapp|tg|电报|飞机)[\s:：]{0,3}(?:@[a-z0-9_]{4,}|\+[\d\s]{6,})")),
)
# No pattern above matches without one of these.
_MAY_REACH = re.compile(r"://|www\.|@|微信|wechat|v信|qq|企鹅|telegram|whatsapp|tg|电报|飞机|1[3-9]\d")


@dataclass(frozen=True)
class Contact:
    """One contact.

    Attributes:
        kind: link, email, wechat, qq, phone or messenger.
        start: half-open span in the normalised text.
        disguised: it was written so that a simple filter would miss it.
    """

    kind: str
    start: int
    end: int
    disguised: bool


def find_contacts(text: Normalised) -> list[Contact]:
    """Return the contacts in `text` in order of appearance, without overlaps."""
    found: list[Contact] = []
    if not _MAY_REACH.search(text.text):
        return found
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text.text):
            if not any(c.start < match.end() and match.start() < c.end for c in found):
                found.append(Contact(kind, match.start(), match.end(), is_disguised(text, "微信", match.span())))
    return sorted(found, key=lambda contact: contact.start)


def is_disguised(text: Normalised, word: str, within: tuple[int, int] | None = None) -> bool:
    """Whether `word`, which stands in the normalised text, was spelled otherwise in the original.

    Traditional characters and the short forms everybody uses (vx, wx, 加v) are not disguises.
    """
    low, high = within or (0, len(text.text))
    at = text.text.find(word, low, high)
    while at >= 0:
        start, end = text.original_span(at, at + len(word))
        written = "".join(text.original[start:end].lower().split())
        if written not in {word, *_SHORT_FORMS}:
            return True
        at = text.text.find(word, at + 1, high)
    return False
