"""Every sentence about circles and ventures, in Chinese and English."""

from __future__ import annotations

_SENTENCES: dict[str, tuple[str, str]] = {
    "guest.never": ("近 90 天还没参加过活动", "has been to no event in 90 days"),
    "guest.some": ("近 90 天参加过 {times} 次活动", "has been to {times} events in 90 days"),
    "city.few": (
        "“{city}”愿意参与匹配的成员不足 {needed} 位，不列名单。",
        "Fewer than {needed} members in “{city}” agreed to be matched; no list is made.",
    ),
    "not_open": (
        "只有愿意展示的成员可以进圈子。",
        "Only members who may be shown are put in a circle.",
    ),
    "city_needed": ("请写明城市。", "Say which city."),
    "step.meet": (
        "{names}：约 30 分钟，把“{goal}”说成一句话和一个两周内能验证的问题。",
        "{names}: take 30 minutes to put “{goal}” in one sentence, with one question that two weeks can answer.",
    ),
    "step.resource": (
        "{name}：申请使用“{title}”，先按使用条件谈好时间。",
        "{name}: ask for “{title}” and agree on days by its terms.",
    ),
    "step.find_resource": (
        "{name}：列出还缺的资源，发到社区问一遍。",
        "{name}: list what is still missing and ask the community for it.",
    ),
    "step.trial": (
        "{name}：两周内找三位目标用户试一次，记下结果。",
        "{name}: within two weeks, try it with three people it is for, and write down what happened.",
    ),
    "step.decide": (
        "全体：看结果，决定继续、改方向或停下，并写明各自分工与回报。",
        "All: look at the result, go on, change course or stop, and write down who does what for what.",
    ),
    "uncovered": ("“{label}”还没有合适的人。", "Nobody fits “{label}” yet."),
    "uncovered.closest": ("“{label}”还没有合适的人，最接近的是{name}。", "Nobody fits “{label}” yet; {name} comes closest."),
    "ventures.draft": (
        "这是建议：没有联系任何人，由运营决定是否介绍。",
        "A proposal: nobody has been asked; introducing them is for an operator to decide.",
    ),
    "ventures.none": ("没有找到合适的组合。", "No combination was found."),
}  # fmt: skip


def say(locale: str, key: str, **values: object) -> str:
    """Return a sentence in the community's language; values are data and are not read for placeholders."""
    return _SENTENCES[key][0 if locale == "zh-CN" else 1].format(**values)


def both(key: str, **values: object) -> dict[str, str]:
    """Return a sentence in every language, for an error that does not know who reads it."""
    return {locale: say(locale, key, **values) for locale in ("zh-CN", "en")}
