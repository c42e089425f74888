"""Reasons for a match: sentences from templates, each bound to record ids and exact quotes, checked before they leave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from copilot.community.text import clean_line
from copilot.errors import CopilotError
from copilot.matching.models import Direction, Evidence, PairScore, Reason
from copilot.matching.records import Locale, Party, Setting
from copilot.matching.scores.affinity import same_city, same_industry, shared_skills
from copilot.matching.scores.comparison import Comparison, TextPair
from copilot.matching.scores.scoring import Strength, strength
from copilot.matching.wording import (
    ANSWERERS,
    AUDIENCE,
    BACKWARD,
    CITY,
    DETAIL,
    EVENT,
    FORWARD,
    INDUSTRY,
    OCCASION,
    RESOURCE,
    SKILL,
    THREAD,
)

FactKind = Literal["city", "industry", "skill"]
Templates = Mapping[Locale, Mapping[str, tuple[str, ...]]]
MAX_REASONS = 3
_QUOTE_CHARS = 120
_NAME_CHARS = 40
_DIGITS = 4
_SENTENCE_END = re.compile(r"[。！？!?；;\n]|\.(?=\s|$)")
_CLAUSE_END = re.compile(r"[，、：]|[,:](?=\s)")
_FORWARD: dict[str, Templates] = {"member": FORWARD, "resource": RESOURCE, "event": EVENT}


class UnboundReason(CopilotError):
    """A reason names a record that is not there or words that are not in it: a defect of ours, never shown."""

    code = "unbound_reason"


def make_reasons(asker: Party, comparison: Comparison, setting: Setting) -> list[Reason]:
    """Return up to three checked reasons, the strongest direction first.

    Pairs that hardly belong together are not claimed. City, field, skill or date stand beside a reason, never alone.
    """
    target, locale = comparison.target, setting.locale
    backward = THREAD if target.kind == "thread" else BACKWARD
    directions: list[tuple[Direction, Templates, Sequence[TextPair]]] = [
        ("forward", _FORWARD.get(target.kind, FORWARD), _claimed(comparison.forward)),
        ("backward", backward, _claimed(comparison.backward)),
    ]
    found = [_pair_reason(name, words[locale], pairs[0], target, locale) for name, words, pairs in directions if pairs]
    found.sort(key=lambda reason: -reason.strength)
    if len(found) == 1:
        # One direction alone is told more of, where there is more: another want, met by another text.
        found.extend(
            _pair_reason(name, words[locale], pair, target, locale)
            for name, words, pairs in directions
            for pair in _others(pairs)[:1]
        )
    if found:
        found.extend(_facts(asker, target, locale))
    kept = found[:MAX_REASONS]
    verify_reasons(kept, asker.records() | target.records())
    return kept


def meeting_reasons(asker: Party, comparison: Comparison, setting: Setting) -> list[Reason]:
    """Return up to three checked reasons why two should meet; where no text speaks for it, what they share does."""
    found = make_reasons(asker, comparison, setting)
    if not found:
        found = _facts(asker, comparison.target, setting.locale)
        verify_reasons(found, asker.records() | comparison.target.records())
    return found


def audience_reasons(member: Party, comparison: Comparison, setting: Setting) -> list[Reason]:
    """Return up to two checked reasons, told to operators, why a member should hear of a target or can answer it."""
    target, locale = comparison.target, setting.locale
    direction: Direction = "backward" if target.kind == "thread" else "forward"
    words = (ANSWERERS if target.kind == "thread" else AUDIENCE)[locale]
    pairs = _claimed(comparison.backward if target.kind == "thread" else comparison.forward)
    chosen = [*pairs[:1], *_others(pairs)[:1]]
    found = [_pair_reason(direction, words, pair, member, locale) for pair in chosen]
    verify_reasons(found, member.records() | target.records())
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
    """Return an exact slice of `text` of at most `limit` characters: its first line, cut after a sentence if possible.

    A sentence that is itself too long is cut after a clause, else between words: half a word is no quotation.
    """
    line = next((part for part in text.split("\n") if part.strip()), text).strip()
    if len(line) <= limit:
        return line
    ends = [found.end() for found in _SENTENCE_END.finditer(line[:limit])]
    if not ends:  # the mark itself stays outside: a quotation does not end in a comma
        ends = [found.start() for found in _CLAUSE_END.finditer(line[:limit]) if found.start() >= limit // 3]
    if not ends and (between := line.rfind(" ", limit // 3, limit + 1)) > 0 and line[limit - 1 : limit + 1].isascii():
        ends = [between]
    return line[: ends[-1] if ends else limit].strip()


def _directions(comparison: Comparison) -> list[tuple[Direction, Sequence[TextPair]]]:
    return [("forward", comparison.forward), ("backward", comparison.backward)]


def _claimed(pairs: Sequence[TextPair]) -> Sequence[TextPair]:
    return [pair for pair in pairs if strength(pair.relevance) is not Strength.NONE]


def _others(pairs: Sequence[TextPair]) -> list[TextPair]:
    """Return the pairs that share no text with the best one and are at least likely, best first."""
    if not pairs:
        return []
    used = {pairs[0].want.record_id, pairs[0].offer.record_id}
    sure = (Strength.STRONG, Strength.LIKELY)
    return [
        pair
        for pair in pairs[1:]
        if strength(pair.relevance) in sure and not used & {pair.want.record_id, pair.offer.record_id}
    ]


def _pair_reason(
    kind: Direction, words: Mapping[str, tuple[str, ...]], pair: TextPair, named: Party, locale: Locale
) -> Reason:
    wordings = words[strength(pair.relevance)]
    want, offer = excerpt(pair.want.text), excerpt(pair.offer.text)
    # The same pair is always worded the same way; different pairs vary.
    template = wordings[sum(map(ord, pair.want.record_id + pair.offer.record_id)) % len(wordings)]
    text = template.format(
        want=want, offer=offer, want_id=pair.want.record_id, offer_id=pair.offer.record_id, name=short_name(named)
    )
    evidence = [
        Evidence(record_id=pair.want.record_id, quote=want),
        Evidence(record_id=pair.offer.record_id, quote=offer),
    ]
    # A resource or an event begins with its title, which alone does not say what is offered.
    detail = excerpt(pair.offer.text.partition("\n")[2]) if pair.offer.side in {"resource", "event"} else ""
    if detail:
        text += DETAIL[locale].format(detail=detail)
        evidence.append(Evidence(record_id=pair.offer.record_id, quote=detail))
    return Reason(kind=kind, text=text, evidence=evidence, strength=round(pair.relevance, _DIGITS))


def _facts(asker: Party, target: Party, locale: Locale) -> list[Reason]:
    """Return what speaks for a target beside its texts, the most useful first."""
    if target.kind == "event":
        return [_occasion(target, locale)] if target.skills else []
    # The record of a resource holds a city too, but the sentence would call the resource "you".
    if target.kind != "member":
        return []
    shared: list[tuple[FactKind, str, str, str]] = []
    if same_city(asker, target):
        shared.append(("city", CITY[locale], asker.city, target.city))
    if same_industry(asker, target):
        shared.append(("industry", INDUSTRY[locale], asker.industry, target.industry))
    shared.extend(("skill", SKILL[locale], *skills) for skills in shared_skills(asker, target)[:1])
    found = []
    for kind, words, mine, yours in shared:
        left, right = excerpt(mine, _NAME_CHARS), excerpt(yours, _NAME_CHARS)
        text = words.format(mine=left, yours=right, mine_id=asker.id, yours_id=target.id, name=short_name(target))
        evidence = [Evidence(record_id=asker.id, quote=left), Evidence(record_id=target.id, quote=right)]
        found.append(Reason(kind=kind, text=text, strength=1.0, evidence=evidence))
    return found


def _occasion(target: Party, locale: Locale) -> Reason:
    when, where = target.skills[0], excerpt(target.city, _NAME_CHARS)
    text = OCCASION[locale][0 if where else 1].format(when=when, where=where, offer_id=target.id)
    quotes = [when, where] if where else [when]
    return Reason(
        kind="occasion", text=text, strength=1.0,
        evidence=[Evidence(record_id=target.id, quote=quote) for quote in quotes],
    )  # fmt: skip


def short_name(party: Party) -> str:
    """Return a name fit for a sentence: one line, at most 40 characters."""
    return clean_line(party.name)[:_NAME_CHARS] or party.id
