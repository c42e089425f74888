"""Every sentence about stars, load and the owner, in Chinese and English."""

from __future__ import annotations

from copilot.atmosphere.models import Measure
from copilot.atmosphere.stars.models import LoadSign, NoOwner, Role
from copilot.atmosphere.wording import Locale

DEFINITION: dict[Locale, dict[Role, str]] = {
    "zh-CN": {
        "answers": "回答过至少 {least_people} 个不同成员的提问，按人数排；只算回复提问或点名提问者的消息。",
        "connects": "别人之间的最短回复路径常从这里经过（中介中心性），去掉任意一周后区间仍在 0 以上。",
        "calms": "在气氛紧张时开口，之后别人的负面程度降得比同样紧张时别人开口之后更多，整个区间在 0 以上；是伴随关系，不是因果。",
    },
    "en": {
        "answers": "Answered questions of at least {least_people} different people, ordered by how many; only replies to a question, or messages that mention who asked, count.",
        "connects": "Lies on the shortest reply paths between others (betweenness); the interval of leaving out any one week stays above 0.",
        "calms": "Wrote into heated conversations, after which others' words cooled down more than after anybody else's at moments as heated, with the whole interval above 0; an association, no proof of cause.",
    },
}
SENTENCE: dict[Locale, dict[Role, str]] = {
    "zh-CN": {
        "answers": "回答过 {people} 个人的提问（{n} 条回答），占有人回答的提问的 {share}%（95% 区间 {low}%–{high}%）。",
        "connects": "别人之间的最短路径有 {share}% 经过这里（95% 区间 {low}%–{high}%），和 {n} 个人有来往。",
        "calms": "在 {n} 个紧张时刻开口，之后别人的负面程度比平常多降 {share} 个百分点（95% 区间 {low} 到 {high}）。",
    },
    "en": {
        "answers": "Answered {people} people ({n} answers): {share} % of the questions that were answered (95 % interval {low}–{high} %).",
        "connects": "{share} % of the shortest paths between others pass here (95 % interval {low}–{high} %); exchanged replies with {n} people.",
        "calms": "Wrote at {n} heated moments, after which others' words cooled by {share} points more than usual (95 % interval {low} to {high}).",
    },
}
NOBODY: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "too_little": "数据太少（{replies} 条回复，至少要 {least_replies} 条），不点名。",
        "few_weeks": "有回复的只有 {weeks} 周（至少要 {least_weeks} 周），还看不出谁在牵线。",
        "few_moments": "紧张时刻只有 {moments} 个，看不出谁在降温。",
        "nobody": "数据够了，但没有人明显超出偶然。",
    },
    "en": {
        "too_little": "Too little data: {replies} replies, at least {least_replies} are needed, so nobody is named.",
        "few_weeks": "Replies lie in {weeks} weeks, at least {least_weeks} are needed to say who connects others.",
        "few_moments": "There were only {moments} heated moments, too few to say who calms.",
        "nobody": "There is enough data, and nobody surely stands out.",
    },
}
SIGN: dict[Locale, dict[LoadSign, str]] = {
    "zh-CN": {
        "share": "一个人答了 {part}% 的提问（95% 区间 {part_low}%–{part_high}%）",
        "days": "平均每周 {days} 天都在回答",
        "nights": "{nights}% 的回答在夜里",
    },
    "en": {
        "share": "one person answered {part} % of the questions (95 % interval {part_low}–{part_high} %)",
        "days": "answers on {days} days a week",
        "nights": "{nights} % of the answers come at night",
    },
}
LOADED: dict[Locale, tuple[str, str, str]] = {
    "zh-CN": ("可能过载：", "，", "。该先替对方减负，而不是再派活。"),
    "en": ("May carry too much: ", ", ", ". Take something off them before asking for more."),
}
SHOULDERS: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "found": "回答最多的三个人答了 {share}% 的提问（95% 区间 {low}%–{high}%，n={n}）；{half} 个人给出了一半的回答。",
        "too_few": "回答只有 {n} 条（至少要 {least_answers} 条），看不出压在几个人身上。",
    },
    "en": {
        "found": "The three who answer most answered {share} % of the questions (95 % interval {low}–{high} %, n={n}); half of the answers came from {half} of the members.",
        "too_few": "Answers: {n}, at least {least_answers} are needed to say on how many shoulders they rest.",
    },
}
OWNER: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "found": "{share}% 的回复由群主发出或发给群主（95% 区间 {low}%–{high}%，n={n}）。",
        "too_few": "回复太少，看不出交流有多依赖群主。",
        "less": "每周下降 {step} 个百分点（95% 区间 {step_low} 到 {step_high}，{weeks} 周）：交流正在不靠群主也能转。",
        "more": "每周上升 {step} 个百分点（95% 区间 {step_low} 到 {step_high}，{weeks} 周）：越来越依赖群主。",
        "same": "看不出趋势（每周 {step} 个百分点，95% 区间 {step_low} 到 {step_high}，{weeks} 周）。",
        "no_trend": "有数据的只有 {weeks} 周，趋势还不能说。",
    },
    "en": {
        "found": "{share} % of the replies are by or to the owner (95 % interval {low}–{high} %, n={n}).",
        "too_few": "Too few replies to say how much runs through the owner.",
        "less": "It falls by {step} points a week (95 % interval {step_low} to {step_high}, {weeks} weeks): the exchange learns to run without the owner.",
        "more": "It rises by {step} points a week (95 % interval {step_low} to {step_high}, {weeks} weeks): more and more depends on the owner.",
        "same": "There is no clear trend ({step} points a week, 95 % interval {step_low} to {step_high}, {weeks} weeks).",
        "no_trend": "Only {weeks} weeks have enough replies, so nothing is said of a trend.",
    },
}
NO_OWNER: dict[Locale, dict[NoOwner, str]] = {
    "zh-CN": {
        "nobody_named": "还没有指定谁是群主（PUT /atmosphere/owner），所以不看群主的位置。",
        "not_readable": "群主没有同意 AI 读取，或者已隐藏，所以不看群主的位置。",
    },
    "en": {
        "nobody_named": "Nobody is named as the owner (PUT /atmosphere/owner), so nothing is said of how central they are.",
        "not_readable": "The owner lets no AI read them, or is hidden, so nothing is said of how central they are.",
    },
}


def percents(measure: Measure, prefix: str = "") -> dict[str, str]:
    """Return a share's value and interval in per cent, by the names sentences use; empty where there is none."""
    names = (("share", measure.value), ("low", measure.low), ("high", measure.high))
    return {prefix + name: "" if value is None else f"{100 * value:.1f}".removesuffix(".0") for name, value in names}
