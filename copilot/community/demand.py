"""What the community asks and nobody has answered: rules over a window of chat. Pure functions, no storage, no models.

A question is open when, as far as the chat shows, nobody answered it:
1. no answer by reply or mention (`conversation.answers`), and
2. nobody else wrote, in the same channel within `nearby`, a statement that takes up `shared_words` of its words, and
3. the asker did not say thanks in that channel within `thanks_reach`.
A question addressed to one person, flagged as harmful, told as a joke, or too short to stand alone is not demand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from copilot.community.conversation import Line, answers
from copilot.language.words import content_words

_THANKS = re.compile(
    r"谢|多谢|感谢|感恩|收到|明白了|懂了|学到了|解决了|记下|记本|\bthank|\bthx\b|\bgot it\b|grazie|merci|danke",
    re.IGNORECASE,
)
_TO_ONE = re.compile(r"你(?!们)|您(?!们)|\byour?\b", re.IGNORECASE)
# Half of what a question detector takes for questions by mistake carries no mark and asks nobody for anything.
_ASKS_OPENLY = re.compile(
    r"[?？]|请教|求助|求推荐|有没有|有冇|想问(?!啥|什么|就)|问一下|looking for|"
    r"\b(?:has|have|does|do|did|is|can|could|would) any(?:one|body)\b|\bany(?:one|body) (?:here )?(?:know|have|tried|who)",
    re.IGNORECASE,
)
# Called by name before the question: "秀姐，…做过吗？", "问下岚姐", "Jonas, do you ...". Everybody is no such name.
_TITLES = "哥|姐|叔|姨|爷|总|工|老师|律师|博士|师傅|医生|教授|老板|船长|先生|女士"
_CALLED = re.compile(
    rf"(?:^|(?:请问|想问|问下|问一下|问问|请教|麻烦)(?:一下)?)\W{{0,3}}(?![^。？?]{{0,10}}(?:各位|诸位|大家))(?!哪位|大|懂|有|做|群|小哥|人工|员工|美工|手工|老师|老板|师傅)"
    rf"[\u4e00-\u9fff]{{1,3}}?(?:{_TITLES})(?!们|傅|作|程|厂|资|业|人|艺|具|序|时)"
)
_CALLED_LATIN = re.compile(
    r"^(?:hi |hey |hello )?(?!Anyone|Anybody|Everyone|Folks|All|Question|Quick|Hi|Hello|Hey|Honest|So|Well|Ok|Okay|Also|Yes|No|Today|Again|Guys|Team|Friends)"
    r"[A-Z][a-z]+(?: [A-Z][a-z]+)?, (?=.*\byou)"
)
_PRAISED = re.compile(r"^(?:congratulations|congrats|thanks|welcome|well done),? [A-Z][a-z]+[.,!]", re.IGNORECASE)
# Whether something is free on a day is settled between two people and forgotten.
_FREE_THEN = re.compile(
    r"(?:周[一二三四五六日天末]|今晚|明晚|明天|今天|后天|下周|小时|几点)[^，。！？?!]{0,8}(?:可以吗|行吗|有空吗|方便吗|有位吗|在吗|空调吗|开门吗|来得及吗)[？?]?"
)
# What makes people laugh is not waiting for an article.
_JOKES = re.compile(
    r"冷笑话|讲个笑话|说个笑话|脑筋急转弯|段子|哈哈哈|\bjok(?:e|ing)\b|\briddle\b|😂|🤣|🐶|\[(?:狗头|捂脸|偷笑)\]",
    re.IGNORECASE,
)
_TO_EVERYBODY = re.compile(
    r"请教|求助|求推荐|想问|有没有|有冇|谁|哪位|各位|大家|大佬|老师们|前辈|同行|懂.{0,8}的|any(?:one|body)|everyone|somebody|folks",
    re.IGNORECASE,
)


class DemandKind(StrEnum):
    """Why a question is worth a post."""

    UNANSWERED = "unanswered"
    REPEATED = "repeated"
    ANSWERED_BY_MEMBER = "answered_by_member"
    ANSWERED_BY_OTHERS = "answered_by_others"
    # Nobody asked it word by word: nothing is published on it, and members have shown that they care.
    GAP = "gap"


@dataclass(frozen=True)
class DemandRules:
    """Every constant of demand. Measured on the sample's 37 questions labelled as unanswered.

    Attributes:
        days: how far back from the newest message questions count.
        nearby: how long after a question a plain statement may still be its answer.
        shared_words: content words such a statement must take up.
        thanks_reach: how long after a question the asker's thanks show that it was answered elsewhere.
        least_words: content words a question needs to stand on its own.
        harmless_score: a question flagged with this score or more is left to moderation.
        same_similarity: cosine from which two questions are one, and how far above the middle of all pairs it must lie.
        same_lead: see `same_similarity`.
    """

    days: int = 28
    nearby: timedelta = timedelta(minutes=30)
    shared_words: int = 2
    thanks_reach: timedelta = timedelta(minutes=60)
    least_words: int = 6
    harmless_score: float = 0.6
    same_similarity: float = 0.925
    same_lead: float = 0.05


@dataclass(frozen=True)
class Question:
    """A question somebody asked in chat and why it counts.

    Attributes:
        answer_ids: messages that answer it; empty for an open one.
        is_open_call: put to the room; one that is put to a single person is nobody else's to answer.
        same_ids: other questions of the window that ask the same.
    """

    id: str
    channel_id: str
    asker_id: str
    asked_at: datetime
    text: str
    answer_ids: tuple[str, ...] = ()
    is_open_call: bool = True
    same_ids: tuple[str, ...] = ()
    kind: DemandKind = DemandKind.UNANSWERED


def stands_alone(line: Line, rules: DemandRules) -> bool:
    """Return whether a message is a harmless question that says enough to be answered in writing."""
    if not line.is_question or line.flagged_score >= rules.harmless_score or not _ASKS_OPENLY.search(line.text):
        return False
    if _JOKES.search(line.text) or _FREE_THEN.search(line.text):
        return False
    return len(content_words(line.text)) >= rules.least_words


def to_everybody(line: Line) -> bool:
    """Return whether a question is put to the room, not to one person; who is called by name at the start is one."""
    if any(called.search(line.text) for called in (_CALLED, _CALLED_LATIN, _PRAISED)):
        return False
    addressed = line.mentions or line.reply_to_id is not None or _TO_ONE.search(line.text) or _THANKS.search(line.text)
    return not addressed or bool(_TO_EVERYBODY.search(line.text))


def questions(window: Sequence[Line], rules: DemandRules) -> list[Question]:
    """Return the questions of a window that stand alone, in order, with the answers the chat shows.

    `window` must be in order of time. A question that was thanked for, or taken up by a neighbour, names that message
    as its answer.
    """
    replied = answers(window)
    by_channel: dict[str, list[Line]] = {}
    for line in window:
        by_channel.setdefault(line.channel_id, []).append(line)
    found = []
    for channel in by_channel.values():
        for at, line in enumerate(channel):
            if stands_alone(line, rules):
                shown = [answer.id for answer in replied.get(line.id, [])] or _settled_nearby(channel, at, rules)
                found.append(
                    Question(
                        line.id,
                        line.channel_id,
                        line.sender_id,
                        line.sent_at,
                        line.text,
                        tuple(shown),
                        to_everybody(line),
                    )
                )
    return sorted(found, key=lambda question: (question.asked_at, question.id))


def _settled_nearby(channel: Sequence[Line], at: int, rules: DemandRules) -> list[str]:
    """Return the first later message that shows the question was answered without a reply, if any."""
    question = channel[at]
    words = content_words(question.text)
    reach = max(rules.nearby, rules.thanks_reach)
    for line in channel[at + 1 :]:
        gap = line.sent_at - question.sent_at
        if gap > reach:
            break
        if line.sender_id == question.sender_id:
            if gap <= rules.thanks_reach and not line.is_question and _THANKS.search(line.text):
                return [line.id]
        elif _takes_up(line, words, rules) and gap <= rules.nearby:
            return [line.id]
    return []


def _takes_up(line: Line, words: set[str], rules: DemandRules) -> bool:
    if line.is_question or line.reply_to_id is not None:
        return False
    return len(words & content_words(line.text)) >= rules.shared_words


def group_same(vectors: Mapping[str, NDArray[np.float32]], rules: DemandRules) -> dict[str, tuple[str, ...]]:
    """Return for each question id the other ids that ask the same, by unit vectors (d,).

    Two questions are the same when their cosine reaches `same_similarity` and leads the median cosine of all pairs by
    `same_lead`; grouping is transitive. Fewer than two vectors give no groups.
    """
    ids = sorted(vectors)
    alone: dict[str, tuple[str, ...]] = dict.fromkeys(ids, ())
    if len(ids) < 2:
        return alone
    matrix = np.stack([vectors[i] for i in ids])
    cosines = matrix @ matrix.T
    pairs = np.triu_indices(len(ids), 1)
    # With a handful of questions the median says nothing about what is usual; the absolute bound must do.
    usual = float(np.median(cosines[pairs])) if len(ids) >= 10 else 0.0
    bound = max(rules.same_similarity, usual + rules.same_lead)
    group = list(range(len(ids)))
    for one, other in zip(*(axis[cosines[pairs] >= bound] for axis in pairs), strict=True):
        low, high = sorted((group[one], group[other]))
        group = [low if g == high else g for g in group]
    members: dict[int, list[str]] = {}
    for number, record_id in zip(group, ids, strict=True):
        members.setdefault(number, []).append(record_id)
    for same in members.values():
        for record_id in same:
            alone[record_id] = tuple(other for other in same if other != record_id)
    return alone
