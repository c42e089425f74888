"""Where people set what scores mean here: each change a version with who, when and why, in the audit log, and taken back by another."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import Select, select

from copilot.community.ids import derived_id
from copilot.community.models import Category
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Community, ScoreTuning
from copilot.community.text import clean_text
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.calibrating.curves import FEWEST_FOR_CURVE
from copilot.moderation.calibrating.known import known_items, scored
from copilot.moderation.calibrating.proposals import CutProposal, curve_of, propose
from copilot.moderation.calibrating.tuning import LOWEST_CUT, TuningView, latest_of, tuning_view, views_in_force
from copilot.moderation.calibrating.wording import refusal

REASON_MAX_CHARS = 500


class TuningDesk:
    """Shows, proposes and sets; nothing it proposes is set without a person."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def in_force(self, community_id: str) -> list[TuningView]:
        """Return what is in force for every category."""
        with self._store.read(community_id) as unit:
            return views_in_force(unit)

    def history(
        self, community_id: str, category: Category, *, limit: int = 50, cursor: str | None = None
    ) -> Page[TuningView]:
        """Return the versions of a category, newest first.

        Raises:
            InvalidInput: an unknown cursor, or a limit outside 1-200.
        """
        statement: Select[ScoreTuning] = select(ScoreTuning).where(ScoreTuning.category == category.value)
        with self._store.read(community_id) as unit:
            page = unit.page(statement, (ScoreTuning.set_at, ScoreTuning.id), limit=limit, cursor=cursor)
            return Page([tuning_view(category, row) for row in page.items], page.next_cursor)

    def propose(self, community_id: str, category: Category, precision: float) -> CutProposal:
        """Return the cut that would give the precision wanted; see `proposals.propose`."""
        with self._store.read(community_id) as unit:
            return propose(unit, category, precision)

    def set(
        self, community_id: str, category: Category, *, cut: float | None, recalibrate: bool, reason: str, actor: str
    ) -> TuningView:
        """Put a cut, a curve fitted on today's decisions, or both in force for what is read from now on.

        What is left out goes back to what was shipped: a version says all there is.

        Raises:
            InvalidInput: neither is given, the cut is out of range, no reason is given, or the decisions are too few
                for a curve.
        """
        why = _checked_reason(reason)
        if cut is None and not recalibrate:
            raise InvalidInput(field="cut", **refusal("nothing_to_set"))
        if cut is not None and not (math.isfinite(cut) and LOWEST_CUT <= cut <= 1):
            raise InvalidInput(field="cut", **refusal("cut_range", lowest=LOWEST_CUT))
        with self._store.write(community_id) as unit:
            items = scored(known_items(unit), category.value)
            curve = curve_of(items) if recalibrate else None
            if recalibrate and curve is None:
                words = refusal("curve_too_few", n=len(items), needed=FEWEST_FOR_CURVE)
                raise InvalidInput(field="recalibrate", n=len(items), needed=FEWEST_FOR_CURVE, **words)
            above = [item for item in items if cut is None or item.score >= cut]
            basis = {"decided": len(above), "upheld": sum(i.is_violation for i in above)}
            values = {"cut": cut, "curve": {} if curve is None else curve.model_dump(mode="json"), "basis": basis}
            return _put(unit, category, values, why, actor)

    def reset(self, community_id: str, category: Category, *, reason: str, actor: str) -> TuningView:
        """Go back to what was shipped; the versions before stay in the history.

        Raises:
            Conflict: it is as shipped.
        """
        why = _checked_reason(reason)
        with self._store.write(community_id) as unit:
            held = latest_of(unit, category)
            if held is None or (held.cut is None and not held.curve):
                raise Conflict(category=category.value, **refusal("shipped_already"))
            return _put(unit, category, {"cut": None, "curve": {}, "basis": {}}, why, actor)


def _checked_reason(reason: str) -> str:
    words = clean_text(reason)
    if not 1 <= len(words) <= REASON_MAX_CHARS:
        raise InvalidInput(field="reason", limit=REASON_MAX_CHARS, **refusal("reason_missing"))
    return words


def _put(unit: Unit, category: Category, values: dict[str, Any], reason: str, actor: str) -> TuningView:
    unit.session.execute(select(Community.id).with_for_update())  # one after the other
    held = latest_of(unit, category)
    version = 1 if held is None else held.version + 1
    row = unit.add(
        ScoreTuning(
            id=f"{derived_id('tun', unit.community_id, category.value)}_{version:05d}", category=category.value,
            version=version, reason=reason, set_by=actor, set_at=unit.now, **values,
        )
    )  # fmt: skip
    unit.session.flush()
    before = {} if held is None else {"version": held.version, "cut": held.cut, "curve": held.curve}
    unit.audit(
        actor, "threshold.set", ("score_tuning", row.id), category=category.value, version=version, reason=reason,
        before=before, after={"cut": row.cut, "curve": row.curve}, basis=row.basis,
    )  # fmt: skip
    return tuning_view(category, row)
