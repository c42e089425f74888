"""A plan composed anew by code, with what a stored version has chosen."""

from __future__ import annotations

from dataclasses import replace

from copilot.events.drafts.compose import compose
from copilot.events.drafts.layout import Part
from copilot.events.drafts.playbook_draft import draft_from_playbook
from copilot.events.revisions.addresses import Json
from copilot.events.revisions.choices import Choices
from copilot.events.revisions.locks import is_locked
from copilot.events.revisions.models import Base
from copilot.events.snapshot import PlanSnapshot
from copilot.playbook_models import CostUnit, Playbook


def composed(base: Base, snapshot: PlanSnapshot, playbook: Playbook, choices: Choices) -> Json:
    """Return the plan as code composes it from a snapshot with these picks; minutes and quantities are the base's.

    Raises:
        InvalidInput: no plan can be made of it.
    """
    content = base.content
    drafted = draft_from_playbook(snapshot, playbook)
    known = {item.id: item for item in snapshot.candidates.by_alias().values()}
    picks = {slot: known.get(item.id, item) if item else None for slot, item in choices.picks.items()}
    minutes: dict[str, int] = {}
    for segment in content.agenda:
        minutes[segment.key] = minutes.get(segment.key, 0) + segment.minutes
    outline = Choices(picks).over(drafted)
    segments = [
        replace(segment, part=_weighted(segment.part, minutes.get(segment.part.key))) for segment in outline.segments
    ]
    quantities = {line.key: line.quantity for line in content.budget.lines if line.unit is CostUnit.PER_EVENT}
    outline = replace(outline, segments=segments, cost_quantities=quantities)
    return compose(snapshot, _with_locked_prices(base, playbook), outline).model_dump(mode="json")


def _with_locked_prices(base: Base, playbook: Playbook) -> Playbook:
    """Let what is locked cost what it costs, so that the other lines make room under the cap."""
    fixed = {
        line.key: line.unit_cents for line in base.content.budget.lines
        if is_locked(base.locks, f"budget.lines.{line.key}.unit_cents")
    }  # fmt: skip
    if not fixed:
        return playbook
    lines = [
        line.model_copy(update={"min_cents": fixed[line.key], "typical_cents": fixed[line.key], "max_cents": fixed[line.key]})
        if line.key in fixed else line
        for line in playbook.cost_lines
    ]  # fmt: skip
    return playbook.model_copy(update={"cost_lines": lines})


def _weighted(part: Part, minutes: int | None) -> Part:
    """Let a part keep its share of the agenda; a part the plan does not have keeps its playbook's."""
    return replace(part, weight=float(minutes)) if minutes else part
