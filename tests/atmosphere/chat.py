"""Small chats written by hand: minutes from noon, one letter per person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from copilot.atmosphere.periods import Period
from copilot.atmosphere.thresholds import Thresholds
from copilot.atmosphere.windows import Roster, Said, SpokenWindow, Stretch
from copilot.community.store import Store
from copilot.community.tables import Channel, Member, Message, Reading
from tests.conftest import NOW

# Everything is enough: a hand-worked chat has a handful of messages.
LENIENT = Thresholds(
    least_messages=1, least_speakers=1, least_read=1, least_questions=1, least_pairs=1, patience=timedelta(0)
)
GLAD, FLAT, SAD = (0.1, 0.2, 0.7), (0.1, 0.8, 0.1), (0.7, 0.2, 0.1)


def said(name: str, sender: str, minute: float, **values: Any) -> Said:
    """Return a read, neutral message of no substance in channel `main`."""
    given: dict[str, Any] = {
        "channel_id": "main", "reply_to_id": None, "mentions": (), "is_question": False, "sentiment": FLAT,
        "model_version": "m1", "words": 1, "is_substantive": False, "is_resource": False,
    }  # fmt: skip
    return Said(id=name, sender_id=sender, sent_at=NOW + timedelta(minutes=minute), **{**given, **values})


def window(
    messages: Sequence[Said],
    *,
    members: int = 10,
    thresholds: Thresholds = LENIENT,
    minutes: tuple[int, int] = (0, 600),
) -> SpokenWindow:
    """Return the window of these minutes over a chat in order, in a community of `members` people."""
    start, end = (NOW + timedelta(minutes=minute) for minute in minutes)
    return Stretch(list(messages), Roster({}, members), thresholds).window(Period(start, end))


class Room:
    """A community with channels `main` and `side` and members a-f, in a store."""

    def __init__(self, store: Store, community_id: str) -> None:
        self.store = store
        self.community_id = community_id
        self._count = 0
        with store.write(community_id) as unit:
            for name in ("main", "side"):
                identity = f"{community_id}-{name}"
                unit.add(Channel(id=identity, platform="t", external_id=name, name=name.title(), created_at=NOW))
            for name in "abcdef":
                unit.add(
                    Member(
                        id=f"{community_id}-{name}", platform="t", external_id=name, name=name.upper(), created_at=NOW
                    )
                )

    def member(self, name: str) -> str:
        return f"{self.community_id}-{name}"

    def channel(self, name: str = "main") -> str:
        return f"{self.community_id}-{name}"

    def say(self, sender: str | None, minute: float = 0, text: str = "嗯", **values: Any) -> str:
        """Store a message with its reading (`sentiment=None`: nobody read it) and return its id."""
        self._count += 1
        name = f"{self.community_id}-msg-{self._count:04d}"
        tone = values.pop("sentiment", FLAT)
        question = values.pop("is_question", False)
        channel = self.channel(values.pop("channel", "main"))
        with self.store.write(self.community_id) as unit:
            unit.add(
                Message(
                    id=name, channel_id=channel, external_id=name, text=text,
                    sender_id=None if sender is None else self.member(sender),
                    sent_at=NOW + timedelta(minutes=minute), **{"mentions": [], **values},
                )
            )  # fmt: skip
            unit.session.flush()
            if tone is not None:
                unit.add(
                    Reading(
                        message_id=name, model_version="m1", negative=tone[0], neutral=tone[1], positive=tone[2],
                        is_question=question, read_at=NOW,
                    )
                )  # fmt: skip
        return name

    def chatter(self, count: int, minute: float = 0, people: str = "abcde", **values: Any) -> list[str]:
        """Let these people speak in turn, a second apart."""
        return [self.say(people[n % len(people)], minute + n / 60, **values) for n in range(count)]
