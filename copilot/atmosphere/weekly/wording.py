"""Every word of a weekly report, in Chinese and English, and how figures are written."""

from __future__ import annotations

from copilot.atmosphere.models import DimensionName, Unit
from copilot.atmosphere.weekly.models import Direction, DropReason, LineKind, Verdict
from copilot.atmosphere.wording import Locale

MEASURES: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "active_members": "发言人数", "messages": "消息数", "silent_share": "没说话的成员占比",
        "active_hours": "每天有人说话的小时数", "net_sentiment": "情绪净值", "event_rating": "活动评分", "pulse": "心情打分",
        "reply_rate": "有明确回复的提问占比", "followed_share": "有人接话的提问占比", "first_response_seconds": "首次回复等待（中位数）",
        "newcomers_answered": "被接住的新人占比", "reciprocity": "互相回复的比例", "thread_depth": "回复链长度",
        "decentralisation": "回复分散度", "substantive_share": "有实质内容的消息占比", "resource_share": "分享资料的消息占比",
        "useful_answer_share": "得到有用回答的提问占比", "originality": "原创占比", "contributing_share": "有贡献的成员占比",
        "concentration": "发言集中度", "half_written_by": "写下一半消息的人数", "events_joined": "报名活动的成员占比",
    },
    "en": {
        "active_members": "people who wrote", "messages": "messages", "silent_share": "silent members",
        "active_hours": "hours a day with talk", "net_sentiment": "net mood", "event_rating": "event rating", "pulse": "pulse",
        "reply_rate": "questions with a linked answer", "followed_share": "questions taken up",
        "first_response_seconds": "median wait for an answer", "newcomers_answered": "newcomers answered",
        "reciprocity": "mutual replies", "thread_depth": "length of reply chains", "decentralisation": "spread of replies",
        "substantive_share": "messages of substance", "resource_share": "messages that share something",
        "useful_answer_share": "questions answered usefully", "originality": "original messages",
        "contributing_share": "members who contribute", "concentration": "concentration of talk",
        "half_written_by": "people who wrote half", "events_joined": "members who joined events",
    },
}  # fmt: skip
DIMENSIONS: dict[Locale, dict[DimensionName, str]] = {
    "zh-CN": {
        "activity": "活跃", "satisfaction": "情绪", "interaction_quality": "互动", "content_quality": "内容",
        "participation": "参与",
    },
    "en": {
        "activity": "activity", "satisfaction": "mood", "interaction_quality": "interaction",
        "content_quality": "content", "participation": "participation",
    },
}  # fmt: skip
DIRECTIONS: dict[Locale, dict[Direction, str]] = {
    "zh-CN": {"up": "升", "down": "降"},
    "en": {"up": "rose", "down": "fell"},
}
VERDICTS: dict[Locale, dict[Verdict, str]] = {
    "zh-CN": {"better": "变好", "worse": "变差", "other": "有变化"},
    "en": {"better": "better", "worse": "worse", "other": "changed"},
}
CHANGED: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "usual": "{name}{direction}到 {value}，平时约 {usual}（正常波动 {low} 到 {high}，依据此前 {windows} 周）。",
        "last": "{name}{direction}到 {value}，上周 {usual}（95% 区间 {low} 到 {high}）；历史还短，只和上周比。",
    },
    "en": {
        "usual": "{name}: {direction} to {value}, usually about {usual} (normal range {low} to {high}, from {windows} earlier weeks).",
        "last": "{name}: {direction} to {value}, {usual} the week before (95 % interval {low} to {high}); history is short, so only that week is compared with.",
    },
}
WHY_BEST: dict[Locale, dict[str, str]] = {
    "zh-CN": {"answered": "回答了 {n} 个人的提问", "thanked": "{n} 个人道谢", "replied": "{n} 个人回复", "join": "，"},
    "en": {"answered": "answered {n}", "thanked": "thanked by {n}", "replied": "{n} replied", "join": ", "},
}
THIN: dict[Locale, str] = {
    "zh-CN": "这一周说得太少：{reason}下面只有数得清的东西，不下判断。",
    "en": "Little was said in this week. {reason} What follows is only what can be counted; nothing is concluded.",
}
RUNNING: dict[Locale, str] = {
    "zh-CN": "这一周还没有结束，数字只到成稿时。",
    "en": "The week was not over when this was made.",
}
ACTION_WHY: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "questions": "{open} 个提问（共 {asked} 个）没有明确的回答，其中 {lonely} 个之后没有人接话。",
        "load": "{loaded} 位成员的回答量可能过载。",
        "owner": "交流越来越依赖群主一个人。",
        "praise": "本周有 {best} 条帮到别人的消息，值得让更多人看见；发之前先问过当事人。",
        "silent": "{silent} 的成员这周没有说话。",
        "quiet": "这周只有 {speakers} 个人说话，先让有话的人被接住。",
    },
    "en": {
        "questions": "{open} of {asked} questions have no clear answer; after {lonely} of them nobody wrote at all.",
        "load": "{loaded} member(s) may carry too much of the answering.",
        "owner": "More and more of the exchange depends on the owner.",
        "praise": "Messages that helped others this week: {best}. They deserve to be seen; ask their authors first.",
        "silent": "{silent} of the members wrote nothing this week.",
        "quiet": "Only {speakers} people wrote this week; see to it that whoever speaks is answered.",
    },
}
EXPERTS: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "no_index": "向量索引暂时不可用，没有推荐该问谁。",
        "nobody": "没有成员的资料明显对得上，没有推荐该问谁。",
    },
    "en": {
        "no_index": "The vector index is not available, so nobody is suggested to ask.",
        "nobody": "No member's profile surely fits, so nobody is suggested to ask.",
    },
}
SUMMARY: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "size": "{speakers} 个人说了 {messages} 条消息。",
        "mood": "情绪净值 {net}（95% 区间 {net_low} 到 {net_high}）。",
        "taken": "{questions} 个提问里 {followed} 有人接话（95% 区间 {followed_low} 到 {followed_high}）。",
        "same": "和自己过去比（比了 {compared} 项），没有超出正常波动的变化。",
        "changed": "和自己过去比（比了 {compared} 项），有 {changed} 项超出正常波动。",
        "no_history": "历史还不够长，说不了和平时比有没有变化。",
    },
    "en": {
        "size": "{speakers} people wrote {messages} messages.",
        "mood": "The net mood is {net} (95 % interval {net_low} to {net_high}).",
        "taken": "Of {questions} questions, {followed} were taken up (95 % interval {followed_low} to {followed_high}).",
        "same": "Compared with earlier weeks here ({compared} figures), nothing changed beyond noise.",
        "changed": "Compared with earlier weeks here ({compared} figures), {changed} changed beyond noise.",
        "no_history": "There is too little history to say whether anything changed.",
    },
}
DEGRADED: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "no_model": "没有配置模型，摘要用固定句式写成。", "model_failed": "模型没有给出可用的摘要（{code}），改用固定句式。",
        "not_in_figures": "模型写的摘要里有图表里没有的数字或不该有的内容，已弃用，改用固定句式。",
    },
    "en": {
        "no_model": "No model is configured; the summary is written from fixed sentences.",
        "model_failed": "The model gave no usable summary ({code}); fixed sentences took its place.",
        "not_in_figures": "The model's summary held a number that is not in the figures, or something it may not say; fixed sentences took its place.",
    },
}  # fmt: skip
FIGURES: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "messages": "消息数", "speakers": "发言人数", "questions": "提问数", "net": "情绪净值（-1 到 1）",
        "net_low": "情绪净值 95% 区间下端", "net_high": "情绪净值 95% 区间上端", "followed": "有人接话的提问占比",
        "followed_low": "该占比 95% 区间下端", "followed_high": "该占比 95% 区间上端", "compared": "和平时比较的指标数",
        "changed": "超出正常波动的指标数",
    },
    "en": {
        "messages": "messages", "speakers": "people who wrote", "questions": "questions", "net": "net mood, -1 to 1",
        "net_low": "lower end of its 95 % interval", "net_high": "upper end of its 95 % interval",
        "followed": "share of questions taken up", "followed_low": "lower end of its 95 % interval",
        "followed_high": "upper end of its 95 % interval", "compared": "figures compared with what is usual",
        "changed": "figures that changed beyond noise",
    },
}  # fmt: skip
LABELS: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "title": "社区周报", "week": "周", "made": "成稿于 {at}", "summary": "概况", "figures": "五个维度", "changes": "超出平时波动的变化",
        "actions": "这周做三件事", "best": "帮到别人的消息", "questions": "还没有人回答的提问", "events": "接下来两周的活动",
        "load": "谁在扛，靠不靠群主", "charts": "走势", "checks": "这份周报怎么核对的",
        "dimension": "维度", "measure": "指标", "value": "数值", "interval": "95% 区间", "usual": "平时范围", "n": "样本",
        "target": "目标", "met": "达到", "missed": "未达到", "unclear": "说不准", "nothing": "数据太少，不给数字",
        "who": "谁来做：{who}", "cited": "引自 {id}《{heading}》", "age": "已等 {hours} 小时", "days": "已等 {days} 天",
        "followed": "之后有人说话，可能已经接上", "lonely": "之后没有人接话", "ask": "可以问：", "no_changes": "没有超出正常波动的变化。",
        "no_history": "历史周数不够，还不能和平时比。", "no_actions": "这周没有需要特别做的事。", "no_best": "这周没有人道谢或回答提问的消息。",
        "no_questions": "没有悬着的提问。", "no_events": "接下来两周没有已发布的活动。", "seats": "{going} 人报名", "of_seats": "{going}/{capacity} 人报名",
        "held_back": "另有 {n} 条提醒因为本周额度没有单独通知。", "more": "另有 {n} 个没有列出。",
        "dropped": "有 {n} 行没有写出来：{reasons}。", "not_dropped": "每句引文、每个编号都和原始记录逐字核对过，没有一行需要删去。",
        "checked": "引文都是原消息的原样片段，编号都能在库里找到；对不上的整行不写。", "discovery": "“变化”控制在平均每十条至多一条是偶然（错误发现率 10%）。",
        "association": "区间是 95% 置信区间，样本数写在旁边；“平时范围”来自这个社区自己过去的周。",
        "for_members": "这是给成员看的版本：没有名字，也没有任何人的原话。", "for_operators": "仅供运营者，请勿转发到群里。",
        "loaded": "可能过载：{name}", "erased": "（成员已不在）",
        "read_share": "读过 {share} 的消息；其余没有文字，或本人不让 AI 读。",
    },
    "en": {
        "title": "Weekly report", "week": "week", "made": "made {at}", "summary": "In short", "figures": "Five dimensions",
        "changes": "What changed beyond noise", "actions": "Three things to do this week", "best": "Messages that helped",
        "questions": "Questions nobody has answered", "events": "Events of the next two weeks", "load": "Who carries it, and the owner",
        "charts": "Trends", "checks": "How this report was checked",
        "dimension": "dimension", "measure": "figure", "value": "value", "interval": "95 % interval", "usual": "usual range", "n": "n",
        "target": "target", "met": "met", "missed": "missed", "unclear": "unclear", "nothing": "too little data for a figure",
        "who": "Who: {who}", "cited": "cited from {id}, “{heading}”", "age": "waiting for {hours} h", "days": "waiting for {days} days",
        "followed": "somebody wrote soon after and may have answered", "lonely": "nobody wrote after it", "ask": "Ask:",
        "no_changes": "Nothing changed beyond noise.", "no_history": "There are too few earlier weeks to compare with.",
        "no_actions": "Nothing in particular needs doing this week.", "no_best": "No message of this week was thanked for or answered a question.",
        "no_questions": "No question is left open.", "no_events": "No published event in the next two weeks.",
        "seats": "{going} signed up", "of_seats": "{going} of {capacity} signed up",
        "held_back": "{n} more alert(s) were held back by the week's budget.", "more": "{n} more are not listed.",
        "dropped": "Lines left out: {n} ({reasons}).", "not_dropped": "Every quote and every id was compared with the records; no line had to go.",
        "checked": "Quotes are exact parts of the messages and ids exist; a line that does not match is left out.",
        "discovery": "Of the changes named, at most one in ten on average is chance (false discovery rate 10 %).",
        "association": "Intervals are 95 % confidence intervals with n beside them; the usual range comes from this community's own earlier weeks.",
        "for_members": "This version is for members: it holds no names and nobody's words.", "for_operators": "For operators only; please do not forward it to the group.",
        "loaded": "May carry too much: {name}", "erased": "(no longer a member)",
        "read_share": "{share} of the messages were read; the others have no text, or their senders let no AI read them.",
    },
}  # fmt: skip
LINE_KINDS: dict[Locale, dict[LineKind, str]] = {
    "zh-CN": {
        "best_message": "消息", "open_question": "提问", "asked_member": "可问的人", "action": "行动", "change": "变化",
        "event": "活动", "evidence": "证据编号",
    },
    "en": {
        "best_message": "message", "open_question": "question", "asked_member": "person to ask", "action": "action",
        "change": "change", "event": "event", "evidence": "evidence",
    },
}  # fmt: skip
DROP_REASONS: dict[Locale, dict[DropReason, str]] = {
    "zh-CN": {
        "gone": "记录已不在", "not_exact": "引文与原文不符", "not_shown": "当事人已隐藏、撤回或不让引用",
        "not_in_figures": "数字不在图表里",
    },
    "en": {
        "gone": "the record is gone", "not_exact": "the quote is not what was written",
        "not_shown": "hidden, taken back or not to be quoted", "not_in_figures": "the number is not in the figures",
    },
}  # fmt: skip


def figure(value: float | None, unit: Unit, locale: Locale) -> str:
    """Return a value as people read it; the empty text for none."""
    if value is None:
        return ""
    if unit == "share":
        return f"{100 * value:.1f}".removesuffix(".0") + ("%" if locale == "zh-CN" else " %")
    if unit == "net":
        return f"{value:+.2f}" if round(value, 2) else "0"
    if unit == "seconds":
        return _duration(value, locale)
    return f"{value:.0f}" if unit == "count" else f"{value:.1f}"


def _duration(seconds: float, locale: Locale) -> str:
    names = ("秒", "分钟", "小时") if locale == "zh-CN" else ("s", "min", "h")
    if seconds < 60:
        return f"{seconds:.0f} {names[0]}"
    if seconds < 3600:
        return f"{seconds / 60:.0f} {names[1]}"
    return f"{seconds / 3600:.1f} {names[2]}"
