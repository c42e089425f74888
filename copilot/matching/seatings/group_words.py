"""What is said of a group: the two who fit best, why, and a line to open with. Only words of who may be matched now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from copilot.community.text import clean_line
from copilot.matching.models import Evidence, Reason
from copilot.matching.optimum import Matrix
from copilot.matching.reasons import UnboundReason, excerpt, make_reasons, short_name
from copilot.matching.records import Party, Setting
from copilot.matching.scores.comparison import Comparer, Comparison, TextPair
from copilot.matching.seatings.models import Intro
from copilot.matching.seatings.wording import say

# A pair of texts below this is not offered as something to talk about.
_TALKING_POINT = 0.25
_QUOTE_CHARS = 80


@dataclass(frozen=True)
class GroupWords:
    """What a group is told; `reason_for` is whom the reasons address."""

    intro: Intro | None
    reason_for: str | None
    reasons: list[Reason]


class GroupWriter:
    """Writes for groups of one plan.

    Args of the constructor are what one request shares: who takes part by id with statements, the comparer over them,
    and their scores with each one's place.
    """

    def __init__(
        self, setting: Setting, parties: Mapping[str, Party], comparer: Comparer, scores: Matrix, places: dict[str, int]
    ) -> None:
        self._setting = setting
        self._parties = parties
        self._comparer = comparer
        self._scores = scores
        self._places = places

    def write(self, group: Sequence[tuple[str, str]]) -> GroupWords:
        """Return the words for a group of (member id, name); those without a party are named and not quoted."""
        if len(group) < 2:
            return GroupWords(None, None, [])
        known = [member_id for member_id, _ in group if member_id in self._parties]
        pairs = list(combinations(known, 2))
        found = max(pairs, key=lambda pair: (self._score(*pair), pair), default=None)
        names = _listed([name for _, name in group], self._setting.locale)
        shape = "pair" if len(group) == 2 else "table"
        if found is None:
            return GroupWords(Intro(text=self._plain(shape, names), evidence=[]), None, [])
        comparison, asker = self._compare(*found)
        reasons = make_reasons(asker, comparison, self._setting)
        return GroupWords(self._intro(shape, names, asker, comparison), asker.id if reasons else None, reasons)

    def _score(self, one: str, other: str) -> float:
        return float(self._scores[self._places[one], self._places[other]])

    def _compare(self, one: str, other: str) -> tuple[Comparison, Party]:
        """Return the comparison seen from the side that gains more, and whose side that is."""
        first, second = self._parties[one], self._parties[other]
        there, back = self._comparer.compare(first, second), self._comparer.compare(second, first)
        is_back = back.components["forward"] > there.components["forward"]
        return (back, second) if is_back else (there, first)

    def _intro(self, shape: str, names: str, asker: Party, comparison: Comparison) -> Intro:
        pair = comparison.forward[0] if comparison.forward else None
        if pair is None or pair.relevance < _TALKING_POINT:
            return Intro(text=self._plain(shape, names), evidence=[])
        return _bound(shape, names, pair, (asker, comparison.target), self._setting)

    def _plain(self, shape: str, names: str) -> str:
        return say(self._setting.locale, f"intro.{shape}_plain", names=names)


def _bound(shape: str, names: str, pair: TextPair, sides: tuple[Party, Party], setting: Setting) -> Intro:
    asker, target = sides
    want, offer = excerpt(pair.want.text, _QUOTE_CHARS), excerpt(pair.offer.text, _QUOTE_CHARS)
    text = say(
        setting.locale, f"intro.{shape}", names=names, one=short_name(asker), other=short_name(target),
        want=want, offer=offer,
    )  # fmt: skip
    evidence = [
        Evidence(record_id=pair.want.record_id, quote=want),
        Evidence(record_id=pair.offer.record_id, quote=offer),
    ]
    records = asker.records() | target.records()
    for item in evidence:
        if item.quote not in records.get(item.record_id, "") or item.quote not in text:
            raise UnboundReason("an opening line does not show what it quotes", record_id=item.record_id)
    return Intro(text=text, evidence=evidence)


def _listed(names: Sequence[str], locale: str) -> str:
    shown = [clean_line(name)[:40] for name in names]
    return ("、" if locale != "en" else ", ").join(shown)
