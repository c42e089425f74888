"""What alerts say, in Chinese and English."""

from __future__ import annotations

import math

from copilot.atmosphere.alert_models import AlertContent
from copilot.atmosphere.wording import Locale

WHO: dict[Locale, str] = {"zh-CN": "值班运营", "en": "operator on duty"}
EVERYWHERE: dict[Locale, str] = {"zh-CN": "整个社区", "en": "the whole community"}
CHANGE: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "net_sentiment": "“{room}”的情绪变低了：{value}，平时约 {middle}（-1 到 1，{low} 到 {high} 属正常波动，依据此前 {n} 天）。",
        "followed_share": "“{room}”里的提问少有人接了：{value}，平时约 {middle}（正常波动 {low} 到 {high}，依据此前 {n} 天）。",
        "active_members": "“{room}”里发言的人少了：{value} 人，平时约 {middle} 人（正常波动 {low} 到 {high}，依据此前 {n} 天）。",
        "substantive_share": "“{room}”里有实质内容的消息少了：{value}，平时约 {middle}（正常波动 {low} 到 {high}，依据此前 {n} 天）。",
        "concentration": "“{room}”的发言更集中在少数人：{value}，平时约 {middle}（正常波动 {low} 到 {high}，依据此前 {n} 天）。",
        "heat": "“{room}”里有一段对话可能要吵起来：{people} 个人的 {messages} 条消息里 {heated} 条语气激烈。请先看这一段，再决定要不要做什么。",
    },
    "en": {
        "net_sentiment": "The mood in {room} has fallen: {value}, usually about {middle} (-1 to 1; {low} to {high} is ordinary, by {n} earlier days).",
        "followed_share": "Fewer questions are taken up in {room}: {value}, usually about {middle} (ordinary: {low} to {high}, by {n} earlier days).",
        "active_members": "Fewer people write in {room}: {value}, usually about {middle} (ordinary: {low} to {high}, by {n} earlier days).",
        "substantive_share": "Fewer messages in {room} say something of substance: {value}, usually about {middle} (ordinary: {low} to {high}, by {n} earlier days).",
        "concentration": "The talk in {room} rests on fewer people: {value}, usually about {middle} (ordinary: {low} to {high}, by {n} earlier days).",
        "heat": "A conversation in {room} may be turning into a quarrel: of {messages} messages by {people} people {heated} are heated. Look at it before you decide whether to do anything.",
    },
}
FALSE_ALARMS: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "change": "没有变化时误报：每个维度、每个群每周约 {rate}%；数据不足三周，或忽高忽低时可到 {most}%。",
        "thread": "这只是提醒先看一眼；在一个平和的技术频道十天约 1.1 万条消息里没有误报（95% 把握不多于每 3,600 条一次）。",
    },
    "en": {
        "change": "False alarms, per dimension, room and week without a change: about {rate} %, up to {most} % with less than three weeks of history or where moods swing for days.",
        "thread": "This only asks you to look; ten days of a peaceful technical channel, 11,000 messages, brought none without cause (with 95 % confidence at most one in 3,600).",
    },
}
EFFECT: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "known": "做完这一步之后的 {after_days} 天平均 {after}，之前 {before_days} 天平均 {before}，相差 {difference}（95% 区间 {low} 到 {high}）。这只是前后对照：坏日子过后本来就常会回到平时，不能说明是这一步起了作用。",
        "early": "现在还看不出：前后各要至少 {least} 天的数字（现有之前 {before_days} 天、之后 {after_days} 天）。",
        "thread": "提醒看一段对话，没有可以前后对照的数字。",
    },
    "en": {
        "known": "The mean of the {after_days} days after the step is {after}, of the {before_days} days before {before}: a difference of {difference} (95 % interval {low} to {high}). This is before and after, no proof: bad days are often followed by usual ones.",
        "early": "It is too early to say: at least {least} days with a figure are needed on each side (there are {before_days} before, {after_days} after).",
        "thread": "A thread to look at has no figure to compare before and after.",
    },
}
REFUSALS: dict[str, tuple[str, str]] = {
    "step_done": ("这条提醒的建议已经处理过（{step}）。", "The step of this alert was {step} already."),
    "reason_missing": ("请写一句为什么不采纳。", "Say in a sentence why it is dismissed."),
}


def figure(measure: str, value: float) -> str:
    """Return a watched figure as people read it."""
    if measure == "active_members":
        return f"{max(0.0, math.expm1(value)):.0f}"
    if measure in {"net_sentiment", "concentration"}:
        return f"{value:.2f}"
    return f"{100 * min(1.0, max(0.0, value)):.0f}%"


def sentence(locale: Locale, measure: str, room: str, content: AlertContent) -> str:
    """Return what an alert says."""
    if content.middle is None or content.spread is None or content.value is None:
        return CHANGE[locale]["heat"].format(
            room=room, people=content.people, messages=content.messages, heated=content.heated
        )
    low, high = content.middle - 2 * content.spread, content.middle + 2 * content.spread
    shown = {
        name: figure(measure, value)
        for name, value in (("value", content.value), ("middle", content.middle), ("low", low), ("high", high))
    }
    return CHANGE[locale][measure].format(room=room, n=content.windows, **shown)


def refusal(key: str, **values: object) -> dict[str, object]:
    """Return the arguments of an error: its message, and the same sentence in both languages."""
    chinese, english = (text.format(**values) for text in REFUSALS[key])
    return {"message": english, "sentence": {"zh-CN": chinese, "en": english}}
