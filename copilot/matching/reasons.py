"""Reasons for a match: sentences from templates, each bound to record ids and exact quotes, checked before they leave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from copilot.community.text import clean_line
from copilot.errors import CopilotError
from copilot.matching.affinity import same_city
from copilot.matching.comparison import Comparison, TextPair
from copilot.matching.models import Evidence, PairScore, Reason
from copilot.matching.records import Locale, Party, Setting
from copilot.matching.wording import BACKWARD, CITY, FORWARD, RESOURCE, RESOURCE_DETAIL

Direction = Literal["forward", "backward"]
# Pairs from the first on are worded as a fit, from the second as a possibility, from the third as a long shot. Of the
# dev pairs 9 in 15 are strong; of the best other candidates 4 in 15.
_STRONG, _LIKELY, _FAINT = 0.95, 0.6, 0.25
_QUOTE_CHARS = 120
_NAME_CHARS = 40
_DIGITS = 4
_SENTENCE_END = re.compile(r"[。！？!?；;\n]|\.(?=\s|$)")


class UnboundReason(CopilotError):
    """A reason names a record that is not there or words that are not in it: a defect of ours, never shown."""

    code = "unbound_reason"


def make_reasons(asker: Party, comparison: Comparison, setting: Setting) -> list[Reason]:
    """Return up to three checked reasons, the strongest direction first.

    Pairs that hardly belong together are not claimed. The city is mentioned beside a reason, never alone.
    """
    target = comparison.target
    found: list[Reason] = []
    templates = RESOURCE if target.kind == "resource" else FORWARD
    if comparison.forward and comparison.forward[0].relevance >= _FAINT:
        found.append(_pair_reason("forward", templates, comparison.forward[0], target, setting.locale))
    if comparison.backward and comparison.backward[0].relevance >= _FAINT:
        found.append(_pair_reason("backward", BACKWARD, comparison.backward[0], target, setting.locale))
    found.sort(key=lambda reason: -reason.strength)
    # The record of a resource holds its city too, but the sentence would call the resource "you".
    if found and target.kind == "member" and same_city(asker, target):
        found.append(_city_reason(asker, target, setting.locale))
    verify_reasons(found, asker.records() | target.records())
    return found


def verify_reasons(reasons: Sequence[Reason], records: Mapping[str, str]) -> None:
    """Pass when every quote stands, unaltered, both in its record and in the sentence.

    Raises:
        UnboundReason: an unknown record id, a quote that is not in its record, or one the sentence does not show.
    """
    for reason in reasons:
        for evidence in reason.evidence:
            text = records.get(evidence.record_id)
            if text is None:
                raise UnboundReason("a reason names an unknown record", record_id=evidence.record_id)
            if not evidence.quote.strip() or evidence.quote not in text:
                raise UnboundReason("a quote is not in its record", record_id=evidence.record_id)
            if evidence.quote not in reason.text or evidence.record_id not in reason.text:
                raise UnboundReason("a sentence does not show its quote", record_id=evidence.record_id)


def pair_scores(comparison: Comparison) -> list[PairScore]:
    """Return every text pair of a comparison with its numbers, best first within each direction."""
    return [
        PairScore(
            direction=direction,
            want=Evidence(record_id=pair.want.record_id, quote=excerpt(pair.want.text)),
            offer=Evidence(record_id=pair.offer.record_id, quote=excerpt(pair.offer.text)),
            dense=round(pair.dense, _DIGITS),
            lexical=round(pair.lexical, _DIGITS),
            relevance=round(pair.relevance, _DIGITS),
        )
        for direction, pairs in _directions(comparison)
        for pair in pairs
    ]


def excerpt(text: str, limit: int = _QUOTE_CHARS) -> str:
    """Return an exact slice of `text` of at most `limit` characters: its first line, cut after a sentence if possible."""
    line = next((part for part in text.split("\n") if part.strip()), text).strip()
    if len(line) <= limit:
        return line
    ends = [found.end() for found in _SENTENCE_END.finditer(line[:limit])]
    return line[: ends[-1] if ends else limit].strip()


def _directions(comparison: Comparison) -> list[tuple[Direction, Sequence[TextPair]]]:
    return [("forward", comparison.forward), ("backward", comparison.backward)]


def _pair_reason(
    kind: Direction,
    templates: Mapping[Locale, Mapping[str, tuple[str, ...]]],
    pair: TextPair,
    target: Party,
    locale: Locale,
) -> Reason:
    wordings = templates[locale][_tier(pair.relevance)]
    want, offer = excerpt(pair.want.text), excerpt(pair.offer.text)
    # The same pair is always worded the same way; different pairs vary.
    template = wordings[sum(map(ord, pair.want.record_id + pair.offer.record_id)) % len(wordings)]
    text = template.format(
        want=want, offer=offer, want_id=pair.want.record_id, offer_id=pair.offer.record_id, name=short_name(target)
    )
    evidence = [
        Evidence(record_id=pair.want.record_id, quote=want),
        Evidence(record_id=pair.offer.record_id, quote=offer),
    ]
    # A resource begins with its title, which alone does not say what is offered.
    detail = excerpt(pair.offer.text.partition("\n")[2]) if target.kind == "resource" else ""
    if detail:
        text += RESOURCE_DETAIL[locale].format(detail=detail)
        evidence.append(Evidence(record_id=pair.offer.record_id, quote=detail))
    return Reason(kind=kind, text=text, evidence=evidence, strength=round(pair.relevance, _DIGITS))


def _tier(relevance: float) -> str:
    if relevance >= _STRONG:
        return "strong"
    return "likely" if relevance >= _LIKELY else "faint"


def _city_reason(asker: Party, target: Party, locale: Locale) -> Reason:
    mine, yours = excerpt(asker.city, _NAME_CHARS), excerpt(target.city, _NAME_CHARS)
    text = CITY[locale].format(mine=mine, yours=yours, mine_id=asker.id, yours_id=target.id, name=short_name(target))
    return Reason(
        kind="city", text=text, strength=1.0,
        evidence=[Evidence(record_id=asker.id, quote=mine), Evidence(record_id=target.id, quote=yours)],
    )  # fmt: skip


def short_name(party: Party) -> str:
    """Return a name fit for a sentence: one line, at most 40 characters."""
    return clean_line(party.name)[:_NAME_CHARS] or party.id
