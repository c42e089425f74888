"""Entries as people read them: what for, by whom, on what evidence, and how the points came about."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.community.models import Visibility
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Member, PointEntry, PointPerson
from copilot.recognition.ledger_models import PointEntryView, Shares
from copilot.recognition.pricing import STAFF, WHOLE
from copilot.recognition.rules import RuleSet
from copilot.recognition.wording import number, say

_FACTORS = ("day", "pair", "breadth", "ring")


def entry_views(unit: Unit, rows: Sequence[PointEntry], rules: RuleSet) -> list[PointEntryView]:
    """Return the rows as views; `rules` only lend their labels."""
    persons = unit.get_many(PointPerson, {name for row in rows for name in (row.person_id, row.giver_id)})
    members = unit.get_many(Member, {row.member_id for row in persons.values()})
    seen = {
        name: members[row.member_id]
        for name, row in persons.items()
        if row.member_id in members and members[row.member_id].visibility != Visibility.HIDDEN.value
    }
    locale = reader_locale(unit)
    return [_view(row, persons, seen, rules, locale) for row in rows]


def _view(
    row: PointEntry, persons: dict[str, PointPerson], seen: dict[str, Member], rules: RuleSet, locale: str
) -> PointEntryView:
    person, giver = persons.get(row.person_id), seen.get(row.giver_id)
    label = rules.label(row.rule, locale)
    shares = {name: getattr(row, f"{name}_share") / WHOLE for name in _FACTORS}
    if row.reverses_id is not None:
        why = say(
            locale,
            "why.reversal",
            label=label,
            reason=say(locale, f"reason.{row.reason}"),
            points=number(row.hundredths),
        )
    else:
        factors = "".join(
            say(locale, f"factor.{name}", share=f"{share:.2f}") for name, share in shares.items() if share < 1
        )
        if giver is not None:
            who = say(locale, "who.member", name=giver.name)
        else:
            key = "staff" if row.giver_id == STAFF else "hidden" if row.giver_id in persons else "gone"
            who = say(locale, f"who.{key}")
        why = say(
            locale, "why.award", label=label, who=who, points=number(row.hundredths), base=row.base, factors=factors
        )
    return PointEntryView.model_validate(
        {
            "id": row.id, "number": row.number, "member_id": person.member_id if person else None,
            "giver_id": giver.id if giver else None, "rule": row.rule, "label": label, "points": row.hundredths / 100,
            "base": row.base, "shares": Shares(**shares), "evidence_kind": row.evidence_kind,
            "evidence_id": row.evidence_id, "act_at": row.act_at, "why": why, "rules_version": row.rules_version,
            "reverses_id": row.reverses_id, "reason": row.reason or None, "created_at": row.created_at,
        }
    )  # fmt: skip
