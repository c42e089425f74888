"""The rules a community counts with, version by version; the first one is the file's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from copilot.community.ids import new_id
from copilot.community.reader import reader_locale
from copilot.community.store import Store, Unit
from copilot.community.tables import Community, PointRules
from copilot.errors import InvalidInput
from copilot.recognition.ledger_models import RuleChange, RulesView, RuleView
from copilot.recognition.rules import RULE_NAMES, Rule, RuleSet
from copilot.recognition.wording import both

_FIRST = 1


@dataclass(frozen=True)
class Version:
    """One version of a community's rules."""

    version: int
    rules: RuleSet


class RuleBook:
    """Reads and changes the rules of communities. Every version stays, as entries name theirs."""

    def __init__(self, store: Store, shipped: RuleSet) -> None:
        self._store = store
        self._shipped = shipped

    def current(self, unit: Unit) -> Version:
        """Return the newest version, or what the first one will be."""
        row = unit.session.scalar(select(PointRules).order_by(PointRules.version.desc()).limit(1))
        return Version(_FIRST, self._shipped) if row is None else Version(row.version, _read(row))

    def versions(self, unit: Unit) -> dict[int, RuleSet]:
        """Return every version by its number."""
        return {row.version: _read(row) for row in unit.session.scalars(select(PointRules))}

    def settled(self, community_id: str, *, actor: str) -> None:
        """Keep the first version, so that entries can name it; a community that has one is left alone."""
        with self._store.read(community_id) as unit:
            unit.community()
            if unit.session.scalar(select(PointRules.id).limit(1)) is not None:
                return
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Community.id).with_for_update())
            if unit.session.scalar(select(PointRules.id).limit(1)) is None:
                self._add(unit, _FIRST, self._shipped, actor)

    def view(self, community_id: str) -> RulesView:
        """Return the rules as people read them.

        Raises:
            NotFound: no such community.
        """
        with self._store.read(community_id) as unit:
            return _view(self.current(unit), reader_locale(unit))

    def change(self, community_id: str, changes: Sequence[RuleChange], *, actor: str = "") -> RulesView:
        """Make a new version: rules that are named are switched and weighed, the others stay; decay is the file's of today.

        What is in the ledger stays as it was counted.

        Raises:
            NotFound: no such community.
            InvalidInput: too many rules would be on.
        """
        named: dict[str, RuleChange] = {change.name: change for change in changes}
        self.settled(community_id, actor=actor)
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Community.id).with_for_update())
            now = self.current(unit)
            rules = self._shipped.model_copy(
                update={"rules": {name: _changed(rule, named.get(name)) for name, rule in now.rules.rules.items()}}
            )
            most = rules.most_enabled
            if len(rules.enabled()) > most:
                raise InvalidInput(
                    f"at most {most} rules are on at once", field="rules", limit=most,
                    sentence=both("refused.rules", limit=most),
                )  # fmt: skip
            if now.rules != rules:
                now = Version(now.version + 1, rules)
                self._add(unit, now.version, rules, actor)
            return _view(now, unit.community().locale)

    def _add(self, unit: Unit, version: int, rules: RuleSet, actor: str) -> None:
        row = PointRules(
            id=new_id("prl"),
            version=version,
            content=rules.model_dump(mode="json"),
            created_by=actor,
            created_at=unit.now,
        )
        unit.add(row)
        unit.audit(actor, "points.rules", ("point_rules", row.id), version=version, enabled=rules.enabled())


def _changed(rule: Rule, change: RuleChange | None) -> Rule:
    if change is None:
        return rule
    return rule.model_copy(update={"enabled": change.enabled, "points": change.points or rule.points})


def _read(row: PointRules) -> RuleSet:
    return RuleSet.model_validate(row.content)


def _view(found: Version, locale: str) -> RulesView:
    rules = found.rules
    return RulesView(
        version=found.version, file_version=rules.version, most_enabled=rules.most_enabled,
        daily_decay=rules.daily_decay, pair_decay=rules.pair_decay, pair_days=rules.pair_days,
        breadth=list(rules.breadth), lone_cap=rules.lone_cap, lone_days=rules.lone_days, ring_discount=rules.ring_discount, ring_days=rules.ring_days,
        rules=[
            RuleView(
                name=name, label=rules.label(name, locale), needs=rules.needs(name, locale),
                points=rules.rules[name].points, enabled=rules.rules[name].enabled,
            )
            for name in RULE_NAMES
        ],
    )  # fmt: skip
