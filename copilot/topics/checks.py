"""Pure rules that every topic passes before anybody sees it, whoever drafted it. Each has a name and a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from copilot.language.contacts import CONTACT
from copilot.llm.fence import FENCE_RULE
from copilot.topics.frameworks import FrameworkLibrary
from copilot.topics.models import CheckResult, Topic
from copilot.topics.quotes import quoted_parts, without_quotes
from copilot.topics.snapshot import TopicSnapshot
from copilot.topics.wording import say, say_day

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
_ALIAS = re.compile(r"(?<![A-Za-z0-9])[QE]\d{1,3}(?![A-Za-z0-9%])")
# The commonest family names; an invented "X总" is as bad as an invented full name.
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
_TITLE = re.compile(rf"[{_SURNAMES}](?:总|老师|先生|女士|博士|教授)")
_FENCE_MARKS = ("<data-", "</data", "label=")
_RULE_CHARS = 16
_SHORTEST_QUOTE = 4
# Share of Han characters among Han characters and Latin words, in each sentence.
_HAN_SHARE = {"zh-CN": (0.4, 1.0), "en": (0.0, 0.1)}
_FEWEST_WORDS = 4
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_SENTENCE_END = re.compile(r"[。！？；\n]|[.!?;](?=\s|$)")
_NAME_CHARS = {True: 2, False: 4}  # Han names from two characters on; shorter Latin ones are ordinary words


@dataclass(frozen=True)
class Bounds:
    """Fewest and most characters of a part of a topic, by language, without the excerpts that code puts there."""

    title: tuple[int, int]
    opening: tuple[int, int]
    guiding: tuple[int, int]
    message: tuple[int, int]


BOUNDS = {
    "zh-CN": Bounds(title=(2, 60), opening=(6, 160), guiding=(3, 120), message=(40, 400)),
    "en": Bounds(title=(2, 120), opening=(10, 320), guiding=(6, 240), message=(80, 900)),
}


@dataclass(frozen=True)
class Rules:
    """What the checks compare with, beside the snapshot. `foreign_names` are members who must not be brought up."""

    snapshot: TopicSnapshot
    library: FrameworkLibrary
    foreign_names: frozenset[str] = frozenset()


Problems = Iterator[str]


def check_topics(topics: Sequence[Topic], rules: Rules) -> list[CheckResult]:
    """Return one result per check; a failed one says which topic breaks it and how."""
    locale = rules.snapshot.community.locale
    results = []
    for name, check in _CHECKS.items():
        rule = say(locale, f"check.{name}")
        broken = [
            say(locale, "broken", topic=say(locale, "topic", rank=topic.rank), rule=rule, what=what)
            for topic in topics
            for what in check(topic, rules)
        ]
        if name == "distinct":
            broken += [f"{rule}: {what}" for what in _repeats(topics)]
        results.append(CheckResult(name=name, passed=not broken, sentence="; ".join(broken) or rule))
    return results


def problems(results: Sequence[CheckResult]) -> list[str]:
    """Return the sentences of the failed checks."""
    return [result.sentence for result in results if not result.passed]


def _evidence_exists(topic: Topic, rules: Rules) -> Problems:
    owned = {item.id: item for item in rules.snapshot.evidence if item.member_id == rules.snapshot.member.id}
    for cited in topic.evidence:
        if cited.id not in owned:
            yield cited.id


def _question_exists(topic: Topic, rules: Rules) -> Problems:
    if topic.demand.question_id not in {item.id for item in rules.snapshot.questions}:
        yield topic.demand.question_id


def _evidence_fits(topic: Topic, rules: Rules) -> Problems:
    snapshot = rules.snapshot
    alias = next((q.alias for q in snapshot.questions if q.id == topic.demand.question_id), "")
    paired = {item.id for p in snapshot.pairings if p.question == alias for item in snapshot.evidence_of(p.evidence)}
    for cited in topic.evidence:
        if cited.id not in paired:
            yield cited.id


def _quotes_exact(topic: Topic, rules: Rules) -> Problems:
    texts = _texts(rules.snapshot)
    for record_id, quote in [
        (topic.demand.question_id, topic.demand.quote),
        *([(topic.demand.question_id, topic.demand.subject)] if topic.demand.subject else []),
        *((c.id, c.quote) for c in topic.evidence),
        *((one.id, one.quote) for one in topic.demand.interest if one.kind != "industry"),
    ]:
        if not quote or quote not in texts.get(record_id, ""):
            yield quote or record_id
    allowed = "\n".join([_sources(topic, rules), topic.framework_title, *_names(topic, rules)])
    for text in _visible(topic):
        for part in quoted_parts(_without_citations(text, topic)):
            if len(part.strip()) >= _SHORTEST_QUOTE and part.strip() not in allowed:
                yield part


def _framework_known(topic: Topic, rules: Rules) -> Problems:
    if topic.framework not in {item.key for item in rules.library.all(rules.snapshot.community.locale)}:
        yield topic.framework


def _language(topic: Topic, rules: Rules) -> Problems:
    low, high = _HAN_SHARE[rules.snapshot.community.locale]
    for text in (*topic.titles, topic.opening, *_guiding(topic), topic.message):
        own_words = without_quotes(_without_citations(text, topic))
        for name in _names(topic, rules):
            own_words = own_words.replace(name, " ") if name else own_words
        for sentence in _SENTENCE_END.split(own_words):
            # A Latin word weighs as much as a Han character: product names in Chinese are no other language.
            han, words = len(_HAN.findall(sentence)), len(_LATIN_WORD.findall(sentence))
            if han + words >= _FEWEST_WORDS and not low <= han / (han + words) <= high:
                yield sentence.strip()[:30]


def _lengths(topic: Topic, rules: Rules) -> Problems:
    bounds = BOUNDS[rules.snapshot.community.locale]
    parts = [(text, bounds.title) for text in topic.titles]
    parts += [(topic.opening, bounds.opening), (topic.message, bounds.message)]
    parts += [(text, bounds.guiding) for text in _guiding(topic)]
    for text, (low, high) in parts:
        length = len(_without_citations(text, topic).strip())
        if not low <= length <= high:
            yield f"{length} ({low}-{high}): {text[:20]}"


def _no_contacts(topic: Topic, rules: Rules) -> Problems:
    sources = "\n".join([_sources(topic, rules), *_names(topic, rules)])
    for text in _visible(topic):
        for found in CONTACT.finditer(text):
            if found[0] not in sources:
                yield found[0]


def _no_names(topic: Topic, rules: Rules) -> Problems:
    sources = "\n".join([_sources(topic, rules), *_names(topic, rules), *_framework_texts(topic, rules)])
    text = "\n".join(_visible(topic))
    for name in sorted(rules.foreign_names):
        han = bool(_HAN.search(name))
        if len(name) < _NAME_CHARS[han] or name in sources or name not in text:
            continue
        if han or re.search(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", text):
            yield name
    for found in _TITLE.finditer(text):
        if found[0] not in sources and not any(found[0] in name for name in _names(topic, rules)):
            yield found[0]


def _numbers(topic: Topic, rules: Rules) -> Problems:
    snapshot = rules.snapshot
    day = topic.demand.asked_at.astimezone(ZoneInfo(snapshot.community.timezone)).date()
    sources = [_sources(topic, rules), *_names(topic, rules), *_framework_texts(topic, rules)]
    sources += [str(topic.lengths.voice_seconds), say_day(snapshot.community.locale, day)]
    for item in snapshot.questions:
        if item.id == topic.demand.question_id:
            sources += [str(item.askers), str(item.wanting), str(item.peers)]
    known = set(_NUMBER.findall("\n".join(sources)))
    for text in (*topic.titles, topic.opening, *_guiding(topic), topic.message):
        for number in _NUMBER.findall(text):
            if number not in known:
                yield number


def _no_leak(topic: Topic, rules: Rules) -> Problems:
    rule = FENCE_RULE[rules.snapshot.community.locale]
    sources = "\n".join([_sources(topic, rules), *_names(topic, rules)])
    for text in _visible(topic):
        for mark in _FENCE_MARKS:
            if mark in text and mark not in sources:
                yield mark
        for found in _ALIAS.findall(text):
            if found not in sources:
                yield found
        if any(rule[at : at + _RULE_CHARS] in text for at in range(len(rule) - _RULE_CHARS)):
            yield rule[:_RULE_CHARS]


def _repeats(topics: Sequence[Topic]) -> Problems:
    for one in range(len(topics)):
        for other in topics[one + 1 :]:
            mine = {topics[one].demand.question_id, *topics[one].demand.same_ids}
            if mine & {other.demand.question_id, *other.demand.same_ids} or set(topics[one].titles) & set(other.titles):
                yield f"{topics[one].rank} = {other.rank}"


def _visible(topic: Topic) -> list[str]:
    return [*topic.titles, topic.opening, *_guiding(topic), topic.closing, *topic.show, topic.message]


def _guiding(topic: Topic) -> list[str]:
    return [question for step in topic.outline for question in step.questions]


def _without_citations(text: str, topic: Topic) -> str:
    """Return `text` without the excerpts that code put there: they may hold quotation marks of their own."""
    for quote in (topic.demand.quote, *(cited.quote for cited in topic.evidence), topic.demand.subject):
        text = text.replace(quote, " ") if quote else text
    return text


def _texts(snapshot: TopicSnapshot) -> dict[str, str]:
    caring = {one.id: one.text for item in snapshot.questions for one in item.interest}
    asked = {item.id: item.text for item in snapshot.questions}
    return caring | asked | {item.id: item.text for item in snapshot.evidence}


def _sources(topic: Topic, rules: Rules) -> str:
    """Return the whole texts that this topic may quote."""
    ids = {topic.demand.question_id, *(cited.id for cited in topic.evidence)}
    return "\n".join(text for record_id, text in _texts(rules.snapshot).items() if record_id in ids)


def _names(topic: Topic, rules: Rules) -> list[str]:
    return [rules.snapshot.member.name, topic.demand.asker_name, topic.demand.channel_name]


def _framework_texts(topic: Topic, rules: Rules) -> list[str]:
    found = [item for item in rules.library.all(rules.snapshot.community.locale) if item.key == topic.framework]
    return [text for item in found for text in (item.title, item.closing, *item.show, *item.titles, *item.openings)] + [
        text for item in found for step in item.outline for text in (step.heading, *step.questions)
    ]


_CHECKS: dict[str, Callable[[Topic, Rules], Problems]] = {
    "evidence_exists": _evidence_exists,
    "question_exists": _question_exists,
    "evidence_fits": _evidence_fits,
    "quotes_exact": _quotes_exact,
    "distinct": lambda topic, rules: iter(()),  # noqa: ARG005  # compares topics with one another, see check_topics
    "framework_known": _framework_known,
    "language": _language,
    "lengths": _lengths,
    "no_contacts": _no_contacts,
    "no_names": _no_names,
    "numbers": _numbers,
    "no_leak": _no_leak,
}
