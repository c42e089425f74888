"""What a line in the ask box wants: read by rules in Chinese and English, always shown, always changeable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Intent(StrEnum):
    """What can be asked for; the value names the text and the template of its answer."""

    PLAN = "plan"
    PEOPLE = "people"
    TOPICS = "topics"
    ROOM = "room"


# Each cue with its weight. What is said of a thing ("find somebody who can host a salon") outweighs the thing itself.
_CUES: tuple[tuple[Intent, int, str], ...] = (
    (Intent.TOPICS, 4, r"选题|写(?:些|点|篇)?什么|话题|投稿|约稿|topics?\b|write about|what (?:could|can|should) .{1,60} write"),
    (Intent.TOPICS, 5, r"谁.{0,8}写|(?:could|can|should|might) (?:\w+ ){0,4}write"),
    (Intent.ROOM, 4, r"氛围|气氛|群里?(?:最近|现在|今天|这周)?(?:怎么样|如何|还好)|情绪|活跃|冷清|吵架|how(?:'s| is| are) (?:the )?(?:room|group|community|chat|mood|everyone)|atmosphere|\bmood\b"),
    (Intent.PEOPLE, 4, r"找.{1,30}的(?:人|伙伴|嘉宾|老师|专家)|谁能|who (?:can|could|knows)|(?:someone|somebody|people) who"),
    (Intent.PEOPLE, 4, r"谁|找.{0,30}(?:人|伙伴|嘉宾|老师|专家|合伙)|有没有人|认识.{0,20}(?:的人|吗)|\bwho\b|find (?:me )?(?:people|someone|somebody|members?|an? )|looking for|introduce me|anyone"),
    (Intent.PLAN, 3, r"办(?:一?场|个|一次)?|策划|筹备|方案|plan (?:an?|the|our)|organi[sz]e|host an?|put on"),
    (Intent.PLAN, 2, r"沙龙|路演|聚会|工作坊|训练营|分享会|闭门会|活动|晚宴|比赛|黑客松|salon|workshop|meetup|demo day|hackathon|dinner|panel|event"),
    (Intent.PLAN, 1, r"预算|\d+\s*人|周[一二三四五六日末天]|budget|\d+ people|next (?:week|month|sat|sun|fri|thu|wed|tue|mon)"),
    (Intent.PEOPLE, 2, r"懂|擅长|做过|会做|经验|experience|skilled|expert"),
)  # fmt: skip
_COMPILED = tuple((intent, weight, re.compile(pattern, re.IGNORECASE)) for intent, weight, pattern in _CUES)
_LEAST_NAME = 2


def read_intent(text: str) -> Intent:
    """Return what a text most probably wants; a text without any cue describes whom one looks for."""
    weights = dict.fromkeys(Intent, 0)
    for intent, weight, pattern in _COMPILED:
        if pattern.search(text):
            weights[intent] += weight
    best = max(weights.values())
    order = (Intent.TOPICS, Intent.ROOM, Intent.PEOPLE, Intent.PLAN)
    return next(intent for intent in order if weights[intent] == best) if best else Intent.PEOPLE


def named_in(text: str, names: Iterable[tuple[str, str]]) -> list[str]:
    """Return the ids of those whose names stand in a text, the longest name first; parts of a longer name do not count."""
    lowered = text.casefold()
    found = []
    for member_id, name in sorted(names, key=lambda one: (-len(one[1]), one[1], one[0])):
        said = name.strip().casefold()
        if len(said) >= _LEAST_NAME and said in lowered:
            found.append(member_id)
            lowered = lowered.replace(said, "\0" * len(said))
    return found
