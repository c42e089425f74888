"""How the documents that features store are read back: what an erasure leaves of one must still be one."""

from __future__ import annotations

from pydantic import TypeAdapter

from copilot.atmosphere.weekly.service import read_weekly
from copilot.community.erasure import Readers
from copilot.community.tables import EventPlan, EventReview, TopicPost, TopicSuggestion, WeeklyRecord
from copilot.events.models import CheckResult, PlanContent
from copilot.events.reviews.review import read_review
from copilot.events.snapshot import PlanSnapshot
from copilot.topics.models import Topic
from copilot.topics.post_models import PostContent
from copilot.topics.snapshot import TopicSnapshot


def _read_plan(row: EventPlan) -> None:
    PlanContent.model_validate(row.content)
    PlanSnapshot.model_validate(row.snapshot)
    TypeAdapter(list[CheckResult]).validate_python(row.checks)


def _read_topic(row: TopicSuggestion) -> None:
    Topic.model_validate(row.content)
    TopicSnapshot.model_validate(row.snapshot)


def _read_post(row: TopicPost) -> None:
    PostContent.model_validate(row.content)


# By table; each raises ValueError for a row that cannot be read any more.
STORED_DOCUMENTS: Readers = {
    EventPlan: _read_plan,
    EventReview: read_review,
    TopicSuggestion: _read_topic,
    TopicPost: _read_post,
    WeeklyRecord: read_weekly,
}
