"""Holds every claim of a text against the records. A wrong contradiction is worse than silence. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from copilot.moderation.claims.comparison import by_event, by_resource, by_sentence, by_words
from copilot.moderation.claims.models import RANK, ClaimCheck, Judged, Outcome, Source
from copilot.moderation.claims.statements import Statement, clauses, is_claim, sentence_around
from copilot.moderation.claims.subjects import SourceIndex
from copilot.moderation.claims.wording import sentence

VERSION = "claims-1"
_READ_CHARS = 2_000
_WORTH_A_LOOK = re.compile(
    r"[\d一二三四五六七八九十两]|取消|改期|延期|推迟|照常|如期|免费|不办|过期|下架|停用|失效|线上|线下|允许|不许|禁止|可以|不能|必须|需要|"
    r"\b(?:free|cancel|postpone|allowed|required|must|cannot|can'?t|expired|available|online|in person|on|in)\b",
    re.IGNORECASE,
)


def check_text(text: str, index: SourceIndex, said_on: date, locale: str) -> list[ClaimCheck]:
    """Return every checkable claim of the first 2,000 characters of a text with what the records say of it, in order.

    Args:
        text: a message.
        index: the community's records.
        said_on: the day it was said, in the community's own time.
        locale: the language of the sentences.
    """
    text = text[:_READ_CHARS]
    found: list[ClaimCheck] = []
    about_all = index.about(text)
    for clause in clauses(text, said_on):
        if not is_claim(sentence_around(text, clause.start, clause.end), clause):
            continue
        judged = _decided(_judge(clause, index, said_on, about_all))
        found.append(_check(clause, judged, locale))
    return found


def may_claim(text: str) -> bool:
    """Whether it is worth looking: a number, a rule or a change is named. Says nothing of what; costs microseconds."""
    return _WORTH_A_LOOK.search(text[:_READ_CHARS]) is not None


def _judge(clause: Statement, index: SourceIndex, said_on: date, about_all: Sequence[Source]) -> list[Judged]:
    found: list[Judged] = []
    sources = index.about(clause.text) or list(about_all)  # what an earlier clause named
    for source in sources:
        judged = [*by_event(clause, source, said_on), *by_resource(clause, source, said_on)]
        if not judged or source.resource is not None:
            judged += by_words(clause, index.of(source), source.title)
        found += judged
    several = len(sources) > 1
    if several and not all(j.outcome is Outcome.CONTRADICTED for j in found):
        found = [judged for judged in found if judged.outcome is Outcome.SUPPORTED]
    elif several:
        found = []  # one title, several records: which one is meant, nobody knows
    for passage in index.like(clause):
        found += by_sentence(clause, passage)
    return found


def _decided(found: list[Judged]) -> Judged | None:
    """Return what the most authoritative record says; among its words one that agrees settles it."""
    if not found:
        return None
    rank = min(RANK[judged.source.kind] for judged in found)
    first = [judged for judged in found if RANK[judged.source.kind] == rank]
    contradicted = [judged for judged in first if judged.outcome is Outcome.CONTRADICTED]
    supported = [judged for judged in first if judged.outcome is Outcome.SUPPORTED]
    # In one respect right, in another wrong: "on the 28th in Hangzhou" of an event on the 28th in Shanghai.
    plain = [judged for judged in contradicted if judged.aspect not in {s.aspect for s in supported}]
    return plain[0] if plain else supported[0] if supported else None


def _check(clause: Statement, judged: Judged | None, locale: str) -> ClaimCheck:
    span = {"claim": clause.text, "start": clause.start, "end": clause.end}
    if judged is None:
        told = sentence(locale, Outcome.CANNOT_TELL)
        return ClaimCheck(**span, outcome=Outcome.CANNOT_TELL, aspect="", sentence=told)  # type: ignore[arg-type]  # a span
    source = judged.source
    return ClaimCheck(
        claim=clause.text, start=clause.start, end=clause.end, outcome=judged.outcome, aspect=judged.aspect,
        sentence=sentence(locale, judged.outcome, source.kind.value, judged.quote), source_kind=source.kind.value,
        source_id=source.id, source_title=source.title, source_quote=judged.quote,
    )  # fmt: skip
