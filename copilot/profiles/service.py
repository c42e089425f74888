"""ProfileService: reads introductions and chat for a member's profile, and lets the member, and nobody else, confirm.

Nothing becomes a sentence or a value of a profile before the member's own yes. Each proposal keeps the exact words it
rests on; each source has its own consent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.permission import allows_ai, get_seen
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import AspectProposal, Member
from copilot.errors import Conflict, InvalidInput, ModelCancelled, ModelError, NotFound
from copilot.llm.structured import StructuredModel
from copilot.profiles import decisions
from copilot.profiles.chat import read_chat
from copilot.profiles.decisions import Wording
from copilot.profiles.drafts import Draft, SourceText, merged
from copilot.profiles.llm_extraction import FEATURE, MAX_SOURCES, ModelReader
from copilot.profiles.models import (
    Confirmation,
    Degraded,
    Extraction,
    Note,
    Refusal,
    Source,
    SourceConsents,
    Status,
    StoredProposal,
)
from copilot.profiles.proposals import Kept, count_open, keep, lock_member, standing_messages
from copilot.profiles.records import gather_chat
from copilot.profiles.refusals import (
    MAX_INTRODUCTION_CHARS,
    denied,
    introduction_text,
    no_proposal,
    not_own,
    require_chat,
    require_introduction,
)
from copilot.profiles.rules import read_introduction
from copilot.profiles.source_consent import current, decide_sources
from copilot.profiles.wording import say
from copilot.prompts import PromptLibrary
from copilot.settings import LimitSettings

MAX_CONFIRMED_AT_ONCE = 100
AS_PROPOSED = Wording()
# Shorter messages say nothing a model could find that rules do not.
_FEWEST_CHARS_FOR_MODEL = 12


class ProfileService:
    """Proposes aspects and keeps the answers. Safe between threads."""

    def __init__(
        self, store: Store, prompts: PromptLibrary, model: StructuredModel | None, limits: LimitSettings
    ) -> None:
        self._store = store
        self._reader = ModelReader(model, prompts) if model is not None else None
        self._limits = limits

    def read_introduction(
        self,
        community_id: str,
        member_id: str,
        text: str,
        *,
        actor: Actor,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Extraction:
        """Read a self-introduction of 1-4,000 characters and propose what it says.

        Handed in by the member it is a yes to this text; others may hand it in unless the member said no to that.

        Raises:
            NotFound: no such member, or hidden from the actor.
            Denied: somebody else hands it in and the member withdrew this source.
            InvalidInput, TooLarge: the text is blank or too long.
            ModelCancelled: `is_cancelled` said so; nothing is stored.
        """
        cleaned = introduction_text(text)
        in_person = actor.member_id == member_id
        with self._store.read(community_id) as unit:
            member = get_seen(unit, actor, member_id)
            require_introduction(member, in_person=in_person)
            locale = unit.community().locale
        source = SourceText("introduction", cleaned)
        drafts = [Draft(finding, source) for finding in read_introduction(cleaned, locale)]
        answer = _empty(member_id, locale, "introduction")
        if allows_ai(member):
            drafts = self._with_model(community_id, [source], drafts, answer, is_cancelled)
        return self._keep(community_id, drafts, answer, actor, in_person=in_person)

    def scan_chat(
        self, community_id: str, member_id: str, *, actor: Actor, is_cancelled: Callable[[], bool] | None = None
    ) -> Extraction:
        """Read the member's messages of the last year and propose what they say.

        Raises:
            NotFound: no such member, or hidden from the actor.
            Denied: the member has not said yes to this source, or not to AI; `data["reason"]` says which.
            ModelCancelled: `is_cancelled` said so; nothing is stored.
        """
        with self._store.read(community_id) as unit:
            require_chat(get_seen(unit, actor, member_id))
            locale = unit.community().locale
            chat = gather_chat(unit, member_id)
        drafts = read_chat(chat, self._store.clock.now(), locale)
        answer = _empty(member_id, locale, "chat")
        newest = [line for line in reversed(chat.own) if len(line.text.strip()) >= _FEWEST_CHARS_FOR_MODEL]
        sources = [SourceText("chat", line.text, line.id) for line in newest[:MAX_SOURCES]]
        if sources:
            drafts = self._with_model(community_id, sources, drafts, answer, is_cancelled)
        return self._keep(community_id, drafts, answer, actor, in_person=actor.member_id == member_id)

    def proposals(
        self,
        community_id: str,
        member_id: str,
        *,
        actor: Actor,
        status: Status | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[StoredProposal]:
        """Return a member's proposals, oldest first, those of one text in the text's order.

        Raises:
            NotFound: no such member, or hidden from the actor.
            InvalidInput: limit or cursor is wrong.
        """
        statement = select(AspectProposal).where(AspectProposal.member_id == member_id)
        if status is not None:
            statement = statement.where(AspectProposal.status == status)
        with self._store.read(community_id) as unit:
            get_seen(unit, actor, member_id)
            sort = (AspectProposal.created_at, AspectProposal.id)
            page = unit.page(statement, sort, limit=limit, cursor=cursor, descending=False)
            return Page([StoredProposal.model_validate(row) for row in page.items], page.next_cursor)

    def confirm(
        self, community_id: str, proposal_id: str, wording: Wording = AS_PROPOSED, *, actor: Actor
    ) -> StoredProposal:
        """Put a proposal into the profile, in the member's own wording if there is one.

        Raises:
            NotFound: there is no such proposal of the actor's.
            Denied: the actor speaks for no member.
            Conflict: it was answered, its message is gone, or the profile is full; `data["reason"]` says which.
            InvalidInput, TooLarge: the text is blank or too long, or a single value is to change sides.
        """
        with self._store.write(community_id) as unit:
            row, member = self._own(unit, proposal_id, actor)
            self._confirm(unit, member, row, wording, actor)
            return StoredProposal.model_validate(row)

    def decline(self, community_id: str, proposal_id: str, *, actor: Actor) -> StoredProposal:
        """Turn a proposal down for good: the same words are never proposed again.

        Raises:
            NotFound: there is no such proposal of the actor's.
            Denied: the actor speaks for no member.
            Conflict: it was answered before.
        """
        with self._store.write(community_id) as unit:
            row, _ = self._own(unit, proposal_id, actor)
            decisions.require_open(row)
            decisions.decline(unit, row)
            unit.audit(actor.key_id, "profile.aspect_declined", ("aspect_proposal", row.id), member_id=row.member_id)
            return StoredProposal.model_validate(row)

    def confirm_many(
        self, community_id: str, member_id: str, proposal_ids: Sequence[str], *, actor: Actor
    ) -> Confirmation:
        """Confirm up to 100 proposals as they are; those that cannot be are named with the reason, the others go through.

        Raises:
            Denied: the actor is not the member.
            NotFound: there is no such member.
            InvalidInput: no ids, or more than 100.
        """
        if not 1 <= len(proposal_ids) <= MAX_CONFIRMED_AT_ONCE:
            raise InvalidInput(
                f"name 1 to {MAX_CONFIRMED_AT_ONCE} proposals", field="#/ids", limit=MAX_CONFIRMED_AT_ONCE
            )
        if actor.member_id != member_id:
            raise not_own()
        answer = Confirmation(items=[], refused=[])
        with self._store.write(community_id) as unit:
            locale = unit.community().locale
            rows, member = decisions.lock_own(unit, member_id, proposal_ids)
            for proposal_id in dict.fromkeys(proposal_ids):
                try:
                    if proposal_id not in rows:
                        raise no_proposal(proposal_id)
                    self._confirm(unit, member, rows[proposal_id], AS_PROPOSED, actor)
                    answer.items.append(StoredProposal.model_validate(rows[proposal_id]))
                except (Conflict, NotFound) as error:
                    code = str(error.data.get("reason", error.code))
                    answer.refused.append(Refusal(id=proposal_id, code=code, sentence=say(locale, code, **error.data)))
        return answer

    def sources(self, community_id: str, member_id: str, *, actor: Actor) -> SourceConsents:
        """Return which sources may be read.

        Raises:
            NotFound: no such member, or hidden from the actor.
        """
        with self._store.read(community_id) as unit:
            return current(get_seen(unit, actor, member_id))

    def change_sources(
        self,
        community_id: str,
        member_id: str,
        changes: Mapping[Source, bool],
        *,
        actor: Actor,
        delete_confirmed: bool = False,
    ) -> SourceConsents:
        """Set which sources may be read. Only the member says yes; a no deletes what waits for an answer.

        Raises:
            NotFound: no such member.
            Denied: somebody else says yes for the member.
            InvalidInput: nothing is to change.
        """
        if not changes:
            raise InvalidInput("name at least one source", field="#/")
        if actor.member_id != member_id and any(changes.values()):
            raise denied("own_yes", "only the member can say yes")
        with self._store.write(community_id) as unit:
            member = lock_member(unit, member_id)
            named = {str(name): allowed for name, allowed in changes.items()}
            locale = unit.community().locale
            answer = decide_sources(unit, member, named, delete_confirmed=delete_confirmed, locale=locale)
            unit.audit(
                actor.key_id, "member.source_consent_changed", ("member", member_id), **named,
                delete_confirmed=delete_confirmed, proposals_deleted=answer.proposals_deleted,
            )  # fmt: skip
            return answer

    def _with_model(
        self,
        community_id: str,
        sources: Sequence[SourceText],
        by_rules: list[Draft],
        answer: Extraction,
        is_cancelled: Callable[[], bool] | None,
    ) -> list[Draft]:
        """Return the rules' drafts and what a model adds; what went wrong is noted in `answer`."""
        if self._reader is None:
            return by_rules
        try:
            found = self._reader.read(community_id, sources, answer.locale, is_cancelled)
        except ModelCancelled:
            raise
        except ModelError as error:
            answer.degraded = Degraded(code=error.code, message=say(answer.locale, "degraded", code=error.code))
            ids = error.data.get("call_ids")
            answer.llm_call_ids = [str(one) for one in ids] if isinstance(ids, list) else []
            return by_rules
        answer.llm_call_ids, answer.unproven = found.call_ids, found.unproven
        return merged(by_rules, found.drafts)

    def _keep(
        self, community_id: str, drafts: list[Draft], answer: Extraction, actor: Actor, *, in_person: bool
    ) -> Extraction:
        """Store the drafts, if what was allowed when they were read is still allowed."""
        with self._store.write(community_id) as unit:
            # Messages before the member, as in every change: two orders would wait for each other.
            standing_messages(unit, [draft.source.message_id for draft in drafts if draft.source.message_id])
            member = lock_member(unit, answer.member_id)
            if answer.source == "chat":
                require_chat(member)
            else:
                require_introduction(member, in_person=in_person)
            if not allows_ai(member):
                drafts = [draft for draft in drafts if draft.extracted_by == "rules"]
            kept = keep(unit, member, drafts)
            answer.items = [StoredProposal.model_validate(row) for row in kept.open]
            answer.known = kept.known
            answer.note = _note(answer.locale, drafts, kept, count_open(unit, member.id))
            ids = [row.id for row in kept.open]
            unit.audit(actor.key_id, FEATURE, ("member", member.id), source=answer.source, proposal_ids=ids)
        return answer

    def _own(self, unit: Unit, proposal_id: str, actor: Actor) -> tuple[AspectProposal, Member]:
        """Return the actor's own proposal and the member."""
        if actor.member_id is None:
            raise not_own()
        rows, member = decisions.lock_own(unit, actor.member_id, [proposal_id])
        if proposal_id not in rows:
            raise no_proposal(proposal_id)
        return rows[proposal_id], member

    def _confirm(self, unit: Unit, member: Member, row: AspectProposal, wording: Wording, actor: Actor) -> None:
        decisions.confirm(unit, member, row, wording, self._limits)
        # Neither words nor values: the audit outlives the member.
        unit.audit(
            actor.key_id, "profile.aspect_confirmed", ("aspect_proposal", row.id), member_id=row.member_id,
            aspect=row.aspect, field=row.field, status=row.status,
        )  # fmt: skip


def _empty(member_id: str, locale: str, source: Source) -> Extraction:
    return Extraction(member_id=member_id, locale=locale, source=source, items=[], known=0, unproven=0)


def _note(locale: str, drafts: list[Draft], kept: Kept, waiting: int) -> Note | None:
    if kept.is_full:
        return Note(code="too_many_open", sentence=say(locale, "note.too_many_open", open=waiting))
    if kept.open:
        return None
    code = "all_known" if drafts else "nothing_found"
    return Note(code=code, sentence=say(locale, f"note.{code}"))


__all__ = ["MAX_CONFIRMED_AT_ONCE", "MAX_INTRODUCTION_CHARS", "ProfileService"]
