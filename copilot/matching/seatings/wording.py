"""Every sentence rounds and rotations say, in Chinese and English."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from copilot.errors import CopilotError
from copilot.matching.records import Locale

_Error = TypeVar("_Error", bound=CopilotError)

LEFT_OUT: Final[dict[Locale, dict[str, str]]] = {
    "zh-CN": {
        "consent": "没有同意参与匹配。",
        "consent_ai": "关闭了智能处理。",
        "visibility": "资料不对社区公开。",
    },
    "en": {
        "consent": "Has not agreed to be matched.",
        "consent_ai": "Has switched off AI processing.",
        "visibility": "The profile is not open to the community.",
    },
}
_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # What stands above a group
    "intro.pair": (
        "{names}：这次你们俩一组。{one}想要「{want}」，{other}写着「{offer}」，可以从这里聊起。",
        "{names}: you two are together this time. {one} is looking for “{want}”, {other} writes “{offer}”: a place to start.",
    ),
    "intro.table": (
        "这一桌：{names}。{one}想要「{want}」，{other}写着「{offer}」，可以从这里聊起。",
        "At this table: {names}. {one} is looking for “{want}”, {other} writes “{offer}”: a place to start.",
    ),
    "intro.pair_plain": (
        "{names}：这次你们俩一组。可以先各说一件最近在忙、又想听听别人怎么看的事。",
        "{names}: you two are together this time. Start with one thing each of you is busy with and would like a view on.",
    ),
    "intro.table_plain": (
        "这一桌：{names}。可以先各说一件最近在忙、又想听听别人怎么看的事。",
        "At this table: {names}. Start with one thing each of you is busy with and would like a view on.",
    ),
    # Refusals
    "too_few": (
        "能参加的只有 {count} 人，至少要 2 人。",
        "Only {count} can take part; a round needs at least 2.",
    ),
    "members_and_filter": (
        "要么点名参加的人，要么给出筛选条件，不能两样都给。",
        "Name the members or give a filter, not both.",
    ),
    "changed": (
        "排座期间，「{series}」的名单、同意情况或历史有了变化，没有保存。请再排一次。",
        "Members, consents or the history of “{series}” changed while this was planned; nothing was stored. Plan again.",
    ),
    "not_planned": (
        "「{series}」第 {number} 次{said}，不能再改。",
        "Number {number} of “{series}” is {status} already and cannot be changed.",
    ),
    "not_seated": (
        "缺席名单里有人不在这一次的座位上：{ids}。",
        "Absent are only members who have a seat in this round, not {ids}.",
    ),
    "no_groups": (
        "「{series}」还没有生效过的分组。请先给出现在的分组。",
        "No rotation of “{series}” was applied yet: say who is in which group now.",
    ),
    "too_few_groups": (
        "轮换至少要 2 个组，每组至少有 1 人能留在名单里。",
        "A rotation needs at least 2 groups, each with somebody in it.",
    ),
    "not_in_groups": (
        "{ids} 不在这些分组里，或对应不止一人。",
        "{ids} is in none of the groups, or means more than one member.",
    ),
    "outdated": (
        "这份方案做好以后，「{series}」已经换过一次，名单对不上了。请重新预览。",
        "“{series}” was rotated after this preview was made, so it starts from groups that no longer are. Preview again.",
    ),
    "withdrew": (
        "方案里要换组的人中，有 {count} 人已离开或不再同意参与。请重新预览。",
        "{count} of those who would move have left or no longer agree to take part. Preview again.",
    ),
    "rule.forbidden": (
        "不能同组的人太多，这样排不开：{pairs}。换一种人数，或减少参加的人。",
        "Too many may not share a group, so this cannot be seated: {pairs}. Change the size or who takes part.",
    ),
    "rule.wanted": (
        "要求坐在一起的人放不进一组：{members}。",
        "Those who are to share a group do not fit into one: {members}.",
    ),
    "rule.repeats": (
        "最近几次见过面的人太多，排不出没有重复的一次：{pairs}。缩短不重复的期限，或允许少量重复。",
        "Too many have met lately for a round without repeats: {pairs}. Look back fewer rounds, or allow repeats.",
    ),
    "rule.rotation": (
        "人数、固定、人次上限和均衡放在一起，没有可行的换法。放宽其中一项。",
        "Sizes, pins, the limit on moves and balance together leave no rotation. Relax one of them.",
    ),
    "rule.pinned_pairs": (
        "要求同组的人没法放到一组：{members}。",
        "Those pinned together cannot share a group: {members}.",
    ),
    "in_time": (
        "{seconds:g} 秒内没有找到合规的排法，也没有证明排不出。给多一点时间再试。",
        "In {seconds:g} s no plan that keeps the rules was found, nor was it ruled out. Allow more time.",
    ),
}
_SHOWN = 5
_STATUS_ZH: Final = {
    "planned": "已排定", "held": "已经办过", "cancelled": "已取消", "preview": "还在预览", "applied": "已生效",
    "discarded": "已作废",
}  # fmt: skip


def say(locale: Locale, key: str, **values: object) -> str:
    """Return a sentence."""
    chinese, english = _SENTENCES[key]
    if "status" in values:
        values["said"] = _STATUS_ZH.get(str(values["status"]), values["status"])
    return (english if locale == "en" else chinese).format(**values)


def refusal(error: type[_Error], key: str, *, field: str = "", **values: object) -> _Error:
    """Return an error that carries its sentence in both languages."""
    named = {"field": field} if field else {}
    sentence = {"zh-CN": say("zh-CN", key, **values), "en": say("en", key, **values)}
    return error(sentence["en"], reason=key, sentence=sentence, **named, **values)


def explain(error: CopilotError) -> None:
    """Add the sentence to what an optimiser raised, so that it is told in the community's language."""
    rule, seconds = str(error.data.get("rule", "")), error.data.get("seconds")
    key = "in_time" if seconds is not None else f"rule.{rule}"
    if key not in _SENTENCES:
        return
    values: dict[str, Any] = {
        "pairs": _shown(error.data.get("pairs")), "members": _shown(error.data.get("members")), "seconds": seconds,
    }  # fmt: skip
    error.data["sentence"] = {"zh-CN": say("zh-CN", key, **values), "en": say("en", key, **values)}


def _shown(named: object) -> str:
    """Return at most five ids or pairs of ids."""
    items = named if isinstance(named, list) else []
    shown = [" + ".join(map(str, item)) if isinstance(item, list | tuple) else str(item) for item in items[:_SHOWN]]
    return ", ".join([*shown, *(["…"] if len(items) > _SHOWN else [])])
