"""The messages of a week that helped most: who they answered, who thanked, what they say. Pure functions.

Only messages of substance that nobody flagged and that hold no way to reach anybody; one of each person; and only those
that somebody thanked for or that answered a question: a long message alone is no good message.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from copilot.atmosphere.dimensions import NEGATIVE, label
from copilot.atmosphere.weekly.excerpts import excerpt
from copilot.atmosphere.weekly.models import BestMessage
from copilot.atmosphere.windows import Said, SpokenWindow
from copilot.community.conversation import MENTION_REACH, answers
from copilot.language.contacts import holds_contact

# Said in return for something; a message that sounds negative, or asks, is not taken for thanks whatever it says.
_THANKS = re.compile(
    r"谢谢|谢啦|谢了|多谢|感谢|感激|受教|学到了|太有用|很有用|有帮助|帮大忙|帮了大忙|解决了|搞定了|收藏了|"
    r"\b(?:thanks?|thank you|thx|tysm|cheers|appreciate(?:d)?|very helpful|so helpful|that (?:worked|helped)|it works now)\b",
    re.IGNORECASE,
)
# Thanks that turn round ("thank you for leaving me two years, but ...") are an answer, not thanks.
_NOT_THANKS = re.compile(
    r"不(?:用|必|客气)?谢|no thanks|thanks but no|没有?(?:用|帮助)|谢.{0,20}(?:但|可是|不过|然而)|thank.{0,40}\b(?:but|however)\b",
    re.IGNORECASE,
)
# A sentence or two of substance; more adds nothing.
_FULL_WORDS = 40


def is_thanks(said: Said, text: str) -> bool:
    """Return whether a message thanks somebody."""
    if said.is_question or label(said) == NEGATIVE:
        return False
    return says_thanks(text)


def says_thanks(text: str) -> bool:
    """Return whether the words alone are thanks."""
    return _THANKS.search(text) is not None and _NOT_THANKS.search(text) is None


def best_messages(
    window: SpokenWindow, texts: Mapping[str, str], shown: Collection[str], never: Collection[str], most: int
) -> list[BestMessage]:
    """Return the messages with most points, best first, ties by time and id; one of each person.

    Args:
        window: the week, with what was said soon after it.
        texts: by message id, of at least the messages of the window and their replies.
        shown: members whose words may be quoted.
        never: messages that are flagged or private: neither quoted nor counted as questions that somebody answered.
        most: how many.
    """
    replies = _replies(window)
    asked = {item.id: item.sender_id for item in window.around if item.is_question and item.id not in never}
    answered: dict[str, set[str]] = {}
    for question_id, given in answers(window.around).items():
        for answer in given if question_id in asked else []:
            answered.setdefault(answer.id, set()).add(asked[question_id])
    found: dict[str, BestMessage] = {}
    for item in window.said:
        text = texts.get(item.id, "")
        if not item.is_substantive or item.sender_id not in shown or item.id in never or holds_contact(text):
            continue
        # Whoever shows a message to everybody should not have to defend its tone.
        if item.id in window.repeated or label(item) == NEGATIVE:
            continue
        by = replies.get(item.id, [])
        thanked = {reply.sender_id for reply in by if is_thanks(reply, texts.get(reply.id, ""))}
        helped = answered.get(item.id, set())
        if not thanked and not helped:
            continue
        replied = len({reply.sender_id for reply in by})
        substance = min(1.0, item.words / _FULL_WORDS)
        message = BestMessage(
            excerpt=excerpt(item.id, item.sender_id, text), sent_at=item.sent_at, answered=len(helped),
            thanked=len(thanked), replied=replied, words=item.words,
            points=round(2 * len(helped) + 2 * len(thanked) + math.log2(1 + replied) + substance, 3),
        )  # fmt: skip
        kept = found.get(item.sender_id)
        if kept is None or message.points > kept.points:
            found[item.sender_id] = message
    ranked = sorted(found.values(), key=lambda one: (-one.points, one.sent_at, one.excerpt.id))
    return ranked[:most]


def _replies(window: SpokenWindow) -> dict[str, Sequence[Said]]:
    """Return what others said in return for each message: by reply link, or by naming its sender soon after it.

    Who is named may have said several things; the newest before the naming is meant.
    """
    known = {item.id: item for item in window.around}
    newest: dict[tuple[str, str], Said] = {}
    found: dict[str, list[Said]] = {}
    for item in window.around:
        to = known.get(item.reply_to_id or "")
        meant = [to] if to is not None else []
        if item.reply_to_id is None:
            named = (newest.get((item.channel_id, name)) for name in dict.fromkeys(item.mentions))
            meant = [one for one in named if one is not None and item.sent_at - one.sent_at <= MENTION_REACH]
        for one in meant:
            if one.sender_id != item.sender_id:
                found.setdefault(one.id, []).append(item)
        newest[item.channel_id, item.sender_id] = item
    return dict(found)
