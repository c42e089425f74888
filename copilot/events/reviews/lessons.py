"""Lessons of a review: fixed rules over its figures, each said with the numbers it rests on. The next plan reads them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from copilot.currency import CNY, money
from copilot.events.reviews.models import Attendance, Figure, Interaction, Lesson, Relations
from copilot.events.reviews.spending import Spending
from copilot.events.reviews.theme_words import label
from copilot.events.reviews.themes import FoundTheme, mood_of

MOST = 3
_HIGH_NO_SHOW, _LOW_NO_SHOW = 0.25, 0.10
_FEW_FEEDBACK = 0.35
_GOOD_RATING, _POOR_RATING = 4.3, 3.5
_MANY_WAITED = 3
_OVERSPENT = 1.05
_LINE_OVER, _MATTERS = 1.2, 0.05
_MOST_FACTOR = 2.0

_SENTENCES: dict[str, tuple[str, str]] = {
    "no_show_high": (
        "报名 {signed} 人、到场 {came} 人，{share} 没来：同样要到 {goal} 人就开放约 {places} 个名额，并在前一天和当天各提醒一次。",
        "{signed} signed up and {came} came; {share} did not. To have {goal} come, open about {places} places, and remind people the day before and on the day.",
    ),
    "below_goal": (
        "目标 {goal} 人，到场 {came} 人：早一周开始报名，或把规模定在 {came} 人左右。",
        "{came} came of {goal} wanted: open sign-ups a week earlier, or plan for about {came}.",
    ),
    "waited": (
        "有 {waited} 人候补没等到名额：换能多坐 {waited} 人的场地，或加开一场。",
        "{waited} waited in vain: take a venue with {waited} more seats, or hold it twice.",
    ),
    "theme_bad": (
        "{count} 条评论提到「{theme}」，平均只给 {rating} 分：下次排进准备清单，专人负责。",
        "{count} comments speak of {theme} and rate {rating} on average: put it on the task list with an owner.",
    ),
    "rating_low": (
        "满意度 {rating} 分（{low}–{high}，{n} 人）：先看低分评论再定同样的形式。",
        "Satisfaction was {rating} ({low}–{high}, {n} people): read the low ratings before doing the same again.",
    ),
    "overspent": (
        "花了 {spent}，预算 {budget}：下次按实际花费定预算，留出预留金。",
        "{spent} was spent of {budget}: budget by what it really cost, and keep a reserve.",
    ),
    "line_over": (
        "「{title}」计划 {planned}，花了 {spent}：下次按实际价格做预算，或早点询价。",
        "“{title}” was planned at {planned} and cost {spent}: budget what it really costs, or ask for quotes earlier.",
    ),
    "few_feedback": (
        "到场 {came} 人只收到 {n} 份反馈：散场前留三分钟当场填。",
        "{n} of {came} gave feedback: leave three minutes for it before people go.",
    ),
    "no_introductions": (
        "到场 {came} 人之间没有新的引荐：加一个互相介绍的环节，会后三天内发匹配。",
        "No introduction came of {came} people meeting: add a round of introductions, and propose matches within three days.",
    ),
    "interaction_up": (
        "会后每人每天多发 {change} 条消息：结束当天在群里接着聊，趁热收尾。",
        "Attendees wrote {change} more messages a day afterwards: carry the talk on in the chat the same day.",
    ),
    "interaction_down": (
        "会后每人每天少发 {change} 条消息：当天发纪要和一个开放问题，把话题接回群里。",
        "Attendees wrote {change} fewer messages a day afterwards: post notes and an open question the same day.",
    ),
    "theme_good": (
        "{count} 条评论夸「{theme}」，平均 {rating} 分：下次保留。",
        "{count} comments speak of {theme} and rate {rating} on average: keep it.",
    ),
    "rating_high": (
        "满意度 {rating} 分（{low}–{high}，{n} 人）：这个形式可以再办。",
        "Satisfaction was {rating} ({low}–{high}, {n} people): this format is worth repeating.",
    ),
    "no_show_low": (
        "报名 {signed} 人、到场 {came} 人，几乎都来了：名额按到场人数开，不必多放。",
        "{came} of {signed} came, nearly all: open as many places as there are seats, no more.",
    ),
    "goal_met": (
        "目标 {goal} 人，到场 {came} 人：规模合适，下次照此安排。",
        "{came} came of {goal} wanted: the size was right.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What lessons may rest on."""

    attendance: Attendance
    satisfaction: Figure
    feedback_share: Figure
    interaction: Interaction | None
    relations: Relations | None
    themes: Sequence[FoundTheme]
    spent_cents: int | None
    budget_cents: int | None
    currency: str = CNY
    spending: Spending | None = None


def lessons_of(evidence: Evidence, locale: str) -> list[Lesson]:
    """Return at most three lessons: what to change first, then what to keep. Figures without a reading give none."""
    found: list[Lesson] = []
    for rule in (_seats, _bad_themes, _rating, _money, _heard, _after, _keep):
        found.extend(
            Lesson(key=key, text=say(key, locale, **values), rests_on=rests_on)
            for key, values, rests_on in rule(evidence, locale)
        )
    return found[:MOST]


def say(key: str, locale: str, **values: object) -> str:
    """Return a lesson in the community's language."""
    chinese, english = _SENTENCES[key]
    return (chinese if locale == "zh-CN" else english).format(**values)


_Found = Iterator[tuple[str, dict[str, object], str]]
_Rule = Callable[[Evidence, str], _Found]


def _seats(evidence: Evidence, _locale: str) -> _Found:
    seen = evidence.attendance
    if seen.no_show.value is not None and seen.no_show.value >= _HIGH_NO_SHOW and seen.came:
        goal = seen.goal or seen.signed_up
        factor = min(_MOST_FACTOR, seen.signed_up / seen.came)
        yield "no_show_high", {
            "signed": seen.signed_up, "came": seen.came, "share": f"{seen.no_show.value:.0%}", "goal": goal,
            "places": math.ceil(goal * factor),
        }, "figures"  # fmt: skip
    elif seen.of_goal.value is not None and seen.of_goal.value < 0.75:
        yield "below_goal", {"goal": seen.goal, "came": seen.came}, "figures"
    if seen.waited >= _MANY_WAITED:
        yield "waited", {"waited": seen.waited}, "figures"


def _bad_themes(evidence: Evidence, locale: str) -> _Found:
    yield from _themes(evidence, locale, "bad")


def _themes(evidence: Evidence, locale: str, mood: str) -> _Found:
    # One complaint repeated is enough to act on; praise must be shared by more.
    least = 2 if mood == "bad" else 3
    fitting = [theme for theme in evidence.themes if mood_of(theme) == mood and theme.comments >= least]
    for theme in fitting[:1]:
        name = label(theme.key, locale)
        yield f"theme_{mood}", {"count": theme.comments, "theme": name, "rating": f"{theme.rating_mean:.1f}"}, name


def _rating(evidence: Evidence, _locale: str) -> _Found:
    if evidence.satisfaction.value is not None and evidence.satisfaction.value < _POOR_RATING:
        yield "rating_low", _rated(evidence.satisfaction), "figures"


def _money(evidence: Evidence, locale: str) -> _Found:
    spent, budget = evidence.spent_cents, evidence.budget_cents
    if spent is not None and budget and spent > budget * _OVERSPENT:
        yield (
            "overspent",
            {name: money(cents, evidence.currency, locale) for name, cents in (("spent", spent), ("budget", budget))},
            "figures",
        )

    lines = evidence.spending.lines if evidence.spending else []
    over = [line for line in lines if line.over_cents and line.planned_cents is not None and line.spent_cents]
    worst = max(over, key=lambda line: line.over_cents or 0, default=None)
    if worst is None or worst.planned_cents is None or worst.spent_cents is None or not worst.over_cents:
        return
    # A line counts when it is well above its plan and the difference matters to the whole.
    if worst.spent_cents > worst.planned_cents * _LINE_OVER and worst.over_cents > (budget or 0) * _MATTERS:
        yield "line_over", {
            "title": worst.title, "planned": money(worst.planned_cents, evidence.currency, locale),
            "spent": money(worst.spent_cents, evidence.currency, locale),
        }, "figures"  # fmt: skip


def _heard(evidence: Evidence, _locale: str) -> _Found:
    share = evidence.feedback_share
    if share.value is not None and share.value < _FEW_FEEDBACK:
        answers = round(share.value * share.n)
        yield "few_feedback", {"came": evidence.attendance.came, "n": answers}, "figures"


def _after(evidence: Evidence, _locale: str) -> _Found:
    relations, interaction = evidence.relations, evidence.interaction
    if relations is not None and relations.introductions == 0:
        yield "no_introductions", {"came": evidence.attendance.came}, "figures"
    change = None if interaction is None else interaction.change
    if change is None or change.value is None or change.low is None or change.high is None:
        return
    if change.low > 0 or change.high < 0:
        key = "interaction_up" if change.low > 0 else "interaction_down"
        yield key, {"change": f"{abs(change.value):.1f}"}, "figures"


def _keep(evidence: Evidence, locale: str) -> _Found:
    yield from _themes(evidence, locale, "good")
    if evidence.satisfaction.value is not None and evidence.satisfaction.value >= _GOOD_RATING:
        yield "rating_high", _rated(evidence.satisfaction), "figures"
    seen = evidence.attendance
    if seen.no_show.value is not None and seen.no_show.value <= _LOW_NO_SHOW:
        yield "no_show_low", {"signed": seen.signed_up, "came": seen.came}, "figures"
    if seen.of_goal.value is not None and seen.of_goal.value >= 0.75:
        yield "goal_met", {"goal": seen.goal, "came": seen.came}, "figures"


def _rated(figure: Figure) -> dict[str, object]:
    return {
        "rating": f"{figure.value:.1f}", "low": f"{figure.low:.1f}", "high": f"{figure.high:.1f}", "n": figure.n,
    }  # fmt: skip
