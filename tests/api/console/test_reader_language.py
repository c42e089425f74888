"""Sentences that services say to a reader follow the language the reader chose; what is kept stays in the community's."""

from __future__ import annotations

import re

from tests.api.conftest import World
from tests.api.console.visitor import Markup, Visitor

_HAN = re.compile("[\u4e00-\u9fff]")


def _reader(world: World, role: str, language: str) -> Visitor:
    visitor = Visitor.of(world.client.app).sign_in(world.keys[role])
    visitor.client.cookies.set("console_language", language, path="/console")
    return visitor


def _part(page: str, start: str, end: str) -> str:
    return Markup(page.partition(start)[2].partition(end)[0]).text


def test_sentences_about_this_moment_are_in_the_language_the_reader_chose(world: World) -> None:
    for language, has_han in (("en", False), ("zh-CN", True)):
        moderator, operator = (_reader(world, role, language) for role in ("moderator", "operator"))
        own_day = _part(moderator.get("/console/moderation").text, '<p class="lead" id="waiting">', "</p>")
        proposal = _part(moderator.get("/console/settings/thresholds/insult").text, "<main", "<form")
        rules = _part(operator.get("/console/recognition").text, 'class="rows', "</ul>")
        quiet = _part(operator.get("/console/topics/members").text, '<p class="small">', "</p>")
        for text in (own_day, proposal, rules, quiet):
            assert text.strip() and bool(_HAN.search(text)) is has_han, text


def test_a_reader_of_the_api_and_the_next_visitor_are_told_in_their_own_language(world: World) -> None:
    _reader(world, "moderator", "en").get("/console/moderation")
    assert _HAN.search(world.get("moderator", "/moderation/wellness").json()["sentence"])


def test_a_report_that_is_kept_is_in_the_communitys_language_whoever_makes_it(world: World) -> None:
    operator = _reader(world, "operator", "en")
    assert operator.send("/console/weekly", {}).status_code == 303
    report = world.services.weekly.get(world.community_id)
    stored = report.reading.model_dump_json() + "".join(action.why for action in report.actions)
    words = set(re.findall(r'"(?:sentence|heading|title)": ?"([^"]+)"', stored))
    assert words and all(_HAN.search(one) for one in words)
    assert all(_HAN.search(action.why) for action in report.actions)


def test_peoples_own_words_say_their_language_where_the_reader_reads_another(world: World) -> None:
    english, chinese = (
        _reader(world, "operator", language).get("/console/people").text for language in ("en", "zh-CN")
    )
    for row in re.findall(r'<a class="row-link"[^>]*>', english):
        assert 'dir="auto" lang="zh-CN"' in row
    assert 'class="row-link"' in english and 'dir="auto"' in chinese and 'dir="auto" lang' not in chinese
