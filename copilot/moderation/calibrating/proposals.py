"""Which cut would give the precision wanted, by what people decided. Proposes; a person sets."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field
from sqlalchemy import select

from copilot.community.models import Category
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Reading
from copilot.errors import InvalidInput
from copilot.moderation.calibrating.curves import FEWEST_FOR_CURVE, Curve, fit_curve
from copilot.moderation.calibrating.known import KnownItem, known_items, scored
from copilot.moderation.calibrating.proportions import Share, fewest_for, share, wilson
from copilot.moderation.calibrating.tuning import TuningView, latest_of, tuning_view
from copilot.moderation.calibrating.wording import refusal, said

# Few and fixed: the more cuts one looks at, the luckier the best of them.
STEP = 0.05
CUTS = tuple(round(0.3 + STEP * step, 2) for step in range(14))
_MOST_READINGS = 5_000


class CutRow(BaseModel):
    """What a cut would have meant."""

    cut: float
    precision: Share
    cases_per_1000: float | None = Field(description="of the latest messages read, how many have such a score")


class CutProposal(BaseModel):
    """The lowest cut whose precision is sure enough, or why there is none. Nothing is switched on."""

    category: Category
    precision_wanted: float
    cut: float | None = Field(description="null: see `sentence`")
    precision: Share = Field(description="of decided cases from this cut on; without a cut, of all decided cases")
    needed: int = Field(description="decisions it takes at least")
    corrected: int = Field(description="decisions that an appeal overturned; they count as no violation")
    lowest_decided: float | None = Field(description="the lowest score anybody decided on")
    curve: Curve | None = Field(description="what scores are worth by these decisions; null with too few")
    table: list[CutRow]
    messages: int = Field(description="messages that the cases per 1,000 are counted on")
    in_force: TuningView
    sentence: str
    bias: str


def propose(unit: Unit, category: Category, precision: float) -> CutProposal:
    """Return the lowest cut of `CUTS` from which on the lower bound of the precision reaches `precision`.

    Raises:
        InvalidInput: the precision is outside 0.5-0.99.
    """
    if not 0.5 <= precision <= 0.99:
        raise InvalidInput(field="precision", **refusal("precision_range"))
    locale = reader_locale(unit)
    items = scored(known_items(unit), category.value)
    scores = _latest_scores(unit, category)
    needed = fewest_for(precision)
    table = [_row(cut, items, scores) for cut in CUTS if items and cut >= min(i.score for i in items) - STEP]
    cut = lowest_cut([(i.score, i.is_violation) for i in items], precision)
    chosen = next((row for row in table if row.cut == cut), None)
    everything = share(sum(i.is_violation for i in items), len(items))
    if chosen is not None:
        found = chosen.precision
        sentence = said(
            "proposed", locale, cut=chosen.cut, hits=found.hits, n=found.n, value=found.value, low=found.low,
            high=found.high,
        )  # fmt: skip
    elif len(items) < needed:
        sentence = said("too_few", locale, n=len(items), needed=needed, precision=precision)
    else:
        best = max(table, key=lambda row: (row.precision.low or 0.0, -row.cut))
        hits, n, low = best.precision.hits, best.precision.n, best.precision.low
        sentence = said("no_cut", locale, precision=precision, cut=best.cut, hits=hits, n=n, low=low)
    return CutProposal(
        category=category, precision_wanted=precision, cut=None if chosen is None else chosen.cut,
        precision=everything if chosen is None else chosen.precision, needed=needed,
        corrected=sum(i.was_corrected for i in items), lowest_decided=min((i.score for i in items), default=None),
        curve=curve_of(items), table=table, messages=len(scores),
        in_force=tuning_view(category, latest_of(unit, category)), sentence=sentence, bias=said("bias", locale),
    )  # fmt: skip


def curve_of(items: Sequence[KnownItem]) -> Curve | None:
    """Return what scores are worth by these decisions, or None with too few."""
    if len(items) < FEWEST_FOR_CURVE:
        return None
    ordered = sorted(items, key=lambda i: (i.decided_at, i.case_id))
    return fit_curve([i.score for i in ordered], [i.is_violation for i in ordered])


def _row(cut: float, items: Sequence[KnownItem], scores: Sequence[float]) -> CutRow:
    above = [item for item in items if item.score >= cut]
    load = round(1_000 * sum(score >= cut for score in scores) / len(scores), 2) if scores else None
    return CutRow(cut=cut, precision=share(sum(i.is_violation for i in above), len(above)), cases_per_1000=load)


def lowest_cut(decided: Sequence[tuple[float, bool]], precision: float) -> float | None:
    """Return the lowest of `CUTS` whose lower bound (Wilson) reaches `precision`, by (score, upheld); None where none does.

    No cut lies below the lowest score anybody decided on, beyond one step.
    """
    lowest = min((score for score, _ in decided), default=1.0)
    for cut in CUTS:
        above = [upheld for score, upheld in decided if score >= cut]
        if above and cut >= lowest - STEP and wilson(sum(above), len(above))[0] >= precision:
            return cut
    return None


def _latest_scores(unit: Unit, category: Category) -> list[float]:
    """Return the category's score of the latest messages read; 0 where nothing was found."""
    latest = select(Reading.categories).order_by(Reading.read_at.desc(), Reading.message_id.desc())
    rows = unit.session.scalars(latest.limit(_MOST_READINGS))
    return [float(found.get(category.value, 0.0)) for found in rows]
