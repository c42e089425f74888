"""Every sentence teams say, in Chinese and English."""

from __future__ import annotations

from typing import Final

from copilot.errors import InvalidInput
from copilot.matching.records import Locale

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # Why somebody fits
    "reason.strong": ("「{label}」由{name}来：{said}「{quote}」（{record}）。", "{name} for “{label}”: {said} “{quote}” ({record})."),
    "reason.likely": (
        "「{label}」可以问{name}：{said}「{quote}」（{record}）。",
        "Ask {name} for “{label}”: {said} “{quote}” ({record}).",
    ),
    "reason.faint": (
        "「{label}」把握不大，可以问一句{name}：{said}「{quote}」（{record}）。",
        "A long shot for “{label}”: {name} {said} “{quote}” ({record}).",
    ),
    "said.text": ("写着", "writes"),
    "said.fact": ("资料里列着", "lists"),
    "reason.also": ("资料里还有「{quote}」（{record}）。", " The profile also names “{quote}” ({record})."),
    "reason.person": ("「{label}」点名就是{name}（{record}）。", "“{label}” is meant for {name} ({record})."),
    # Why nobody does
    "open.nobody": ("没有人写过够得上「{label}」的话。", "Nobody has written anything that comes up to “{label}”."),
    "open.barred": (
        "够得上「{label}」的人不能进这个队（规则不许，或已在多个队里）。",
        "Those who come up to “{label}” may not be in a team (by a rule, or because they are in several).",
    ),
    "open.contested": (
        "够得上「{label}」的人，别的位置也离不开。",
        "Those who come up to “{label}” are needed for other slots.",
    ),
    # Notes
    "default_slots": (
        "目标里没有看出需要哪些角色，先按“懂行、能做、能卖”三个位置找；自己列出位置会更准。",
        "The goal names no roles, so three usual ones were looked for; name the slots yourself for better teams.",
    ),
    "no_shared_wants": (
        "这些人的资料里没有写想要什么，看不出能一起做什么。",
        "Their profiles do not say what they want, so there is nothing to start from.",
    ),
    "pick_a_goal": (
        "以上是他们自己写过的想法。挑一条作为目标，再来组队。",
        "These are their own words. Pick one as the goal and ask for a team.",
    ),
    "fewer_teams": (
        "只有这些队伍足够不同，没有拿相近的凑数。",
        "No other team differs enough, and the list was not filled up with alike ones.",
    ),
    # Refusals
    "nothing_asked": (
        "请写目标，或给出成员，看看他们能一起做什么。",
        "Give a goal, or members to see what they could build together.",
    ),
    "too_many_together": (
        "一次最多看 {limit} 人能一起做什么。",
        "What at most {limit} members could build together can be asked at once.",
    ),
    "slot_twice": ("位置「{label}」写了两次。", "The slot “{label}” is there twice."),
    "slot_member": (
        "只有 person 类的位置才能点名成员。",
        "Only a slot of kind person names a member.",
    ),
    "asker_closed.consent": (
        "{name}不能进队：没有同意参与匹配。",
        "{name} cannot be in a team: has not agreed to be matched.",
    ),
    "asker_closed.consent_ai": (
        "{name}不能进队：关闭了智能处理。",
        "{name} cannot be in a team: has switched off AI processing.",
    ),
    "asker_closed.visibility": (
        "{name}不能进队：资料不对社区公开。",
        "{name} cannot be in a team: the profile is not open to the community.",
    ),
    "no_model": ("没有配置模型，请改用 rules。", "No model is configured; use rules."),
    # The usual slots
    "slot.domain": ("懂这一行的人", "knows this field"),
    "slot.build": ("产品与技术", "product and engineering"),
    "slot.sell": ("市场与销售", "marketing and sales"),
    # What a model is told
    "problem.count": ("slots 应有 2 到 {most} 个", "slots must be 2 to {most}"),
    "problem.label": ("「{label}」不是简短的角色名（最多 {most} 个字，不含标点、数字和人名）", "“{label}” is no short name of a role (at most {most} characters, no punctuation, digits or names)"),
    "problem.twice": ("「{label}」重复", "“{label}” is there twice"),
    "problem.language": ("「{label}」应使用目标的语言", "“{label}” must be in the language of the goal"),
}  # fmt: skip


def say(locale: Locale, key: str, **values: object) -> str:
    """Return a sentence."""
    chinese, english = _SENTENCES[key]
    return (english if locale == "en" else chinese).format(**values)


def refusal(key: str, field: str, **values: object) -> InvalidInput:
    """Return an error that carries its sentence in both languages."""
    sentence = {"zh-CN": say("zh-CN", key, **values), "en": say("en", key, **values)}
    return InvalidInput(sentence["en"], field=field, reason=key, sentence=sentence)
