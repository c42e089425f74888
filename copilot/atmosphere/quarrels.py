"""Exchanges that may be turning into a quarrel: a few people, answers to answers, more and more of them negative. Pure.

It defers to people ("look at this thread") and acts on nothing. It names messages, never who started it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from copilot.atmosphere.dimensions import NEGATIVE
from copilot.atmosphere.windows import Said


@dataclass(frozen=True)
class QuarrelSigns:
    """When an exchange is worth a look. A message is heated when it surely sounds negative or was flagged as an attack.

    Set on the sample's two quarrels, and held against ten days of a technical channel; see `eval/suites/alerts.py`.

    Attributes:
        window: the newest read messages of an exchange that are judged together, and the fewest of them.
        people: the fewest and the most who wrote something heated; one is upset alone, many are a debate of the room.
        chance: the window holds so many heated messages by chance with at most this probability, were each as often
            heated as messages usually are here (binomial tail).
        rest: after this long without a message the exchange is over.
        follow: a plain message belongs to the exchange that its channel is in, this long after its last message.
        mention: a message that mentions somebody belongs to what they last said, this long after it.
        usual: share of heated messages where too few were read to know it; also the least it is taken for.
        least_read: messages read before the room's own share is taken.
        negative: P(negative) from which a message is heated.
        attack_score: a message flagged as behaviour against people with this score or more is heated, too.
    """

    window: tuple[int, int] = (12, 5)
    people: tuple[int, int] = (2, 5)
    chance: float = 0.002
    rest: timedelta = timedelta(hours=3)
    follow: timedelta = timedelta(minutes=10)
    mention: timedelta = timedelta(minutes=30)
    usual: float = 0.1
    least_read: int = 200
    negative: float = 0.7
    attack_score: float = 0.5


@dataclass
class Exchange:
    """Messages that answer each other, in order."""

    channel_id: str
    said: list[Said] = field(default_factory=list)

    @property
    def last_at(self) -> datetime:
        """When somebody last wrote in it."""
        return self.said[-1].sent_at


@dataclass(frozen=True)
class Quarrel:
    """An exchange with the signs of a quarrel.

    Attributes:
        root_id: the first of its messages that were judged together when the signs were first all there.
        message_ids: those messages, in order.
        last_at: when the signs were last all there.
        opened_at: the time of the message at which the signs were first all there.
        people: who wrote in it, as a number.
        chance: the smallest probability found for so many heated messages.
    """

    root_id: str
    channel_id: str
    message_ids: list[str]
    heated_ids: list[str]
    people: int
    opened_at: datetime
    last_at: datetime
    chance: float


def quarrels(said: Sequence[Said], usual: float, signs: QuarrelSigns) -> list[Quarrel]:
    """Return the quarrels among messages in order of time, in the order they showed."""
    found = (_judge(exchange, usual, signs) for exchange in exchanges(said, signs))
    return sorted((one for one in found if one is not None), key=lambda one: (one.opened_at, one.root_id))


def is_heated(item: Said, signs: QuarrelSigns) -> bool:
    """Return whether a message surely sounds negative, or was flagged as an attack."""
    negative = 0.0 if item.sentiment is None else item.sentiment[NEGATIVE]
    return negative >= signs.negative or item.attack_score >= signs.attack_score


def usual_share(said: Iterable[Said], signs: QuarrelSigns) -> float:
    """Return which share of messages is usually heated here, never below `signs.usual`."""
    read = [item for item in said if item.sentiment is not None]
    if len(read) < signs.least_read:
        return signs.usual
    return max(signs.usual, sum(is_heated(item, signs) for item in read) / len(read))


def exchanges(said: Sequence[Said], signs: QuarrelSigns) -> list[Exchange]:
    """Return the exchanges of two or more messages: joined by replies, mentions, and going on at once."""
    of_message: dict[str, Exchange] = {}
    last_of: dict[tuple[str, str], Said] = {}
    latest: dict[str, Exchange] = {}
    found: list[Exchange] = []
    for item in said:
        to = _answered(item, of_message, last_of, latest, signs)
        if to is None or item.sent_at - to.last_at > signs.rest:
            to = Exchange(item.channel_id)
            found.append(to)
        to.said.append(item)
        of_message[item.id] = latest[item.channel_id] = to
        last_of[item.channel_id, item.sender_id] = item
    return [exchange for exchange in found if len(exchange.said) > 1]


def _answered(
    item: Said, of_message: dict[str, Exchange], last_of: dict[tuple[str, str], Said], latest: dict[str, Exchange],
    signs: QuarrelSigns,
) -> Exchange | None:  # fmt: skip
    if item.reply_to_id is not None:
        return of_message.get(item.reply_to_id)
    for name in item.mentions:
        named = last_of.get((item.channel_id, name))
        if named is not None and item.sent_at - named.sent_at <= signs.mention:
            return of_message[named.id]
    going = latest.get(item.channel_id)
    if going is not None and item.sent_at - going.last_at <= signs.follow:
        return going
    return None


def _judge(exchange: Exchange, usual: float, signs: QuarrelSigns) -> Quarrel | None:
    """Return the exchange as a quarrel if the signs were all there after any of its messages, its heat until then."""
    read = [item for item in exchange.said if item.sentiment is not None]
    found = {}
    for end in range(signs.window[1], len(read) + 1):
        chance = _chance(read[max(0, end - signs.window[0]) : end], usual, signs)
        if chance is not None:
            found[end] = chance
    if not found:
        return None
    first, last = min(found), max(found)
    shown = read[max(0, first - signs.window[0]) : first]
    return Quarrel(
        root_id=shown[0].id, channel_id=exchange.channel_id, message_ids=[item.id for item in shown],
        heated_ids=[item.id for item in shown if is_heated(item, signs)], people=len({item.sender_id for item in shown}),
        opened_at=shown[-1].sent_at, last_at=read[last - 1].sent_at, chance=min(found.values()),
    )  # fmt: skip


def _chance(read: Sequence[Said], usual: float, signs: QuarrelSigns) -> float | None:
    """Return the probability of so many heated messages where all signs are there, None where one is missing."""
    heat = [is_heated(item, signs) for item in read]
    half = len(read) // 2
    people = {item.sender_id for item, hot in zip(read, heat, strict=True) if hot}
    if not signs.people[0] <= len(people) <= signs.people[1]:
        return None
    if sum(heat[half:]) * half < sum(heat[:half]) * (len(read) - half):  # it is cooling down
        return None
    chance = _tail(sum(heat), len(read), usual)
    return chance if chance <= signs.chance else None


def _tail(hits: int, n: int, share: float) -> float:
    """Return P(X >= hits) of a binomial."""
    return math.fsum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(hits, n + 1))
