"""Every sentence matching says, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.matching.models import Direction
from copilot.matching.records import Locale
from copilot.matching.scores.scoring import Mutuality, Strength

# Several wordings of one claim, so that a list does not read like a form. Strong ones only for strong pairs.
FORWARD: dict[Locale, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "strong": (
            "你想要的是「{want}」（{want_id}），{name}写着「{offer}」（{offer_id}），对得上。",
            "{name}有「{offer}」（{offer_id}），正接你写的「{want}」（{want_id}）。",
        ),
        "likely": (
            "你写过「{want}」（{want_id}），{name}提到「{offer}」（{offer_id}），可能帮得上。",
            "关于你要的「{want}」（{want_id}），可以问问{name}：「{offer}」（{offer_id}）。",
        ),
        "faint": ("把握不大，可以一问：你写过「{want}」（{want_id}），{name}写着「{offer}」（{offer_id}）。",),
    },
    "en": {
        "strong": (
            "You are looking for “{want}” ({want_id}); {name} writes “{offer}” ({offer_id}): this fits.",
            "{name} has “{offer}” ({offer_id}), which answers your “{want}” ({want_id}).",
        ),
        "likely": (
            "You wrote “{want}” ({want_id}); {name} mentions “{offer}” ({offer_id}), which may help.",
            "For your “{want}” ({want_id}), ask {name} about “{offer}” ({offer_id}).",
        ),
        "faint": ("A long shot: you wrote “{want}” ({want_id}), {name} writes “{offer}” ({offer_id}).",),
    },
}
BACKWARD: dict[Locale, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "strong": (
            "反过来，{name}在找「{want}」（{want_id}），你有「{offer}」（{offer_id}）。",
            "{name}也等着这个：「{want}」（{want_id}），而你写着「{offer}」（{offer_id}）。",
        ),
        "likely": (
            "反过来，{name}想要「{want}」（{want_id}），你的「{offer}」（{offer_id}）可能用得上。",
            "{name}写着「{want}」（{want_id}），你提到的「{offer}」（{offer_id}）也许有帮助。",
        ),
        "faint": ("把握不大：{name}写着「{want}」（{want_id}），你写着「{offer}」（{offer_id}）。",),
    },
    "en": {
        "strong": (
            "In turn {name} is looking for “{want}” ({want_id}), and you have “{offer}” ({offer_id}).",
            "{name} needs “{want}” ({want_id}); you write “{offer}” ({offer_id}).",
        ),
        "likely": (
            "In turn {name} wants “{want}” ({want_id}); your “{offer}” ({offer_id}) may be of use.",
            "{name} writes “{want}” ({want_id}), where your “{offer}” ({offer_id}) might help.",
        ),
        "faint": ("A long shot in turn: {name} writes “{want}” ({want_id}), you write “{offer}” ({offer_id}).",),
    },
}
RESOURCE: dict[Locale, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "strong": ("你想要的是「{want}」（{want_id}），社区里有「{offer}」（{offer_id}）。",),
        "likely": ("你写过「{want}」（{want_id}），「{offer}」（{offer_id}）可能用得上。",),
        "faint": ("把握不大：你写过「{want}」（{want_id}），社区里有「{offer}」（{offer_id}）。",),
    },
    "en": {
        "strong": ("You are looking for “{want}” ({want_id}); the community has “{offer}” ({offer_id}).",),
        "likely": ("You wrote “{want}” ({want_id}); “{offer}” ({offer_id}) may be of use.",),
        "faint": ("A long shot: you wrote “{want}” ({want_id}); the community has “{offer}” ({offer_id}).",),
    },
}
EVENT: dict[Locale, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "strong": ("你想要的是「{want}」（{want_id}），活动「{offer}」（{offer_id}）讲的正是这个。",),
        "likely": ("你写过「{want}」（{want_id}），活动「{offer}」（{offer_id}）可能用得上。",),
        "faint": ("把握不大：你写过「{want}」（{want_id}），有一场活动「{offer}」（{offer_id}）。",),
    },
    "en": {
        "strong": ("You are looking for “{want}” ({want_id}); the event “{offer}” ({offer_id}) is about that.",),
        "likely": ("You wrote “{want}” ({want_id}); the event “{offer}” ({offer_id}) may be of use.",),
        "faint": ("A long shot: you wrote “{want}” ({want_id}); there is an event “{offer}” ({offer_id}).",),
    },
}
THREAD: dict[Locale, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "strong": ("群里有人问「{want}」（{want_id}），还没有人回答；你写着「{offer}」（{offer_id}），你答得上。",),
        "likely": ("群里有人问「{want}」（{want_id}），还没有人回答；你的「{offer}」（{offer_id}）可能帮得上。",),
        "faint": ("把握不大：群里有人问「{want}」（{want_id}），你写着「{offer}」（{offer_id}）。",),
    },
    "en": {
        "strong": ("Somebody asks “{want}” ({want_id}) and nobody has answered; you have “{offer}” ({offer_id}).",),
        "likely": ("Somebody asks “{want}” ({want_id}), still open; your “{offer}” ({offer_id}) may help.",),
        "faint": ("A long shot: somebody asks “{want}” ({want_id}); you write “{offer}” ({offer_id}).",),
    },
}
# For operators, about a member: who should hear of a resource or an event, who can answer a question.
AUDIENCE: dict[Locale, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "strong": ("{name}想要「{want}」（{want_id}），「{offer}」（{offer_id}）正对得上。",),
        "likely": ("{name}写过「{want}」（{want_id}），「{offer}」（{offer_id}）可能用得上。",),
        "faint": ("把握不大：{name}写过「{want}」（{want_id}），这里有「{offer}」（{offer_id}）。",),
    },
    "en": {
        "strong": ("{name} is looking for “{want}” ({want_id}); “{offer}” ({offer_id}) answers that.",),
        "likely": ("{name} wrote “{want}” ({want_id}); “{offer}” ({offer_id}) may be of use.",),
        "faint": ("A long shot: {name} wrote “{want}” ({want_id}); there is “{offer}” ({offer_id}).",),
    },
}
ANSWERERS: dict[Locale, dict[str, tuple[str, ...]]] = {
    "zh-CN": {
        "strong": ("问的是「{want}」（{want_id}），{name}写着「{offer}」（{offer_id}），答得上。",),
        "likely": ("问的是「{want}」（{want_id}），{name}的「{offer}」（{offer_id}）可能帮得上。",),
        "faint": ("把握不大：问的是「{want}」（{want_id}），{name}写着「{offer}」（{offer_id}）。",),
    },
    "en": {
        "strong": ("The question is “{want}” ({want_id}); {name} has “{offer}” ({offer_id}) and can answer.",),
        "likely": ("The question is “{want}” ({want_id}); “{offer}” ({offer_id}) of {name} may help.",),
        "faint": ("A long shot: the question is “{want}” ({want_id}); {name} writes “{offer}” ({offer_id}).",),
    },
}
DETAIL: dict[Locale, str] = {"zh-CN": "资料写着：「{detail}」。", "en": " It says: “{detail}”."}
CITY: dict[Locale, str] = {
    "zh-CN": "同城：你在「{mine}」（{mine_id}），{name}在「{yours}」（{yours_id}）。",
    "en": "Same city: you are in “{mine}” ({mine_id}), {name} in “{yours}” ({yours_id}).",
}
INDUSTRY: dict[Locale, str] = {
    "zh-CN": "同行：你做「{mine}」（{mine_id}），{name}做「{yours}」（{yours_id}）。",
    "en": "Same field: you work in “{mine}” ({mine_id}), {name} in “{yours}” ({yours_id}).",
}
SKILL: dict[Locale, str] = {
    "zh-CN": "你们都写了同一项：你写「{mine}」（{mine_id}），{name}写「{yours}」（{yours_id}）。",
    "en": "You share a skill: you list “{mine}” ({mine_id}), {name} lists “{yours}” ({yours_id}).",
}
OCCASION: dict[Locale, tuple[str, str]] = {
    "zh-CN": ("时间是「{when}」，地点「{where}」（{offer_id}）。", "时间是「{when}」（{offer_id}）。"),
    "en": ("It begins on “{when}” in “{where}” ({offer_id}).", "It begins on “{when}” ({offer_id})."),
}
LABELS: dict[Locale, dict[Mutuality, str]] = {
    "zh-CN": {
        Mutuality.MUTUAL: "双向互补",
        Mutuality.YOU_GAIN: "主要是对方帮到你",
        Mutuality.THEY_GAIN: "主要是你帮到对方",
    },
    "en": {
        Mutuality.MUTUAL: "helps both",
        Mutuality.YOU_GAIN: "mainly they help you",
        Mutuality.THEY_GAIN: "mainly you help them",
    },
}
STRENGTHS: dict[Locale, dict[Strength, str]] = {
    "zh-CN": {
        Strength.STRONG: "把握大", Strength.LIKELY: "有可能", Strength.FAINT: "把握不大", Strength.NONE: "看不出",
    },
    "en": {
        Strength.STRONG: "strong", Strength.LIKELY: "likely", Strength.FAINT: "faint", Strength.NONE: "nothing seen",
    },
}  # fmt: skip
DIRECTIONS: dict[Locale, dict[Direction, str]] = {
    "zh-CN": {"forward": "帮到你：{strength}", "backward": "你帮上忙：{strength}"},
    "en": {"forward": "help for you: {strength}", "backward": "help from you: {strength}"},
}


def make_label(locale: Locale, mutuality: Mutuality | None, strengths: Mapping[Direction, Strength]) -> str:
    """Return who gains and how sure each direction is, as one line."""
    words = STRENGTHS[locale]
    parts = [DIRECTIONS[locale][name].format(strength=words[value]) for name, value in strengths.items()]
    detail = ("；" if locale == "zh-CN" else "; ").join(parts)
    if mutuality is None:
        return detail
    return (
        f"{LABELS[locale][mutuality]}（{detail}）" if locale == "zh-CN" else f"{LABELS[locale][mutuality]} ({detail})"
    )


# For a model that words a reason.
DIRECTIONS_TOLD: dict[Locale, dict[Direction, str]] = {
    "zh-CN": {
        "forward": "你得益：第一句是你要的，后面是对方有的",
        "backward": "对方得益：第一句是对方要的，后面是你有的",
    },
    "en": {
        "forward": "you gain: first what you want, then what they have",
        "backward": "they gain: first what they want, then what you have",
    },
}
NO_MODEL: dict[Locale, str] = {
    "zh-CN": "没有配置模型，理由用的是模板；引文都是原话。",
    "en": "No model is configured: the sentences are from templates; all quotes are exact.",
}
NOT_WORDED: dict[Locale, str] = {
    "zh-CN": "{count} 句理由没有用模型的措辞（{code}），用的是模板；引文都是原话。",
    "en": "{count} sentences are from templates, not worded by the model ({code}); all quotes are exact.",
}
FEW_LISTENERS: dict[Locale, str] = {
    "zh-CN": "够得上的不多，没有拿不合适的人凑数。",
    "en": "Few were good enough, and the list was not filled up with others.",
}
NOT_READ: dict[Locale, str] = {
    "zh-CN": "它的主人关闭了智能处理，所以没有为其计算。",
    "en": "Its owner has switched off AI processing, so nothing was computed.",
}
AWAKE: dict[Locale, str] = {
    "zh-CN": "最近 28 天里 {hours} 最活跃，占 {share}（{days} 天共 {messages} 条消息）。",
    "en": "Over the last 28 days {hours} were busiest, with {share} of {messages} messages on {days} days.",
}
NO_READING: dict[Locale, str] = {
    "zh-CN": "没有读数：最近 28 天只有 {messages} 条消息、{days} 天有人说话，看不出作息。",
    "en": "No reading: {messages} messages on {days} days of the last 28 say nothing about habits.",
}
# Only names and quotes are filled in.
INTRODUCTION: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "hello": "欢迎{name}！", "is": "新朋友这样介绍自己：「{quote}」。", "has": "可以帮到大家的：「{quote}」。",
        "wants": "正在找的：「{quote}」。", "people": "也许可以先和{names}打个招呼。", "and": "、", "space": "",
    },
    "en": {
        "hello": "Welcome, {name}!", "is": "In their own words: “{quote}”.", "has": "What they can help with: “{quote}”.",
        "wants": "What they are looking for: “{quote}”.", "people": "You may want to say hello to {names} first.",
        "and": " and ", "space": " ",
    },
}  # fmt: skip
NOTES: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "asker_no_consent": "这位成员没有同意参与匹配，所以没有为其计算。",
        "asker_no_ai": "这位成员关闭了智能处理，资料没有进入索引，所以没有为其计算。",
        "asker_hidden": "这位成员的资料设为隐藏，没有进入索引，所以没有为其计算。",
        "empty_profile": "资料里还没有写“想要什么”和“有什么”。先各写一句，最好具体到数量、地点或时间。",
        "not_indexed_yet": "资料刚有改动，还在建立索引；过一会儿再看，结果会更全。",
        "missing_wants": "资料里没有写想要什么，所以只能看谁需要你。补一句“想要”最有帮助。",
        "missing_has": "资料里没有写能提供什么，所以看不出对方为什么要见你。补一句“能提供”最有帮助。",
        "few_good_matches": "够得上的不多，没有拿不合适的凑数。把“想要”写得更具体（要什么、多少、什么时候）最有帮助。",
        "nothing_there": "目前没有可看的：没有即将开始的活动、可用的资源或还没人回答的问题。",
        "line_wants": "够得上的不多。离得最近的 {near} 个里，有 {count} 个就差你写明想要什么；比如「{quote}」（{record_id}）。如果你需要，在“想要”里补一句最有帮助。",
        "line_has": "够得上的不多。离得最近的 {near} 个里，有 {count} 个就差你写明能提供什么；比如「{quote}」（{record_id}）。如果你帮得上，在“能提供”里补一句最有帮助。",
    },
    "en": {
        "asker_no_consent": "This member has not agreed to be matched, so nothing was computed.",
        "asker_no_ai": "This member switched off AI processing; the profile is not indexed, so nothing was computed.",
        "asker_hidden": "This member's profile is hidden and not indexed, so nothing was computed.",
        "empty_profile": "The profile says neither what is wanted nor what is offered. One line of each, with a number, a place or a date, helps most.",
        "not_indexed_yet": "The profile has just changed and is still being indexed; results will be fuller in a moment.",
        "missing_wants": "The profile does not say what is wanted, so only people who need this member show. One line of wants helps most.",
        "missing_has": "The profile does not say what is offered, so others have no reason to meet. One line of offers helps most.",
        "nothing_there": "There is nothing to look at for now: no coming event, usable resource or open question.",
        "line_wants": "Few were good enough. Of the {near} nearest, {count} only lack a line of yours that says what is wanted, such as “{quote}” ({record_id}). If you need that, one line of wants helps most.",
        "line_has": "Few were good enough. Of the {near} nearest, {count} only lack a line of yours that says what is offered: they ask for things like “{quote}” ({record_id}). If you can help, one line of offers helps most.",
        "few_good_matches": "Few were good enough, and the list was not filled up with others. A more specific want (what, how much, by when) helps most.",
    },
}
