"""Topics to rows and back."""

from __future__ import annotations

from sqlalchemy import select

from copilot.community.demand import DemandKind
from copilot.community.ids import new_id
from copilot.community.store import Unit
from copilot.community.tables import TopicSuggestion
from copilot.topics.models import CheckResult, Degraded, StoredTopic, Topic, TopicSet
from copilot.topics.records import OPEN_STATUS
from copilot.topics.snapshot import TopicSnapshot


def write_topic(unit: Unit, topic: Topic, answer: TopicSet, snapshot: TopicSnapshot, actor: str) -> None:
    """Store a topic and give it its id; an open one of the same member on the same question is written over."""
    row = unit.session.scalar(
        select(TopicSuggestion).where(
            TopicSuggestion.member_id == answer.member_id,
            TopicSuggestion.subject_id == topic.demand.question_id,
            TopicSuggestion.status == OPEN_STATUS,
        )
    )
    if row is None:
        row = unit.add(
            TopicSuggestion(
                id=new_id("top"),
                member_id=answer.member_id,
                subject_id=topic.demand.question_id,
                status=OPEN_STATUS,
                question_id=None if topic.demand.kind is DemandKind.GAP else topic.demand.question_id,
            )
        )
    topic.id = row.id
    row.snapshot = snapshot.only(topic.demand.question_id).model_dump(mode="json")
    row.content = topic.model_dump(mode="json")
    row.checks = [check.model_dump(mode="json") for check in answer.checks]
    row.drafted_by = topic.drafted_by
    row.degraded = answer.degraded.model_dump(mode="json") if answer.degraded else None
    row.llm_call_ids = list(answer.llm_call_ids)
    row.created_by = actor
    # Asking again reserves the question again: the month counts from the last time.
    row.created_at = unit.now


def read_topic(row: TopicSuggestion) -> StoredTopic:
    """Return a stored topic."""
    return StoredTopic(
        topic=Topic.model_validate(row.content),
        member_id=row.member_id,
        status=row.status,
        checks=[CheckResult.model_validate(check) for check in row.checks],
        degraded=Degraded.model_validate(row.degraded) if row.degraded else None,
        created_at=row.created_at,
    )
