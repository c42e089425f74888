"""Stars over a store: who may be named, other communities, the owner, bounds."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from copilot.atmosphere.stars.service import StarsService
from copilot.atmosphere.stars.thresholds import StarRules
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Member
from copilot.errors import InvalidInput, NotFound, TooLarge
from tests.atmosphere.chat import Room
from tests.conftest import NOW

WEEK = 7 * 24 * 60


@pytest.fixture
def stars(store: Store) -> StarsService:
    return StarsService(store)


def answer_each(room: Room, answerer: str, askers: str, minute: float) -> list[str]:
    """Let `answerer` answer a question of each asker; return the ids of the answers."""
    return [
        room.say(
            answerer, minute + 10 * n + 1, reply_to_id=room.say(asker, minute + 10 * n, "谁会？", is_question=True)
        )
        for n, asker in enumerate(askers)
    ]


def test_who_answers_is_named_with_messages_to_look_at(room: Room, stars: StarsService) -> None:
    given = answer_each(room, "a", "bcd", 0)
    found = stars.read("c")
    star = found.roles["answers"].stars[0]
    assert (star.member_id, star.name) == (room.member("a"), "A")
    assert set(star.measures[0].evidence) == set(given)
    assert star.sentence.startswith("回答过 3 个人的提问（3 条回答），占有人回答的提问的 100%")
    assert (found.replies, found.people, found.messages) == (3, 4, 6)


@pytest.mark.parametrize("change", [{"visibility": "hidden"}, {"consent_ai": False}])
def test_hidden_members_and_those_without_consent_are_counted_and_never_named(
    room: Room, stars: StarsService, store: Store, change: dict[str, object]
) -> None:
    answer_each(room, "a", "bcd", 0)
    with store.write("c") as unit:
        for name, value in change.items():
            setattr(unit.get(Member, room.member("a")), name, value)
    found = stars.read("c")
    assert room.member("a") not in found.model_dump_json()
    assert (found.left_out, found.replies) == (1, 0)


def test_with_too_little_said_nobody_is_named_and_the_reason_stands(room: Room, stars: StarsService) -> None:
    room.say("a")
    found = stars.read("c")
    assert all(not role.stars and role.nobody for role in found.roles.values())
    assert found.load.measures[0].reason == "too_few"
    assert found.owner.reason == "nobody_named"


def test_an_empty_community_has_an_empty_reading(stars: StarsService, community: str) -> None:
    found = stars.read(community)
    assert (found.messages, found.people, found.left_out) == (0, 0, 0)


def test_other_communities_are_not_seen(room: Room, stars: StarsService, store: Store) -> None:
    from copilot.community.tables import Community

    with store.system(write=True) as session:
        session.add(Community(id="other", slug="other", name="Other", locale="en", created_at=NOW))
    answer_each(Room(store, "other"), "a", "bcd", 0)
    assert stars.read("c").messages == 0
    assert stars.read("other").roles["answers"].stars[0].sentence.startswith("Answered 3 people (3 answers): 100 %")
    with pytest.raises(NotFound):
        stars.name_owner("c", "other-a", actor="k")
    with pytest.raises(NotFound):
        stars.read("c", "other-main")


def test_the_owner_is_whom_the_operators_named_or_whose_role_says_so(
    room: Room, stars: StarsService, store: Store
) -> None:
    assert stars.owner("c") is None
    with store.write("c") as unit:
        unit.get(Member, room.member("b")).role = "operator"
    assert stars.owner("c") == room.member("b")
    with store.write("c") as unit:
        unit.get(Member, room.member("c")).role = "operator"
    assert stars.owner("c") is None
    assert stars.name_owner("c", room.member("d"), actor="key") == room.member("d")
    with store.read("c") as unit:
        entry = unit.session.scalars(select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.subject_id) == ("key", "atmosphere:stars:owner", room.member("d"))
    answer_each(room, "d", "abcef" * 4, 0)
    assert stars.read("c").owner.sentence.startswith("100% 的回复由群主发出或发给群主")
    assert stars.name_owner("c", None, actor="key") is None


def test_an_owner_who_may_not_be_looked_at_is_not(room: Room, stars: StarsService, store: Store) -> None:
    stars.name_owner("c", room.member("a"), actor="key")
    with store.write("c") as unit:
        unit.get(Member, room.member("a")).consent_ai = False
    found = stars.read("c").owner
    assert (found.member_id, found.reason) == (None, "not_readable")


def test_the_window_is_whole_local_weeks_up_to_the_newest_message(room: Room, stars: StarsService) -> None:
    room.say("a")
    window = stars.read("c", weeks=2).window
    # Monday the 16th, 10:00 in Shanghai.
    assert (window.start.isoformat(), window.end.isoformat()) == (
        "2026-11-09T00:00:00+08:00", "2026-11-23T00:00:00+08:00",
    )  # fmt: skip


@pytest.mark.parametrize("weeks", [0, 27, -1])
def test_absurd_lengths_are_refused(stars: StarsService, community: str, weeks: int) -> None:
    with pytest.raises(InvalidInput):
        stars.read(community, weeks=weeks)


def test_a_naive_end_is_refused(stars: StarsService, community: str) -> None:
    with pytest.raises(InvalidInput):
        stars.read(community, end=datetime(2026, 11, 16))  # noqa: DTZ001  # the case


def test_too_many_messages_are_refused_with_advice(room: Room, store: Store) -> None:
    room.chatter(3)
    with pytest.raises(TooLarge, match="fewer weeks or one channel"):
        StarsService(store, StarRules(most_messages=2)).read("c")
