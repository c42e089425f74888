"""What features see of the chat, and who answered which question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from copilot.community.conversation import answers, count_lines, latest_sent_at, lines
from copilot.community.store import Store
from copilot.community.tables import Channel, Community, Member, Message, Reading
from tests.conftest import NOW


@dataclass(frozen=True)
class Said:
    id: str
    sender_id: str
    sent_at: datetime
    channel_id: str = "main"
    reply_to_id: str | None = None
    mentions: tuple[str, ...] = ()
    is_question: bool = False


def said(message_id: str, sender: str, minute: float, **fields: object) -> Said:
    return Said(message_id, sender, NOW + timedelta(minutes=minute), **fields)  # type: ignore[arg-type]  # test fields


ASK = said("q", "ann", 0, is_question=True)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (said("a", "bob", 9000, reply_to_id="q"), ["a"]),
        (said("a", "ann", 1, reply_to_id="q"), []),
        (said("a", "bob", 359, mentions=("ann",)), ["a"]),
        (said("a", "bob", 361, mentions=("ann",)), []),
        (said("a", "bob", 5, mentions=("ann",), channel_id="other"), []),
        (said("a", "bob", 5, mentions=("ann",), reply_to_id="unknown"), []),
        (said("a", "bob", 5), []),
    ],
    ids=["reply", "own reply", "mention", "late mention", "other channel", "replies elsewhere", "neighbour"],
)
def test_an_answer_is_a_reply_or_a_mention_by_somebody_else(later: Said, expected: list[str]) -> None:
    assert [item.id for item in answers([ASK, later])["q"]] == expected


def test_what_the_asker_adds_at_once_belongs_to_the_question() -> None:
    added, reply = said("more", "ann", 4), said("a", "bob", 30, reply_to_id="more")
    assert [item.id for item in answers([ASK, added, reply])["q"]] == ["a"]
    too_late = said("more", "ann", 6)
    assert answers([ASK, too_late, reply])["q"] == []


def test_a_mention_answers_only_the_latest_question_of_that_asker() -> None:
    second = said("q2", "ann", 10, is_question=True)
    found = answers([ASK, second, said("a", "bob", 11, mentions=("ann", "ann"))])
    assert {key: [item.id for item in value] for key, value in found.items()} == {"q": [], "q2": ["a"]}


def test_no_chat_has_no_answers() -> None:
    assert answers([]) == {}


@pytest.fixture
def chat(store: Store, community: str) -> Store:
    with store.system(write=True) as session:
        session.add(Community(id="d", slug="other", name="x", created_at=NOW))
    for scope in ("c", "d"):
        with store.write(scope) as unit:
            unit.add(Channel(id=f"{scope}-main", platform="t", external_id="m", name="m", created_at=NOW))
            unit.add(Member(id=f"{scope}-ann", platform="t", external_id="ann", name="Ann", created_at=NOW))
            unit.session.flush()
            for n, fields in enumerate(
                [{}, {"recalled_at": NOW}, {"hidden_at": NOW}, {"type": 80}, {"sender_id": None}, {"type": 25}]
            ):
                values = {"sender_id": f"{scope}-ann", "text": str(n)} | fields
                sent_at = NOW + timedelta(minutes=n)
                unit.add(
                    Message(
                        id=f"{scope}-{n}", channel_id=f"{scope}-main", external_id=str(n), sent_at=sent_at, **values
                    )
                )
            unit.session.flush()
            unit.add(
                Reading(
                    message_id=f"{scope}-0", model_version="v", negative=0.2, neutral=0.3, positive=0.5,
                    is_question=True, categories={"spam": 0.7, "insult": 0.2}, read_at=NOW,
                )
            )  # fmt: skip
    return store


def test_only_visible_messages_of_one_community_are_seen(chat: Store) -> None:
    with chat.read("c") as unit:
        first, last = lines(unit, NOW, NOW + timedelta(hours=1))
        assert count_lines(unit, NOW, NOW + timedelta(hours=1)) == 2
        assert latest_sent_at(unit) == NOW + timedelta(minutes=5)
    assert (first.id, first.sentiment, first.flagged_score, first.is_question) == ("c-0", (0.2, 0.3, 0.5), 0.7, True)
    assert (last.id, last.sentiment, last.is_read, last.flagged_score) == ("c-5", None, False, 0.0)


def test_the_end_of_a_window_is_excluded_and_a_channel_may_be_asked_for(chat: Store) -> None:
    with chat.read("c") as unit:
        assert [line.id for line in lines(unit, NOW, NOW + timedelta(minutes=5))] == ["c-0"]
        assert list(lines(unit, NOW, NOW + timedelta(hours=1), "nowhere")) == []
        assert latest_sent_at(unit, "nowhere") is None
