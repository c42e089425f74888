from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
import pytest

from copilot.community.store import Store
from copilot.community.tables import Member, ProfileText, Resource
from copilot.embeddings.base import Embedder, TextKind
from copilot.events.briefs.settling import SettledBrief
from copilot.events.drafts.candidates import StoreCandidates
from copilot.events.history import past_events
from copilot.events.snapshot import Candidates
from copilot.events.words import content_words
from copilot.knowledge import KnowledgeBase
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorItem
from tests.events.conftest import NOW, PEOPLE


def brief(**over: object) -> SettledBrief:
    values: dict[str, object] = {
        "format": "roadshow", "topic": "AI路演", "starts_at": datetime(2026, 11, 28, 6, tzinfo=UTC), "duration_minutes": 120,
        "city": "深圳", "online": False, "headcount": 60, "budget_cents": None, "audience": "", "goals": [], "notes": "",
        "timezone": "Asia/Shanghai",
    }  # fmt: skip
    return SettledBrief.model_validate(values | over)


def find(store: Store, community_id: str, knowledge: KnowledgeBase, **over: object) -> Candidates:
    with store.read(community_id) as unit:
        past = past_events(unit, unit.now)
    return StoreCandidates(store).candidates(community_id, brief(**over), knowledge.playbook("roadshow", "zh-CN"), past)


def test_speakers_are_those_whose_words_touch_the_topic_best_first(
    store: Store, peopled: str, knowledge: KnowledgeBase
) -> None:
    speakers = find(store, peopled, knowledge).speakers
    assert speakers[0].name == "林舟"
    assert speakers[0].text == PEOPLE["林舟"][1]
    assert speakers[0].text_id == "txt_c_0"
    assert "老秦" not in [item.name for item in speakers]


def test_nobody_is_a_candidate_without_consent_or_out_of_sight(
    store: Store, peopled: str, knowledge: KnowledgeBase
) -> None:
    found = find(store, peopled, knowledge)
    names = {item.name for item in found.by_alias().values()}
    assert not names & {"没同意的人", "拒绝的人", "隐身的人", "不要AI的人"}


def test_a_host_is_who_hosted_before_with_the_event_as_evidence(
    store: Store, peopled: str, knowledge: KnowledgeBase
) -> None:
    host = find(store, peopled, knowledge).hosts[0]
    assert (host.name, host.text_id) == ("小满", "evt_c_0")
    assert "第1期路演" in host.text


def test_a_host_who_withdrew_consent_is_gone(store: Store, peopled: str, knowledge: KnowledgeBase) -> None:
    with store.write(peopled) as unit:
        unit.get(Member, "mem_c_3").consent_match = False
    assert "小满" not in [item.name for item in find(store, peopled, knowledge).hosts]


@pytest.mark.parametrize(
    ("over", "names"),
    [
        ({"headcount": 60}, ["南山孵化器路演厅"]),
        ({"headcount": 20}, ["福田咖啡馆场地", "南山孵化器路演厅"]),
        ({"headcount": 150}, []),
        ({"city": "Hangzhou"}, ["杭州滨江会议室场地"]),
        ({"online": True}, []),
    ],
)
def test_venues_hold_the_people_and_are_in_the_city_smallest_first(
    store: Store, peopled: str, knowledge: KnowledgeBase, over: dict[str, object], names: list[str]
) -> None:
    assert [item.name for item in find(store, peopled, knowledge, **over).venues] == names


def test_an_expired_resource_is_left_out(store: Store, peopled: str, knowledge: KnowledgeBase) -> None:
    with store.write(peopled) as unit:
        unit.get(Resource, "res_c_R-C-01").expires_on = date(2026, 11, 27)
    assert find(store, peopled, knowledge).venues == []


@pytest.mark.parametrize(
    ("owner", "count"),
    [("林舟", 1), ("没同意的人", 0), ("拒绝的人", 0), ("隐身的人", 0), ("不要AI的人", 0)],
)
def test_a_resource_is_a_candidate_as_its_owner_allows(
    store: Store, peopled: str, knowledge: KnowledgeBase, owner: str, count: int
) -> None:
    with store.write(peopled) as unit:
        unit.get(Resource, "res_c_R-P-01").owner_id = f"mem_c_{list(PEOPLE).index(owner)}"
    assert len(find(store, peopled, knowledge).resources) == count


def test_resources_fit_the_needs_of_the_format(store: Store, peopled: str, knowledge: KnowledgeBase) -> None:
    assert [item.name for item in find(store, peopled, knowledge).resources] == ["AI 方向投资人名单"]


def test_an_empty_community_has_no_candidates(store: Store, community: str, knowledge: KnowledgeBase) -> None:
    assert find(store, community, knowledge).by_alias() == {}


def test_another_communitys_people_are_never_candidates(
    store: Store, peopled: str, english: str, knowledge: KnowledgeBase
) -> None:
    assert find(store, english, knowledge).by_alias() == {}


class _Letters(Embedder):
    """Counts letters: enough for vectors that mean something to a test."""

    def __init__(self) -> None:
        super().__init__("letters")

    @property
    def dimension(self) -> int:
        return 27

    def _encode(self, texts: Sequence[str], kind: TextKind) -> np.ndarray:
        rows = [[1e-3] + [text.lower().count(chr(97 + n)) for n in range(26)] for text in texts]
        return np.asarray(rows, dtype=np.float32)


def test_meaning_finds_who_shares_no_word_with_the_topic(
    store: Store, community: str, knowledge: KnowledgeBase
) -> None:
    texts = ["zzzz qqqq", "zzqq zqzq", "abc def", "ghi jkl", "mno pr", "stu vwx", "abc ghi"]
    embedder, index = _Letters(), ExactIndex()
    with store.write(community) as unit:
        for number, text in enumerate(texts):
            unit.add(
                Member(
                    id=f"m{number}",
                    platform="x",
                    external_id=str(number),
                    name=f"n{number}",
                    consent_match=True,
                    created_at=NOW,
                )
            )
            unit.session.flush()
            unit.add(ProfileText(id=f"t{number}", member_id=f"m{number}", aspect="has", position=0, text=text))
    vectors = embedder.embed_documents(texts)
    index.upsert(community, "has", [VectorItem(f"t{n}", f"m{n}", "h", v) for n, v in enumerate(vectors)])
    source = StoreCandidates(store, embedder, index)
    found = source.candidates(community, brief(topic="qz"), knowledge.playbook("roadshow", "zh-CN"), [])
    assert {item.id for item in found.speakers} == {"m0", "m1"}


def test_words_are_pairs_of_characters_and_latin_words() -> None:
    assert content_words("AI路演 with Agents") == {"ai", "路演", "agent"}
