"""Every sentence matching says, in Chinese and English."""

from __future__ import annotations

from copilot.matching.records import Locale
from copilot.matching.scoring import Mutuality

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
RESOURCE_DETAIL: dict[Locale, str] = {"zh-CN": "资料写着：「{detail}」。", "en": " It says: “{detail}”."}
CITY: dict[Locale, str] = {
    "zh-CN": "同城：你在「{mine}」（{mine_id}），{name}在「{yours}」（{yours_id}）。",
    "en": "Same city: you are in “{mine}” ({mine_id}), {name} in “{yours}” ({yours_id}).",
}
LABELS: dict[Locale, dict[Mutuality, str]] = {
    "zh-CN": {
        Mutuality.MUTUAL: "双向互补",
        Mutuality.YOU_GAIN: "单向：对方可能帮到你",
        Mutuality.THEY_GAIN: "单向：你可能帮到对方",
    },
    "en": {
        Mutuality.MUTUAL: "helps both",
        Mutuality.YOU_GAIN: "one way: they may help you",
        Mutuality.THEY_GAIN: "one way: you may help them",
    },
}
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
    },
    "en": {
        "asker_no_consent": "This member has not agreed to be matched, so nothing was computed.",
        "asker_no_ai": "This member switched off AI processing; the profile is not indexed, so nothing was computed.",
        "asker_hidden": "This member's profile is hidden and not indexed, so nothing was computed.",
        "empty_profile": "The profile says neither what is wanted nor what is offered. One line of each, with a number, a place or a date, helps most.",
        "not_indexed_yet": "The profile has just changed and is still being indexed; results will be fuller in a moment.",
        "missing_wants": "The profile does not say what is wanted, so only people who need this member show. One line of wants helps most.",
        "missing_has": "The profile does not say what is offered, so others have no reason to meet. One line of offers helps most.",
        "few_good_matches": "Few were good enough, and the list was not filled up with others. A more specific want (what, how much, by when) helps most.",
    },
}
