"""Whether a chat message is a self-introduction: it says so, or reads like a form, and tells at least two things of its author."""

from __future__ import annotations

import re

from copilot.profiles.findings import Finding
from copilot.profiles.labels import labelled
from copilot.profiles.rules import read_introduction
from copilot.profiles.sentences import cells

_SHORTEST = 20
_MARKED = re.compile(
    r"自我介绍|新人(?:报到|介绍|报道)|入群介绍|报个?到|冒个?泡|签个?到|来?交作业|大家好|各位好|初来乍到|坐标[:：\s\u4e00-\u9fff]|请多?关照|多多指教|"
    r"\b(?:hi|hello|hey) (?:all|everyone|everybody|folks)\b|\blong.time lurker\b|\bnew here\b|\bintroduc(?:e|ing) myself\b|\bbased in\b",
    re.IGNORECASE,
)
_LABELS = 3


def introduction_findings(text: str, locale: str) -> list[Finding]:
    """Return what a message says of its author if it is an introduction; nothing for any other message."""
    if len(text.strip()) < _SHORTEST or not (_MARKED.search(text) or _is_form(text)):
        return []
    found = read_introduction(text, locale)
    told = {one.field or one.aspect for one in found}
    # A greeting in front of a question is no introduction: somebody must say who they are, and one thing more.
    return found if len(told) >= 2 and any(one.aspect == "is" for one in found) else []


def _is_form(text: str) -> bool:
    parts = [part for cell in cells(text) if cell.start < cell.end for part in labelled(text, *cell)]
    return sum(part.meaning is not None for part in parts) >= _LABELS
