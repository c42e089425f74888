"""IntroductionService: what the two and the operators see of introductions, and what the two may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import or_, select

from copilot.community.access import Actor
from copilot.community.introduction_status import IntroductionStatus, shown_status, side_of
from copilot.community.permission import get_seen
from copilot.community.reader import reader_locale
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Introduction, Member
from copilot.community.text import clean_text
from copilot.errors import Conflict, Denied, InvalidInput, StoreBusy, StoreFull
from copilot.matching.models import Verdict
from copilot.matching.relations.introduction_models import (
    VERDICTS,
    DeclineReason,
    IntroductionRules,
    IntroductionSummary,
    IntroductionView,
    Reply,
    Said,
)
from copilot.matching.relations.introduction_views import find_introduction, seen_introductions, summary_of, view_of
from copilot.matching.relations.introduction_wording import refusal
from copilot.matching.relations.introductions import close_if_due, end, hear, lock_members, own_match, report

STATUSES = tuple(item for item in IntroductionStatus if item is not IntroductionStatus.NOT_TAKEN_UP)
_ENDS = {
    Reply.ACCEPT: IntroductionStatus.CONNECTED,
    Reply.DECLINE: IntroductionStatus.DECLINED,
    Reply.IGNORE: IntroductionStatus.IGNORED,
}


class IntroductionService:
    """Lists, shows, answers and ends introductions. Safe to share between threads."""

    def __init__(self, store: Store, rules: IntroductionRules | None = None) -> None:
        self._store = store
        self._rules = rules or IntroductionRules()

    def page(
        self, community_id: str, viewer: Actor, *, member_id: str | None = None,
        status: IntroductionStatus | None = None, limit: int = 50, cursor: str | None = None,
    ) -> Page[IntroductionSummary]:  # fmt: skip
        """Return introductions, newest first, of one member or of all, as far as `viewer` may know of them.

        `status` picks by the state as it is stored: it is for operators, members are told less.

        Raises:
            NotFound: there is no such member, or the viewer may not know of them.
            InvalidInput: limit or cursor is wrong.
        """
        self._close_quietly(community_id)
        statement = seen_introductions(viewer)
        if status is not None:
            statement = statement.where(Introduction.status == status.value)
        with self._store.read(community_id) as unit:
            unit.community()
            if member_id is not None:
                get_seen(unit, viewer, member_id)
                of_member = or_(Introduction.asker_id == member_id, Introduction.target_id == member_id)
                statement = statement.where(of_member)
            page = unit.page(statement, (Introduction.created_at, Introduction.id), limit=limit, cursor=cursor)
            members = unit.get_many(Member, [key for row in page.items for key in (row.asker_id, row.target_id)])
            locale = reader_locale(unit)
            return Page([summary_of(row, viewer, members, locale) for row in page.items], page.next_cursor)

    def get(self, community_id: str, introduction_id: str, viewer: Actor) -> IntroductionView:
        """Return one introduction; the messages are made anew when a profile has changed.

        Raises:
            NotFound: there is none, or the viewer may not know of it.
        """
        self._close_quietly(community_id)
        with self._store.read(community_id) as unit:
            shown = view_of(unit, find_introduction(unit, introduction_id, viewer), viewer)
        if shown.new_drafts is not None:
            self._keep_drafts(community_id, introduction_id, shown.new_drafts)
        return shown.view

    def answer(
        self, community_id: str, introduction_id: str, viewer: Actor, reply: Reply,
        *, reason: DeclineReason | None = None, comment: str = "",
    ) -> IntroductionView:  # fmt: skip
        """Note the asked member's answer and return what it made of the introduction; the same again changes nothing.

        Raises:
            NotFound: there is none that this member has part in.
            Denied: the other one is asked.
            InvalidInput: a decline without a reason, a reason without a decline, or a comment that is too long.
            Conflict: it has ended, or the two cannot be brought together now.
        """
        if (reply is Reply.DECLINE) != (reason is not None):
            raise InvalidInput("a decline has a reason, and only a decline does", field="reason")
        said = Said(VERDICTS[reply], self._checked(comment), reason or DeclineReason.OTHER)
        with self._change(community_id, introduction_id, viewer) as (unit, row):
            if row.target_id != viewer.member_id:
                raise Denied("the other member is asked, not this one", introduction_id=introduction_id)
            if row.status == IntroductionStatus.WAITING:
                hear(unit, own_match(unit, row), said, self._rules)
            elif (shown := shown_status(row, viewer.member_id)) != _ENDS[reply]:
                raise _refused("connected" if shown is IntroductionStatus.CONNECTED else "closed")
        return self.get(community_id, introduction_id, viewer)

    def withdraw(self, community_id: str, introduction_id: str, viewer: Actor) -> IntroductionView:
        """Take back what this member asked for; doing so twice changes nothing.

        Raises:
            NotFound: there is none that this member has part in.
            Denied: the other one asked.
            Conflict: it has ended, or both are connected.
        """
        with self._change(community_id, introduction_id, viewer) as (unit, row):
            if row.asker_id != viewer.member_id:
                raise Denied("only who asked can take it back", introduction_id=introduction_id)
            if row.status == IntroductionStatus.WAITING:
                end(unit, row, IntroductionStatus.WITHDRAWN, row.asker_id, Said(Verdict.IGNORE))
            elif (shown := shown_status(row, viewer.member_id)) is not IntroductionStatus.WITHDRAWN:
                raise _refused("connected" if shown is IntroductionStatus.CONNECTED else "closed")
        return self.get(community_id, introduction_id, viewer)

    def report(self, community_id: str, introduction_id: str, viewer: Actor, comment: str) -> IntroductionView:
        """Report the other one to the operators, in whatever state it is, and block the pair; nobody else is told.

        Raises:
            NotFound: there is none that this member has part in.
            InvalidInput: the comment is empty or too long.
        """
        words = self._checked(comment)
        if not words:
            raise InvalidInput("say what happened", field="comment")
        with self._change(community_id, introduction_id, viewer) as (unit, row):
            report(unit, row, side_of(row, viewer.member_id or ""), words)
        return self.get(community_id, introduction_id, viewer)

    def close_due(self, community_id: str) -> int:
        """Close introductions whose time is over, up to the number of the rules; return how many."""
        with self._store.read(community_id) as unit:
            due = self._due(unit)
        if not due:
            return 0
        with self._store.write(community_id) as unit:
            lock_members(unit, *(key for row in due for key in (row.asker_id, row.target_id)))
            rows = unit.get_many(Introduction, [row.id for row in due]).values()
            for row in rows:
                close_if_due(unit, row)
            return len(rows)

    def _due(self, unit: Unit) -> list[Introduction]:
        waiting = select(Introduction).where(
            Introduction.status == IntroductionStatus.WAITING.value, Introduction.expires_at <= unit.now
        )
        ordered = waiting.order_by(Introduction.expires_at, Introduction.id).limit(self._rules.closed_at_once)
        return list(unit.session.scalars(ordered))

    def _close_quietly(self, community_id: str) -> None:
        # Nobody is refused a look because the database takes no notes for now.
        with suppress(StoreBusy, StoreFull):
            self.close_due(community_id)

    def _keep_drafts(self, community_id: str, introduction_id: str, drafts: dict[str, Any]) -> None:
        with suppress(StoreBusy, StoreFull), self._store.write(community_id) as unit:
            row = unit.find(Introduction, introduction_id)
            if row is not None:
                row.drafts = drafts

    @contextmanager
    def _change(self, community_id: str, introduction_id: str, viewer: Actor) -> Iterator[tuple[Unit, Introduction]]:
        """Yield a writing unit in which nobody else changes anything between the two, and the row as it is now.

        Raises:
            Denied: the viewer is no member.
        """
        if viewer.member_id is None:
            raise Denied("only the two members themselves act in an introduction", introduction_id=introduction_id)
        with self._store.read(community_id) as unit:
            known = find_introduction(unit, introduction_id, viewer)
        with self._store.write(community_id) as unit:
            lock_members(unit, known.asker_id, known.target_id)
            row = find_introduction(unit, introduction_id, viewer)
            close_if_due(unit, row)
            yield unit, row

    def _checked(self, comment: str) -> str:
        limit = self._rules.comment_chars
        if len(comment) > limit:
            raise InvalidInput(f"a comment has at most {limit} characters", field="comment", limit=limit)
        return clean_text(comment)


def _refused(reason: str) -> Conflict:
    sentences = refusal(reason)
    return Conflict(sentences["en"], reason=reason, sentence=sentences)
