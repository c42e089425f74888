"""Who is compared closely: found, filtered, judged by every rule, most promising first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from copilot.community.cities import city_key, city_spellings
from copilot.community.industries import industry_key, industry_spellings
from copilot.community.models import ResourceType
from copilot.community.permission import offered_on, open_to_match
from copilot.community.store import Unit
from copilot.community.tables import Member, Resource
from copilot.community.text import clean_line
from copilot.errors import InvalidInput
from copilot.matching.models import Exclusion, MatchKind
from copilot.matching.proposing.candidates import neighbours
from copilot.matching.proposing.preview import Preview
from copilot.matching.records import Party, with_activity, with_statements
from copilot.matching.rules.standing import judge, wanted_by
from copilot.matching.rules.standing_records import read_rules_of
from copilot.matching.scores.affinity import context_components
from copilot.matching.scores.background import Vectors
from copilot.matching.scores.scoring import total_score
from copilot.matching.sources import Basis, Sources

# Candidates compared text by text; the ones beyond are the least promising by rank.
_LEAST_COMPARED, _COMPARED_PER_MATCH = 80, 4
# Where a first sight can be had, it is a better guide than ranks: with so many read and compared, 97 in 100 of those whom
# comparing with everybody would put among the first five are found; of 80 by rank it were 84. Measured on made-up members.
_LEAST_READ, _READ_PER_MATCH = 48, 5
_LEAST_PROMISING, _PROMISING_PER_MATCH = 24, 3
# With so many found by their texts, a neighbour who is none of them has nothing to do with the asker.
_PLENTY = 200
# Candidates whose constraints are judged; those who fail make room for others.
_MOST_JUDGED = 400
# Those who meet a filter and are looked at although no text of theirs is near; the latest ones.
_MOST_FILTERED = 200
_FILTER_CHARS = 100


@dataclass(frozen=True)
class Filters:
    """What a target must be; empty fields let everything pass. They narrow, they never let in who may not be shown.

    Attributes:
        city: of a member, a resource or an event; an event online is everywhere. Names in Chinese and English meet.
        industry: of a member.
        type: of a resource, one of `ResourceType`.
    """

    city: str = ""
    industry: str = ""
    type: str = ""

    def check(self, kind: MatchKind) -> None:
        """Pass when these filters can be asked of a kind.

        Raises:
            InvalidInput: a value is too long or unknown, or this kind has no such field.
        """
        fields = {"city": ("member", "resource", "event"), "industry": ("member",), "type": ("resource",)}
        for name, kinds in fields.items():
            value = getattr(self, name)
            if value and kind not in kinds:
                raise InvalidInput(f"a {kind} has no {name} to filter by", field=name, kinds=list(kinds))
            if len(value) > _FILTER_CHARS or value != clean_line(value):
                raise InvalidInput(f"{name} is one line of at most {_FILTER_CHARS} characters", field=name)
        known = [item.value for item in ResourceType]
        if self.type and self.type not in known:
            raise InvalidInput(f"there is no resource type {self.type!r}; known are {', '.join(known)}", field="type")

    def __bool__(self) -> bool:
        return bool(self.city or self.industry or self.type)

    def meets(self, target: Party) -> bool:
        """Whether a target is what was asked for."""
        is_everywhere = target.kind == "event" and not target.city
        return (
            (not self.city or is_everywhere or city_key(self.city) == city_key(target.city))
            and (not self.industry or industry_key(self.industry) == industry_key(target.industry))
            and (not self.type or self.type == target.type)
        )


@dataclass(frozen=True)
class Shortlist:
    """Targets that may be proposed, most promising first.

    Attributes:
        targets: with what is compared.
        required: ids of those who operators want proposed, whatever their score.
        excluded: why others may not be proposed.
        considered: how many were judged.
    """

    targets: list[Party]
    required: set[str] = field(default_factory=set)
    excluded: Counter[Exclusion] = field(default_factory=Counter)
    considered: int = 0


@dataclass(frozen=True)
class Wish:
    """What is asked for."""

    kind: MatchKind
    n: int
    filters: Filters = field(default_factory=Filters)


def draw_shortlist(sources: Sources, basis: Basis, asker: Party, vectors: dict[str, Vectors], wish: Wish) -> Shortlist:
    """Return who or what is compared with the asker, who comes with the texts that count for this kind.

    Raises:
        IndexUnavailable: the vector index fails.
    """
    community_id, kind = basis.setting.community_id, wish.kind
    openings = sources.openings(community_id, kind)
    finder = sources.finder(community_id)
    ids = finder.find(community_id, asker, vectors, kind, wish.n, wide=bool(wish.filters))
    ids = [*ids, *openings.newest][:_MOST_JUDGED]
    with sources.store.read(community_id) as unit:
        rules = read_rules_of(unit, asker.id)
        near = neighbours(unit, asker) if kind == "member" and len(ids) < _PLENTY else []
        required = wanted_by(rules, asker.id) if kind == "member" else set()
        ids = list(dict.fromkeys([*sorted(required), *ids, *near, *_meeting(unit, basis, wish)]))
        preview = _look(sources, basis, asker, vectors, wish, ids)
        if preview:
            ids.sort(key=preview.__getitem__, reverse=True)
            ids.sort(key=required.__contains__, reverse=True)  # the others keep their order behind them
            ids = ids[: len(required) + max(_LEAST_READ, _READ_PER_MATCH * wish.n)]
        parties = sources.targets(unit, basis.setting, kind, ids, openings.ids)
        known = [parties[target_id] for target_id in ids if target_id in parties]
        known = [target for target in known if target.id in required or wish.filters.meets(target)]
        forbidden = judge(unit, basis.setting, asker, known, rules)
        counts = Counter(codes[0] for codes in forbidden.values() if codes)
        allowed = [target for target in known if not forbidden[target.id]]
        promise = _promise(basis, asker, allowed, preview, required)
        chosen = _promising(allowed, promise, len(required), wish.n) if promise else _first(allowed, near, wish.n)
        if kind == "member":
            chosen = with_activity(unit, with_statements(unit, chosen))
    if kind == "thread":
        known_vectors = vectors | sources.vectors(community_id, allowed)
        chosen = finder.nearest_of(asker, allowed, known_vectors, _most(wish.n))
    return Shortlist(chosen, required, counts, len(known))


def _look(
    sources: Sources, basis: Basis, asker: Party, vectors: dict[str, Vectors], wish: Wish, ids: Sequence[str]
) -> dict[str, float]:
    """Return the relevance of members at first sight, by id; empty where there is no such thing, or filters decide."""
    if wish.kind != "member" or wish.filters:
        return {}
    preview = Preview(
        sources.index, sources.census.background(basis.setting.community_id), basis.weights, asker, vectors
    )
    found = preview.relevances(basis.setting.community_id, ids)
    return {} if found is None else dict(zip(ids, found.tolist(), strict=True))


def _promise(
    basis: Basis, asker: Party, allowed: Sequence[Party], preview: Mapping[str, float], required: set[str]
) -> dict[str, float]:
    """Return scores by id from the first sight and what is known of the context; what was done lately is not read yet.

    Whom operators want proposed promises everything.
    """
    return {
        target.id: 1.0
        if target.id in required
        else total_score(preview[target.id], context_components(asker, target), basis.weights)
        for target in (allowed if preview else ())
    }


def _promising(allowed: Sequence[Party], promise: Mapping[str, float], required: int, n: int) -> list[Party]:
    """Return those who promise most, in that order; the required come beside them."""
    ordered = sorted(allowed, key=lambda target: -promise[target.id])
    return ordered[: required + max(_LEAST_PROMISING, _PROMISING_PER_MATCH * n)]


def _first(allowed: Sequence[Party], near: Sequence[str], n: int) -> list[Party]:
    """Return the first ones; neighbours come on top, so that a large community does not crowd them out."""
    most = _most(n)
    return [*allowed[:most], *(target for target in allowed[most:] if target.id in near)]


def _most(n: int) -> int:
    return max(_LEAST_COMPARED, _COMPARED_PER_MATCH * n)


def _meeting(unit: Unit, basis: Basis, wish: Wish) -> list[str]:
    """Return ids of members or resources that meet the filters, the latest first; none without filters."""
    filters = wish.filters
    if not filters or wish.kind not in {"member", "resource"}:
        return []
    if wish.kind == "member":
        members = select(Member.id).where(*open_to_match())
        if filters.city:
            members = members.where(Member.city.in_(city_spellings(filters.city)))
        if filters.industry:
            members = members.where(func.lower(Member.industry).in_(industry_spellings(filters.industry)))
        latest = members.order_by(Member.created_at.desc(), Member.id)
        return list(unit.session.scalars(latest.limit(_MOST_FILTERED)))
    resources = select(Resource.id).where(*offered_on(basis.setting.today))
    if filters.city:
        resources = resources.where(Resource.city.in_(city_spellings(filters.city)))
    if filters.type:
        resources = resources.where(Resource.type == filters.type)
    return list(unit.session.scalars(resources.order_by(Resource.created_at.desc(), Resource.id).limit(_MOST_FILTERED)))
