"""A report from its snapshot: pure, so that a stored snapshot always gives the same report."""

from __future__ import annotations

from copilot.atmosphere.models import Measure
from copilot.atmosphere.weekly.actions import actions
from copilot.atmosphere.weekly.changes import changes
from copilot.atmosphere.weekly.models import BestMessage, Figure, Summary, WeeklyReport, WeeklySnapshot
from copilot.atmosphere.weekly.wording import SUMMARY, THIN, WHY_BEST, figure
from copilot.atmosphere.wording import Locale


def locale_of(snapshot: WeeklySnapshot) -> Locale:
    """Return the community's language."""
    return "en" if snapshot.locale == "en" else "zh-CN"


def compose(snapshot: WeeklySnapshot, summary: Summary | None = None) -> WeeklyReport:
    """Return the report for operators; without a summary the fixed sentences are one. Nothing is checked yet."""
    locale = locale_of(snapshot)
    changed, compared = changes(snapshot.reading, snapshot.previous, locale)
    none = snapshot.reading.no_reading
    figures = figures_of(snapshot)
    return WeeklyReport(
        community_id=snapshot.community_id, name=snapshot.name, locale=locale, week=snapshot.week,
        audience="operators", made_at=snapshot.made_at, is_over=snapshot.is_over,
        thin=None if none is None else THIN[locale].format(reason=none.sentence),
        summary=summary or Summary(text=template(snapshot, figures), written_by="template"), figures=figures,
        reading=snapshot.reading, weeks=snapshot.weeks, days=snapshot.days, changes=changed, compared=compared,
        actions=actions(snapshot, locale), best=[_told(message, locale) for message in snapshot.best],
        questions=snapshot.questions, question_count=snapshot.question_count, open_count=snapshot.open_count,
        experts=snapshot.experts, events=snapshot.events, carried=snapshot.carried,
        alerts_held_back=snapshot.held_back, names={}, dropped=[],
    )  # fmt: skip


def figures_of(snapshot: WeeklySnapshot) -> list[Figure]:
    """Return the numbers a summary may say."""
    locale = locale_of(snapshot)
    reading = snapshot.reading
    found = {
        "messages": str(reading.counts.messages), "speakers": str(reading.counts.speakers),
        "questions": str(snapshot.question_count),
    }  # fmt: skip
    for name, key in (("net", "net_sentiment"), ("followed", "followed_share")):
        measure = find(snapshot, key)
        if measure is not None and measure.value is not None and measure.low is not None:
            ends = (("", measure.value), ("_low", measure.low), ("_high", measure.high))
            found |= {name + end: figure(value, measure.unit, locale) for end, value in ends}
    changed, compared = changes(reading, snapshot.previous, locale)
    found |= {"compared": str(compared), "changed": str(len(changed))}
    return [Figure(name=name, text=text) for name, text in found.items()]


def template(snapshot: WeeklySnapshot, figures: list[Figure]) -> str:
    """Return the summary in fixed sentences, only those whose figures are there."""
    locale = locale_of(snapshot)
    values = {item.name: item.text for item in figures}
    parts = ["size"]
    parts += ["mood"] if "net" in values else []
    parts += ["taken"] if "followed" in values else []
    parts.append("no_history" if values["compared"] == "0" else "same" if values["changed"] == "0" else "changed")
    return (" " if locale == "en" else "").join(SUMMARY[locale][part].format(**values) for part in parts)


def find(snapshot: WeeklySnapshot, name: str) -> Measure | None:
    """Return a measure of the week by its name."""
    found = (dimension.measure(name) for dimension in snapshot.reading.dimensions.values())
    return next((measure for measure in found if measure is not None), None)


def _told(message: BestMessage, locale: Locale) -> BestMessage:
    words = WHY_BEST[locale]
    counted = {"answered": message.answered, "thanked": message.thanked, "replied": message.replied}
    why = words["join"].join(words[name].format(n=n) for name, n in counted.items() if n)
    return message.model_copy(update={"why": why})
