"""Which messages somebody who cares should see, and that reading brings them there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from copilot.care.intake import CareIntake
from copilot.community.distress import DistressKind
from copilot.community.store import Store
from copilot.community.tables import CareItem, Case, PrivateMessage
from copilot.moderation.cascade import Cascade
from copilot.moderation.distress import ANY_SIGN, SELF_HARM, sign_of
from copilot.moderation.service import ModerationService
from tests.moderation.conftest import Say

QUIET = {"distress.none": 0.97, "distress.asks_help": 0.01, "distress.burnout": 0.01, "distress.self_harm": 0.01}


@pytest.mark.parametrize(
    "text",
    ["我真的不想活了", "好想死", "活着没意思", "从楼上跳下去算了", "I want to kill myself", "everyone would be better off without me",
     "I don't want to wake up tomorrow"],
)  # fmt: skip
def test_what_is_said_outright_needs_no_model(text: str) -> None:
    found = sign_of(text, QUIET, "v")
    assert found is not None
    assert (found.kind, found.threshold) == (DistressKind.SELF_HARM, 0.0)


@pytest.mark.parametrize(
    "text",
    ["笑死我了", "想死你了", "累死了今天", "这个死线要命", "他昨天说想死我没理", "killing it today", "dying laughing", "这游戏里我又死了"],
)  # fmt: skip
def test_ways_of_speaking_are_none(text: str) -> None:
    assert sign_of(text, QUIET, "v") is None


@pytest.mark.parametrize(
    ("shares", "kind", "threshold"),
    [
        ({"burnout": ANY_SIGN}, DistressKind.BURNOUT, ANY_SIGN),
        ({"burnout": ANY_SIGN - 0.001}, None, 0),
        ({"asks_help": 0.05, "burnout": 0.04}, DistressKind.ASKS_HELP, ANY_SIGN),
        ({"burnout": 0.9, "self_harm": SELF_HARM}, DistressKind.SELF_HARM, SELF_HARM),
        ({}, None, 0),
    ],
)
def test_bounds_favour_looking(shares: dict[str, float], kind: DistressKind | None, threshold: float) -> None:
    found = sign_of("今天", {f"distress.{name}": share for name, share in shares.items()}, "v")
    assert (found and found.kind, found.threshold if found else 0) == (kind, threshold)


def test_reading_brings_it_to_care_and_opens_no_case_for_it(
    store: Store, room: str, say: Say, cascade: Cascade
) -> None:
    service = ModerationService(store, cascade, CareIntake())
    said, _, refuses = say("ann", "我真的不想活了"), say("bo", "明天几点开会"), say("quiet", "我真的不想活了")
    while service.read_pending(room).taken:
        pass
    with store.read(room) as unit:
        assert [row.message_id for row in unit.session.scalars(select(CareItem))] == [said]
        assert [row.message_id for row in unit.session.scalars(select(PrivateMessage))] == [said]
        assert unit.find(PrivateMessage, refuses) is None  # nobody reads what a member keeps from models
        assert list(unit.session.scalars(select(Case))) == []


def test_a_threat_beside_it_still_opens_a_case(store: Store, room: str, say: Say, cascade: Cascade) -> None:
    service = ModerationService(store, cascade, CareIntake())
    say("ann", "我不想活了。你给我等着，我弄死你全家")
    while service.read_pending(room).taken:
        pass
    with store.read(room) as unit:
        assert len(list(unit.session.scalars(select(CareItem)))) == 1
        [case] = unit.session.scalars(select(Case))
        assert case.category == "threat"
        assert "不想活" not in case.quote
