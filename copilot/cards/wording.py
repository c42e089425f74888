"""Every word a card adds itself, in Chinese and English."""

from __future__ import annotations

from datetime import datetime
from typing import Final

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "member": ("成员名片", "MEMBER"),
    "ranking": ("荣誉榜", "LEADERBOARD"),
    "event": ("活动", "EVENT"),
    "write-up": ("精选文章", "WRITE-UP"),
    "board.individual": ("贡献榜", "Contributors"),
    "board.newcomer": ("新人榜", "Newcomers"),
    "board.team": ("队伍榜", "Teams"),
    "board.empty": ("还没有人上榜，第一名等你来。", "Nobody is here yet. The first place is waiting."),
    "board.first_of": ("共 {ranked} 位上榜", "{ranked} on this board"),
    "state.coming": ("即将开始", "Coming up"),
    "state.running": ("进行中", "Running"),
    "state.over": ("已收官", "Final"),
    "points": ("积分", "points"),
    "helped": ("次被认可", "times recognised"),
    "since": ("加入", "joined"),
    "event.online": ("线上", "Online"),
    "event.cancelled": ("已取消", "Cancelled"),
    "event.finished": ("已结束", "This event is over"),
    "event.left": ("还有 {left} 个名额", "{left} places left"),
    "event.full": ("名额已满，可候补", "Full, waiting list open"),
    "event.people": ("一起来的有", "With"),
    "scan.member": ("扫码认识我", "Scan to say hello"),
    "scan.ranking": ("扫码看完整榜单", "Scan for the whole board"),
    "scan.event": ("扫码报名", "Scan to sign up"),
    "scan.event.over": ("扫码看详情", "Scan for details"),
    "scan.write-up": ("扫码读全文", "Scan to read it all"),
    "made": ("制于 {day}", "Made {day}"),
    "written": ("写于 {day}", "Written {day}"),
    "and": ("、", ", "),
}
_DAYS = (("周一", "Monday"), ("周二", "Tuesday"), ("周三", "Wednesday"), ("周四", "Thursday"), ("周五", "Friday"), ("周六", "Saturday"), ("周日", "Sunday"))  # fmt: skip
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip


def say(language: str, key: str, **values: object) -> str:
    """Return words; values are data and are not read for placeholders."""
    return _WORDS[key][0 if language == "zh-CN" else 1].format(**values)


def day(language: str, moment: datetime) -> str:
    """Return a date: `2026年11月28日`, `28 November 2026`."""
    if language == "zh-CN":
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def month(language: str, moment: datetime) -> str:
    """Return a month with its year: `2026年11月`, `November 2026`."""
    return f"{moment.year}年{moment.month}月" if language == "zh-CN" else f"{_MONTHS[moment.month - 1]} {moment.year}"


def weekday(language: str, moment: datetime) -> str:
    """Return a day of the week."""
    return _DAYS[moment.weekday()][0 if language == "zh-CN" else 1]


def number(points: float) -> str:
    """Return points: `12`, `3.5`, `1,204`."""
    return f"{points:,.2f}".rstrip("0").rstrip(".") if points % 1 else f"{points:,.0f}"
