"""The words by which a format is named, and what is asked when there is no playbook for the word."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from copilot.events.briefs.formats import FORMATS, IN_PERSON, NEAREST, without_formats
from copilot.events.briefs.reading import read_brief
from copilot.events.wording import say
from copilot.knowledge import KnowledgeBase

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_every_named_format_has_a_playbook(knowledge: KnowledgeBase) -> None:
    known = {book.format for book in knowledge.playbooks("zh-CN")}
    assert {key for key, _ in FORMATS} == known
    assert {key for key, _ in NEAREST} | IN_PERSON <= known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("下周五晚上上海饭局，10个人，聊聊怎么做定价", "dinner"),
        ("周六中午约12位创始人吃个饭", "dinner"),
        ("dinner for ten founders in Shanghai on Friday", "dinner"),
        ("12月12日带20个成员去东莞参访一家模具厂", "visit"),
        ("a factory visit for 15 members in Suzhou", "visit"),
        ("周三晚上给这批新人办迎新会，20人", "welcome"),
        ("welcome session for 12 newcomers next Tuesday", "welcome"),
        ("发起一次工具试用，15人，两周后交文章", "tool_trial"),
        ("a tool trial of note-taking apps for 12 people", "tool_trial"),
        # The word that says more about the format wins.
        ("路演沙龙，会后聚餐，60人", "roadshow"),
        ("黑客松 含晚餐 40人", "competition"),
        ("meet-up with dinner for 20 in Hangzhou", "meetup"),
        # A subject is no format.
        ("线上直播《参观一百家工厂学到的事》，100人", "online_talk"),
        ("webinar about factory tours, 50 people", "online_talk"),
        ("喜迎新年聚会，30人", "meetup"),
        ("新品晚餐式路演 demo day", "roadshow"),
    ],
)
def test_a_brief_names_its_format(text: str, expected: str) -> None:
    reading = read_brief(text, NOW)
    assert reading.brief.format == expected
    assert not [doubt for doubt in reading.doubts if doubt.field == "format"]


@pytest.mark.parametrize(
    ("text", "nearest", "word"),
    [
        ("周六深圳组一场剧本杀，8个人", "meetup", "剧本杀"),
        ("周日杭州徒步，15人", "meetup", "徒步"),
        ("下周三读书会，20人", "salon", "读书会"),
        ("a book club for 12 people next Friday", "salon", "book club"),
    ],
)
def test_what_has_no_playbook_follows_the_nearest_and_is_asked_about(text: str, nearest: str, word: str) -> None:
    reading = read_brief(text, NOW)
    assert reading.brief.format == nearest
    assert [(doubt.code, doubt.said) for doubt in reading.doubts if doubt.field == "format"] == [
        ("nearest_format", (word,))
    ]
    for locale in ("zh-CN", "en"):
        assert word in say(locale, "ask.nearest_format", said=word, field="", default=None)


def test_nothing_recognised_stays_open() -> None:
    assert read_brief("帮我办个活动", NOW).brief.format is None


def test_format_words_leave_a_text_without_its_subject() -> None:
    assert without_formats("工厂参访 模具") == "工厂 模具"
