"""TopicService: topics for a reluctant writer, each bound to a question somebody asked and to the member's own words.

Nothing is sent: a topic ends in a draft of the operator's message. A question goes to one member a month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from copilot.community.reader import reader_locale
from copilot.community.store import Page, Store
from copilot.community.tables import Community, Member, TopicSuggestion
from copilot.embeddings.base import Embedder
from copilot.errors import InvalidInput, ModelCancelled, ModelError
from copilot.knowledge import KnowledgeBase
from copilot.llm.structured import StructuredModel
from copilot.prompts import PromptLibrary
from copilot.topics.checks import Rules, check_topics
from copilot.topics.demand_models import DemandReport
from copilot.topics.demand_report import look, report
from copilot.topics.finding import Found, TopicFinder
from copilot.topics.frameworks import FrameworkLibrary
from copilot.topics.llm_draft import FEATURE, draft_with_model
from copilot.topics.models import Degraded, Note, ReluctantMember, StoredTopic, Topic, TopicSet
from copilot.topics.pairing import make_snapshot
from copilot.topics.playbook_draft import draft_from_frameworks
from copilot.topics.records import Gathered, gather, other_names, still_stands, taken_questions
from copilot.topics.reluctant import Quiet, reluctant_members
from copilot.topics.snapshot import TopicSnapshot
from copilot.topics.storage import read_topic, write_topic
from copilot.topics.wording import say
from copilot.vectors.index import VectorIndex

MAX_TOPICS = 10
MAX_RELUCTANT = 100
# While a model writes, a question may be given to another member or taken back; then the draft is made again.
_ATTEMPTS = 3


@dataclass(frozen=True)
class TopicTexts:
    """What people wrote for this feature: frameworks, prompts, and the articles a topic must not repeat."""

    frameworks: FrameworkLibrary
    prompts: PromptLibrary
    knowledge: KnowledgeBase | None = None


@dataclass(frozen=True)
class Writer:
    """Who writes: a model, and how to stop it, or None for the frameworks alone."""

    model: StructuredModel | None
    is_cancelled: Callable[[], bool] | None = None


class TopicService:
    """Suggests topics and says whom to ask. Safe between threads."""

    def __init__(
        self,
        store: Store,
        index: VectorIndex,
        embedder: Embedder,
        texts: TopicTexts,
        model: StructuredModel | None,
    ) -> None:
        self._store = store
        self._finder = TopicFinder(index, embedder, texts.knowledge)
        self._frameworks = texts.frameworks
        self._prompts = texts.prompts
        self._model = model

    def suggest(
        self,
        community_id: str,
        member_id: str,
        n: int = 3,
        *,
        actor: str = "",
        with_model: bool = True,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> TopicSet:
        """Return up to `n` (1-10) topics and store them; fewer, with a note, when there is no evidence for more.

        `with_model` False keeps to the words of the frameworks, for callers that cannot wait.

        Asking again for the same member gives the same questions until the chat or the operator's clicks change them.

        Raises:
            NotFound: no such community or member.
            Denied: the member does not consent to AI, or is hidden; `data["reason"]` says which.
            InvalidInput: `n` is out of bounds.
            ModelCancelled: `is_cancelled` said so; nothing is stored.
        """
        _require_between("n", n, MAX_TOPICS)
        writer = Writer(self._model if with_model else None, is_cancelled)
        for _ in range(_ATTEMPTS):
            answer, snapshot, found = self._draft(community_id, member_id, n, writer)
            if self._keep(answer, snapshot, found, actor):
                return answer
        answer, _, _ = self._draft(community_id, member_id, n, writer)
        return answer.model_copy(
            update={"topics": [], "note": Note(code="busy", sentence=say(answer.locale, "note.busy"))}
        )

    def get(self, community_id: str, topic_id: str) -> StoredTopic:
        """Return one stored topic.

        Raises:
            NotFound: there is none with this id here.
        """
        with self._store.read(community_id) as unit:
            return read_topic(unit.get(TopicSuggestion, topic_id))

    def history(
        self, community_id: str, *, member_id: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> Page[StoredTopic]:
        """Return stored topics, newest first, of one member or of all.

        Raises:
            NotFound: no such community or member.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(TopicSuggestion)
        with self._store.read(community_id) as unit:
            unit.community()
            if member_id is not None:
                unit.get(Member, member_id)
                statement = statement.where(TopicSuggestion.member_id == member_id)
            page = unit.page(statement, (TopicSuggestion.created_at, TopicSuggestion.id), limit=limit, cursor=cursor)
            return Page([read_topic(row) for row in page.items], page.next_cursor)

    def reluctant(self, community_id: str, n: int = 10) -> list[ReluctantMember]:
        """Return up to `n` (1-100) members who know much and say little, best first.

        Raises:
            NotFound: no such community.
            InvalidInput: `n` is out of bounds.
        """
        _require_between("n", n, MAX_RELUCTANT)
        with self._store.read(community_id) as unit:
            unit.community()
            return reluctant_members(unit, n, Quiet())

    def demand(self, community_id: str, n: int = 20) -> DemandReport:
        """Return what the community asks for, each list at most `n` (1-100) long: open, repeated, rising, and gaps.

        Raises:
            NotFound: no such community.
            InvalidInput: `n` is out of bounds.
        """
        _require_between("n", n, MAX_RELUCTANT)
        with self._store.read(community_id) as unit:
            room = look(unit, self._finder.demand_rules)
        vectors = self._finder.questions(community_id, [line.id for line in room.window if line.is_question])
        published = self._finder.published(community_id, room.locale, room.published)
        return report(room, vectors, published, self._finder.demand_rules, n)

    def _draft(
        self, community_id: str, member_id: str, n: int, writer: Writer
    ) -> tuple[TopicSet, TopicSnapshot, Found]:
        with self._store.read(community_id) as unit:
            gathered = gather(unit, member_id, self._finder.demand_rules)
        found = self._finder.find(community_id, gathered)
        snapshot = make_snapshot(gathered, found.candidates, n)
        answer = TopicSet(
            community_id=community_id, member_id=member_id, member_name=gathered.member.name,
            locale=gathered.community.locale, wanted=n, topics=[],
        )  # fmt: skip
        if found.candidates:
            with self._store.read(community_id) as unit:
                known = [gathered.member.name, *(item.asker_name for item in snapshot.questions)]
                rules = Rules(snapshot, self._frameworks, other_names(unit, known))
            self._fill(answer, rules, writer, gathered.liking)
        answer.note = self._note(answer, gathered, found)
        return answer, snapshot, found

    def _fill(self, answer: TopicSet, rules: Rules, writer: Writer, liking: Mapping[str, float]) -> None:
        if writer.model is not None:
            try:
                drafted = draft_with_model(writer.model, self._prompts, rules, writer.is_cancelled)
                answer.topics, answer.llm_call_ids = drafted.topics, drafted.call_ids
                answer.drafted_by = drafted.drafted_by
            except ModelCancelled:
                raise
            except ModelError as error:
                sentence = say(answer.locale, "degraded", code=error.code)
                answer.degraded = Degraded(code=error.code, message=sentence)
                answer.llm_call_ids = _call_ids(error)
        if not answer.topics:
            answer.topics = _passing(draft_from_frameworks(rules.snapshot, self._frameworks, liking), rules)
        answer.checks = check_topics(answer.topics, rules)

    def _note(self, answer: TopicSet, gathered: Gathered, found: Found) -> Note | None:
        demand, vectors = found.demand, found.vectors
        if len(answer.topics) >= answer.wanted:
            return None
        missing = [s for s in gathered.statements if s.id not in vectors]
        missing_questions = [q for q in demand.open if q.id not in vectors]
        if not gathered.window:
            code = "no_messages"
        elif (missing and demand.open) or (missing_questions and gathered.statements):
            code = "not_indexed_yet"
        elif answer.topics:
            code = "fewer"
        elif not gathered.statements and not demand.answered:
            code = "no_evidence"
        elif not demand.open and not demand.answered:
            code = "no_demand"
        else:
            code = "fewer" if found.candidates else "nothing_fits"
        with self._store.read(answer.community_id) as unit:
            locale = reader_locale(unit)  # it is said to whoever asks, and kept nowhere
        sentence = say(
            locale, f"note.{code}", days=self._finder.demand_rules.days, open=len(demand.open),
            count=len(answer.topics), wanted=answer.wanted,
        )  # fmt: skip
        return Note(code=code, sentence=sentence)

    def _keep(self, answer: TopicSet, snapshot: TopicSnapshot, found: Found, actor: str) -> bool:
        """Store the topics unless a question was given away, or its words taken back, meanwhile; say whether it was done."""
        if not answer.topics:
            return True
        with self._store.write(answer.community_id) as unit:
            # SQLite has one writer anyway; elsewhere this lock keeps two members from getting one question.
            unit.session.execute(select(Community).with_for_update())
            chosen = [i for topic in answer.topics for i in (topic.demand.question_id, *topic.demand.same_ids)]
            if not self._finder.is_still_free(found, chosen, taken_questions(unit, answer.member_id)):
                return False
            if not still_stands(unit, snapshot, [topic.demand.question_id for topic in answer.topics]):
                return False
            for topic in answer.topics:
                write_topic(unit, topic, answer, snapshot, actor)
            ids = [topic.id for topic in answer.topics]
            unit.audit(actor, FEATURE, ("member", answer.member_id), topic_ids=ids, drafted_by=answer.drafted_by)
        return True


def _passing(topics: list[Topic], rules: Rules) -> list[Topic]:
    """Leave out what a check refuses, such as a text that is one long link; ranks stay without gaps."""
    kept: list[Topic] = []
    for topic in topics:
        candidate = topic.model_copy(update={"rank": len(kept) + 1})
        if all(check.passed for check in check_topics([*kept, candidate], rules)):
            kept.append(candidate)
    return kept


def _call_ids(error: ModelError) -> list[str]:
    ids = error.data.get("call_ids")
    return [str(item) for item in ids] if isinstance(ids, list) else []


def _require_between(field: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise InvalidInput(f"{field} must be between 1 and {most}", field=field, limit=most)
