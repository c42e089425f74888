"""Versions of plans: edited by hand, revised on request, locked, compared, brought back. Each change is a new version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.community.ids import new_id
from copilot.community.permission import offered_on, open_to_match
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import EventPlan, Member, Resource
from copilot.errors import Collision, Conflict, InvalidInput
from copilot.events.briefs.brief import Brief
from copilot.events.checking.checks import picks_of
from copilot.events.drafts.candidates import resource_candidate
from copilot.events.drafts.people import member_candidate
from copilot.events.models import PlanContent
from copilot.events.records import PlanResult, ReadWords, VersionChange, open_picks, plan_result, require_still_open
from copilot.events.revisions.diff import Difference, differences
from copilot.events.revisions.locks import require_lockable
from copilot.events.revisions.models import Around, Base, Revised
from copilot.events.revisions.patch import PlanPatch
from copilot.events.revisions.requests import read_request
from copilot.events.revisions.revision import revise
from copilot.events.revisions.wishes import Wish
from copilot.events.revisions.wording import refusal
from copilot.events.snapshot import Candidate, CandidateSource, PlanSnapshot
from copilot.events.surroundings import circumstances, look_around, playbook_for
from copilot.knowledge import KnowledgeBase

MAX_VERSIONS = 200
_SENTENCES = 20


@dataclass(frozen=True)
class _Stored:
    """A version as it was read, before anything is computed."""

    row: PlanResult
    snapshot: PlanSnapshot


@dataclass(frozen=True)
class _Next:
    """A version that is to be stored; `words` is the version whose words it has."""

    revised: Revised
    locks: list[str]
    change: VersionChange
    words: PlanResult


class PlanVersionService:
    """Changes plans. Safe between threads: of two changes of one version, the second is refused."""

    def __init__(self, store: Store, knowledge: KnowledgeBase, candidates: CandidateSource) -> None:
        self._store = store
        self._knowledge = knowledge
        self._candidates = candidates

    def versions(
        self, community_id: str, plan_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[PlanResult]:
        """Return the versions of the plan that `plan_id` is one of, newest first.

        Raises:
            NotFound: there is no such plan in this community.
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            series = unit.get(EventPlan, plan_id).series_id
            statement = select(EventPlan).where(EventPlan.series_id == series)
            page = unit.page(statement, (EventPlan.created_at, EventPlan.id), limit=limit, cursor=cursor)
            return Page([plan_result(row) for row in page.items], page.next_cursor)

    def compare(self, community_id: str, plan_id: str, with_id: str | None = None) -> list[Difference]:
        """Return what differs in a version from another: the one it was made from when none is named.

        Raises:
            NotFound: there is no such version here.
            InvalidInput: the two are versions of different plans.
        """
        with self._store.read(community_id) as unit:
            new = plan_result(unit.get(EventPlan, plan_id))
            old_id = with_id or (new.change.from_id if new.change else new.id)
            old = plan_result(unit.get(EventPlan, old_id))
        if old.series_id != new.series_id:
            raise InvalidInput("these are versions of two plans", field="with", pointer="/with")
        return differences(old.content, new.content)

    def edit(self, community_id: str, plan_id: str, patch: PlanPatch, *, actor: str) -> PlanResult:
        """Set parts of a plan by hand and store it as a new version; what is set is locked unless the patch says not to.

        Raises:
            NotFound: there is no such version here.
            Conflict: it is not the newest; `newest_id` and `version` say which is.
            InvalidInput: see `revision.revise`.
        """
        stored = self._newest(community_id, plan_id)
        wish = patch.wish()
        revised = self._revised(community_id, stored, wish)
        locks = [*stored.row.locks, *_addresses(wish)] if patch.lock else list(stored.row.locks)
        change = VersionChange(kind="edited", from_id=plan_id)
        return self._keep(
            community_id, stored, _Next(revised, _locks(revised.content, locks), change, stored.row), actor
        )

    def revise(self, community_id: str, plan_id: str, request: str, *, actor: str) -> PlanResult:
        """Change a plan as asked in words, in Chinese or English, and store it as a new version.

        Raises:
            NotFound: there is no such version here.
            Conflict: it is not the newest; `newest_id` and `version` say which is.
            InvalidInput: the words name nothing that can be changed, or see `revision.revise`.
        """
        stored = self._newest(community_id, plan_id)
        snapshot = stored.snapshot
        names = {pick.id: pick.name for pick in picks_of(stored.row.content)}
        now = self._store.clock.now().astimezone(ZoneInfo(snapshot.brief.timezone))
        wish = read_request(request, snapshot.brief, now, names)
        revised = self._revised(community_id, stored, wish)
        understood = [ReadWords(field=item.field, words=item.words) for item in wish.understood]
        change = VersionChange(kind="revised", from_id=plan_id, request=request, understood=understood)
        locks = _locks(revised.content, stored.row.locks)
        return self._keep(community_id, stored, _Next(revised, locks, change, stored.row), actor)

    def restore(self, community_id: str, plan_id: str, earlier_id: str, *, actor: str) -> PlanResult:
        """Bring an earlier version back as a new one; nothing is deleted, so that this can be undone, too.

        Raises:
            NotFound: there is no such version here.
            Conflict: `plan_id` is not the newest, or somebody the earlier version names has withdrawn.
            InvalidInput: the other is no earlier version of the same plan.
        """
        stored = self._newest(community_id, plan_id)
        with self._store.read(community_id) as unit:
            row = unit.get(EventPlan, earlier_id)
            earlier = _Stored(plan_result(row), PlanSnapshot.model_validate(row.snapshot))
        if earlier.row.series_id != stored.row.series_id or earlier.row.version >= stored.row.version:
            raise InvalidInput(
                "only an earlier version of the same plan can be brought back", field="to", pointer="/to",
                reason="not_earlier", sentence=refusal("not_earlier"),
            )  # fmt: skip
        brief = Brief.model_validate(earlier.row.brief)
        back = Revised(earlier.row.content, earlier.row.checks, earlier.snapshot, brief)
        change = VersionChange(kind="restored", from_id=plan_id, restored_version=earlier.row.version)
        return self._keep(community_id, stored, _Next(back, earlier.row.locks, change, earlier.row), actor)

    def lock(self, community_id: str, plan_id: str, addresses: Iterable[str], *, actor: str) -> PlanResult:
        """Replace the locks of the newest version of a plan; locks alone make no version.

        Raises:
            NotFound, Conflict: as for `edit`.
            InvalidInput: an address that is not in the plan or that code computes.
        """
        stored = self._newest(community_id, plan_id)
        locks = require_lockable(stored.row.content.model_dump(mode="json"), addresses)
        with self._store.write(community_id) as unit:
            self._require_newest(unit, stored.row)
            row = unit.get(EventPlan, plan_id)
            row.locks = [*locks]
            unit.audit(actor, "event_plan.locked", ("event_plan", plan_id), locks=len(locks))
            return plan_result(row)

    def _newest(self, community_id: str, plan_id: str) -> _Stored:
        with self._store.read(community_id) as unit:
            row = unit.get(EventPlan, plan_id)
            stored = _Stored(plan_result(row), PlanSnapshot.model_validate(row.snapshot))
            self._require_newest(unit, stored.row)
            return stored

    @staticmethod
    def _require_newest(unit: Unit, plan: PlanResult) -> None:
        newest: Any = unit.session.execute(
            select(EventPlan.id, EventPlan.version)
            .where(EventPlan.series_id == plan.series_id)
            .order_by(EventPlan.version.desc())
            .limit(1)
        ).one()
        if newest.id != plan.id:
            raise _not_newest(newest.id, newest.version)

    def _revised(self, community_id: str, stored: _Stored, wish: Wish) -> Revised:
        snapshot, row = stored.snapshot, stored.row
        view, past = look_around(self._store, community_id)
        # A plan keeps the currency it was drafted in, whatever the community counts in by now.
        currency = snapshot.community.currency
        view = view.model_copy(update={"currency": currency})
        wanted = str(wish.brief.get("format") or snapshot.brief.format)
        playbook = playbook_for(self._knowledge, wanted, view.locale, currency)
        current = playbook_for(self._knowledge, snapshot.brief.format, view.locale, currency)
        day = wish.brief.get("starts_on") or snapshot.brief.starts_on
        with self._store.read(community_id) as unit:
            still_open = open_picks(unit, row.content, day)
            named = _records(unit, wish.picks, day)
        known = snapshot.candidates.by_id()
        around = Around(
            circumstances=circumstances(view, past, playbook.format, self._store.clock.now()), playbook=playbook,
            search=lambda brief: self._candidates.candidates(community_id, brief, playbook, past),
            open_ids=frozenset(still_open), record=lambda one: known.get(one) if one in still_open else named.get(one),
        )  # fmt: skip
        base = Base(row.content, snapshot, Brief.model_validate(row.brief), current, tuple(row.locks))
        return revise(base, wish, around)

    def _keep(self, community_id: str, stored: _Stored, following: _Next, actor: str) -> PlanResult:
        revised, words = following.revised, following.words
        found = differences(stored.row.content, revised.content)
        told = [item.sentence for item in found[:_SENTENCES]]
        change = following.change.model_copy(update={"differences": len(found), "sentences": told})
        try:
            with self._store.write(community_id) as unit:
                self._require_newest(unit, stored.row)
                if stored.row.version >= MAX_VERSIONS:
                    raise Conflict(f"a plan has at most {MAX_VERSIONS} versions", limit=MAX_VERSIONS)
                require_still_open(unit, revised.content, revised.snapshot.brief.starts_on)
                row = unit.add(
                    EventPlan(
                        id=new_id("plan"), series_id=stored.row.series_id, version=stored.row.version + 1,
                        status="draft", brief=revised.brief.model_dump(mode="json"),
                        snapshot=revised.snapshot.model_dump(mode="json"),
                        content=revised.content.model_dump(mode="json"),
                        checks=[check.model_dump(mode="json") for check in revised.checks],
                        drafted_by=words.drafted_by,
                        degraded=words.degraded.model_dump(mode="json") if words.degraded else None,
                        llm_call_ids=[*words.llm_call_ids], locks=[*following.locks], change=change.model_dump(mode="json"),
                        created_by=actor, created_at=unit.now,
                    )
                )  # fmt: skip
                unit.audit(
                    actor, f"event_plan.{change.kind}", ("event_plan", row.id), from_id=stored.row.id,
                    version=row.version, differences=change.differences,
                )  # fmt: skip
                return plan_result(row)
        except Collision as error:
            raise self._beaten(community_id, stored.row) from error

    def _beaten(self, community_id: str, plan: PlanResult) -> Conflict:
        """Return the refusal for who was second by a moment."""
        with self._store.read(community_id) as unit:
            newest = unit.session.scalars(
                select(EventPlan)
                .where(EventPlan.series_id == plan.series_id)
                .order_by(EventPlan.version.desc())
                .limit(1)
            ).one()
            return _not_newest(newest.id, newest.version)


def _not_newest(newest_id: str, version: int) -> Conflict:
    return Conflict(
        f"there is a newer version of this plan: {newest_id}", reason="not_newest", newest_id=newest_id,
        version=version, sentence=refusal("not_newest", version=version),
    )  # fmt: skip


def _addresses(wish: Wish) -> list[str]:
    """Return where a change set something by hand: what is locked with it."""
    picks = [f"{address}.{'speaker' if address.startswith('agenda.') else 'pick'}" for address in wish.picks]
    return [*wish.values, *picks]


def _locks(content: PlanContent, addresses: Iterable[str]) -> list[str]:
    """Return the locks whose part the plan still has."""
    document = content.model_dump(mode="json")
    kept = []
    for address in addresses:
        try:
            kept += require_lockable(document, [address])
        except InvalidInput:  # the part went with the change
            continue
    return require_lockable(document, kept[-100:])


def _records(unit: Unit, picks: Mapping[str, str | None], day: date) -> dict[str, Candidate]:
    """Return the records that were named and may be picked for a day, by id."""
    named = [one for one in picks.values() if one]
    members = select(Member).where(Member.id.in_(named), *open_to_match())
    resources = select(Resource).where(Resource.id.in_(named), *offered_on(day))
    found = {
        row.id: member_candidate(row, row.headline or row.industry or row.name, row.id, 0.0)
        for row in unit.session.scalars(members)
    }
    return found | {row.id: resource_candidate(row, 0.0).candidate for row in unit.session.scalars(resources)}
