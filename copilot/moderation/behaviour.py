"""Behaviour that only several messages show: harassment between two people, advert rings, copies across channels, floods.

Pure functions over lines that are given; no storage. All counts are over windows, so that old quarrels end by themselves.
The words that people read are in `behaviour_wording.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from copilot.community.models import Category

VERSION = "1"
HARASSMENT_WINDOW = timedelta(days=14)
RING_WINDOW = timedelta(days=7)
FLOOD_GAP = timedelta(seconds=60)
MAX_MESSAGES = 100  # of one finding; the latest stay


@dataclass(frozen=True)
class Limits:
    """From where on behaviour is a pattern; set by hand, checked by simulation (tests).

    Attributes:
        hostile: hostile messages from one member to another.
        days: calendar days (UTC) they fall on.
        share: of all that the one said to the other.
        in_kind: hostile answers for each hostile message from which on it is a quarrel of two.
        friendly: share of friendly answers from which on it is banter.
        accounts: of a ring that shares a contact or a text.
        ring_messages: of a ring.
        channels: that one account pasted one text into.
    """

    hostile: int = 4
    days: int = 2
    share: float = 0.5
    in_kind: float = 0.5
    friendly: float = 0.5
    accounts: int = 2
    ring_messages: int = 3
    channels: int = 3


LIMITS = Limits()


class PatternKind(StrEnum):
    """What several messages are together."""

    HARASSMENT = "harassment"
    QUARREL = "mutual_quarrel"
    ADVERT_RING = "advert_ring"
    COPIES = "copies_across_channels"
    FLOOD = "flood"


@dataclass(frozen=True)
class Line:
    """One message as patterns see it.

    Attributes:
        addressed: members it answers or mentions.
        hostile: 0-1, how surely it attacks; 0 for what no detector raised.
        friendly: it laughs, thanks or praises.
        stops: it asks to be left alone.
        contacts: contacts it gives, as they are compared.
        shingles: of its text, for near copies; empty when the text is too short to compare.
    """

    id: str
    channel_id: str
    sender_id: str
    sent_at: datetime
    addressed: frozenset[str] = frozenset()
    hostile: float = 0.0
    friendly: bool = False
    stops: bool = False
    contacts: frozenset[str] = frozenset()
    shingles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PatternFinding:
    """A pattern with everything that a moderator needs to check it.

    Attributes:
        key: the same pattern found again has the same key.
        members: who does it.
        affected: whom it is done to.
        message_ids: oldest first, at most `MAX_MESSAGES`.
        counts: what was counted, by name.
        score: 0-1; hand-set, not a calibrated probability.
    """

    kind: PatternKind
    category: Category
    key: str
    members: tuple[str, ...]
    affected: tuple[str, ...]
    message_ids: tuple[str, ...]
    start: datetime
    end: datetime
    counts: Mapping[str, int]
    score: float
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def opens_case(self) -> bool:
        """A quarrel of two is noted for whoever looks, but is no harassment and no case."""
        return self.kind is not PatternKind.QUARREL


def find_harassment(
    one: str, other: str, lines: Iterable[Line], now: datetime, limits: Limits = LIMITS
) -> PatternFinding | None:
    """Return what `one` did to `other` in the 14 days before `now`: harassment, a quarrel of both, or nothing.

    Lines of other members are left out. Answers that laugh along make it banter; answers in kind make it a quarrel.
    """
    within = sorted(
        (at for at in lines if now - HARASSMENT_WINDOW < at.sent_at <= now), key=lambda at: (at.sent_at, at.id)
    )
    said = [line for line in within if line.sender_id == one and other in line.addressed]
    answers = [line for line in within if line.sender_id == other and one in line.addressed]
    hostile = [line for line in said if line.hostile > 0]
    days = {line.sent_at.date() for line in hostile}
    if len(hostile) < limits.hostile or len(days) < limits.days or len(hostile) < limits.share * len(said):
        return None
    in_kind = sum(line.hostile > 0 for line in answers)
    friendly = sum(line.friendly and not line.hostile for line in answers)
    stops = sum(line.stops for line in answers)
    if not stops and len(answers) >= 2 and friendly >= limits.friendly * len(answers):
        return None
    mutual = in_kind >= limits.in_kind * len(hostile)
    sure = sum(line.hostile for line in hostile) / len(hostile)
    score = 0.6 + 0.04 * (len(hostile) - limits.hostile) + 0.05 * (len(days) - limits.days) + 0.1 * bool(stops)
    kind = PatternKind.QUARREL if mutual else PatternKind.HARASSMENT
    counts = {
        "hostile": len(hostile), "said": len(said), "days": len(days),
        "answers": len(answers), "answers_in_kind": in_kind, "asked_to_stop": stops,
    }  # fmt: skip
    shown = hostile[-MAX_MESSAGES:]
    return PatternFinding(
        kind=kind,
        category=Category.HARASSMENT,
        key=f"{kind.value}:{one}:{other}",
        members=(one, other) if mutual else (one,),
        affected=() if mutual else (other,),
        message_ids=tuple(line.id for line in shown),
        start=shown[0].sent_at,
        end=shown[-1].sent_at,
        counts=counts,
        score=round(min(0.95, score * (0.7 + 0.3 * sure)), 3),
        evidence={"channels": sorted({line.channel_id for line in shown})},
    )


def find_rings(lines: Sequence[Line], limits: Limits = LIMITS) -> list[PatternFinding]:
    """Return groups of adverts within seven days that share a contact or nearly all of their text.

    Several accounts make a ring; one account in several channels makes copies. Groups that touch are one group.
    """
    found: list[PatternFinding] = []
    for group, shared in _alike(sorted(lines, key=lambda line: (line.sent_at, line.id))):
        kept = [line for line in group if line.sent_at > group[-1].sent_at - RING_WINDOW][-MAX_MESSAGES:]
        accounts = sorted({line.sender_id for line in kept})
        channels = sorted({line.channel_id for line in kept})
        ring = len(accounts) >= limits.accounts and len(kept) >= limits.ring_messages
        if not ring and not (len(accounts) == 1 and len(channels) >= limits.channels):
            continue
        kind = PatternKind.ADVERT_RING if ring else PatternKind.COPIES
        score = 0.65 + 0.05 * (len(accounts) - 1) + 0.03 * (len(kept) - limits.ring_messages) + 0.1 * bool(shared)
        found.append(
            PatternFinding(
                kind=kind,
                category=Category.SPAM,
                # The first message names the group: it stays first when more join.
                key=f"{kind.value}:{kept[0].id}",
                members=tuple(accounts),
                affected=(),
                message_ids=tuple(line.id for line in kept),
                start=kept[0].sent_at,
                end=kept[-1].sent_at,
                counts={"messages": len(kept), "accounts": len(accounts), "channels": len(channels)},
                score=round(min(0.95, score), 3),
                evidence={"contacts": sorted(shared)[:5], "channels": channels},
            )
        )
    return found


def find_floods(lines: Sequence[Line], least: int) -> list[PatternFinding]:
    """Return bursts: `least` or more messages of one sender in one channel, none a minute after the one before."""
    runs: dict[tuple[str, str], list[list[Line]]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.sent_at, line.id)):
        places = runs[line.sender_id, line.channel_id]
        if places and line.sent_at - places[-1][-1].sent_at <= FLOOD_GAP:
            places[-1].append(line)
        else:
            places.append([line])
    return [_flood(run, least) for places in runs.values() for run in places if len(run) >= least]


def _flood(run: list[Line], least: int) -> PatternFinding:
    return PatternFinding(
        kind=PatternKind.FLOOD,
        category=Category.SPAM,
        key=f"{PatternKind.FLOOD.value}:{run[0].id}",
        members=(run[0].sender_id,),
        affected=(),
        message_ids=tuple(line.id for line in run[:MAX_MESSAGES]),
        start=run[0].sent_at,
        end=run[-1].sent_at,
        counts={"messages": len(run), "seconds": int((run[-1].sent_at - run[0].sent_at).total_seconds())},
        score=round(min(0.95, 0.7 + 0.02 * (len(run) - least)), 3),
        evidence={"channels": [run[0].channel_id]},
    )


def _alike(lines: Sequence[Line]) -> list[tuple[list[Line], set[str]]]:
    """Return groups of two lines or more, each in order of time, with the contacts that several of them share.

    Texts are compared only if they share a sketch value, so that cost grows with the groups and not with the square.
    """
    root = list(range(len(lines)))

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    first: dict[str, int] = {}
    for at, line in enumerate(lines):
        for key in (*(f"contact {c}" for c in line.contacts), *_bands(line.shingles)):
            other = first.setdefault(key, at)
            if other != at and (key.startswith("contact ") or _overlap(line.shingles, lines[other].shingles) >= _SAME):
                root[find(at)] = find(other)
    groups: dict[int, list[Line]] = defaultdict(list)
    for at, line in enumerate(lines):
        groups[find(at)].append(line)
    return [(group, _shared(group)) for group in groups.values() if len(group) > 1]


def _shared(group: Sequence[Line]) -> set[str]:
    counted: dict[str, int] = defaultdict(int)
    for line in group:
        for contact in line.contacts:
            counted[contact] += 1
    return {contact for contact, count in counted.items() if count > 1}


_SAME = 0.6
_SKETCH = 12


def _bands(shingles: frozenset[str]) -> list[str]:
    """Return the smallest shingles by a fixed hash (bottom-k sketch): near copies share most of them."""
    return [f"text {s}" for s in sorted(shingles, key=_mixed)[:_SKETCH]]


def _mixed(shingle: str) -> int:
    mixed = 0
    for character in shingle:
        mixed = (mixed * 1_000_003 ^ ord(character)) & 0xFFFF_FFFF
    return mixed * 2_654_435_761 & 0xFFFF_FFFF


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
