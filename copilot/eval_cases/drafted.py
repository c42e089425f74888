"""What became of drafts: matches that members answered, topics that were asked for, plans that people changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from copilot.community.store import Store, Unit
from copilot.community.tables import Event, EventPlan, Match, Message, Outreach, TopicSuggestion
from copilot.eval_cases.models import MAX_ROWS, CaseFile
from copilot.eval_cases.people import Rules
from copilot.matching.learning.outcomes import outcomes

_MOST_LINES = 20


def answered_matches(store: Store, community_id: str, rules: Rules) -> CaseFile:
    """Return members' last words on their matches with the figures of that moment and the words of the reasons."""
    found = CaseFile("matches")
    known = list(outcomes(store, community_id, most=MAX_ROWS, newest_first=True))
    with store.read(community_id) as unit:
        matches = unit.get_many(Match, [one.match_id for one in known])
    for one in known:
        match, of = matches.get(one.match_id), rules.names.of
        found.rows.append({
            "id": of(one.match_id), "member": of(one.member_id), "target": of(one.target_id), "kind": one.kind,
            "outcome": one.outcome.value, "is_yes": one.is_yes, "score": one.score, "components": one.components,
            "weights_version": one.weights_version,
            "reasons": [_reason(rules, reason) for reason in (match.reasons if match else [])[:_MOST_LINES]],
        })  # fmt: skip
    return found


def suggested_topics(unit: Unit, rules: Rules) -> CaseFile:
    """Return suggested topics with what became of them; those of members who allow no reading are left out."""
    found = CaseFile("topics")
    statement = select(TopicSuggestion).order_by(TopicSuggestion.created_at.desc(), TopicSuggestion.id).limit(MAX_ROWS)
    rows = list(unit.session.scalars(statement))
    asked: dict[str, list[str]] = defaultdict(list)
    for outreach in unit.session.scalars(select(Outreach).where(Outreach.topic_id.is_not(None))):
        asked[str(outreach.topic_id)].append(outreach.status)
    questions = unit.get_many(Message, [row.question_id for row in rows if row.question_id])
    for row in rows:
        asker = questions[row.question_id].sender_id if row.question_id in questions else row.member_id
        if not rules.may_leave(row.member_id) or not rules.may_leave(asker):
            found.left_out["no_consent"] += 1
            continue
        found.rows.append({
            "id": rules.names.of(row.id), "member": rules.names.of(row.member_id), "drafted_by": row.drafted_by,
            "degraded": row.degraded is not None, "framework": _line(rules, row.content.get("framework")),
            "titles": _lines(rules, row.content.get("titles")), "reason": _line(rules, row.content.get("reason")),
            "checks": _checks(row.checks), "status": row.status, "asked": sorted(asked[row.id]),
        })  # fmt: skip
    return found


def drafted_plans(unit: Unit, rules: Rules) -> CaseFile:
    """Return plans, one row a series: the brief, what checks said of the first draft, and what people changed since.

    Of the plans themselves no words leave: they name people on every line.
    """
    found = CaseFile("plans")
    series: dict[str, list[EventPlan]] = defaultdict(list)
    newest = select(EventPlan).order_by(EventPlan.created_at.desc(), EventPlan.id).limit(2 * MAX_ROWS)
    for row in unit.session.scalars(newest):
        series[row.series_id].append(row)
    held = set(unit.session.scalars(select(Event.series_id).where(Event.series_id.is_not(None))))
    for name, versions in list(series.items())[:MAX_ROWS]:
        versions.sort(key=lambda row: row.version)
        first, last = versions[0], versions[-1]
        if first.version != 1:
            found.left_out["beginning_missing"] += 1
            continue
        found.rows.append({
            "id": rules.names.of(name), "brief": _redacted(rules, first.brief), "drafted_by": first.drafted_by,
            "degraded": first.degraded is not None, "checks": _checks(first.checks), "last_checks": _checks(last.checks),
            "versions": last.version, "changes": [str(row.change.get("kind", "")) for row in versions[1:]][:_MOST_LINES],
            "locks": len(last.locks), "status": last.status, "is_event": name in held,
        })  # fmt: skip
    return found


def _reason(rules: Rules, reason: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": str(reason.get("kind", "")), "strength": reason.get("strength"),
        "worded_by": str(reason.get("worded_by", "")), "text": _line(rules, reason.get("text")),
    }  # fmt: skip


def _checks(stored: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Return whether each check passed; what its sentence says names records and people."""
    return {str(check.get("name", "")): bool(check.get("passed")) for check in stored}


def _line(rules: Rules, text: object) -> str:
    return rules.words(text) if isinstance(text, str) else ""


def _lines(rules: Rules, texts: object) -> list[str]:
    return [_line(rules, text) for text in texts[:_MOST_LINES]] if isinstance(texts, list) else []


def _redacted(rules: Rules, value: Any) -> Any:
    """Return a stored object with every text redacted, whatever its depth."""
    if isinstance(value, dict):
        return {key: _redacted(rules, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_redacted(rules, inner) for inner in value]
    return rules.words(value) if isinstance(value, str) else value
