"""Matching as the rest of the code sees it: matches for a member, any pair explained, people and resources for a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from copilot.community.access import Actor
from copilot.community.permission import get_seen
from copilot.community.reader import reader_locale
from copilot.community.store import Page, Store
from copilot.embeddings.base import Embedder
from copilot.errors import InvalidInput
from copilot.matching.audiences.audiences import Audiences
from copilot.matching.audiences.models import Audience, AudienceKind, Newcomer, Welcome
from copilot.matching.audiences.welcomes import Welcomes
from copilot.matching.models import (
    Explanation,
    FeedbackResult,
    FoundMember,
    FoundResource,
    MatchItem,
    MatchKind,
    MatchList,
    Verdict,
    Wording,
)
from copilot.matching.proposing.distribution import Distribution, Progress
from copilot.matching.proposing.gaps import find_gap
from copilot.matching.proposing.match_items import make_item
from copilot.matching.proposing.notes import Shortage, asker_notes, list_notes, missing_aspect
from copilot.matching.proposing.proposals import read_said, record_feedback, store_proposals
from copilot.matching.proposing.ranking import Ranked, rank
from copilot.matching.proposing.search import TextSearch
from copilot.matching.proposing.shortlist import Filters, Wish
from copilot.matching.proposing.stored_matches import Chosen, StoredMatches
from copilot.matching.reason_writer import ReasonWriter, Worded, check_worded, no_writer
from copilot.matching.reasons import make_reasons, pair_scores
from copilot.matching.records import Party, Setting, is_stale, with_activity
from copilot.matching.relations.introduction_models import IntroductionRules
from copilot.matching.rules.exclusion_notes import exclusion_note, low_score
from copilot.matching.rules.standing import judge_pair, must_partners
from copilot.matching.scores.comparison import Comparison
from copilot.matching.scores.pair_models import Distributed, PairIn, PairOutcome, StoredMatch
from copilot.matching.scores.pair_scoring import PairScoring
from copilot.matching.scores.scoring import Weights
from copilot.matching.sources import DIGITS, Basis, Sources, check_count, read_asker, read_target, rounded, with_texts
from copilot.matching.wording import make_label
from copilot.settings import MatchingSettings
from copilot.vectors.index import VectorIndex


@dataclass(frozen=True)
class MatchOptions:
    """How matches are asked for beside whom, what and how many."""

    filters: Filters = field(default_factory=Filters)
    wording: Wording = "template"


class MatchingService:
    """Matches from stored texts and the vectors made of them. Safe to share between threads."""

    def __init__(
        self,
        store: Store,
        index: VectorIndex,
        embedder: Embedder,
        weights: Weights | None = None,
        limits: MatchingSettings | None = None,
        writer: Callable[[], ReasonWriter] | None = None,
    ) -> None:
        """Take what matching is made from; `writer` is made when a model is first asked to word reasons."""
        self._store = store
        self._limits = limits or MatchingSettings()
        self.sources = Sources(store, index, embedder.name, weights or Weights(), self._limits)
        self._writer = writer
        self._audiences = Audiences(self.sources)
        self._welcomes = Welcomes(self.sources)
        self._search = TextSearch(store, index, embedder, self.sources.census, weights or Weights())

    def match(
        self,
        community_id: str,
        member_id: str,
        kind: MatchKind = "member",
        n: int = 5,
        *,
        actor: str = "",
        options: MatchOptions | None = None,
    ) -> MatchList:
        """Return up to `n` (1-50) people, resources, events or open questions for a member, best first; keep them as proposals.

        Fewer than `n`, or none, come with notes that say why and what would help. Vectors that are still to be made are a
        note, too.

        Args:
            community_id: whose records.
            member_id: for whom.
            kind: what is looked for.
            n: how many at most.
            actor: who asks, for the audit log.
            options: filters, and who words the reasons.

        Raises:
            InvalidInput: `kind`, `n` or a filter is out of bounds.
            NotFound: there is no such member.
            IndexUnavailable: the vector index fails.
        """
        options = options or MatchOptions()
        check_kind(kind)
        check_count(n)
        options.filters.check(kind)
        if options.wording == "model":
            check_worded(n)
        with self._store.read(community_id) as unit:
            basis, asker = self.sources.basis(unit), read_asker(unit, member_id, kind)
            pending, said_in = is_stale(unit, member_id), reader_locale(unit)  # notes are kept nowhere
        refused = asker_notes(asker, said_in)
        if refused:
            return MatchList(member_id=member_id, kind=kind, items=[], considered=0, excluded={}, notes=refused)
        ranked = rank(self.sources, basis, asker, Wish(kind, n, options.filters))
        required = ranked.listed.required
        items = [
            make_item(basis, asker, found, number, required) for number, found in enumerate(ranked.good[:n], start=1)
        ]
        worded = self._word(basis, asker, items, ranked, options.wording)
        items = worded.items
        store_proposals(self._store, basis, member_id, items, actor)
        shortage = Shortage(
            is_short=len(items) < n, is_pending=pending or not ranked.is_indexed, has_nothing=not ranked.listed.considered,
            gap=find_gap(ranked.comparer, ranked.short, kind, basis.weights, missing_aspect(asker, kind))
            if len(items) < n else None,
        )  # fmt: skip
        return MatchList(
            member_id=member_id, kind=kind, items=items, considered=ranked.listed.considered,
            excluded=dict(ranked.listed.excluded), notes=list_notes(asker, said_in, kind, shortage),
            degraded=worded.degraded,
        )  # fmt: skip

    def _word(self, basis: Basis, asker: Party, items: list[MatchItem], ranked: Ranked, wording: Wording) -> Worded:
        if wording == "template" or self._writer is None:
            return Worded(items, None if wording == "template" else no_writer(basis.setting.locale))
        records = asker.records()
        for found in ranked.good[: len(items)]:
            records |= found.target.records()
        return self._writer().write(basis.setting.community_id, basis.setting.locale, items, records)

    def explain(
        self, community_id: str, member_id: str, target_id: str, kind: MatchKind = "member", *, actor: Actor
    ) -> Explanation:
        """Return every component, text pair and exclusion of a member and a target, whether or not it may be proposed.

        For operators: it shows texts of members who do not consent to be matched. Who switched off AI processing is
        not compared: then there are exclusions and no score, component, pair or reason.

        Raises:
            InvalidInput: an unknown kind.
            NotFound: one of them is not here, or belongs to somebody hidden from the actor.
        """
        check_kind(kind)
        openings = self.sources.openings(community_id, kind)
        with self._store.read(community_id) as unit:
            get_seen(unit, actor, member_id)
            basis, asker = self.sources.basis(unit), read_asker(unit, member_id, kind)
            target = read_target(self.sources, unit, basis.setting, actor, (kind, target_id), openings)
            if kind == "member":
                target = with_activity(unit, with_texts(unit, [target], kind))[0]
            forbidden = judge_pair(unit, basis.setting, asker, target)
            is_required = kind == "member" and target_id in must_partners(unit, member_id)
            pending = is_stale(unit, member_id) or is_stale(unit, target_id)
        found = self._compare(basis, asker, target) if asker.consent_ai and target.consent_ai else None
        if found and found.relevance < basis.weights.bar(kind) and not is_required:
            forbidden.append(low_score())
        return _explanation(basis.setting, asker, target, found).model_copy(
            update={
                "exclusions": [exclusion_note(ground, basis.setting) for ground in forbidden],
                "notes": list_notes(asker, basis.setting.locale, kind, Shortage(is_pending=pending)),
            }
        )

    def _compare(self, basis: Basis, asker: Party, target: Party) -> Comparison:
        vectors = self.sources.vectors(basis.setting.community_id, [asker, target])
        return self.sources.comparer(basis, [asker, target], vectors).compare(asker, target)

    def audience(
        self, community_id: str, target_id: str, n: int = 10, *, kind: AudienceKind = "resource", actor: Actor
    ) -> Audience:
        """Return who should hear of a resource or an event, or can answer a question; see `Audiences.find`."""
        return self._audiences.find(community_id, kind, target_id, n, actor=actor)

    def welcome(self, community_id: str, member_id: str, channel: str | None = None, *, actor: Actor) -> Welcome:
        """Return the draft of a welcome; see `Welcomes.draft`."""
        return self._welcomes.draft(community_id, member_id, channel, actor=actor)

    def newcomers(
        self, community_id: str, *, actor: Actor, limit: int = 50, cursor: str | None = None
    ) -> Page[Newcomer]:
        """Return who joined in the last 14 days; see `Welcomes.newcomers`."""
        return self._welcomes.newcomers(community_id, actor=actor, limit=limit, cursor=cursor)

    def score_pairs(self, community_id: str, pairs: Sequence[PairIn], *, actor: Actor) -> list[PairOutcome]:
        """Return score, components and exclusions of up to 200 pairs; see `PairScoring.score`."""
        return PairScoring(self.sources).score(community_id, pairs, actor=actor)

    def proposals(
        self, community_id: str, chosen: Chosen, *, limit: int = 50, cursor: str | None = None
    ) -> Page[StoredMatch]:
        """Return stored proposals, the newest first; see `StoredMatches.page`."""
        return StoredMatches(self.sources).page(community_id, chosen, limit=limit, cursor=cursor)

    def distribute(
        self,
        community_id: str,
        kind: MatchKind = "member",
        n: int = 5,
        *,
        actor: str,
        on_progress: Progress | None = None,
    ) -> Distributed:
        """Match everybody at once, the cap on exposure shared out by score; see `Distribution.run`."""
        check_kind(kind)
        return Distribution(self.sources).run(community_id, kind, n, actor=actor, on_progress=on_progress)

    def feedback(
        self, community_id: str, match_id: str, member_id: str, verdict: Verdict | str, comment: str = ""
    ) -> FeedbackResult:
        """Store what a member says of a match made for them; see `record_feedback` for what it raises."""
        rules = IntroductionRules.of(self._limits)
        said = read_said(verdict, comment, rules)
        return record_feedback(self._store, community_id, match_id, member_id, said, rules)

    def find_people(
        self, community_id: str, text: str, n: int = 5, *, require_consent: bool = True
    ) -> list[FoundMember]:
        """Return up to `n` (1-50) members whose offers answer `text`; see `TextSearch.people`."""
        return self._search.people(community_id, text, n, require_consent=require_consent)

    def find_resources(
        self, community_id: str, text: str, n: int = 5, types: Iterable[str] | None = None
    ) -> list[FoundResource]:
        """Return up to `n` (1-50) resources, of `types` if given, that answer `text`; see `TextSearch.resources`."""
        return self._search.resources(community_id, text, n, types)


def check_kind(kind: str) -> None:
    """Pass when there is such a kind of target.

    Raises:
        InvalidInput: there is none.
    """
    known = get_args(MatchKind)
    if kind not in known:
        raise InvalidInput(f"kind is one of {', '.join(known)}", field="kind", allowed=list(known))


def _explanation(setting: Setting, asker: Party, target: Party, found: Comparison | None) -> Explanation:
    """Return what the comparison says; without one nothing was compared."""
    bare = Explanation(
        member_id=asker.id, kind=target.kind, target_id=target.id, score=None, mutuality=None, components={},
        exclusions=[], pairs=[], reasons=[], notes=[],
    )  # fmt: skip
    if found is None:
        return bare
    mutuality = found.mutuality if target.kind == "member" else None
    return bare.model_copy(
        update={
            "score": round(found.score, DIGITS), "mutuality": mutuality, "components": rounded(found),
            "strengths": found.strengths, "label": make_label(setting.locale, mutuality, found.strengths),
            "pairs": pair_scores(found), "reasons": make_reasons(asker, found, setting),
        }
    )  # fmt: skip
