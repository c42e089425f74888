"""The members of parallel groups as a rotation weighs them: city, industry, activity, and who is most helpful.

Only of members who agreed to be matched anything is weighed; the others keep their group.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from copilot.community.cities import city_key
from copilot.community.industries import industry_key
from copilot.community.store import Unit
from copilot.community.tables import Endorsement, Member, Message, Reading
from copilot.matching.seatings.rotation_models import Attendee

_CHUNK = 400
_ACTIVE_DAYS, _HELPFUL_DAYS = 30, 90
# The most helpful tenth; with more stars than that the word would mean little.
_STAR_SHARE = 0.1


def read_attendees(
    unit: Unit, homes: Mapping[str, str], open_members: Mapping[str, Member], stars: Collection[str] | None
) -> list[Attendee]:
    """Return everybody of the groups.

    Args:
        unit: of the community.
        homes: member id -> group now.
        open_members: rows of those who may be placed, by id.
        stars: ids of the most helpful; None finds them: the tenth with the most answers to questions in 90 days and
            endorsements, nobody without any.
    """
    ids = [member_id for member_id in homes if member_id in open_members]
    sent = _sent(unit, ids)
    found = helpful(unit, ids) if stars is None else set(stars)
    attendees = []
    for member_id, group in homes.items():
        row = open_members.get(member_id)
        if row is None:
            attendees.append(Attendee(id=member_id, group=group))
            continue
        attendees.append(
            Attendee(
                id=member_id, group=group, city=city_key(row.city), industry=industry_key(row.industry),
                activity=float(sent.get(member_id, 0)), is_star=member_id in found,
            )
        )  # fmt: skip
    return attendees


def helpful(unit: Unit, member_ids: Sequence[str]) -> set[str]:
    """Return the tenth of these members, rounded up, who helped most; fewer where fewer helped at all."""
    asked, answer = aliased(Message), aliased(Message)
    since = unit.now - timedelta(days=_HELPFUL_DAYS)
    counts: Counter[str] = Counter()
    for chunk in _chunks(member_ids):
        answers = (
            select(answer.sender_id, func.count(answer.id))
            .join(asked, asked.id == answer.reply_to_id)
            .join(Reading, Reading.message_id == asked.id)
            .where(answer.sender_id.in_(chunk), answer.sent_at >= since, answer.sent_at <= unit.now)
            .where(answer.recalled_at.is_(None), answer.hidden_at.is_(None))
            .where(Reading.is_question.is_(True), asked.sender_id != answer.sender_id)
            .group_by(answer.sender_id)
        )
        counts.update({str(member_id): int(count) for member_id, count in unit.session.execute(answers)})
        praise = (
            select(Endorsement.member_id, func.count(Endorsement.id))
            .where(Endorsement.member_id.in_(chunk))
            .group_by(Endorsement.member_id)
        )
        for member_id, count in unit.session.execute(praise):
            counts[str(member_id)] += int(count)
    most = math.ceil(_STAR_SHARE * len(member_ids))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {member_id for member_id, count in ranked[:most] if count > 0}


def _sent(unit: Unit, member_ids: Sequence[str]) -> dict[str, int]:
    """Return how many messages each sent in the last 30 days."""
    since = unit.now - timedelta(days=_ACTIVE_DAYS)
    counts: dict[str, int] = {}
    for chunk in _chunks(member_ids):
        statement = (
            select(Message.sender_id, func.count(Message.id))
            .where(Message.sender_id.in_(chunk), Message.sent_at >= since, Message.sent_at <= unit.now)
            .where(Message.recalled_at.is_(None))
            .group_by(Message.sender_id)
        )
        counts.update({str(sender): int(count) for sender, count in unit.session.execute(statement)})
    return counts


def _chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
