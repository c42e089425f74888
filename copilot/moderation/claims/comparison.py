"""What one record says of one claim. It contradicts only where both speak of the same thing in the same respect. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from copilot.community.cities import city_key
from copilot.moderation.claims.models import EventFacts, Judged, Outcome, ResourceFacts, Source
from copilot.moderation.claims.statements import (
    CANCELLED,
    GOES_AHEAD,
    GONE,
    ON_SITE,
    ONLINE,
    USABLE,
    Statement,
    terms_of,
)
from copilot.moderation.claims.subjects import Passage, likeness, overlap
from copilot.moderation.claims.values import Value, ValueKind, agree

_ASPECT = {
    ValueKind.MONEY: "price", ValueKind.PERCENT: "percent", ValueKind.COUNT: "number", ValueKind.DURATION: "number",
    ValueKind.DATE: "date", ValueKind.WEEKDAY: "weekday", ValueKind.TIME: "time", ValueKind.CITY: "place",
}  # fmt: skip
# Other days and hours of an event than its own.
_OTHER_DAY = re.compile(
    r"报名|截止|预约|付款|退款|退票|通知|公布|出结果|sign[- ]?ups?|regist|deadline|rsvp|refund|apply|announce",
    re.IGNORECASE,
)
_OTHER_HOUR = re.compile(
    r"签到|入场|检票|集合|进场|午饭|晚饭|晚宴|散场|结束|截止|报名|doors?|check[- ]?in|lunch|dinner|ends?|until|finish|sign[- ]?up|regist|deadline",
    re.IGNORECASE,
)
_SEATS = re.compile(
    r"名额|席|座位|容纳|限|上限|最多|报名人数|规模|seats?|places?|spots?|capacity|limit|up to|max|room for",
    re.IGNORECASE,
)
_LAST_DAY = re.compile(r"到期|截止|有效期|期限|为止|截至|止$|until|expir|valid|deadline|closes?|through", re.IGNORECASE)
_STANDS_AT = re.compile(
    r"(?:在|改到|搬到|移到|定在|位于|地点|去)[^,，]{0,6}$|\b(?:in|at|to|moved to|based in)\s+$", re.IGNORECASE
)
_SOON_DAYS = 14
_SAME_TIME_MINUTES = 9
# Of the smaller side's words, how many two sentences share when they speak of the same rule or number.
_SAME_RULE, _SAME_RULE_WORDS = 0.7, 3
_SAME_NUMBER, _SAME_NUMBER_WORDS = 0.55, 2
# Of all words of a claim and a clause of a named record, how many both have when they speak of one rule.
_SAME_WORDS = 0.5


def by_event(clause: Statement, source: Source, said_on: date) -> list[Judged]:
    """Return what an event's own data say of a clause about it."""
    facts = source.event
    if facts is None:
        return []
    found = [_event_status(clause, source, facts, said_on)]
    if not facts.is_cancelled and facts.ends_on >= said_on:
        found += [
            _event_dates(clause, source, facts, said_on), _event_time(clause, source, facts),
            _place(clause, source, facts.city, online=facts.online),
            _seats(clause, source, facts.capacity),
        ]  # fmt: skip
    return [judged for judged in found if judged is not None]


def by_resource(clause: Statement, source: Source, said_on: date) -> list[Judged]:
    """Return what a resource's own data say of a clause about it."""
    facts = source.resource
    if facts is None:
        return []
    found = [
        _availability(clause, source, facts, said_on), _last_day(clause, source, facts),
        _place(clause, source, facts.city, online=None), _seats(clause, source, facts.capacity),
    ]  # fmt: skip
    return [judged for judged in found if judged is not None]


def by_words(clause: Statement, passages: Sequence[Passage], title: str) -> list[Judged]:
    """Return what the sentences of one named record say of a clause: a value of one kind, or a rule about one thing.

    Args:
        clause: about the record.
        passages: the record's sentences.
        title: of the record; it says what is spoken of, not in which respect.
    """
    title_terms = terms_of(title)
    said = clause.terms_beside(title) - title_terms
    found = [judged for value in clause.values if (judged := _nearest(value, said, passages, title_terms)) is not None]
    for passage in passages:
        words = passage.statement.terms - title_terms
        shared, share = overlap(said, words)
        is_same = (shared >= 2 and share >= 0.5) or likeness(said, words) >= _SAME_WORDS
        judged = _rule(clause, passage) if is_same else None
        found += [judged] if judged is not None else []
    return found


def _nearest(
    value: Value, said: frozenset[str], passages: Sequence[Passage], title_terms: frozenset[str]
) -> Judged | None:
    """Return what the clauses that are most like the claim say of a value; without a word in common, an only value does."""
    comparable = [
        (likeness(said, p.statement.terms - title_terms), p, same, other.unit == value.unit)
        for p in passages
        for other in p.statement.of(value.kind)
        if (same := agree(value, other)) is not None
    ]
    # Where nothing but the price is said, a plain price is meant, and not for whom it is free.
    if not said and any(plain for *_, plain in comparable):
        comparable = [row for row in comparable if row[3]]
    best = max((like for like, *_ in comparable), default=0.0)
    if not comparable or (best == 0.0 and (len(comparable) > 1 or said)):
        return None
    nearest = [(passage, same) for like, passage, same, _ in comparable if like == best]
    agreeing = [passage for passage, same in nearest if same]
    if agreeing:
        return _judged(Outcome.SUPPORTED, _ASPECT[value.kind], agreeing[0].source, agreeing[0].statement.text)
    if len(nearest) > 1:
        return None
    passage = nearest[0][0]
    return _judged(Outcome.CONTRADICTED, _ASPECT[value.kind], passage.source, passage.statement.text)


def by_sentence(clause: Statement, passage: Passage) -> list[Judged]:
    """Return what a sentence of free text says of a clause: only when both are about the same thing."""
    shared, share = overlap(clause.terms, passage.statement.terms)
    is_same_number = shared >= _SAME_NUMBER_WORDS and share >= _SAME_NUMBER
    is_same_rule = shared >= _SAME_RULE_WORDS and share >= _SAME_RULE
    judged = [_values(clause, passage) if is_same_number else None, _rule(clause, passage) if is_same_rule else None]
    return [part for part in judged if part is not None]


def _values(clause: Statement, passage: Passage) -> Judged | None:
    """Compare the values of two sentences about the same thing; several of one kind in the record only ever support."""
    for value in clause.values:
        pairs = [(other, agree(value, other)) for other in passage.statement.of(value.kind)]
        compared = [(other, same) for other, same in pairs if same is not None]
        if any(same for _, same in compared):
            return _judged(Outcome.SUPPORTED, _ASPECT[value.kind], passage.source, passage.statement.text)
        if len(compared) == 1 and len(clause.of(value.kind)) == 1 and len(passage.statement.of(value.kind)) == 1:
            return _judged(Outcome.CONTRADICTED, _ASPECT[value.kind], passage.source, passage.statement.text)
    return None


def _rule(clause: Statement, passage: Passage) -> Judged | None:
    for name, affirms in clause.stance.items():
        recorded = passage.statement.stance.get(name)
        if recorded is not None:
            outcome = Outcome.SUPPORTED if recorded == affirms else Outcome.CONTRADICTED
            return _judged(outcome, "rule", passage.source, passage.statement.text)
    return None


def _event_status(clause: Statement, source: Source, facts: EventFacts, said_on: date) -> Judged | None:
    if facts.ends_on < said_on:
        return None
    says_off, says_on = CANCELLED.search(clause.text), GOES_AHEAD.search(clause.text)
    if says_on is None and says_off is None:
        return None
    is_said_off = says_on is None
    outcome = Outcome.SUPPORTED if is_said_off == facts.is_cancelled else Outcome.CONTRADICTED
    return _judged(outcome, "status", source, source.quotes["status"])


def _event_dates(clause: Statement, source: Source, facts: EventFacts, said_on: date) -> Judged | None:
    if _OTHER_DAY.search(clause.text):
        return None
    days, weekdays = clause.of(ValueKind.DATE), clause.of(ValueKind.WEEKDAY)
    if len(days) == 1:
        is_within = facts.starts_on.toordinal() <= days[0].low <= facts.ends_on.toordinal()
        return _judged(_told(is_within), "date", source, source.quotes["starts"])
    is_soon = 0 <= (facts.starts_on - said_on).days < _SOON_DAYS
    if not days and len(weekdays) == 1 and is_soon and facts.starts_on == facts.ends_on:
        return _judged(_told(weekdays[0].low == facts.starts_on.weekday()), "weekday", source, source.quotes["starts"])
    return None


def _event_time(clause: Statement, source: Source, facts: EventFacts) -> Judged | None:
    hours = clause.of(ValueKind.TIME)
    if not hours or len(hours) > 2 or _OTHER_HOUR.search(clause.text):
        return None
    starts = facts.starts_at.hour * 60 + facts.starts_at.minute
    first = hours[0]
    away = abs(first.low - starts)
    if first.unit == "12h":
        away = min(away % 720, 720 - away % 720)
    return _judged(_told(away <= _SAME_TIME_MINUTES), "time", source, source.quotes["starts"])


def _place(clause: Statement, source: Source, city: str, *, online: bool | None) -> Judged | None:
    cities = clause.of(ValueKind.CITY)
    is_online = online if online is not None else bool(ONLINE.fullmatch(city.strip()))
    if len(cities) == 1 and city and _STANDS_AT.search(clause.text[: cities[0].start]):
        if is_online:
            return _judged(Outcome.CONTRADICTED, "place", source, source.quotes["place"]) if source.event else None
        return _judged(_told(cities[0].name == _city(city)), "place", source, source.quotes["place"])
    if source.event is None or online is None or cities:
        return None
    says_online, says_on_site = ONLINE.search(clause.text), ON_SITE.search(clause.text)
    if bool(says_online) == bool(says_on_site):
        return None
    return _judged(_told(bool(says_online) == is_online), "place", source, source.quotes["place"])


def _seats(clause: Statement, source: Source, capacity: int | None) -> Judged | None:
    counts = [value for value in clause.of(ValueKind.COUNT) if value.unit in {"people", "places"}]
    if capacity is None or len(counts) != 1 or not _SEATS.search(clause.text):
        return None
    recorded = Value(ValueKind.COUNT, "places", capacity, capacity, 0, 0, counts[0].bound)
    same = agree(counts[0], recorded)
    return None if same is None else _judged(_told(same), "number", source, source.quotes["capacity"])


def _availability(clause: Statement, source: Source, facts: ResourceFacts, said_on: date) -> Judged | None:
    says_usable = bool(USABLE.search(clause.text))
    if not says_usable and not GONE.search(clause.text):
        return None
    is_usable = facts.is_available and (facts.expires_on is None or facts.expires_on >= said_on)
    return _judged(_told(says_usable == is_usable), "status", source, source.quotes["status"])


def _last_day(clause: Statement, source: Source, facts: ResourceFacts) -> Judged | None:
    days = clause.of(ValueKind.DATE)
    if facts.expires_on is None or len(days) != 1 or not _LAST_DAY.search(clause.text):
        return None
    return _judged(_told(days[0].low == facts.expires_on.toordinal()), "date", source, source.quotes["expires"])


def _city(name: str) -> str:
    return city_key(name)


def _told(is_so: bool) -> Outcome:  # a truth value is all it takes
    return Outcome.SUPPORTED if is_so else Outcome.CONTRADICTED


def _judged(outcome: Outcome, aspect: str, source: Source, quote: str) -> Judged:
    return Judged(outcome, aspect, source, quote.strip())
