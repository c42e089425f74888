"""The audit log in words: every action and kind of record that the code writes down has one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import api
import copilot
from api.console.audit_words import did_of, kind_of
from api.console.catalogue import LANGUAGES, texts_of
from copilot.community.introduction_status import IntroductionStatus
from copilot.matching.seatings.models import SeatingStatus
from copilot.moderation.appeals import AppealOutcome
from copilot.resources.transitions import Step
from tests.api.console.visitor import Markup, Visitor

# What is put together when it is written down.
VERBS = (
    *IntroductionStatus, *SeatingStatus, *AppealOutcome, *Step, "lapsed", "edited", "revised", "restored", "taken",
    "dismissed", "merged", "distinct", "imported", "stale",
)  # fmt: skip


def written() -> tuple[set[str], set[str]]:
    """Return the actions and the kinds of records that stand in calls of `unit.audit`."""
    actions: set[str] = set()
    kinds: set[str] = set()
    for package in (api, copilot):
        for path in Path(package.__path__[0]).rglob("*.py"):
            for call in re.findall(r"\.audit\(.{0,200}", path.read_text(), re.DOTALL):
                actions |= set(re.findall(r'^[^()]*?,\s*"([a-z_]+[.:][a-z_]+)"', call[7:]))
                kinds |= set(re.findall(r'^[^()]*?\(\s*"([a-z_]+)",', call[7:]))
    return actions, kinds


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_written_down_has_a_word(language: str) -> None:
    actions, kinds = written()
    assert len(actions) > 80 and len(kinds) > 40
    t = texts_of(language)
    assert [action for action in (*actions, *(f"x.{verb}" for verb in VERBS)) if did_of(action, t) == action] == []
    assert [kind for kind in kinds if not t.has(f"audit.on_{kind}")] == []
    assert did_of("strange.deed", t) == "strange.deed" and kind_of("strange_thing", t) == "strange thing"


def test_the_log_is_filtered_by_what_and_by_whom_and_says_names(visitors: dict[str, Visitor]) -> None:
    admin = visitors["admin"]
    page = admin.get("/console/audit?about=api_key").text
    text = Markup(page).text
    assert "登录" in text and "admin" in text and "key_" not in Markup(page.partition("<details")[0]).text
    by_nobody = admin.get("/console/audit?who=-&about=api_key").text
    assert "登录" not in Markup(by_nobody.partition("<tbody>")[2]).text
    none = admin.get("/console/audit?about=nonsense&subject=x&who=key_x").text
    assert "换一个条件" in none and 'href="/console/audit"' in none
    assert visitors["operator"].get("/console/audit?about=case").status_code == 403
