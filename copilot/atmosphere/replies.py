"""Who answers whom, counted by the platform's own reply links; mentions and neighbours in time prove no answer."""

from __future__ import annotations

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from copilot.atmosphere.models import ReplyPair
from copilot.community.conversation import visible
from copilot.community.models import Visibility
from copilot.community.store import Unit
from copilot.community.tables import Member, Message


def top_reply_pairs(unit: Unit, channel_id: str | None, n: int) -> list[ReplyPair]:
    """Return the `n` pairs with most replies, ties by id; a reply to a message that is gone counts for nobody."""
    answered, sender, asker = aliased(Message), aliased(Member), aliased(Member)
    times = func.count().label("times")
    seen = Visibility.HIDDEN.value
    statement = (
        select(sender.id.label("from_id"), sender.name.label("from_name"),
               asker.id.label("to_id"), asker.name.label("to_name"), times)
        .select_from(Message)
        .join(answered, answered.id == Message.reply_to_id)
        .join(sender, and_(sender.id == Message.sender_id, sender.visibility != seen))
        .join(asker, and_(asker.id == answered.sender_id, asker.visibility != seen))
        .where(visible(), visible(answered), sender.id != asker.id)
        .group_by(sender.id, sender.name, asker.id, asker.name)
        .order_by(times.desc(), sender.id, asker.id)
        .limit(n)
    )  # fmt: skip
    if channel_id is not None:
        statement = statement.where(Message.channel_id == channel_id)
    return [
        ReplyPair(from_id=r.from_id, from_name=r.from_name, to_id=r.to_id, to_name=r.to_name, count=r.times)
        for r in unit.session.execute(statement)
    ]
