"""Counterfactuals: communities and chats with the part taken away that a competent system must read."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from copilot.community.store import Store
from copilot.community.tables import Member, Message, ProfileText
from eval.metrics.intervals import SEED
from eval.sample_copies import State
from eval.world import World, Worlds


def ring(names: Sequence[str]) -> dict[str, str]:
    """Return from whom each receives: the one half the list away, so that nobody keeps their own.

    Raises:
        ValueError: one alone cannot swap.
    """
    if len(names) < 2:
        raise ValueError("it takes two to swap")
    return {name: names[(at + len(names) // 2) % len(names)] for at, name in enumerate(names)}


def swap_texts(store: Store, community_id: str, aspect: str) -> None:
    """Give every member the texts of another one in one aspect, as `ring` says; the rest of the profile stays."""
    with store.write(community_id) as unit:
        by_member: dict[str, list[ProfileText]] = defaultdict(list)
        statement = select(ProfileText).where(ProfileText.aspect == aspect).order_by(ProfileText.position)
        for row in unit.session.scalars(statement):
            by_member[row.member_id].append(row)
        names = {member.id: member.external_id for member in unit.session.scalars(select(Member))}
        texts = {names[member_id]: [row.text for row in rows] for member_id, rows in by_member.items()}
        givers = ring(sorted(texts))
        for member_id, rows in by_member.items():
            given = texts[givers[names[member_id]]]
            for position, row in enumerate(rows):
                # Somebody with more texts than the giver gets the giver's last one several times.
                row.text = given[min(position, len(given) - 1)]


def shuffle_times(store: Store, community_id: str) -> None:
    """Deal the times of all messages out again at random within each channel: days stay as busy, what they hold does not."""
    with store.write(community_id) as unit:
        by_channel: dict[str, list[Message]] = defaultdict(list)
        for row in unit.session.scalars(select(Message).order_by(Message.channel_id, Message.external_id)):
            by_channel[row.channel_id].append(row)
        for channel_id in sorted(by_channel):
            rows = by_channel[channel_id]
            times = [row.sent_at for row in rows]
            random.Random(SEED).shuffle(times)  # noqa: S311  # a control, no secret
            for row, sent_at in zip(rows, times, strict=True):
                row.sent_at = sent_at


def shuffled_sample(worlds: Worlds) -> World:
    """Return the sample read with its times shuffled, one for all suites: whoever alters it leaves its messages as they are."""
    return worlds.kept("shuffled", lambda: worlds.altered(shuffle_times, State.IMPORTED))
