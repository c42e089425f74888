"""PostService: from a member's notes or voice transcript to a post in the framework of a topic. Nothing is published here."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from copilot.community.ids import new_id
from copilot.community.permission import allows_ai
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Member, TopicPost, TopicSuggestion
from copilot.community.text import clean_text
from copilot.embeddings.base import Embedder
from copilot.errors import Denied, InvalidInput, ModelCancelled, ModelError
from copilot.llm.orders import gives_orders
from copilot.llm.structured import StructuredModel
from copilot.prompts import PromptLibrary
from copilot.topics.arrangement import arrange
from copilot.topics.llm_post import FEATURE, MOST_SENTENCES, PostTask, arrange_with_model
from copilot.topics.models import PLAYBOOK, Degraded, Topic
from copilot.topics.notes import read_notes
from copilot.topics.post_checks import unsupported
from copilot.topics.post_models import MAX_NOTES_CHARS, Post, PostContent
from copilot.topics.wording import both, say


class PostService:
    """Arranges notes and keeps the posts. Safe between threads."""

    def __init__(self, store: Store, embedder: Embedder, prompts: PromptLibrary, model: StructuredModel | None) -> None:
        self._store = store
        self._embedder = embedder
        self._prompts = prompts
        self._model = model

    def arrange(
        self,
        community_id: str,
        topic_id: str,
        notes: str,
        *,
        actor: str = "",
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Post:
        """Arrange notes of at most 8,000 characters into the topic's framework, store the post and return it.

        Raises:
            NotFound: no such community or topic.
            Denied: the member does not let AI be used on their words, or is hidden.
            InvalidInput: the notes are too long, or say nothing.
            ModelCancelled: `is_cancelled` said so; nothing is stored.
        """
        task = self._task(community_id, topic_id, notes)
        content, drafted_by, degraded, call_ids = self._written(task, is_cancelled)
        with self._store.write(community_id) as unit:
            stored = unit.get(TopicSuggestion, topic_id)
            _require_consent(unit, stored.member_id)
            row = unit.add(
                TopicPost(
                    id=new_id("pst"), topic_id=topic_id, member_id=stored.member_id, notes=task.notes,
                    content=content.model_dump(mode="json"), drafted_by=drafted_by,
                    degraded=degraded.model_dump(mode="json") if degraded else None, llm_call_ids=call_ids,
                    created_by=actor, created_at=unit.now,
                )
            )  # fmt: skip
            unit.audit(actor, FEATURE, ("topic_post", row.id), topic_id=topic_id, drafted_by=drafted_by)
            return _post(unit, row)

    def get(self, community_id: str, post_id: str) -> Post:
        """Return one stored post.

        Raises:
            NotFound: there is none with this id here.
        """
        with self._store.read(community_id) as unit:
            return _post(unit, unit.get(TopicPost, post_id))

    def of_topic(self, community_id: str, topic_id: str, *, limit: int = 20, cursor: str | None = None) -> Page[Post]:
        """Return the posts of a topic, newest first.

        Raises:
            NotFound: there is no such topic here.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(TopicPost).where(TopicPost.topic_id == topic_id)
        with self._store.read(community_id) as unit:
            unit.get(TopicSuggestion, topic_id)
            page = unit.page(statement, (TopicPost.created_at, TopicPost.id), limit=limit, cursor=cursor)
            return Page([_post(unit, row) for row in page.items], page.next_cursor)

    def _task(self, community_id: str, topic_id: str, notes: str) -> PostTask:
        if len(notes) > MAX_NOTES_CHARS:
            raise InvalidInput(
                f"notes have at most {MAX_NOTES_CHARS} characters", field="notes", limit=MAX_NOTES_CHARS,
                sentence=both("refused.notes_long", limit=MAX_NOTES_CHARS),
            )  # fmt: skip
        cleaned = clean_text(notes)
        # An order to whoever arranges is no part of a post; it stands among what was left out.
        said = [item for item in read_notes(cleaned) if not gives_orders(item.sentence.text)]
        if not said:
            raise InvalidInput(
                "the notes say nothing that could be arranged", field="notes", sentence=both("refused.notes_empty")
            )
        with self._store.read(community_id) as unit:
            locale = unit.community().locale
            stored = unit.get(TopicSuggestion, topic_id)
            _require_consent(unit, stored.member_id)
            topic = Topic.model_validate(stored.content)
        return PostTask(community_id, locale, cleaned, said, topic)

    def _written(
        self, task: PostTask, is_cancelled: Callable[[], bool] | None
    ) -> tuple[PostContent, str, Degraded | None, list[str]]:
        """Return the post, who wrote it, why it is no better, and the calls it took."""
        degraded, call_ids = None, list[str]()
        if self._model is not None and len(task.said) <= MOST_SENTENCES:
            try:
                draft = arrange_with_model(self._model, self._prompts, task, is_cancelled)
            except ModelCancelled:
                raise
            except ModelError as error:
                degraded = Degraded(code=error.code, message=say(task.locale, "degraded.post", code=error.code))
                ids = error.data.get("call_ids")
                call_ids = [str(item) for item in ids] if isinstance(ids, list) else []
            else:
                return draft.content, draft.drafted_by, None, draft.call_ids
        content = arrange(task.notes, task.said, task.topic, self._embedder)
        wrong = unsupported(content, task.notes)
        if wrong:
            raise ValueError(f"the rules changed a sentence: {wrong[0]}")
        return content, PLAYBOOK, degraded, call_ids


def _require_consent(unit: Unit, member_id: str) -> None:
    if not allows_ai(unit.get(Member, member_id)):
        raise Denied("this member does not let AI read or use their words", reason="no_ai_consent", member_id=member_id)


def _post(unit: Unit, row: TopicPost) -> Post:
    topic = Topic.model_validate(unit.get(TopicSuggestion, row.topic_id).content)
    return Post(
        id=row.id, topic_id=row.topic_id, member_id=row.member_id, framework=topic.framework, notes=row.notes,
        content=PostContent.model_validate(row.content), drafted_by=row.drafted_by,
        degraded=Degraded.model_validate(row.degraded) if row.degraded else None, created_at=row.created_at,
    )  # fmt: skip
