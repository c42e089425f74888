"""Matching as the rest of the code sees it: matches for a member, any pair explained, people and resources for a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from copilot.community.access import Actor
from copilot.community.permission import get_seen, is_seen_by
from copilot.community.store import Store, Unit
from copilot.community.tables import Member
from copilot.embeddings.base import Embedder
from copilot.errors import InvalidInput, NotFound
from copilot.matching.comparison import Comparer, Comparison
from copilot.matching.exclusion_notes import exclusion_note, low_score
from copilot.matching.gaps import find_gap
from copilot.matching.introduction_models import IntroductionRules
from copilot.matching.match_items import make_item
from copilot.matching.models import (
    Exclusion,
    Explanation,
    FeedbackResult,
    FoundMember,
    FoundResource,
    MatchKind,
    MatchList,
    Verdict,
    Wording,
)
from copilot.matching.notes import Shortage, asker_notes, list_notes, missing_aspect
from copilot.matching.proposals import read_said, record_feedback, store_proposals
from copilot.matching.reasons import make_reasons, pair_scores
from copilot.matching.records import Party, Setting, is_stale, with_activity
from copilot.matching.scoring import Weights
from copilot.matching.search import TextSearch
from copilot.matching.shortlist import Filters, Shortlist, Wish, draw_shortlist
from copilot.matching.sources import DIGITS, Basis, Sources, check_count, read_asker, rounded, with_texts
from copilot.matching.standing import judge_pair, must_partners
from copilot.matching.wording import make_label
from copilot.settings import MatchingSettings
from copilot.vectors.index import VectorIndex


@dataclass(frozen=True)
class MatchOptions:
    """How matches are asked for beside whom, what and how many."""

    filters: Filters = field(default_factory=Filters)
    wording: Wording = "template"


@dataclass(frozen=True)
class Ranked:
    """All that were compared, and those good enough, best first."""

    listed: Shortlist
    comparer: Comparer
    short: list[Comparison]
    good: list[Comparison]
    is_indexed: bool


class MatchingService:
    """Matches from stored texts and the vectors made of them. Safe to share between threads."""

    def __init__(
        self,
        store: Store,
        index: VectorIndex,
        embedder: Embedder,
        weights: Weights | None = None,
        limits: MatchingSettings | None = None,
    ) -> None:
        self._store = store
        self._limits = limits or MatchingSettings()
        self.sources = Sources(store, index, embedder.name, weights or Weights(), self._limits)
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
        with self._store.read(community_id) as unit:
            basis, asker = self.sources.basis(unit), read_asker(unit, member_id, kind)
            pending = is_stale(unit, member_id)
        refused = asker_notes(asker, basis.setting.locale)
        if refused:
            return MatchList(member_id=member_id, kind=kind, items=[], considered=0, excluded={}, notes=refused)
        ranked = self._rank(basis, asker, Wish(kind, n, options.filters))
        required = ranked.listed.required
        items = [make_item(basis, asker, found, rank, required) for rank, found in enumerate(ranked.good[:n], start=1)]
        store_proposals(self._store, basis, member_id, items, actor)
        shortage = Shortage(
            is_short=len(items) < n, is_pending=pending or not ranked.is_indexed, has_nothing=not ranked.listed.considered,
            gap=find_gap(ranked.comparer, ranked.short, kind, basis.weights, missing_aspect(asker, kind))
            if len(items) < n else None,
        )  # fmt: skip
        return MatchList(
            member_id=member_id, kind=kind, items=items, considered=ranked.listed.considered,
            excluded=dict(ranked.listed.excluded), notes=list_notes(asker, basis.setting.locale, kind, shortage),
        )  # fmt: skip

    def _rank(self, basis: Basis, asker: Party, wish: Wish) -> Ranked:
        community_id = basis.setting.community_id
        vectors = self.sources.vectors(community_id, [asker])
        listed = draw_shortlist(self.sources, basis, asker, vectors, wish)
        vectors |= self.sources.vectors(community_id, listed.targets)
        comparer = self.sources.comparer(basis, [asker, *listed.targets], vectors)
        comparisons = [comparer.compare(asker, target) for target in listed.targets]
        bar = basis.weights.bar(wish.kind)
        good = [found for found in comparisons if found.relevance >= bar or found.target.id in listed.required]
        short = [found for found in comparisons if found.relevance < bar and found.target.id not in listed.required]
        if short:
            listed.excluded[Exclusion.LOW_SCORE] += len(short)
        good.sort(key=lambda found: (found.target.id not in listed.required, -found.score, found.target.id))
        is_indexed = all(item.record_id in vectors for item in (*asker.wants, *asker.offers))
        return Ranked(listed, comparer, short, good, is_indexed)

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
            target = self.sources.targets(unit, basis.setting, kind, [target_id], openings.ids).get(target_id)
            target = _seen(unit, actor, target, kind, target_id)
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


def _seen(unit: Unit, actor: Actor, target: Party | None, kind: MatchKind, target_id: str) -> Party:
    """Return the target if the actor may know of the person behind it."""
    person = unit.find(Member, target.person_id) if target is not None and target.person_id else None
    if target is None or (person is not None and not is_seen_by(actor, person)):
        raise NotFound(f"there is no {kind} {target_id!r} in this community", kind=kind, id=target_id)
    return target


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
