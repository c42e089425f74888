"""ClaimService: what the community's own records say of a text, and a case where they say otherwise. Never "false"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, tuple_

from copilot.community.ids import derived_id
from copilot.community.models import Category
from copilot.community.private import private_among
from copilot.community.store import Store, Unit
from copilot.community.tables import Case, CaseFinding, CaseItem, Message, StaleMark
from copilot.errors import InvalidInput
from copilot.knowledge import KnowledgeBase
from copilot.moderation.claims.checking import VERSION, check_text
from copilot.moderation.claims.corrections import Corrections
from copilot.moderation.claims.marks import LOOK_BACK, PURPOSE
from copilot.moderation.claims.models import ClaimCheck, ClaimReport, Outcome
from copilot.moderation.claims.sources import sources_of
from copilot.moderation.claims.subjects import SourceIndex
from copilot.moderation.claims.wording import sentence, summary
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import Intake
from copilot.moderation.merging import find_case
from copilot.moderation.models import CASE_SCORE, CaseStatus, FoundBy
from copilot.moderation.settling import settle

DETECTOR = "claims"
# Set by hand: of the claims written for it that it calls contradicted, about nine in ten are (see `eval/suites/claims.py`).
SCORE = 0.8
TEXT_MAX_CHARS = 2_000
MAX_BATCH = 1_000
_CHUNK = 300


@dataclass(frozen=True)
class ClaimReadReport:
    """What one batch did: marks taken, messages whose claim a record contradicts, and cases that rest on nothing now."""

    taken: int
    contradicted: int
    withdrawn: int


class ClaimService:
    """Feature key `moderation:claims`."""

    def __init__(self, store: Store, articles: KnowledgeBase | None = None) -> None:
        """`articles` are the operators' own; what ships with the software is advice and contradicts nobody."""
        self._store = store
        self._articles = articles
        self.corrections = Corrections(store)

    def check(self, community_id: str, text: str, said_on: datetime | None = None) -> ClaimReport:
        """Hold every claim of a text against the records; nothing is stored.

        Args:
            community_id: whose records.
            text: 1 to 2,000 characters.
            said_on: when it was said, aware; now when left out.

        Raises:
            InvalidInput: no text, too long, or a time without a zone.
        """
        if not len(text.strip()) >= 1 or len(text) > TEXT_MAX_CHARS:
            raise InvalidInput(f"a text has 1 to {TEXT_MAX_CHARS} characters", field="text", limit=TEXT_MAX_CHARS)
        if said_on is not None and said_on.tzinfo is None:
            raise InvalidInput("the time needs a zone", field="said_at")
        with self._store.read(community_id) as unit:
            community = unit.community()
            index = SourceIndex(sources_of(unit, self._articles))
            day = (said_on or unit.now).astimezone(ZoneInfo(community.timezone)).date()
            locale = community.locale
        found = check_text(text, index, day, locale)
        return ClaimReport(found, summary(locale, [check.outcome for check in found]))

    def read_pending(self, community_id: str, limit: int = 500) -> ClaimReadReport:
        """Check messages that wait, oldest marks first; call again until `taken` is 0. Safe to kill and to run twice.

        Raises:
            InvalidInput: limit outside 1-1000.
        """
        if not 1 <= limit <= MAX_BATCH:
            raise InvalidInput(f"limit must be between 1 and {MAX_BATCH}", field="limit", limit=MAX_BATCH)
        with self._store.read(community_id) as unit:
            tokens = _take(unit, limit)
            if not tokens:
                return ClaimReadReport(0, 0, 0)
            messages = {m.id: m for m in unit.get_many(Message, tokens).values() if _may_be_read(m, unit.now)}
            community = unit.community()
            index = SourceIndex(sources_of(unit, self._articles))
        zone = ZoneInfo(community.timezone)
        checks = {
            m.id: next((c for c in check_text(m.text[:TEXT_MAX_CHARS], index, m.sent_at.astimezone(zone).date(), community.locale)
                        if c.outcome is Outcome.CONTRADICTED), None)
            for m in messages.values()
        }  # fmt: skip
        with self._store.write(community_id) as unit:
            still = _clear(unit, tokens)
            hidden = private_among(unit, still)
            held = unit.get_many(Message, still)
            contradicted = withdrawn = 0
            intake = Intake(unit, held)
            for message_id, message in held.items():
                check = checks.get(message_id) if message_id not in hidden and message.recalled_at is None else None
                if check is None:
                    withdrawn += _withdraw(unit, message_id)
                else:
                    _open(unit, intake, message_id, check)
                    contradicted += 1
        return ClaimReadReport(len(tokens), contradicted, withdrawn)


def _open(unit: Unit, intake: Intake, message_id: str, check: ClaimCheck) -> None:
    """Bring the claim before the moderators, the record's words with it."""
    draft = CaseDraft(
        found_by=FoundBy.CLAIM, category=Category.MISINFORMATION_CLAIM,
        evidence=(Evidence(message_id, check.start, check.end),), score=SCORE, detector=DETECTOR, version=VERSION,
        threshold=CASE_SCORE,
    )  # fmt: skip
    case_id = intake.take(draft).case_id
    facts = {name: value for name, value in asdict(check).items() if name != "sentence"}
    told = {
        locale: sentence(locale, check.outcome, check.source_kind or "", check.source_quote or "")
        for locale in ("zh-CN", "en")
    }
    evidence = {"facts": {**facts, "outcome": check.outcome.value, "message_id": message_id}, "sentence": told}
    finding_id = derived_id("cfi", unit.community_id, "claim", message_id)
    row = unit.find(CaseFinding, finding_id)
    if row is not None:
        if row.evidence != evidence:
            row.evidence = evidence
        return
    unit.add(
        CaseFinding(
            id=finding_id, case_id=find_case(unit, case_id).id, found_by=FoundBy.CLAIM.value, category=draft.category.value,
            detector=DETECTOR, detector_version=VERSION, score=SCORE, threshold=CASE_SCORE, affected=[], evidence=evidence,
            created_at=unit.now,
        )
    )  # fmt: skip
    unit.session.flush()


def _withdraw(unit: Unit, message_id: str) -> bool:
    """Note that no record contradicts a message any more; what people decided is left alone."""
    item = unit.session.scalar(
        select(CaseItem).where(
            CaseItem.message_id == message_id, CaseItem.found_by == FoundBy.CLAIM.value, CaseItem.withdrawn_at.is_(None)
        )
    )
    if item is None:
        return False
    case = unit.get(Case, item.case_id)
    if case.status == CaseStatus.DECIDED:
        return False
    item.withdrawn_at = unit.now
    settle(unit, case)
    return True


def _take(unit: Unit, limit: int) -> dict[str, str]:
    statement = select(StaleMark.record_id, StaleMark.token).where(StaleMark.purpose == PURPOSE)
    rows = unit.session.execute(statement.order_by(StaleMark.marked_at, StaleMark.record_id).limit(limit))
    return {row.record_id: row.token for row in rows}


def _clear(unit: Unit, tokens: Mapping[str, str]) -> list[str]:
    """Remove the marks that are still the ones taken and return their message ids."""
    still: list[str] = []
    pairs = list(tokens.items())
    for start in range(0, len(pairs), _CHUNK):
        same = tuple_(StaleMark.record_id, StaleMark.token).in_(pairs[start : start + _CHUNK])
        held = select(StaleMark.record_id).where(StaleMark.purpose == PURPOSE, same).with_for_update()
        still.extend(unit.session.scalars(held))
        unit.session.execute(delete(StaleMark).where(StaleMark.purpose == PURPOSE, same))
    return still


def _may_be_read(message: Message, now: datetime) -> bool:
    # What was said long ago was said of other records.
    return message.recalled_at is None and message.hidden_at is None and message.sent_at >= now - LOOK_BACK
