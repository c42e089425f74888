"""Sentences of care, in both languages."""

from __future__ import annotations

from copilot.care.models import CareStatus

STATUS: dict[str, dict[str, str]] = {
    "zh-CN": {
        CareStatus.NEW: "还没有人看过",
        CareStatus.LOOKED_AT: "有人在看",
        CareStatus.CONTACTED: "已经联系过本人",
        CareStatus.CLOSED: "已结束",
    },
    "en": {
        CareStatus.NEW: "nobody has looked yet",
        CareStatus.LOOKED_AT: "somebody is looking after it",
        CareStatus.CONTACTED: "the member was contacted",
        CareStatus.CLOSED: "closed",
    },
}
_KIND: dict[str, dict[str, str]] = {
    "zh-CN": {"asks_help": "像在求助", "burnout": "非常疲惫", "self_harm": "可能有伤害自己的念头"},
    "en": {
        "asks_help": "a call for help",
        "burnout": "somebody who is worn out",
        "self_harm": "somebody who may want to hurt themselves",
    },
}
_FOUND = {
    "zh-CN": "这条消息听起来{kind}。{basis}为了少漏掉人，标准放得很宽：很可能只是一句玩笑或抱怨。这不是诊断，请先读原话。",
    "en": "This message sounds like {kind}. {basis} The bound is low, so that few are missed: it may well be a joke or a "
    "sigh. It is no diagnosis; read what was said first.",
}
_BY_MODEL = {"zh-CN": "模型给出的可能性不低于 {percent}%。", "en": "A model put the chance at {percent} % or more."}
_BY_WORDS = {"zh-CN": "原话里有直接的说法。", "en": "Its own words say so."}


def language(locale: str) -> str:
    """Return the language sentences are in."""
    return "zh-CN" if locale == "zh-CN" else "en"


def found_sentence(locale: str, kind: str, threshold: float) -> str:
    """Return why a message is here; the probability itself is not told, only from which one on messages come."""
    spoken = language(locale)
    basis = _BY_MODEL[spoken].format(percent=round(100 * threshold)) if threshold else _BY_WORDS[spoken]
    return _FOUND[spoken].format(kind=_KIND[spoken][kind], basis=basis)


def status_sentence(locale: str, status: str) -> str:
    """Return a status in words."""
    return STATUS[language(locale)][CareStatus(status)]
