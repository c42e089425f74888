"""The one way into the queue: a draft of any source opens a case or joins the one it belongs to. Handing in twice is once.

A draft joins, in this order: the case that holds it already, a case with the same message, an open case of the same
sender with a copy of it. What a person decided is not opened again by the same message in the same category.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, select

from copilot.community.ids import derived_id, new_id
from copilot.community.models import Category
from copilot.community.outbox import emit
from copilot.community.prepared import Prepared
from copilot.community.store import Unit
from copilot.community.tables import Case, CaseItem, Message
from copilot.errors import NotFound
from copilot.moderation.drafts import CaseDraft, Evidence, Taken
from copilot.moderation.item_records import adopt_item, new_case, new_item, refresh_item
from copilot.moderation.likeness import COPY_WINDOW, is_copy, letters_of
from copilot.moderation.models import CaseStatus, FoundBy
from copilot.moderation.pattern_intake import take_pattern
from copilot.moderation.private_words import without_private_words
from copilot.moderation.settling import rank_new, settle

_COPIES_LOOKED_AT = 20
_CHUNK = 300
_COPIES = Prepared(
    select(CaseItem.case_id, Message.text)
    .join(Message, Message.id == CaseItem.message_id)
    .join(Case, Case.id == CaseItem.case_id)
    .where(Message.sender_id == bindparam("sender_id"), Message.id != bindparam("message_id"))
    .where(Message.sent_at >= bindparam("since"), Message.sent_at <= bindparam("until"))
    .where(Case.status == CaseStatus.OPEN.value, CaseItem.withdrawn_at.is_(None))
    .order_by(Message.sent_at.desc(), CaseItem.id)
    .limit(_COPIES_LOOKED_AT)
)


def open_or_join(unit: Unit, draft: CaseDraft) -> str:
    """Bring a suspected breach before the moderators and return the id of its case.

    Raises:
        NotFound: a message of the draft is not here.
    """
    return Intake(unit).take(draft).case_id


class Intake:
    """Takes drafts in one writing unit; what belongs to its messages is looked up once for a batch."""

    def __init__(self, unit: Unit, messages: Mapping[str, Message] | None = None) -> None:
        """`messages` are rows of this unit that are loaded already, all of whose items are looked up at once."""
        self._unit = unit
        self._messages = dict(messages or {})
        self._items: dict[str, list[CaseItem]] = {}
        self._clauses = _clauses(unit)
        self._load_items(self._messages)

    def take(self, draft: CaseDraft) -> Taken:
        """Open or join; see `open_or_join`."""
        missing = [e.message_id for e in draft.evidence if e.message_id not in self._messages]
        if missing:
            self._messages.update(self._unit.get_many(Message, missing))
        self._load_items(e.message_id for e in draft.evidence)
        for evidence in draft.evidence:
            if evidence.message_id not in self._messages:
                raise NotFound("there is no such message here", kind="message", id=evidence.message_id)
        draft = without_private_words(self._unit, draft)
        clause_id = self._clauses.get(draft.category.value, "")
        if draft.pattern is not None:
            taken = take_pattern(self._unit, draft, self._messages, clause_id)
            self._items.clear()  # items may have moved between cases
        else:
            taken = self._take_one(draft, draft.evidence[0], clause_id)
        if taken.is_new:
            note = {"case_id": taken.case_id, "category": draft.category.value, "severity": draft.harm.value}
            emit(self._unit, "case.opened", {**note, "found_by": draft.found_by.value})
        return taken

    def withdraw(self, message_id: str, wanted: Collection[Category]) -> int:
        """Note that detectors find only `wanted` in a message; return how many cases rest on nothing any more.

        What people reported and what people decided is left alone.
        """
        withdrawn = 0
        for item in self._items.get(message_id, []):
            if item.found_by != FoundBy.SIGNAL or item.withdrawn_at is not None or Category(item.category) in wanted:
                continue
            case = self._unit.get(Case, item.case_id)
            if case.status == CaseStatus.DECIDED:
                continue
            item.withdrawn_at = self._unit.now
            settle(self._unit, case)
            withdrawn += case.status == CaseStatus.WITHDRAWN
        return withdrawn

    def _take_one(self, draft: CaseDraft, evidence: Evidence, clause_id: str) -> Taken:
        message = self._messages[evidence.message_id]
        items = self._items.setdefault(message.id, [])
        held = next((i for i in items if (i.category, i.found_by) == (draft.category, draft.found_by)), None)
        home = self._locked(held.case_id) if held is not None else self._home(message, draft)
        if home is not None and held is not None:
            if home.status != CaseStatus.DECIDED:
                refresh_item(held, draft, evidence, message, clause_id)
                return Taken(home.id, settle(self._unit, home))
            return Taken(home.id, is_new=False)
        if home is not None:
            items.append(self._unit.add(new_item(self._unit, home.id, draft, evidence, message, clause_id)))
            return Taken(home.id, settle(self._unit, home))
        case_id = derived_id("cas", self._unit.community_id, message.id, draft.category.value)
        if self._unit.find(Case, case_id) is not None:  # its message moved to another case meanwhile
            case_id = new_id("cas")
        item = new_item(self._unit, case_id, draft, evidence, message, clause_id)
        case = new_case(self._unit, case_id, item, message.sender_id)
        rank_new(self._unit, case, item)
        self._unit.add(case)
        self._unit.session.flush()
        items.append(self._unit.add(item))
        return Taken(case_id, is_new=True)

    def _home(self, message: Message, draft: CaseDraft) -> Case | None:
        """Return the case that a message belongs to; nobody decides on it while it is joined."""
        items = self._items.get(message.id, [])
        same = [i.case_id for i in items if i.category == draft.category]
        for case_id in dict.fromkeys([*same, *(i.case_id for i in items)]):
            case = self._locked(case_id)
            if case is not None and (case_id in same or case.status != CaseStatus.DECIDED):
                return case
        for case_id in self._copies(message):
            case = self._locked(case_id)
            if case is not None and case.status == CaseStatus.OPEN:
                return case
        return None

    def _locked(self, case_id: str) -> Case | None:
        # Read anew: whoever held the lock before may have decided it.
        statement = select(Case).where(Case.id == case_id).with_for_update()
        found: Case | None = self._unit.session.scalar(statement.execution_options(populate_existing=True))
        return found

    def _copies(self, message: Message) -> list[str]:
        """Return the open cases in which the same sender said the same, newest first."""
        letters = letters_of(message.text)
        if message.sender_id is None or not letters:
            return []
        at = message.sent_at
        rows = self._unit.rows(
            _COPIES, sender_id=message.sender_id, message_id=message.id, since=at - COPY_WINDOW, until=at + COPY_WINDOW
        )
        return list(dict.fromkeys(row.case_id for row in rows if is_copy(letters, letters_of(row.text))))

    def _load_items(self, message_ids: Iterable[str]) -> None:
        wanted = [message_id for message_id in dict.fromkeys(message_ids) if message_id not in self._items]
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            found: dict[str, list[CaseItem]] = defaultdict(list)
            statement = (
                select(CaseItem).where(CaseItem.message_id.in_(chunk)).order_by(CaseItem.created_at, CaseItem.id)
            )
            for item in self._unit.session.scalars(statement):
                found[item.message_id].append(item)
            cases = self._unit.session.scalars(select(Case).where(Case.message_id.in_(chunk))).all()
            for case in cases:
                if not any(i.category == case.category for i in found[case.message_id]):
                    found[case.message_id].append(adopt_item(self._unit, case))
            self._items.update({message_id: found[message_id] for message_id in chunk})


def _clauses(unit: Unit) -> dict[str, str]:
    """Return, for each category, the id of the community's first policy clause about it."""
    found: dict[str, str] = {}
    for clause in unit.community().policy:
        for category in clause.get("categories", []):
            found.setdefault(category, clause.get("id", ""))
    return found
