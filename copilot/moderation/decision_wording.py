"""What moderators and members are told of decisions, in Chinese and English: refusals, reminders, how things stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

_REFUSALS: Mapping[str, tuple[str, str]] = {
    "unknown_word": ("{field} 只能是：{known}。", "{field} is one of: {known}."),
    "reason_too_long": ("理由最多 {limit} 个字。", "A reason has at most {limit} characters."),
    "reason_missing": (
        "认定违规或采取措施都要写明理由，成员会看到。",
        "A violation or an action needs a reason that the member can be told.",
    ),
    "no_violation_no_action": (
        "没有违规，就只能记一条备注。",
        "Without a violation nothing follows but a note.",
    ),
    "mute_needs_hours": (
        "禁言要写明时长：1 到 {limit} 小时。",
        "A mute states its length: 1 to {limit} hours.",
    ),
    "hours_without_mute": ("只有禁言才有时长。", "Only a mute has a length."),
    "unknown_clause": ("社区公约里没有 {clause} 这一条；现有：{known}。", "The policy has no clause {clause}; it has: {known}."),
    "clause_missing": (
        "认定违规要引用公约条款（clause_id）；现有：{known}。",
        "A violation cites a clause of the policy (clause_id); it has: {known}.",
    ),
    "clause_title": ("每条公约至少要有一种语言的标题。", "A clause has a title in one language at least."),
    "clauses_full": ("公约最多 {most} 条。", "A policy has {most} clauses at most."),
    "nobody_known": (
        "不知道是谁发的：没有人可以警告、禁言或移出。",
        "Nobody is known as the sender: there is nobody to warn, mute or remove.",
    ),
    "second_needed": (
        "这样的处理要两个人：请提出（POST /cases/{case_id}/propose），由另一位管理员确认。",
        "This takes two people: propose it (POST /cases/{case_id}/propose), and another moderator confirms.",
    ),
    "second_not_needed": (
        "这样的处理一个人就可以决定（POST /cases/{case_id}/decide）。",
        "This takes one person: decide it (POST /cases/{case_id}/decide).",
    ),
    "proposal_waits": (
        "这个案例有一条处理提议在等第二个人；先确认、否决或撤回它。",
        "A proposal for this case waits for a second person; confirm, decline or withdraw it first.",
    ),
    "proposal_over": ("这条提议已经{status}。", "This proposal is {status}."),
    "same_person": (
        "提议的人不能自己确认；同名的两把密钥算同一个人。",
        "Nobody confirms what they proposed; two keys of one name are one person.",
    ),
    "own_proposal_only": ("只有提议的人可以撤回。", "Only who proposed it withdraws it."),
    "held": ("{who} 正在处理这个案例，到 {until} 为止。", "{who} holds this case until {until}."),
    "not_open": ("这个案例已经{status}，不再待处理。", "This case is {status}, not open."),
    "not_yours": ("你现在没有领取这个案例，不用交还。", "You do not hold this case now."),
    "nothing_stands": ("这个案例现在没有生效的决定。", "no decision of this case stands"),
    "not_terms": ("“{field}”的值不对或超出范围。", "{field}: {problem}"),
    "not_clause": ("这条公约的“{field}”不对：标题最多 {title} 字，正文最多 {text} 字，编号只用字母、数字、- 和 _。",
        "{field}: {problem}"),
    "not_held": ("你现在没有领取这个案例。", "You do not hold this case now."),
    "no_such_moderator": (
        "这里没有可以处理案例的密钥 {holder}。",
        "There is no key {holder} here that may decide cases.",
    ),
    "limit_own": (
        "今天你已经看了 {seen} 个严重的案例，到了你自己设的上限 {limit}；{resets} 重新计数。要继续，可以在关怀设置里调高（最多 {cap}），或移交给别人。",
        ("You have seen {seen} severe cases today, your own limit of {limit}; it starts anew at {resets}. To go on, raise it "
        "in your wellness settings (at most {cap}), or leave the case to somebody else."),
    ),
    "limit_cap": (
        "今天已经看了 {seen} 个严重的案例，到了社区的上限 {limit}；{resets} 重新计数。请移交给别人；运营者可以在处理规则里调高 severe_per_day。",
        ("{seen} severe cases were seen today, the community's limit of {limit}; it starts anew at {resets}. Leave the case to "
        "somebody else; an operator can raise severe_per_day in the terms."),
    ),
    "limit_beyond_cap": ("上限最多 {cap}，由社区的处理规则定。", "The limit is at most {cap}, as the community's terms say."),
    "removal_needs_two": (
        "移出成员永远要两个人，不能从名单里去掉。",
        "A removal always takes two people; it stays on the list.",
    ),
    "ladder_order": ("阶梯要按次数从少到多，不能重复。", "The ladder goes up by strikes, each number once."),
    "ladder_mute": (
        "阶梯里的禁言要写时长，其他措施不写。",
        "A mute on the ladder states its hours, and nothing else does.",
    ),
    "nothing_to_appeal": ("这个决定没有认定违规，不需要申诉。", "This decision found no violation; there is nothing to appeal."),
    "taken_back": ("这个决定已经被撤销。", "This decision has been taken back."),
    "too_late": ("申诉期到 {until} 为止。", "It could be appealed until {until}."),
    "appealed_already": ("这个决定已经申诉过；每个决定可以申诉一次。", "This decision was appealed already; each can be, once."),
    "appeal_text": ("申诉要写 1 到 {limit} 个字。", "An appeal has 1 to {limit} characters."),
    "appeal_answered": ("这个申诉已经有结果。", "This appeal has been answered."),
    "own_decision": (
        "作出或确认这个决定的人不能处理对它的申诉；同名的两把密钥算同一个人。",
        "Who made or confirmed a decision does not answer the appeal against it; two keys of one name are one person.",
    ),
    "moderators_first": (
        "社区还有别的管理员：申诉由他们处理，运营者不代替。",
        "There are other moderators: they answer the appeal, not an operator.",
    ),
    "answer_missing": ("处理申诉要写明理由，成员会看到。", "An answer to an appeal needs a reason that the member can be told."),
}  # fmt: skip
_STATUS_ZH = {
    "decided": "有了决定",
    "withdrawn_case": "撤下",
    "confirmed": "通过",
    "declined": "被否决",
    "withdrawn": "撤回",
    "lapsed": "过期",
}
_ACTIONS = {
    "none": ("不采取措施", "no action"),
    "note": ("备注", "a note"),
    "warning": ("警告", "a warning"),
    "hide": ("隐藏消息", "hiding the message"),
    "mute": ("禁言", "a mute"),
    "removal": ("移出社区", "removal"),
}
_APPEALS = {
    "": ("等待另一位管理员处理。", "Waits for another moderator."),
    "upheld": ("维持原决定。", "The decision stands."),
    "overturned": ("原决定已撤销，所有影响都已恢复。", "The decision was overturned and everything it did was taken back."),
    "settled": ("在处理申诉之前，原决定已被撤销。", "The decision was taken back before the appeal was answered."),
}  # fmt: skip
_STAND_IN = (
    "由运营者处理：社区没有第二位管理员。",
    "Answered by an operator: the community has no second moderator.",
)
_SUGGESTION = (
    "如果认定违规，这将是有效期内的第 {strikes} 次；阶梯建议：{action}。只是建议，由你决定。",
    "If this is a violation it is strike {strikes} in force; the ladder suggests {action}. It only suggests: you decide.",
)
_NO_SUGGESTION = (
    "如果认定违规，这将是有效期内的第 {strikes} 次；阶梯没有建议。",
    "If this is a violation it is strike {strikes} in force; the ladder suggests nothing.",
)
_HOURS = ("{action} {hours} 小时", "{action} of {hours} hours")
_BREAK = (
    "你已经连续处理了 {minutes} 分钟，歇一会儿吧。",
    "You have been at it for {minutes} minutes; take a break.",
)
_WORKING = (
    "今天看了 {seen} 个严重的案例，上限 {limit}。",
    "Severe cases seen today: {seen} of at most {limit}.",
)
_OWN = {
    "stands": ("可以在 {until} 之前申诉一次。", "It can be appealed once, until {until}."),
    "closed": ("申诉期已过。", "The time to appeal is over."),
    "undone": ("这个决定已经撤销，不再有效。", "This decision was taken back and holds no more."),
}


def refusal(key: str, **values: object) -> dict[str, Any]:
    """Return the arguments of an error: its message, and the same sentence in both languages."""
    chinese, english = _REFUSALS[key]
    local = {**values}
    if "status" in values:
        local["status"] = _STATUS_ZH.get(str(values["status"]), values["status"])
    sentences = {"zh-CN": chinese.format(**local), "en": english.format(**values)}
    return {"message": sentences["en"], "sentence": sentences}


def appeal_sentence(locale: str, outcome: str | None, decided_as: str) -> str:
    """Return how an appeal stands."""
    side = _side(locale)
    words = _APPEALS[outcome or ""][side]
    return words + ("", " ")[side] + _STAND_IN[side] if decided_as == "operator" else words


def suggestion_sentence(locale: str, strikes: int, action: str | None, mute_hours: int | None) -> str:
    """Return what the ladder suggests."""
    side = _side(locale)
    if action is None:
        return _NO_SUGGESTION[side].format(strikes=strikes)
    words = _ACTIONS[action][side]
    if mute_hours is not None:
        words = _HOURS[side].format(action=words, hours=mute_hours)
    return _SUGGESTION[side].format(strikes=strikes, action=words)


def wellness_sentence(locale: str, seen: int, limit: int, minutes: int, *, break_is_due: bool) -> str:
    """Return what a moderator is told of their own day."""
    side = _side(locale)
    working = _WORKING[side].format(seen=seen, limit=limit)
    if not break_is_due:
        return working
    rest = _BREAK[side].format(minutes=minutes)
    return f"{rest}{working}" if side == 0 else f"{rest} {working}"


def own_decision_sentence(locale: str, state: str, until: str) -> str:
    """Return what a member is told of a decision: `stands`, `closed` or `undone`."""
    return _OWN[state][_side(locale)].format(until=until)


def moment_said(at: datetime, timezone: str) -> str:
    """Return a moment as people of that time zone say it."""
    return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def _side(locale: str) -> int:
    return 0 if locale == "zh-CN" else 1
