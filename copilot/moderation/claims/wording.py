"""Sentences about claims, in both languages. None of them says that anything is false."""

from __future__ import annotations

from copilot.moderation.claims.models import Outcome

_KIND = {
    "zh-CN": {
        "correction": "管理员的更正", "event": "活动登记", "resource": "资源登记", "policy": "社区公约", "article": "社区资料",
    },
    "en": {
        "correction": "a moderator's correction", "event": "the event's record", "resource": "the resource's record",
        "policy": "the community's policy", "article": "the community's own articles",
    },
}  # fmt: skip
_OUTCOME = {
    "zh-CN": {
        Outcome.SUPPORTED: "与{kind}一致：“{quote}”。",
        Outcome.CONTRADICTED: "与{kind}不一致：那里写的是“{quote}”。可能是记录没有更新，请先核对。",
        Outcome.CANNOT_TELL: "社区自己的记录里没有可以核对的内容。",
    },
    "en": {
        Outcome.SUPPORTED: 'Agrees with {kind}: "{quote}".',
        Outcome.CONTRADICTED: 'Differs from {kind}, which reads "{quote}". The record may be out of date; check first.',
        Outcome.CANNOT_TELL: "The community's own records hold nothing to check this against.",
    },
}
_NONE = {"zh-CN": "没有可以核对的说法。", "en": "There is nothing in it that could be checked."}
_COUNT = {
    "zh-CN": "{all} 处可以核对的说法：{supported} 处一致，{contradicted} 处不一致，{cannot} 处无法判断。",
    "en": "{all} checkable claims: {supported} agree, {contradicted} differ, {cannot} cannot be told.",
}


def sentence(locale: str, outcome: Outcome, kind: str = "", quote: str = "") -> str:
    """Return an outcome in words."""
    spoken = _language(locale)
    return _OUTCOME[spoken][outcome].format(kind=_KIND[spoken].get(kind, ""), quote=quote)


def summary(locale: str, outcomes: list[Outcome]) -> str:
    """Return what was found in a whole text."""
    if not outcomes:
        return _NONE[_language(locale)]
    return _COUNT[_language(locale)].format(
        all=len(outcomes), supported=outcomes.count(Outcome.SUPPORTED),
        contradicted=outcomes.count(Outcome.CONTRADICTED), cannot=outcomes.count(Outcome.CANNOT_TELL),
    )  # fmt: skip


def _language(locale: str) -> str:
    return "zh-CN" if locale == "zh-CN" else "en"
