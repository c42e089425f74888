"""Looks for patterns among what was said by members whose messages raised something, and hands each in as one case.

The reader marks such members in the transaction that stores their readings; a mark is cleared together with what it led
to, so that a kill in between loses nothing and looking again writes the same rows. Work per member is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, tuple_

from copilot.community.models import Category
from copilot.community.store import Store, Unit
from copilot.community.tables import CaseItem, Member, Message, Reading, StaleMark
from copilot.language.normalise import normalise
from copilot.moderation.behaviour import (
    HARASSMENT_WINDOW,
    MAX_MESSAGES,
    RING_WINDOW,
    VERSION,
    Line,
    PatternFinding,
    find_floods,
    find_harassment,
    find_rings,
)
from copilot.moderation.behaviour_wording import sentences
from copilot.moderation.contacts import find_contacts
from copilot.moderation.drafts import CaseDraft, Evidence, PatternFacts
from copilot.moderation.flooding import FLOOD_COUNT
from copilot.moderation.intake import Intake
from copilot.moderation.likeness import letters_of
from copilot.moderation.models import CASE_SCORE, FoundBy

PURPOSE = "pattern"
DETECTOR = "behaviour-window"
_MEMBERS_AT_ONCE = 50
_MOST_LINES = 1_000  # of one member in a window, latest first
_MOST_ADVERTS = 500
_MOST_TARGETS = 20
_MIN_LETTERS = 15
_CHUNK = 300
_ATTACKS = frozenset({Category.INSULT, Category.THREAT, Category.HATE, Category.HARASSMENT, Category.SEXUAL})
_SELLS = (Category.SPAM.value, Category.UNSOLICITED_PROMOTION.value, Category.SCAM.value)
_NEGATIVE = 0.8  # a reading this negative, said to somebody, counts as hostile, but half
_FRIENDLY = re.compile(r"哈哈|嘿嘿|笑死|谢谢|多谢|爱你|😂|🤣|😄|\[捂脸\]|\[偷笑\]|\blol\b|haha|thanks|love you")
_STOPS = re.compile(
    r"(?:别|不要|请不要|请停止)(?:再)?(?:@|艾特|烦|骂|骚扰|针对|私信|找|跟着|缠)(?:我)?|离我远点|够了|放过我|停止骚扰|leave me alone|\bstop (?:it|this|messaging|tagging|harassing|insulting|calling)|please stop"
)


def is_noteworthy(message: Message, categories: Iterable[str], negative: float) -> bool:
    """Whether a message may be part of a pattern: something was raised, or it is hard on somebody it addresses."""
    addresses = message.reply_to_id is not None or bool(message.mentions)
    return bool(list(categories)) or (addresses and negative >= _NEGATIVE)


def mark_members(unit: Unit, member_ids: Iterable[str]) -> None:
    """Note that the behaviour of these members must be looked at."""
    unit.mark_stale([(PURPOSE, "member", member_id) for member_id in sorted(set(member_ids))])


class PatternWatch:
    """Works off the marks of purpose `pattern`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def run(self, community_id: str) -> int:
        """Look at every member who waits; return how many cases were opened."""
        opened = 0
        while True:
            with self._store.read(community_id) as unit:
                tokens = _take(unit)
                findings = [found for member_id in tokens for found in _findings(unit, member_id)]
                names = _names(unit, findings)
            if not tokens:
                return opened
            with self._store.write(community_id) as unit:
                opened += _write(unit, tokens, findings, names)

    def find(self, community_id: str, member_id: str) -> list[PatternFinding]:
        """Return the patterns a member takes part in now, quarrels included, without writing anything."""
        with self._store.read(community_id) as unit:
            return _findings(unit, member_id)


def _take(unit: Unit) -> dict[str, str]:
    statement = select(StaleMark.record_id, StaleMark.token).where(StaleMark.purpose == PURPOSE)
    rows = unit.session.execute(statement.order_by(StaleMark.marked_at, StaleMark.record_id).limit(_MEMBERS_AT_ONCE))
    return {row.record_id: row.token for row in rows}


def _findings(unit: Unit, member_id: str) -> list[PatternFinding]:
    said = _messages_of(unit, member_id, None)
    if not said:
        return []
    adverts = _adverts(unit, said)
    return [*_harassment(unit, member_id, said), *find_rings(adverts), *_floods(said)]


def _messages_of(unit: Unit, member_id: str, since: datetime | None) -> list[Message]:
    """Return what a member said lately, oldest first; the window ends with the last message."""
    seen = (Message.sender_id == member_id, Message.recalled_at.is_(None), Message.hidden_at.is_(None))
    statement = select(Message).where(*seen).order_by(Message.sent_at.desc(), Message.id).limit(_MOST_LINES)
    if since is not None:
        statement = statement.where(Message.sent_at > since)
    rows = list(unit.session.scalars(statement))
    return [row for row in reversed(rows) if row.sent_at > rows[0].sent_at - HARASSMENT_WINDOW]


def _harassment(unit: Unit, member_id: str, said: Sequence[Message]) -> list[PatternFinding]:
    lines = _lines(unit, said)
    attacked: dict[str, int] = {}
    for line in lines:
        if line.hostile:
            for target in line.addressed - {member_id}:
                attacked[target] = attacked.get(target, 0) + 1
    targets = sorted(attacked, key=lambda target: (-attacked[target], target))[:_MOST_TARGETS]
    now = said[-1].sent_at
    found: list[PatternFinding] = []
    for target in targets:
        # Cheap before dear: whoever attacked too little is not looked up.
        if find_harassment(member_id, target, lines, now) is None:
            continue
        answers = _lines(unit, _messages_of(unit, target, now - HARASSMENT_WINDOW))
        finding = find_harassment(member_id, target, [*lines, *answers], now)
        if finding is not None:
            found.append(finding)
    return found


def _floods(said: Sequence[Message]) -> list[PatternFinding]:
    return find_floods([Line(m.id, m.channel_id, m.sender_id or "", m.sent_at) for m in said], FLOOD_COUNT)


def _lines(unit: Unit, messages: Sequence[Message]) -> list[Line]:
    """Return messages with what was read in them and whom they address."""
    readings = unit.get_many(Reading, [m.id for m in messages])
    parents = unit.get_many(Message, [m.reply_to_id for m in messages if m.reply_to_id is not None])
    raised = _raised(unit, [m.id for m in messages])
    lines: list[Line] = []
    for message in messages:
        parent = parents.get(message.reply_to_id or "")
        addressed = {*message.mentions, *([parent.sender_id] if parent and parent.sender_id else [])}
        reading = readings.get(message.id)
        attacks = {**(reading.categories if reading else {}), **raised.get(message.id, {})}
        hostile = max((float(score) for name, score in attacks.items() if name in _ATTACKS), default=0.0)
        if not hostile and reading is not None and addressed and reading.negative >= _NEGATIVE:
            hostile = reading.negative / 2
        lines.append(
            Line(
                message.id, message.channel_id, message.sender_id or "", message.sent_at, frozenset(addressed), hostile,
                friendly=bool(_FRIENDLY.search(message.text)) or (reading is not None and reading.positive >= 0.6),
                stops=bool(_STOPS.search(message.text)),
            )
        )  # fmt: skip
    return lines


def _raised(unit: Unit, message_ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return what rules raised of messages that keep no reading."""
    found: dict[str, dict[str, float]] = {}
    for start in range(0, len(message_ids), _CHUNK):
        some = message_ids[start : start + _CHUNK]
        statement = select(CaseItem).where(
            CaseItem.message_id.in_(some), CaseItem.found_by == FoundBy.SIGNAL.value, CaseItem.withdrawn_at.is_(None)
        )
        for item in unit.session.scalars(statement):
            found.setdefault(item.message_id, {})[item.category] = item.score
    return found


def _adverts(unit: Unit, said: Sequence[Message]) -> list[Line]:
    """Return the adverts of all members around those of one member, if that one has any."""
    own = _raised(unit, [m.id for m in said])
    mine = [m.sent_at for m in said if any(category in _SELLS for category in own.get(m.id, ()))]
    if not mine:
        return []
    statement = (
        select(Message)
        .join(CaseItem, CaseItem.message_id == Message.id)
        .where(
            CaseItem.category.in_(_SELLS), CaseItem.found_by == FoundBy.SIGNAL.value, CaseItem.withdrawn_at.is_(None),
            Message.sent_at >= min(mine) - RING_WINDOW, Message.sent_at <= max(mine) + RING_WINDOW,
            Message.sender_id.is_not(None), Message.recalled_at.is_(None),
        )
        .order_by(Message.sent_at.desc(), Message.id)
        .distinct()
        .limit(_MOST_ADVERTS)
    )  # fmt: skip
    adverts = [_advert(message) for message in unit.session.scalars(statement)]
    member_id = said[0].sender_id
    groups = find_rings(adverts)
    wanted = {i for group in groups if member_id in group.members for i in group.message_ids}
    return [line for line in adverts if line.id in wanted]


def _advert(message: Message) -> Line:
    plain = normalise(message.text[:2_000])
    contacts = frozenset(
        re.sub(r"[\s\-:：]", "", plain.text[c.start : c.end]) for c in find_contacts(plain) if c.kind != "link"
    )
    letters = letters_of(message.text)
    shingles = frozenset(letters[i : i + 3] for i in range(len(letters) - 2)) if len(letters) >= _MIN_LETTERS else ()
    return Line(
        message.id, message.channel_id, message.sender_id or "", message.sent_at, contacts=contacts,
        shingles=frozenset(shingles),
    )  # fmt: skip


def _names(unit: Unit, findings: Sequence[PatternFinding]) -> dict[str, str]:
    ids = {i for finding in findings for i in (*finding.members, *finding.affected)}
    return {i: member.name for i, member in unit.get_many(Member, sorted(ids)).items()}


def _write(unit: Unit, tokens: Mapping[str, str], findings: Sequence[PatternFinding], names: Mapping[str, str]) -> int:
    """Clear the marks that are still the ones taken and hand in what was found."""
    same = tuple_(StaleMark.record_id, StaleMark.token).in_(list(tokens.items()))
    held = select(StaleMark.record_id).where(StaleMark.purpose == PURPOSE, same).with_for_update()
    still = set(unit.session.scalars(held))
    unit.session.execute(delete(StaleMark).where(StaleMark.purpose == PURPOSE, same))
    intake = Intake(unit)
    opened = 0
    for finding in {finding.key: finding for finding in findings}.values():
        if finding.opens_case and finding.score >= CASE_SCORE and still.intersection((*finding.members,)):
            stored = unit.get_many(Message, finding.message_ids)
            ids = [i for i in finding.message_ids if i in stored]
            if ids:
                opened += intake.take(_draft(finding, ids, names)).is_new
    return opened


def _draft(finding: PatternFinding, message_ids: Sequence[str], names: Mapping[str, str]) -> CaseDraft:
    return CaseDraft(
        found_by=FoundBy.PATTERN,
        category=finding.category,
        evidence=tuple(Evidence(message_id) for message_id in message_ids[-MAX_MESSAGES:]),
        score=finding.score,
        detector=f"{DETECTOR}:{finding.kind.value}",
        version=VERSION,
        pattern=PatternFacts(
            key=finding.key,
            affected=finding.affected,
            facts={
                "kind": finding.kind.value,
                "members": list(finding.members),
                "from": finding.start.isoformat(),
                "to": finding.end.isoformat(),
                **finding.counts,
                **finding.evidence,
            },
            sentence=sentences(finding, names),
        ),
    )
