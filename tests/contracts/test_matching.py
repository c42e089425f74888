"""Matching asks the same of every database: kinds, filters, audiences, newcomers, lists, everybody at once, erasure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from copilot.community.access import local_actor
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store, Unit
from copilot.community.tables import Channel, Match, Message, Reading
from copilot.matching.proposing.shortlist import Filters
from copilot.matching.proposing.stored_matches import Chosen
from copilot.matching.scores.pair_models import PairIn
from copilot.matching.scores.scoring import Weights
from copilot.matching.service import MatchingService, MatchOptions
from copilot.settings import MatchingSettings
from copilot.vectors.exact import ExactIndex
from copilot.vectors.sync import VectorSync
from tests.conftest import NOW
from tests.contracts.test_event_vectors import event
from tests.vectors.records import LetterEmbedder, member, resource

# The embedder of this test knows letters only: nothing is left out for its score.
OPEN = Weights(low_score=0.0, low_score_alone=0.0)
ASKED = "请教大家：有没有人知道广州到成都的冷链运输怎么才能隔天送到，一路冷得住？"


def _question(unit: Unit, message_id: str, sender_id: str, text: str) -> None:
    if unit.find(Channel, "chn") is None:
        unit.add(Channel(id="chn", platform="t", external_id="chn", name="问答", created_at=NOW))
        unit.session.flush()
    unit.add(Message(id=message_id, channel_id="chn", external_id=message_id, sender_id=sender_id, text=text,
                     sent_at=NOW - timedelta(hours=2)))  # fmt: skip
    unit.session.flush()
    unit.add(
        Reading(
            message_id=message_id,
            model_version="t",
            negative=0.1,
            neutral=0.8,
            positive=0.1,
            is_question=True,
            read_at=NOW,
        )
    )


@pytest.fixture
def service(any_store: Store) -> MatchingService:
    open_to_all: dict[str, Any] = {"consent_match": True}
    with any_store.write("a") as unit:
        member(
            unit,
            "ann",
            {"wants": ["想找冷链运输的车队"], "has": ["有冻货要运"], "is": ["做火锅底料"]},
            city="成都",
            **open_to_all,
        )
        member(unit, "bo", {"wants": ["想找冻货货主"], "has": ["有冷链车队"], "is": ["开冷藏车"]}, city="Chengdu", industry="物流",
               joined_at=NOW - timedelta(days=3), **open_to_all)  # fmt: skip
        member(
            unit,
            "cy",
            {"wants": ["想学画画"], "has": ["会修电梯"]},
            city="上海",
            joined_at=NOW - timedelta(days=20),
            **open_to_all,
        )
        member(unit, "shut", {"wants": ["想找冷链运输的车队"], "has": ["有冷链车队"]}, consent_match=False)
        resource(unit, "truck", "冷链车队", owner_id="bo", city="成都")
        event(unit, "talk")
        _question(unit, "q1", "ann", ASKED)
    index, embedder = ExactIndex(), LetterEmbedder()
    VectorSync(StaleTexts(any_store), index, embedder).run("a")
    return MatchingService(any_store, index, embedder, OPEN, MatchingSettings(exposure_cap=1))


def _targets(service: MatchingService, member_id: str, kind: str, **filters: str) -> set[str]:
    found = service.match("a", member_id, kind, 50, options=MatchOptions(Filters(**filters)))
    return {item.target_id for item in found.items}


def test_every_kind_finds_what_may_be_proposed(service: MatchingService) -> None:
    assert _targets(service, "ann", "member") == {"bo", "cy"}
    assert _targets(service, "ann", "resource") == {"truck"} and _targets(service, "bo", "resource") == set()
    assert _targets(service, "ann", "event") == {"talk"}
    assert _targets(service, "bo", "thread") == {"q1"} and _targets(service, "ann", "thread") == set()


def test_filters_meet_names_in_both_languages_and_any_case(service: MatchingService) -> None:
    assert (
        _targets(service, "ann", "member", city="成都")
        == {"bo"}
        == _targets(service, "ann", "member", industry="LOGISTICS")
    )
    assert _targets(service, "cy", "resource", city="Chengdu", type="people") == {"truck"}
    assert _targets(service, "cy", "resource", type="funding") == set()


@pytest.mark.slow
def test_audiences_newcomers_and_pairs_are_answered(service: MatchingService) -> None:
    actor = local_actor("a")
    assert {item.member_id for item in service.audience("a", "truck", actor=actor).items} == {"ann", "cy"}
    assert {item.member_id for item in service.audience("a", "q1", kind="thread", actor=actor).items} == {"bo", "cy"}
    assert [item.member_id for item in service.newcomers("a", actor=actor).items] == ["bo"]
    welcome = service.welcome("a", "bo", "问答", actor=actor)
    assert "「有冷链车队」" in welcome.introduction and welcome.awake.channel_id == "chn"
    outcomes = service.score_pairs(
        "a", [PairIn(member="ann", other="bo"), PairIn(member="cy", other="truck", kind="resource")], actor=actor
    )
    assert all(outcome.error is None and outcome.score is not None for outcome in outcomes)


def test_everybody_is_matched_under_the_cap_and_listed(service: MatchingService, any_store: Store) -> None:
    report = service.distribute("a", "member", 2, actor="key")
    assert (report.members, report.most_exposed) == (3, 1)
    listed = service.proposals("a", Chosen(status="proposed"), limit=2)
    rest = service.proposals("a", Chosen(status="proposed"), limit=2, cursor=listed.next_cursor)
    pairs = [(item.member_id, item.target_id) for item in (*listed.items, *rest.items)]
    assert len(pairs) == len(set(pairs)) == report.proposals
    assert len({target for _, target in pairs}) == len(pairs)
    with any_store.read("a") as unit:
        assert {row.weights_version for row in unit.session.scalars(select(Match))} == {0}
    with any_store.read("b") as unit:
        assert list(unit.session.scalars(select(Match))) == []


@pytest.mark.slow
def test_nothing_of_an_erased_member_stays_in_any_kind_of_proposal(service: MatchingService, any_store: Store) -> None:
    for member_id in ("ann", "bo", "cy"):
        for kind in ("member", "resource", "event", "thread"):
            service.match("a", member_id, kind, 5)
    with any_store.read("a") as unit:
        exported = str(export_member(unit, "cy"))
    assert "会修电梯" in exported and "shut" not in exported
    erase_member(any_store, "a", "ann", requested_by="key")
    with any_store.read("a") as unit:
        rows = list(unit.session.scalars(select(Match)))
    assert {row.target_id for row in rows} & {"ann", "q1"} == set()
    assert "ann" not in str([(row.member_id, row.reasons) for row in rows]) and ASKED not in str(
        [row.reasons for row in rows]
    )
    erase_member(any_store, "a", "bo", requested_by="key")
    with any_store.read("a") as unit:
        assert {row.target_id for row in unit.session.scalars(select(Match))} <= {"talk"}
