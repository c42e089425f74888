"""Moderators' decisions as cases: what was found, by what, with which score, and what a person said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from copilot.community.private import private_among
from copilot.community.store import Unit
from copilot.community.tables import AuditSample, CaseItem, Decision, Message, Reading
from copilot.eval_cases.models import MAX_ROWS, CaseFile, What
from copilot.eval_cases.people import Rules

CLAIMS_DETECTOR = "claims"
_CONTEXT = 4
_CHUNK = 300


def decided_cases(unit: Unit, rules: Rules, what: What) -> CaseFile:
    """Return items of decided cases, the newest decisions first: of `claims` those that records contradicted, else all others.

    A decision that was taken back is no label. A message that is kept for care is not in it at all.
    """
    found = CaseFile(what)
    decisions = _standing(unit, found)
    # An item can be of several sources; each is a case of its own, since each had a score of its own.
    items = [
        item
        for start in range(0, len(decisions), _CHUNK)
        for item in unit.session.scalars(
            select(CaseItem).where(CaseItem.case_id.in_(list(decisions)[start : start + _CHUNK])).order_by(CaseItem.id)
        )
        if (item.detector == CLAIMS_DETECTOR) == (what == "claims")
    ]
    items.sort(key=lambda item: _place(decisions, item.case_id))
    messages = _messages(unit, [i for item in items for i in (item.message_id, *item.context_ids[-_CONTEXT:])])
    languages = _languages(unit, messages)
    for item in items[:MAX_ROWS]:
        message = messages.get(item.message_id)
        if message is None:
            found.left_out["not_shown"] += 1
            continue
        decision = decisions[item.case_id]
        context = [messages[i] for i in item.context_ids[-_CONTEXT:] if i in messages]
        found.rows.append({
            **_said(rules, message, context, languages.get(message.id, "")), "id": rules.names.of(item.id), "source": "case",
            "case": rules.names.of(item.case_id), "category": item.category, "found_by": item.found_by,
            "detector": item.detector, "detector_version": item.detector_version, "score": item.score,
            "threshold": item.threshold, "severity": item.severity, "label": decision.verdict, "action": decision.action,
        })  # fmt: skip
    found.left_out["beyond_bound"] += max(0, len(items) - MAX_ROWS)
    if what == "decisions":
        _looked_at(unit, rules, found)
    _count_missing(found)
    return found


def _place(decisions: dict[str, Decision], case_id: str) -> tuple[float, str]:
    """Return the place of a case among the newest decisions."""
    decision = decisions[case_id]
    return -decision.decided_at.timestamp(), decision.id


def _standing(unit: Unit, found: CaseFile) -> dict[str, Decision]:
    """Return the decision in force by case, the newest first."""
    statement = select(Decision).order_by(Decision.decided_at.desc(), Decision.id.desc()).limit(2 * MAX_ROWS)
    standing: dict[str, Decision] = {}
    for decision in unit.session.scalars(statement):
        if decision.undone_at is not None:
            found.left_out["undone"] += 1
        else:
            standing.setdefault(decision.case_id, decision)
    return standing


def _looked_at(unit: Unit, rules: Rules, found: CaseFile) -> None:
    """Add messages that nothing flagged and a person looked at: without them recall is blind."""
    statement = (
        select(AuditSample).where(AuditSample.verdict.is_not(None))
        .order_by(AuditSample.looked_at.desc(), AuditSample.id).limit(max(0, MAX_ROWS - len(found.rows)))
    )  # fmt: skip
    samples = list(unit.session.scalars(statement))
    messages = _messages(unit, [sample.message_id for sample in samples])
    languages = _languages(unit, messages)
    for sample in samples:
        message = messages.get(sample.message_id)
        if message is None:
            found.left_out["not_shown"] += 1
            continue
        found.rows.append({
            **_said(rules, message, [], languages.get(message.id, "")), "id": rules.names.of(sample.id), "source": "audit",
            "case": None, "category": sample.category, "found_by": "", "detector": "", "detector_version": "",
            "score": None, "threshold": None, "severity": "",
            "label": "violation" if sample.verdict == "violation" else "no_violation", "action": "none",
        })  # fmt: skip


def _said(rules: Rules, message: Message, context: Sequence[Message], language: str) -> dict[str, Any]:
    shown = rules.passage(message, language)
    before = [rules.passage(one) for one in context]
    return {
        "sender": rules.names.of(shown.sender_id), "channel": rules.names.of(shown.channel_id),
        "language": shown.language, "text": shown.text, "why_no_text": shown.why_no_text,
        "context": [{"sender": rules.names.of(one.sender_id), "text": one.text} for one in before],
    }  # fmt: skip


def _messages(unit: Unit, ids: Iterable[str]) -> dict[str, Message]:
    """Return messages by id, without those that only care may show."""
    wanted = list(dict.fromkeys(ids))
    hidden = private_among(unit, wanted)
    return {i: row for i, row in unit.get_many(Message, wanted).items() if i not in hidden}


def _languages(unit: Unit, messages: Mapping[str, Message]) -> dict[str, str]:
    return {i: row.language for i, row in unit.get_many(Reading, messages).items()}


def _count_missing(found: CaseFile) -> None:
    for row in found.rows:
        if row["why_no_text"]:
            found.left_out[f"text_{row['why_no_text']}"] += 1
