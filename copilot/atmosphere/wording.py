"""Every sentence a reading says, in Chinese and English."""

from __future__ import annotations

from typing import Literal

from copilot.atmosphere.models import NoReadingCode

Locale = Literal["zh-CN", "en"]

NO_READING: dict[Locale, dict[NoReadingCode, str]] = {
    "zh-CN": {
        "no_messages": "这段时间没有消息，看不出气氛。",
        "too_few_messages": "这段时间只有 {messages} 条消息（至少要 {least_messages} 条），看不出气氛。",
        "too_few_speakers": "这段时间只有 {speakers} 个人说话（至少要 {least_speakers} 个），看不出气氛。",
    },
    "en": {
        "no_messages": "Nothing was said in this window, so there is no reading.",
        "too_few_messages": "Messages in this window: {messages}; a reading needs at least {least_messages}.",
        "too_few_speakers": "People who wrote in this window: {speakers}; a reading needs at least {least_speakers}.",
    },
}
# Why a step is suggested; the step itself is the passage that is cited.
SUGGESTION: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "net_sentiment": "读过的 {n} 条消息里，负面的比正面的多（正面减负面 {value} 个百分点，95% 区间 {low} 到 {high}）。可以参考《{article}》里的“{heading}”。",
        "followed_share": "{n} 个提问里最多 {value}% 有人接话（95% 区间 {low}%–{high}%）。可以参考《{article}》里的“{heading}”。",
        "concentration": "{n} 个发言的人里，话集中在少数人（集中度 {value}%，95% 区间 {low}%–{high}%）。可以参考《{article}》里的“{heading}”。",
        "substantive_share": "读过的 {n} 条消息里只有 {value}% 有实质内容（95% 区间 {low}%–{high}%）。可以参考《{article}》里的“{heading}”。",
        "silent_share": "{n} 位成员里有 {value}% 没有说话（95% 区间 {low}%–{high}%）。可以参考《{article}》里的“{heading}”。",
    },
    "en": {
        "net_sentiment": "Of the {n} messages read, more are negative than positive (difference {value} points, 95 % interval {low} to {high}). Consider “{heading}” in “{article}”.",
        "followed_share": "At most {value} % of {n} questions were taken up (95 % interval {low}–{high} %). Consider “{heading}” in “{article}”.",
        "concentration": "Of {n} people who wrote, a few wrote most (concentration {value} %, 95 % interval {low}–{high} %). Consider “{heading}” in “{article}”.",
        "substantive_share": "Only {value} % of the {n} messages read say something of substance (95 % interval {low}–{high} %). Consider “{heading}” in “{article}”.",
        "silent_share": "{value} % of {n} members wrote nothing (95 % interval {low}–{high} %). Consider “{heading}” in “{article}”.",
    },
}
