"""A gap is a topic when the member did something concrete, others care, and nothing published comes near."""

from __future__ import annotations

import pytest

from copilot.community.demand import DemandKind
from copilot.community.import_messages import take_back
from copilot.community.tables import Member, Message, ProfileText, Resource, TopicSuggestion
from copilot.topics.concreteness import LEAST, concreteness, from_deed
from copilot.topics.quotes import beginning
from copilot.topics.service import TopicService
from tests.conftest import NOW
from tests.topics.conftest import Room
from tests.topics.test_service import stored

RETURNS = "类目里的退货原因我拆过九千条，按材质分了三十类。"
BOOTHS = "办过四十多场展会，摊位怎么挑心里有数。"


@pytest.fixture
def shop(room: Room) -> Room:
    """One who has taken returns apart, and three of the same trade under two names."""
    room.member("camel", [RETURNS], industry="跨境电商与外贸")
    for name, industry in (("a", "跨境电商与外贸"), ("b", "跨境电商"), ("c", "跨境电商与外贸")):
        room.member(name, industry=industry)
    return room


def gap_of(service: TopicService, member_id: str = "camel") -> list[str]:
    topics = service.suggest("c", member_id).topics
    return [topic.demand.question_id for topic in topics if topic.demand.kind is DemandKind.GAP]


@pytest.mark.parametrize(
    "text",
    [
        RETURNS,
        BOOTHS,
        "标书写过三百多本，中了一百四十本。",
        "I have filed 900 trademarks and tested both routes for years.",
    ],
)
def test_deeds_with_figures_are_concrete(text: str) -> None:
    assert concreteness(text) >= LEAST


@pytest.mark.parametrize(
    "text",
    [
        "", "资深顾问，首席专家。", "想找懂连锁的销售。", "两家店周一到周三随便借，三十五个人站着喝刚好。",
        "二万三千方的厂，上面全部系空的。", "About 13,000 sq ft of racking standing empty since March.", "Founder and CEO.",
    ],
)  # fmt: skip
def test_titles_wishes_and_offers_are_not(text: str) -> None:
    assert concreteness(text) < LEAST


def test_a_gap_names_who_cares_and_quotes_only_records(shop: Room) -> None:
    (topic,) = shop.service().suggest("c", "camel").topics
    assert topic.demand.kind is DemandKind.GAP
    assert topic.demand.question_id == topic.evidence[0].id == "camel-has-0"
    assert topic.evidence[0].quote in RETURNS
    assert topic.demand.subject in RETURNS
    assert {one.id for one in topic.demand.interest if one.kind == "industry"} == {"a", "b", "c"}
    assert "还没有人写过" in topic.reason
    assert "3 位" in topic.reason
    (row,) = stored(shop)
    assert (row.question_id, row.subject_id) == (None, "camel-has-0")


def test_asking_again_keeps_the_topic(shop: Room) -> None:
    first, second = (shop.service().suggest("c", "camel").topics[0].id for _ in range(2))
    assert first == second
    assert len(stored(shop)) == 1


def test_nobody_who_cares_means_no_topic(room: Room) -> None:
    room.member("camel", ["类目里的退货原因我拆过一遍，愿意讲。"], industry="跨境电商与外贸")
    assert gap_of(room.service()) == []


@pytest.mark.parametrize("values", [{"consent_ai": False}, {"visibility": "hidden"}, {"industry": "农业"}])
def test_only_those_who_let_it_be_used_count_as_interested(shop: Room, values: dict[str, object]) -> None:
    with shop.store.write("c") as unit:
        for name in ("a", "b", "c"):
            for field, value in values.items():
                setattr(unit.get(Member, name), field, value)
    assert gap_of(shop.service()) == []


def test_two_members_who_did_the_same_do_not_both_get_it_in_a_month(shop: Room) -> None:
    shop.member("twin", [RETURNS.replace("九千条", "九千多条")], industry="跨境电商与外贸")
    assert gap_of(shop.service()) == ["camel-has-0"]
    assert gap_of(shop.service(), "twin") == []


def test_what_a_member_said_no_to_is_not_offered_again(shop: Room) -> None:
    shop.service().suggest("c", "camel")
    with shop.store.write("c") as unit:
        unit.session.query(TopicSuggestion).one().status = "declined"
    assert gap_of(shop.service()) == []


def test_an_open_topic_goes_when_the_sentence_it_quotes_is_rewritten_or_deleted(shop: Room) -> None:
    shop.service().suggest("c", "camel")
    with shop.store.write("c") as unit:
        unit.get(ProfileText, "camel-has-0").position = 3
    assert len(stored(shop)) == 1
    with shop.store.write("c") as unit:
        unit.get(ProfileText, "camel-has-0").text = BOOTHS
    assert stored(shop) == []


@pytest.mark.parametrize("change", ["title", "status", "delete"])
def test_an_open_topic_goes_when_the_resource_it_quotes_changes(asked: Room, change: str) -> None:
    asked.service().suggest("c", "chen")
    with asked.store.write("c") as unit:
        unit.add(Resource(id="res_1", code="R1", type="doc", title="开模清单", owner_id="chen", created_at=NOW))
        row = unit.session.query(TopicSuggestion).one()
        row.content = {**row.content, "evidence": [{"kind": "sells", "id": "res_1", "quote": "开模清单"}]}
    with asked.store.write("c") as unit:
        resource = unit.get(Resource, "res_1")
        if change == "delete":
            unit.session.delete(resource)
        else:
            setattr(resource, change, "withdrawn")
    assert stored(asked) == []


def test_a_topic_that_was_accepted_stays_when_the_sentence_changes(shop: Room) -> None:
    shop.service().suggest("c", "camel")
    with shop.store.write("c") as unit:
        unit.session.query(TopicSuggestion).one().status = "accepted"
    with shop.store.write("c") as unit:
        unit.get(ProfileText, "camel-has-0").text = BOOTHS
    assert len(stored(shop)) == 1


def test_a_question_of_the_month_in_other_words_goes_to_nobody_else(asked: Room) -> None:
    asked.member("chen2", ["模具开了二十年，缩水飞边都会调。"])
    (topic,) = asked.service().suggest("c", "chen").topics
    assert topic.demand.question_id == "q-mould"
    with asked.store.write("c") as unit:
        take_back(unit, unit.get(Message, "q-bank"), NOW)
    asked.say(
        "q-again", "shao", "做过模具的老师傅请教一下：PP料水槽T1样件正面一条条缩水印，减胶改筋还是调保压？", asks=True
    )
    given = [t.demand.question_id for t in asked.service().suggest("c", "chen2").topics]
    assert "q-again" not in given


def test_a_subject_is_the_beginning_and_starts_with_the_deed() -> None:
    assert beginning("A streaming decoder with 180 ms latency on four cores; escrow possible", 46) == (
        "A streaming decoder with 180 ms latency"
    )
    assert beginning("一" * 50, 24) == "一" * 24
    assert (
        from_deed("会拍会剪，帮三位长辈从零开了小店，最好的一个月七千美金")
        == "帮三位长辈从零开了小店，最好的一个月七千美金"
    )
    assert from_deed("什么也没有，只有名头") == "什么也没有，只有名头"


def trade(room: Room) -> None:
    room.member("camel", industry="跨境电商与外贸")
    for name in ("a", "b", "c"):
        room.member(name, industry="跨境电商与外贸")


def test_what_a_member_sells_can_fill_a_gap_under_its_own_title(room: Room) -> None:
    trade(room)
    text = "退货原因手册，九千条按材质分了三十类，做过三年对照。"
    with room.store.write("c") as unit:
        unit.add(
            Resource(
                id="res_1", code="R1", type="knowledge", title="退货原因手册", description=text, owner_id="camel",
                created_at=NOW,
            )
        )  # fmt: skip
    room._embed("resource", [("res_1", "res_1", text)])
    (topic,) = room.service().suggest("c", "camel").topics
    assert (topic.demand.kind, topic.demand.question_id, topic.evidence[0].kind) == (DemandKind.GAP, "res_1", "sells")
    assert topic.demand.subject == "退货原因手册"
    with room.store.write("c") as unit:
        unit.get(Resource, "res_1").status = "withdrawn"
    assert stored(room) == []  # the topic goes with what it quotes


@pytest.mark.parametrize(
    ("text", "is_story"),
    [
        ("我们做过四年跨境退货的对照，九千条按材质分了三十类，写了一套识别方法。", True),
        ("谢谢您，我们做过四年跨境退货的对照，九千条按材质分了三十类，已发您。", False),  # said to somebody
        ("我们昨天做了三十单，累死了今天不想说话。", False),
        ("他说“你们做过四年退货就这水平”，我写了九千条记录给他看。", False),  # a quarrel
    ],
)
def test_what_somebody_told_in_chat_fills_a_gap_only_as_a_story_of_its_own(
    room: Room, text: str, is_story: bool
) -> None:
    trade(room)
    room.say("msg_1", "camel", text)
    assert bool(gap_of(room.service())) is is_story
