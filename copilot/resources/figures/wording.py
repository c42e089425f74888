"""What each figure means, in both languages: the definitions that answers carry and that `measures` counts by."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.resources.figures.estimates import LEAST_RESOURCES, Estimate
from copilot.resources.figures.measures import LEAST_CASES, LEAST_UNIT_DAYS, NAMES, FigureName

_FIGURES: Mapping[FigureName, tuple[str, str, str, str]] = {
    "utilisation": (
        "使用率",
        "期内借出的份·天 ÷ 可用的份·天。只算有份数上限、可归还的资源；停用、失效、停借的日子不算可用，借在外面的一律算可用；当天借出算一天，归还当天不算。",
        "Utilisation",
        ("Unit-days out ÷ unit-days there to be had. Only resources that are lent and have a limit of units. Days on which it was not "
        "on offer or closed do not count, what is out always does; the day of handing over counts, the day of coming back does not."),
    ),
    "value_return": (
        "回报",
        "期内结束、双方都填了金额的使用：使用方所得合计 ÷ 提供方投入合计。1 表示得失相当；只填了一方的不算。",
        "Return",
        ("Of uses that ended in the period and for which both sides told a value: what borrowers got ÷ what lenders put in. 1 is "
        "even; where only one side told, it does not count."),
    ),
    "turnover": (
        "周转",
        "期内交付使用的次数 ÷ 期内至少有一天提供的资源数。",
        "Turnover",
        "Times that something was handed over in the period ÷ resources that were on offer on at least one day of it.",
    ),
    "match_degree": (
        "满足率",
        "期内提出、已有结果的申请中，实际拿到的比例。还在等的另列，不算在内；本人撤回的也算没拿到。",
        "Match degree",
        ("Of the requests of the period that have come to something, the share for which the units were handed over. Those still "
        "open are told apart; requests that were withdrawn count as not met."),
    ),
    "met_in_a_week": (
        "一周内满足率",
        "同一批申请中，在想用那天起 7 天内拿到的比例。",
        "Met within a week",
        "Of the same requests, the share for which they were handed over within 7 days of the day on which they were wanted.",
    ),
    "days_to_met": (
        "等待天数",
        "拿到的申请从想用那天（申请更晚则从申请当天）到交付的天数，取中位数；偶数个时取中间较小的一个。",
        "Days waited",
        ("Of those met, the median of days from the day on which they were wanted (or asked for, if later) to the handing over; of "
        "two in the middle, the lower."),
    ),
}  # fmt: skip
_STATES = {
    "measured": ("", ""),
    "no_interval": (
        "涉及的资源不足 {resources} 项，不给区间。",
        "Fewer than {resources} resources: no interval.",
    ),
    "alike": (
        "各项资源没有差别，重复抽样画不出区间。",
        "The resources do not differ, so drawing them again gives no interval.",
    ),
    "too_little": ("数据太少（{n}，至少 {least}）。", "Too little data ({n}; it takes {least})."),
    "no_data": ("没有数据。", "No data."),
}
_LEAST: Mapping[FigureName, int] = dict.fromkeys(NAMES, LEAST_CASES) | {"utilisation": LEAST_UNIT_DAYS, "turnover": 1}
_TITLES = {
    "community": ("社区自有", "the community's own"),
    "all": ("全部", "all"),
    "gone": ("已离开的成员", "a former member"),
}


def figure_title(name: FigureName, locale: str) -> str:
    """Return what a figure is called."""
    return _FIGURES[name][0 if locale == "zh-CN" else 2]


def definition(name: FigureName, locale: str) -> str:
    """Return what a figure counts and leaves out."""
    return _FIGURES[name][1 if locale == "zh-CN" else 3]


def remark(name: FigureName, found: Estimate, locale: str) -> str:
    """Return why there is no value or no interval; empty when there is both."""
    is_alike = found.state == "no_interval" and found.resources >= LEAST_RESOURCES
    zh, en = _STATES["alike" if is_alike else found.state]
    return (zh if locale == "zh-CN" else en).format(n=found.n, least=_LEAST[name], resources=LEAST_RESOURCES)


def line_title(key: str, locale: str) -> str:
    """Return what a line without a name of its own is called: community, all or gone."""
    return _TITLES[key][0 if locale == "zh-CN" else 1]
