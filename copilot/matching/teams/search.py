"""Teams of a community for a goal: which slots, who fits them, several teams that differ, and the words each rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from copilot.community.access import Actor
from copilot.community.cities import city_key
from copilot.community.store import Store, Unit
from copilot.llm.structured import StructuredModel
from copilot.matching.learning.versions import active_weights
from copilot.matching.optimum import Impossible, NotFoundInTime, Stopwatch
from copilot.matching.records import (
    Party,
    Setting,
    read_members,
    read_resources,
    read_setting,
    with_activity,
    with_statements,
)
from copilot.matching.rules.constraints import is_findable
from copilot.matching.rules.standing import forbidden_pairs
from copilot.matching.scores.pair_scorer import PairScorer
from copilot.matching.scores.scoring import Weights
from copilot.matching.seatings.roster import find_members
from copilot.matching.seatings.wording import explain
from copilot.matching.teams.ask import TeamAnswer, TeamAsk, TeamNote, TeamSlot
from copilot.matching.teams.fit import FitJudge, Fits, Line, read_lines
from copilot.matching.teams.models import Slot as SlotToFill
from copilot.matching.teams.models import TeamRequest, TeamSettings
from copilot.matching.teams.pages import TeamPages
from copilot.matching.teams.planning import plan_teams
from copilot.matching.teams.pool import Named, TeamPool, open_only, read_named
from copilot.matching.teams.shared_wants import shared_wants
from copilot.matching.teams.slot_draft import Slot, SlotDraft, draft_slots, given_slots, slots_by_rules
from copilot.matching.teams.wording import refusal, say
from copilot.prompts import PromptLibrary
from copilot.settings import MatchingSettings

# Fit from which on somebody may fill a slot; below it words only resemble one another.
FLOOR = 0.35
OVERLAP_PENALTY = 0.02
# All pairs of those asked about together are compared text by text.
MAX_ASKED_TOGETHER = 30
_PER_SLOT = 30
# Fit from which on a resource is said to support a slot: one too many misleads more than one too few.
_SUPPORTS = 0.6


@dataclass(frozen=True)
class TeamParts:
    """What the service works with: stored pairs, fits, who and what is near a slot, and for how long a "no" holds."""

    pairs: PairScorer
    fits: FitJudge
    pool: TeamPool
    limits: MatchingSettings = field(default_factory=MatchingSettings)


@dataclass(frozen=True)
class TeamBasis:
    """The facts of one answer: what is asked of the optimiser, and what its answer is told with."""

    request: TeamRequest
    settings: TeamSettings
    pages: TeamPages


class TeamService:
    """Finds teams. Nothing is kept and nobody is told: a team is a proposal to the operator."""

    def __init__(
        self, store: Store, parts: TeamParts, prompts: PromptLibrary, model: StructuredModel | None,
        weights: Weights | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._parts = parts
        self._prompts = prompts
        self._model = model
        self._weights = weights or Weights()

    def find(self, community_id: str, ask: TeamAsk, *, actor: Actor) -> TeamAnswer:
        """Return teams for the goal, best first; without a goal what the named members want, to pick one from.

        Raises:
            InvalidInput: nothing is asked, or slots, members or the asker are wrong; `NotFoundInTime`.
            NotFound: a named member is not here.
            EmbeddingFailed, IndexUnavailable: vectors cannot be made or read.
        """
        if not ask.goal.strip() and not ask.slots:
            return self._goals(community_id, ask, actor)
        watch = Stopwatch(ask.seconds)
        with self._store.read(community_id) as unit:
            setting = read_setting(unit, self._parts.limits)
            named = read_named(unit, actor, ask, setting.locale)
            given = None if ask.slots is None else _given(unit, actor, ask)
        draft = given or self._draft(setting, ask)
        basis = self.basis(setting, ask, draft, named)
        try:
            plan = plan_teams(basis.request, basis.settings)
        except (Impossible, NotFoundInTime) as error:
            explain(error)
            raise
        notes = ["default_slots"] if draft.source == "default" else []
        if plan.teams and len(plan.teams) < ask.teams:
            notes.append("fewer_teams")
        return TeamAnswer(
            goal=ask.goal, slots=_shown(draft.slots), slots_from=draft.source, degraded=draft.degraded,
            teams=[basis.pages.team(team) for team in plan.teams],
            uncovered=[basis.pages.open_slot(hole) for hole in plan.uncovered], goals=[],
            left_out=named.left_out, candidates=len(basis.request.candidates), seconds=watch.spent(),
            notes=_notes(setting, notes),
        )  # fmt: skip

    def basis(self, setting: Setting, ask: TeamAsk, draft: SlotDraft, named: Named) -> TeamBasis:
        """Return what the optimiser is asked, and what its answer is told with.

        Raises:
            EmbeddingFailed, IndexUnavailable: vectors cannot be made or read.
        """
        community_id, slots = setting.community_id, draft.slots
        goal = ask.goal.strip() or "；".join(slot.label for slot in slots)
        ids = None if named.among is not None else self._parts.pool.shortlist(community_id, slots)
        with self._store.read(community_id) as unit:
            rows = open_only(unit, ids) if ids is not None else list(named.among or [])
            if named.asker is not None and named.asker.id not in {row.id for row in rows}:
                rows.append(named.asker)
            lines = read_lines(unit, rows)
        everybody = [row.id for row in rows]
        fits = self._parts.fits.judge(community_id, slots, goal, everybody, lines)
        kept = _promising(everybody, fits, "" if named.asker is None else named.asker.id)
        with self._store.read(community_id) as unit:
            known = read_members(unit, kept)
            parties = with_activity(unit, with_statements(unit, [known[one] for one in kept if one in known]))
            forbidden = sorted(forbidden_pairs(unit, setting, [party.id for party in parties]))
            _, weights = active_weights(unit, self._weights)
        circle = self._parts.pairs.circle(community_id, weights, parties)
        things, supports = self._resources(setting, slots, goal)
        places = [everybody.index(party.id) for party in parties]
        city = city_key(ask.city) if ask.city.strip() else ""
        request = TeamRequest(
            slots=[SlotToFill(id=slot.id, label=slot.label, kind=slot.kind) for slot in slots],
            candidates=[party.id for party in parties], fit=fits.values[places],
            affinity=np.clip(self._parts.pairs.scores(circle).scores, 0.0, 1.0),
            asker=None if named.asker is None else named.asker.id, forbidden=forbidden,
            cities=[city_key(party.city) if party.city.strip() else "" for party in parties], city=city,
            resources=[one.id for one in things], resource_fit=np.where(supports.values >= _SUPPORTS, supports.values, 0.0),
        )  # fmt: skip
        settings = TeamSettings(
            teams=ask.teams, slots_per_person=ask.slots_per_person, floor=FLOOR, most_shared=ask.most_shared,
            overlap_penalty=OVERLAP_PENALTY, time_limit_seconds=ask.seconds, seed=ask.seed,
        )  # fmt: skip
        by_id = {party.id: party for party in (*parties, *things)}
        lines_of = {**fits.lines, **supports.lines}
        return TeamBasis(request, settings, TeamPages(setting, {slot.id: slot for slot in slots}, by_id, lines_of))

    def _draft(self, setting: Setting, ask: TeamAsk) -> SlotDraft:
        if ask.slots_from == "rules":
            return slots_by_rules(ask.goal, setting.locale)
        if ask.slots_from == "model" and self._model is None:
            raise refusal("no_model", "slots_from")
        return draft_slots(self._model, self._prompts, setting.community_id, ask.goal, setting.locale)

    def _resources(self, setting: Setting, slots: Sequence[Slot], goal: str) -> tuple[list[Party], Fits]:
        """Return usable resources near a slot, and how well they fit each."""
        ids = self._parts.pool.resources(setting.community_id, slots)
        with self._store.read(setting.community_id) as unit:
            found = [party for party in read_resources(unit, ids).values() if is_findable(party, setting)]
        found.sort(key=lambda party: party.id)
        lines = [Line(party.id, party.id, "resource", party.offers[0].text) for party in found]
        searching = [replace(slot, member_id="") for slot in slots]
        return found, self._parts.fits.judge(setting.community_id, searching, goal, [one.id for one in found], lines)

    def _goals(self, community_id: str, ask: TeamAsk, actor: Actor) -> TeamAnswer:
        """Return what the named members want, with who else wants it or can answer it."""
        if ask.asker is None and not ask.members:
            raise refusal("nothing_asked", "goal")
        watch = Stopwatch(ask.seconds)
        with self._store.read(community_id) as unit:
            setting = read_setting(unit, self._parts.limits)
            named = read_named(unit, actor, ask, setting.locale)
            asker = [] if named.asker is None else [named.asker]
            rows = {row.id: row for row in (*asker, *(named.among or []))}
            own = {row.id for row in asker} if named.among is None else set(rows)
            if len(own) > MAX_ASKED_TOGETHER:
                raise refusal("too_many_together", "members", limit=MAX_ASKED_TOGETHER)
            parties = with_activity(unit, with_statements(unit, list(read_members(unit, sorted(rows)).values())))
        if named.among is None:
            parties = [*parties, *self._parts.pool.beside(community_id, parties)]
        with self._store.read(community_id) as unit:
            apart = forbidden_pairs(unit, setting, [party.id for party in parties]) if len(own) == 1 else {}
            _, weights = active_weights(unit, self._weights)
        barred = {one for pair in apart if own & set(pair) for one in pair} - own
        parties = [party for party in parties if party.id not in barred]
        circle = self._parts.pairs.circle(community_id, weights, parties)
        background, _ = self._parts.pairs.ground(community_id)
        comparer = self._parts.pairs.comparer(circle)
        goals = shared_wants(background, weights, comparer, (parties, circle.vectors), own)
        return TeamAnswer(
            goal="", slots=[], slots_from="given", degraded=None, teams=[], uncovered=[], goals=goals,
            left_out=named.left_out, candidates=len(parties), seconds=watch.spent(),
            notes=_notes(setting, ["pick_a_goal" if goals else "no_shared_wants"]),
        )  # fmt: skip


def _given(unit: Unit, actor: Actor, ask: TeamAsk) -> SlotDraft:
    found = []
    seen: set[str] = set()
    for slot in ask.slots or []:
        if slot.member is not None and slot.kind != "person":
            raise refusal("slot_member", "slots")
        if slot.label.casefold() in seen:
            raise refusal("slot_twice", "slots", label=slot.label)
        seen.add(slot.label.casefold())
        member_id = "" if slot.member is None else find_members(unit, actor, [slot.member], 1, "slots")[0].id
        found.append((slot.label, slot.kind, member_id))
    return given_slots(found)


def _promising(member_ids: Sequence[str], fits: Fits, asker_id: str) -> list[str]:
    """Return who fits some slot best, 30 a slot, and the asker."""
    chosen = {place for column in fits.values.T for place in np.argsort(-column, kind="stable")[:_PER_SLOT].tolist()}
    return [one for place, one in enumerate(member_ids) if place in chosen or one == asker_id]


def _shown(slots: Sequence[Slot]) -> list[TeamSlot]:
    return [TeamSlot(id=slot.id, label=slot.label, kind=slot.kind) for slot in slots]


def _notes(setting: Setting, codes: Sequence[str]) -> list[TeamNote]:
    return [TeamNote.model_validate({"code": code, "text": say(setting.locale, code)}) for code in codes]
