"""The charts of a report, drawn by matplotlib: as PNG files, and as SVG elements whose letters the browser draws.

PNG files need a font with Chinese letters on this machine; without one their labels are in English and say so.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from copilot.atmosphere.models import Baseline
from copilot.atmosphere.weekly.models import ChartName, Point, WeeklyReport
from copilot.atmosphere.wording import Locale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHARTS: tuple[ChartName, ...] = get_args(ChartName)
_BLUE, _GREY, _RED, _GREEN, _PALE = "#1d4e89", "#9aa5b1", "#b5483a", "#3f7d58", "#dbe6f2"
_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "SimHei",
)
_LATIN = "DejaVu Sans"
_WIDTH, _HEIGHT, _DPI = 3.8, 1.8, 220
WORDS: dict[Locale, dict[str, str]] = {
    "zh-CN": {
        "activity": "每周消息数与发言人数", "tone": "情绪净值（误差线为 95% 区间）", "answered": "有人接话的提问占比（误差线为 95% 区间）",
        "days": "这一周每天的消息：负面、中性、正面", "messages": "消息", "speakers": "发言的人", "usual": "平时范围",
        "negative": "负面", "neutral": "中性", "positive": "正面", "unread": "不分情绪（数据太少）",
    },
    "en": {
        "activity": "Messages and people by week", "tone": "Net mood (bars: 95 % interval)",
        "answered": "Questions taken up (bars: 95 % interval)", "days": "Messages by day: negative, neutral, positive",
        "messages": "messages", "speakers": "people", "usual": "usual range", "negative": "negative", "neutral": "neutral",
        "positive": "positive", "unread": "no mood (too little data)",
    },
}  # fmt: skip
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_ID = re.compile(r'\sid="([^"]*)"')
NO_FONT = "English labels: no font with Chinese letters here"


def descriptions(report: WeeklyReport) -> dict[ChartName, str]:
    """Return what each chart shows in words; only the charts that have something to show."""
    locale: Locale = "en" if report.locale == "en" else "zh-CN"
    words = WORDS[locale]
    found: dict[ChartName, str] = {}
    for name in CHARTS:
        values = _values(report, name)
        if values:
            found[name] = f"{words[name]}: " + ", ".join(f"{label} {value}" for label, value in values)
    return found


def draw_png(report: WeeklyReport, name: ChartName) -> bytes:
    """Return a chart as a PNG file of 836 x 396 points."""
    locale, font, note = _language(report)
    figure = _drawn(report, name, locale, font, note)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
    return out.getvalue()


def draw_svg(report: WeeklyReport, name: ChartName) -> str:
    """Return a chart as an SVG element; the same report gives the same text."""
    locale, font, _ = _language(report)
    # Browsers have Chinese letters where this machine has none.
    locale = "en" if report.locale == "en" else "zh-CN" if font is not None else locale
    import matplotlib as mpl  # half a second: only who draws pays it

    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": f"{report.week}-{name}"}):
        figure = _drawn(report, name, locale, font, "")
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _element(out.getvalue())


def _element(drawing: str) -> str:
    """Return the drawing alone: no prologue, no data about its making, no fixed size, no id that nothing refers to."""
    element = _METADATA.sub("", drawing[drawing.index("<svg") :])
    head, _, rest = element.partition(">")
    head = re.sub(r'\s(?:width|height)="[^"]*"', "", head)
    used = set(re.findall(r"#([\w-]+)", rest))
    return head + ">" + _ID.sub(lambda found: found[0] if found[1] in used else "", rest)


@cache
def chinese_font() -> str | None:
    """Return the name of an installed font with Chinese letters, or None."""
    from matplotlib import font_manager  # see `draw_svg`

    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    found = next((name for name in _FONTS if name in installed), None)
    # Collections are listed under the name of their first face, whose letters are the same.
    return found or next((name for name in sorted(installed) if "CJK" in name and "Sans" in name), None)


def _language(report: WeeklyReport) -> tuple[Locale, str | None, str]:
    if report.locale == "en":
        return "en", None, ""
    font = chinese_font()
    return ("zh-CN", font, "") if font is not None else ("en", None, NO_FONT)


def _drawn(report: WeeklyReport, name: ChartName, locale: Locale, font: str | None, note: str) -> Figure:
    import matplotlib as mpl  # see `draw_svg`
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    families = [font, _LATIN] if font is not None else [_LATIN]
    with mpl.rc_context({"font.family": families, "font.size": 7.5, "axes.unicode_minus": False}):
        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.set_title(WORDS[locale][name], fontsize=8.5, loc="left", color="#1d2430")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        _DRAWN[name](axes, report, WORDS[locale])
        if note:
            axes.annotate(note, (1, 0), xycoords="axes fraction", ha="right", va="bottom", fontsize=6, color=_GREY)
    return figure


def _activity(axes: Axes, report: WeeklyReport, words: Mapping[str, str]) -> None:
    at = range(len(report.weeks))
    axes.bar(
        at,
        [week.messages for week in report.weeks],
        width=0.6,
        color=_shades(len(report.weeks)),
        label=words["messages"],
    )
    axes.set_ylabel(words["messages"])
    beside: Any = axes.twinx()
    beside.plot(at, [week.speakers for week in report.weeks], color=_RED, marker="o", markersize=3.5, linewidth=1.3)
    beside.set_ylim(bottom=0, top=1.35 * max(1, *(week.speakers for week in report.weeks), 1))
    beside.set_ylabel(words["speakers"], color=_RED)
    beside.spines["top"].set_visible(False)
    _weeks(axes, report)


def _tone(axes: Axes, report: WeeklyReport, words: Mapping[str, str]) -> None:
    _line(axes, [week.tone for week in report.weeks], _baseline(report, "satisfaction", "net_sentiment"), words)
    axes.axhline(0, color=_GREY, linewidth=0.8, linestyle=":")
    _weeks(axes, report)


def _answered(axes: Axes, report: WeeklyReport, words: Mapping[str, str]) -> None:
    _line(
        axes,
        [week.answered for week in report.weeks],
        _baseline(report, "interaction_quality", "followed_share"),
        words,
    )
    axes.set_ylim(0, 1.05)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    _weeks(axes, report)


def _days(axes: Axes, report: WeeklyReport, words: Mapping[str, str]) -> None:
    """Stack the moods of the days that have a reading; of the others show how much was said."""
    at = range(len(report.days))
    bottoms = [0.0] * len(report.days)
    for side, colour in (("negative", _RED), ("neutral", "#c9d1da"), ("positive", _GREEN)):
        heights = [(getattr(day, side) or 0.0) * day.messages for day in report.days]
        axes.bar(at, heights, bottom=bottoms, width=0.65, color=colour, label=words[side])
        bottoms = [low + height for low, height in zip(bottoms, heights, strict=True)]
    unread = [day.messages if day.negative is None else 0.0 for day in report.days]
    if any(unread):
        axes.bar(
            at, unread, width=0.65, color="white", edgecolor=_GREY, hatch="///", linewidth=0.6, label=words["unread"]
        )
    axes.set_xticks(list(at), [day.day[5:] for day in report.days])
    axes.set_ylim(top=1.45 * max(1, *(day.messages for day in report.days), 1))
    axes.legend(frameon=False, fontsize=6.5, ncols=4, loc="upper left", handlelength=1.2, columnspacing=1.0)


_DRAWN: dict[ChartName, Callable[[Axes, WeeklyReport, Mapping[str, str]], None]] = {
    "activity": _activity, "tone": _tone, "answered": _answered, "days": _days,
}  # fmt: skip


def _line(axes: Axes, points: Sequence[Point], usual: Baseline | None, words: Mapping[str, str]) -> None:
    if usual is not None and usual.low is not None and usual.high is not None:
        axes.axhspan(usual.low, usual.high, color=_PALE, label=words["usual"], linewidth=0)
        axes.legend(frameon=False, fontsize=6.5, loc="best")
    known = [(at, point.value, point.low, point.high) for at, point in enumerate(points) if point.value is not None]
    below = [value - low if low is not None else 0.0 for _, value, low, _ in known]
    above = [high - value if high is not None else 0.0 for _, value, _, high in known]
    axes.errorbar(
        [at for at, *_ in known], [value for _, value, *_ in known], yerr=[below, above], color=_BLUE, marker="o",
        markersize=4, linewidth=1.4, capsize=2.5, elinewidth=0.9,
    )  # fmt: skip


def _weeks(axes: Axes, report: WeeklyReport) -> None:
    axes.set_xticks(range(len(report.weeks)), [week.week[5:] for week in report.weeks])
    axes.set_xlim(-0.6, len(report.weeks) - 0.4)


def _shades(count: int) -> list[str]:
    return [*["#b9cce2"] * (count - 1), _BLUE]


def _baseline(report: WeeklyReport, dimension: str, name: str) -> Baseline | None:
    for key, found in report.reading.dimensions.items():
        measure = found.measure(name) if key == dimension else None
        if measure is not None:
            return measure.baseline
    return None


def _values(report: WeeklyReport, name: ChartName) -> list[tuple[str, str]]:
    """Return what a chart shows, label by label; nothing when there is nothing to draw."""
    if name == "days":
        return [(day.day[5:], str(day.messages)) for day in report.days] if any(d.messages for d in report.days) else []
    if name == "activity":
        known = [(week.week[5:], f"{week.messages}/{week.speakers}") for week in report.weeks]
        return known if any(week.messages for week in report.weeks) else []
    points = [(week.week[5:], week.tone if name == "tone" else week.answered) for week in report.weeks]
    return [(label, f"{point.value:.2f}") for label, point in points if point.value is not None]
