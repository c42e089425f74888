"""A report as a page of plain parts, the same for Markdown and HTML: headings, sentences, tables, items, charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from copilot.atmosphere.models import Measure
from copilot.atmosphere.weekly.models import ChartName, Excerpt, OpenQuestion, WeeklyReport
from copilot.atmosphere.weekly.wording import (
    DIMENSIONS,
    DROP_REASONS,
    LABELS,
    LINE_KINDS,
    MEASURES,
    RUNNING,
    VERDICTS,
    figure,
)
from copilot.atmosphere.wording import Locale

_SHOWN_BEST = 5
_SHOWN_QUESTIONS = 5
_DAY_HOURS = 48


@dataclass(frozen=True)
class Item:
    """A line: a quote or a sentence, what belongs to it in small letters, and the id it can be found by."""

    text: str
    notes: list[str] = field(default_factory=list)
    quote: str = ""
    mark: str = ""
    record_id: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under columns; the last columns are figures."""

    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Chart:
    """A picture by its name, with what it shows in words for those who do not see it."""

    name: ChartName
    alt: str


@dataclass(frozen=True)
class Section:
    """A part of the page; `kind` names it for the style."""

    kind: str
    title: str
    items: list[Item] = field(default_factory=list)
    table: Table | None = None
    charts: list[Chart] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """The whole page."""

    language: str
    title: str
    subtitle: str
    notes: list[str]
    lead: str
    sections: list[Section]


def locale_of(report: WeeklyReport) -> Locale:
    """Return the report's language."""
    return "en" if report.locale == "en" else "zh-CN"


def lay_out(report: WeeklyReport, charts: dict[ChartName, str]) -> Sheet:
    """Return the page of a report; `charts` holds what each chart shows in words."""
    locale = locale_of(report)
    words = LABELS[locale]
    first = report.reading.window.start
    last = report.reading.window.end - timedelta(seconds=1)
    notes = [words["for_members" if report.audience == "members" else "for_operators"]]
    notes += [report.thin] if report.thin else []
    notes += [] if report.is_over else [RUNNING[locale]]
    sections = [_actions(report, words)] if report.audience == "operators" else []
    sections += [
        _changes(report, words, locale),
        Section("charts", words["charts"], charts=[Chart(name, alt) for name, alt in charts.items()]),
        _figures(report, words, locale),
    ]
    if report.audience == "operators":
        sections += [_best(report, words), _questions(report, words), _load(report, words)]
    sections += [_events(report, words), _checks(report, words, locale)]
    return Sheet(
        language=locale,
        title=f"{report.name} {words['title']}" if locale == "zh-CN" else f"{report.name}: {words['title'].lower()}",
        subtitle=f"{report.week} ({first:%Y-%m-%d} – {last:%Y-%m-%d})  "
        + words["made"].format(at=f"{report.made_at:%Y-%m-%d %H:%M}"),
        notes=notes, lead=report.summary.text,
        sections=[section for section in sections if _holds(section)],
    )  # fmt: skip


def _holds(section: Section) -> bool:
    return bool(section.items or section.table or section.charts or section.note)


def _actions(report: WeeklyReport, words: dict[str, str]) -> Section:
    items = [
        Item(
            text=action.why, quote=action.quote, mark=str(number), record_id=action.alert_id or "",
            notes=[words["who"].format(who=action.who), words["cited"].format(id=action.passage_id, heading=action.heading)],
        )
        for number, action in enumerate(report.actions, start=1)
    ]  # fmt: skip
    held = report.alerts_held_back
    note = words["held_back"].format(n=held) if held else ""
    return Section("actions", words["actions"], items, note=note if items else words["no_actions"])


def _changes(report: WeeklyReport, words: dict[str, str], locale: Locale) -> Section:
    items = [Item(text=change.sentence, mark=VERDICTS[locale][change.verdict]) for change in report.changes]
    note = "" if items else words["no_changes" if report.compared else "no_history"]
    return Section("changes", words["changes"], items, note=note)


def _figures(report: WeeklyReport, words: dict[str, str], locale: Locale) -> Section:
    changed = {change.measure for change in report.changes}
    rows = [
        [DIMENSIONS[locale][name], *_row(measure, words, locale)]
        for name, dimension in report.reading.dimensions.items()
        for at, measure in enumerate(dimension.measures)
        # One page: what comes first, what has a target, what changed; all others are in the JSON.
        if measure.value is not None and (at == 0 or measure.target is not None or measure.name in changed)
    ]
    columns = [words[name] for name in ("dimension", "measure", "value", "interval", "usual", "target", "n")]
    kept = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    columns, rows = [columns[at] for at in kept], [[row[at] for at in kept] for row in rows]
    share = report.reading.counts.coverage
    note = "" if share is None else words["read_share"].format(share=figure(share, "share", locale))
    return Section("figures", words["figures"], table=Table(columns, rows) if rows else None, note=note if rows else "")


def _row(measure: Measure, words: dict[str, str], locale: Locale) -> list[str]:
    usual, target = measure.baseline, measure.target
    aim = ""
    if target is not None:
        bound = target.at_least if target.at_least is not None else target.at_most
        sign = "≥" if target.at_least is not None else "≤"
        met = words["unclear" if target.met is None else "met" if target.met else "missed"]
        aim = f"{sign} {figure(bound, measure.unit, locale)} ({met})"
    has_usual = usual is not None and usual.low is not None
    return [
        MEASURES[locale].get(measure.name, measure.name.replace("_", " ")),
        figure(measure.value, measure.unit, locale),
        "" if measure.low is None else _span(measure.low, measure.high, measure, locale),
        _span(usual.low, usual.high, measure, locale) if usual is not None and has_usual else "",
        aim,
        str(measure.n),
    ]


def _span(low: float | None, high: float | None, measure: Measure, locale: Locale) -> str:
    # A dash would read as a minus beside moods below zero.
    between = " 到 " if locale == "zh-CN" else " to "
    return figure(low, measure.unit, locale) + between + figure(high, measure.unit, locale)


def _best(report: WeeklyReport, words: dict[str, str]) -> Section:
    items = [
        Item(text=_name(report, one.excerpt, words), notes=[one.why], quote=one.excerpt.quote, record_id=one.excerpt.id)
        for one in report.best[:_SHOWN_BEST]
    ]
    return Section("best", words["best"], items, note="" if items else words["no_best"])


def _questions(report: WeeklyReport, words: dict[str, str]) -> Section:
    shown = report.questions[:_SHOWN_QUESTIONS]
    items = [
        Item(text=_name(report, one.excerpt, words), notes=list(_waiting(report, one, words)), quote=one.excerpt.quote,
             record_id=one.excerpt.id)
        for one in shown
    ]  # fmt: skip
    rest = report.open_count - len(shown)
    notes = [words["more"].format(n=rest)] if items and rest > 0 else []
    notes += [report.experts] if report.experts else []
    between = "" if report.locale == "zh-CN" else " "
    return Section("questions", words["questions"], items, note=between.join(notes) if items else words["no_questions"])


def _waiting(report: WeeklyReport, one: OpenQuestion, words: dict[str, str]) -> Iterator[str]:
    hours = one.age_hours
    if hours >= _DAY_HOURS:
        yield words["days"].format(days=f"{hours / 24:.0f}")
    else:
        yield words["age"].format(hours=f"{hours:.0f}")
    yield words["followed" if one.followed else "lonely"]
    for asked in one.ask:
        yield f"{words['ask']} {report.names.get(asked.member_id, '')} — “{asked.excerpt.quote}”"


def _load(report: WeeklyReport, words: dict[str, str]) -> Section:
    carried = report.carried
    items = [Item(text=sentence) for sentence in (carried.shoulders, carried.owner) if sentence]
    items += [
        Item(text=words["loaded"].format(name=report.names[name]), record_id=name)
        for name in carried.loaded
        if name in report.names
    ]
    return Section("load", words["load"], items)


def _events(report: WeeklyReport, words: dict[str, str]) -> Section:
    rows = [
        [f"{one.starts_at:%m-%d %H:%M}", one.title,
         words["seats"].format(going=one.going) if one.capacity is None
         else words["of_seats"].format(going=one.going, capacity=one.capacity)]
        for one in report.events
    ]  # fmt: skip
    items = [Item(text=f"{when}  {title}", notes=[seats]) for when, title, seats in rows]
    return Section("events", words["events"], items, note="" if items else words["no_events"])


def _checks(report: WeeklyReport, words: dict[str, str], locale: Locale) -> Section:
    total = sum(one.count for one in report.dropped)
    reasons = "; ".join(
        f"{LINE_KINDS[locale][one.kind]} × {one.count}: {DROP_REASONS[locale][one.reason]}" for one in report.dropped
    )
    lines = [words["association"], words["discovery"]]
    if report.audience == "operators":
        lines += [words["dropped"].format(n=total, reasons=reasons) if total else words["not_dropped"]]
    lines += [report.summary.degraded] if report.summary.degraded else []
    return Section("checks", words["checks"], note=("" if locale == "zh-CN" else " ").join(lines))


def _name(report: WeeklyReport, excerpt: Excerpt, words: dict[str, str]) -> str:
    return report.names.get(excerpt.member_id) or words["erased"]
