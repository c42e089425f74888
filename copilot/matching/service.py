"""Matching as the rest of the code sees it: matches for a member, any pair explained, people and resources for a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from copilot.community.access import Actor
from copilot.community.permission import get_seen
from copilot.community.store import Store
from copilot.embeddings.base import Embedder
from copilot.errors import InvalidInput
from copilot.matching.background import Vectors
from copilot.matching.candidates import Finder, neighbours
from copilot.matching.census import Census
from copilot.matching.comparison import Comparer, Comparison
from copilot.matching.exclusion_notes import exclusion_note, low_score
from copilot.matching.introduction_models import IntroductionRules
from copilot.matching.models import (
    MAX_MATCHES,
    Exclusion,
    Explanation,
    FeedbackResult,
    FoundMember,
    FoundResource,
    MatchItem,
    MatchKind,
    MatchList,
    Verdict,
)
from copilot.matching.notes import asker_notes, list_notes
from copilot.matching.pairing import PROPOSED
from copilot.matching.proposals import read_said, record_feedback, store_proposals
from copilot.matching.reasons import make_reasons, pair_scores
from copilot.matching.records import (
    Party,
    Setting,
    is_stale,
    match_id,
    read_member,
    read_members,
    read_resources,
    read_setting,
    vector_ids,
    with_activity,
    with_statements,
)
from copilot.matching.scoring import Weights
from copilot.matching.search import TextSearch
from copilot.matching.standing import judge, judge_pair, must_partners
from copilot.matching.wording import LABELS
from copilot.settings import MatchingSettings
from copilot.vectors.index import VectorIndex

# Candidates compared text by text; the ones beyond are the least promising by rank.
_LEAST_COMPARED, _COMPARED_PER_MATCH = 80, 4
# Candidates whose constraints are judged; those who fail make room for others.
_MOST_JUDGED = 400
_DIGITS = 4


@dataclass(frozen=True)
class _Shortlist:
    """Who is compared closely: targets that may be proposed, most promising first.

    Attributes:
        targets: with what is compared.
        required: ids of those who operators want proposed, whatever their score.
        excluded: why others may not be proposed.
        considered: how many were judged.
    """

    targets: list[Party]
    required: set[str]
    excluded: Counter[Exclusion]
    considered: int


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
        self._index = index
        self._weights = weights or Weights()
        self._census = Census(store, index, embedder.name)
        self._search = TextSearch(store, index, embedder, self._census, self._weights)

    def match(
        self, community_id: str, member_id: str, kind: MatchKind = "member", n: int = 5, *, actor: str = ""
    ) -> MatchList:
        """Return up to `n` (1-50) people or resources for a member, best first, and keep them as proposals.

        Fewer than `n`, or none, come with notes that say why. Vectors that are still to be made are a note, too.

        Args:
            community_id: whose records.
            member_id: for whom.
            kind: `member` or `resource`.
            n: how many at most.
            actor: who asks, for the audit log.

        Raises:
            InvalidInput: `kind` or `n` is out of bounds.
            NotFound: there is no such member.
            IndexUnavailable: the vector index fails.
        """
        _check(kind, n)
        with self._store.read(community_id) as unit:
            setting, asker = read_setting(unit, self._limits), read_member(unit, member_id)
            pending = is_stale(unit, member_id)
        refused = asker_notes(asker, setting.locale)
        if refused:
            return MatchList(member_id=member_id, kind=kind, items=[], considered=0, excluded={}, notes=refused)
        vectors = self._fetch(community_id, [asker])
        listed = self._candidates(setting, asker, vectors, kind, n)
        vectors |= self._fetch(community_id, listed.targets)
        comparer = self._comparer(community_id, [asker, *listed.targets], vectors)
        comparisons = [comparer.compare(asker, target) for target in listed.targets]
        bar, required, counts = self._weights.bar(kind), listed.required, listed.excluded
        good = [found for found in comparisons if found.relevance >= bar or found.target.id in required]
        if len(good) < len(comparisons):
            counts[Exclusion.LOW_SCORE] += len(comparisons) - len(good)
        good.sort(key=lambda found: (found.target.id not in required, -found.score, found.target.id))
        items = [
            self._item(setting, asker, found, rank).model_copy(update={"required": found.target.id in required})
            for rank, found in enumerate(good[:n], start=1)
        ]
        store_proposals(self._store, setting, member_id, items, actor)
        unindexed = pending or any(item.record_id not in vectors for item in (*asker.wants, *asker.offers))
        notes = list_notes(asker, setting.locale, kind, is_short=len(items) < n, is_pending=unindexed)
        return MatchList(
            member_id=member_id, kind=kind, items=items, considered=listed.considered,
            excluded=dict(counts), notes=notes,
        )  # fmt: skip

    def explain(self, community_id: str, member_id: str, other_id: str, *, actor: Actor) -> Explanation:
        """Return every component, text pair and exclusion of two members, whether or not they may be matched.

        For operators: it shows texts of members who do not consent to be matched. Who switched off AI processing is
        not compared: then there are exclusions and no score, component, pair or reason.

        Raises:
            NotFound: one of them is no member here, or hidden from the actor.
        """
        with self._store.read(community_id) as unit:
            for shown_id in (member_id, other_id):
                get_seen(unit, actor, shown_id)
            setting, asker = read_setting(unit, self._limits), read_member(unit, member_id)
            target = with_activity(unit, [read_member(unit, other_id)])[0]
            forbidden = judge_pair(unit, setting, asker, target)
            is_required = other_id in must_partners(unit, member_id)
            pending = is_stale(unit, member_id) or is_stale(unit, other_id)
        found = None
        if asker.consent_ai and target.consent_ai:
            vectors = self._fetch(community_id, [asker, target])
            found = self._comparer(community_id, [asker, target], vectors).compare(asker, target)
            if found.relevance < self._weights.bar(target.kind) and not is_required:
                forbidden.append(low_score())
        return Explanation(
            member_id=member_id, target_id=other_id,
            score=round(found.score, _DIGITS) if found else None, mutuality=found.mutuality if found else None,
            components=_rounded(found) if found else {},
            exclusions=[exclusion_note(ground, setting) for ground in forbidden],
            pairs=pair_scores(found) if found else [],
            reasons=make_reasons(asker, found, setting) if found else [],
            notes=list_notes(asker, setting.locale, "member", is_short=False, is_pending=pending),
        )  # fmt: skip

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

    def _candidates(
        self, setting: Setting, asker: Party, vectors: dict[str, Vectors], kind: MatchKind, n: int
    ) -> _Shortlist:
        """Return targets that may be proposed, most promising first; those who operators want proposed come first."""
        community_id = setting.community_id
        finder = Finder(self._index, self._census.background(community_id), self._census.lexicon(community_id))
        ids = finder.find(community_id, asker, vectors, kind, n)[:_MOST_JUDGED]
        with self._store.read(community_id) as unit:
            near = neighbours(unit, asker) if kind == "member" else []
            required = must_partners(unit, asker.id) if kind == "member" else set()
            ids = list(dict.fromkeys([*sorted(required), *ids, *near]))
            parties = read_members(unit, ids) if kind == "member" else read_resources(unit, ids)
            known = [parties[target_id] for target_id in ids if target_id in parties]
            forbidden = judge(unit, setting, asker, known)
            counts = Counter(codes[0] for codes in forbidden.values() if codes)
            allowed = [target for target in known if not forbidden[target.id]]
            most = max(_LEAST_COMPARED, _COMPARED_PER_MATCH * n)
            # Neighbours come on top, so that a large community does not crowd them out.
            chosen = allowed[:most] + [target for target in allowed[most:] if target.id in near]
            if kind == "member":
                chosen = with_activity(unit, with_statements(unit, chosen))
        return _Shortlist(chosen, required, counts, len(known))

    def _fetch(self, community_id: str, parties: Sequence[Party]) -> dict[str, Vectors]:
        """Return the stored vectors of the parties' texts; those not made yet are absent."""
        found: dict[str, Vectors] = {}
        for side, record_ids in vector_ids(parties).items():
            found |= self._index.fetch(community_id, side, record_ids)
        return found

    def _comparer(self, community_id: str, parties: Sequence[Party], vectors: dict[str, Vectors]) -> Comparer:
        background, lexicon = self._census.background(community_id), self._census.lexicon(community_id)
        return Comparer(background, lexicon, self._weights, parties, vectors)

    def _item(self, setting: Setting, asker: Party, found: Comparison, rank: int) -> MatchItem:
        target = found.target
        mutuality = found.mutuality if target.kind == "member" else None
        return MatchItem(
            rank=rank, match_id=match_id(setting.community_id, asker.id, target.kind, target.id), kind=target.kind,
            target_id=target.id, target_name=target.name, score=round(found.score, _DIGITS),
            components=_rounded(found), mutuality=mutuality,
            label=LABELS[setting.locale][mutuality] if mutuality else "", status=PROPOSED,
            reasons=make_reasons(asker, found, setting),
        )  # fmt: skip


def _check(kind: str, n: int) -> None:
    if kind not in ("member", "resource"):
        raise InvalidInput("kind is member or resource", field="kind")
    if not 1 <= n <= MAX_MATCHES:
        raise InvalidInput(f"n must be between 1 and {MAX_MATCHES}", field="n", limit=MAX_MATCHES)


def _rounded(found: Comparison) -> dict[str, float]:
    return {name: round(value, _DIGITS) for name, value in found.components.items()}
