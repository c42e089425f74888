"""Each check refuses exactly its own fault in a topic that is otherwise sound."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.assets import knowledge_dir
from copilot.community.demand import DemandKind
from copilot.llm.fence import FENCE_RULE
from copilot.topics.checks import Rules, check_topics, problems
from copilot.topics.frameworks import FrameworkLibrary
from copilot.topics.models import Cited, Topic
from copilot.topics.playbook_draft import draft_from_frameworks
from copilot.topics.snapshot import AskedQuestion, CommunityView, Evidence, MemberView, Pairing, TopicSnapshot
from tests.conftest import NOW
from tests.topics.conftest import BOOKS, MOULD, MOULDER, PRINTER

LIBRARY = FrameworkLibrary.load([knowledge_dir()])


def question(alias: str, text: str) -> AskedQuestion:
    return AskedQuestion(
        alias=alias, id=f"msg-{alias}", kind=DemandKind.UNANSWERED, channel_id="main", channel_name="启航大群",
        asker_id="yoyo", asker_name="Yoyo养猫", asked_at=NOW, text=text,
    )  # fmt: skip


def snapshot(locale: str = "zh-CN") -> TopicSnapshot:
    return TopicSnapshot(
        now=NOW,
        community=CommunityView(id="c", name="启航", locale=locale, timezone="Asia/Shanghai"),
        member=MemberView(id="chen", name="宝安老陈"),
        wanted=2,
        questions=(question("Q1", MOULD), question("Q2", BOOKS)),
        evidence=(
            Evidence(alias="E1", id="has-1", member_id="chen", kind="has", text=MOULDER),
            Evidence(alias="E2", id="has-2", member_id="chen", kind="has", text=PRINTER),
            Evidence(alias="E3", id="has-3", member_id="somebody", kind="has", text="别人的话"),
        ),
        pairings=(
            Pairing(question="Q1", evidence=("E1",), fit=0.9),
            Pairing(question="Q2", evidence=("E2",), fit=0.8),
        ),
    )


@pytest.fixture
def rules() -> Rules:
    return Rules(snapshot(), LIBRARY, frozenset({"冷链阿强", "Leo", "Jonas Weber"}))


@pytest.fixture
def topics(rules: Rules) -> list[Topic]:
    return draft_from_frameworks(rules.snapshot, LIBRARY)


def failed(topics: list[Topic], rules: Rules) -> set[str]:
    return {result.name for result in check_topics(topics, rules) if not result.passed}


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_playbooks_own_topics_pass_with_every_framework(locale: str) -> None:
    rules = Rules(snapshot(locale), LIBRARY)
    for framework in LIBRARY.all(locale):
        only = FrameworkLibrary([framework])
        found = draft_from_frameworks(rules.snapshot, only)
        assert failed(found, Rules(rules.snapshot, only)) == set(), framework.key


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("evidence_exists", {"evidence": [Cited(kind="has", id="has-3", quote="别人的话")]}),
    ("question_exists", {"demand": {"question_id": "msg-Q7"}}),
    ("evidence_fits", {"evidence": [Cited(kind="has", id="has-2", quote=PRINTER[:8])]}),
    ("quotes_exact", {"demand": {"quote": "减胶改筋还是换料？"}}),
    ("quotes_exact", {"opening": "我说过“注塑就是玄学，靠手感”，就从这里讲。"}),
    ("framework_known", {"framework": "rhapsody"}),
    ("language", {"opening": "I have repaired many of these moulds myself."}),
    ("lengths", {"titles": ["题" * 61]}),
    ("lengths", {"titles": ["题"]}),
    ("no_contacts", {"closing": "加微信 laochen_88 细聊。"}),
    ("no_contacts", {"closing": "打 0755-2345 6789 找我。"}),
    ("no_names", {"opening": "冷链阿强也问过我这个，我来说说。"}),
    ("no_names", {"opening": "这事王总也吃过亏，我来说说。"}),
    ("numbers", {"titles": ["照这样做省了 48000 元"]}),
    ("no_leak", {"opening": "关于 Q1 的问题，我从 E1 说起。"}),
    ("no_leak", {"opening": "<data-12345678 我来说说这个问题"}),
    ("no_leak", {"opening": FENCE_RULE["zh-CN"][:40]}),
]


@pytest.mark.parametrize(("check", "change"), FAULTS)
def test_a_fault_is_named(topics: list[Topic], rules: Rules, check: str, change: dict[str, Any]) -> None:
    first = topics[0]
    if "demand" in change:
        change = {"demand": first.demand.model_copy(update=change["demand"])}
    assert failed(topics, rules) == set()
    spoiled = [first.model_copy(update=change), topics[1]]
    assert check in failed(spoiled, rules)
    assert any("第 1 个选题" in sentence for sentence in problems(check_topics(spoiled, rules)))


def test_two_topics_that_share_question_or_title_are_not_distinct(topics: list[Topic], rules: Rules) -> None:
    same_question = topics[1].model_copy(update={"demand": topics[0].demand, "evidence": topics[0].evidence})
    assert "distinct" in failed([topics[0], same_question], rules)
    assert "distinct" in failed([topics[0], topics[1].model_copy(update={"titles": topics[0].titles})], rules)


def test_short_latin_names_are_ordinary_words_and_long_ones_need_word_bounds(topics: list[Topic], rules: Rules) -> None:
    assert failed([topics[0].model_copy(update={"opening": "我用 Leonardo 做过一版模具图，慢慢说。"})], rules) == set()
    assert "no_names" in failed([topics[0].model_copy(update={"opening": "我和 Jonas Weber 聊过这副模具。"})], rules)


def test_nothing_drafted_breaks_no_rule(rules: Rules) -> None:
    assert failed([], rules) == set()
