"""Reads a self-introduction by rules: labelled fields, lists, and prose with denial and other people's wishes left out.

Works without any model and without a network. Every finding is an exact slice of the text; nothing is reworded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from copilot.community.cities import find_cities
from copilot.community.industries import find_industry
from copilot.language.contacts import holds_contact
from copilot.profiles.cues import hear
from copilot.profiles.fields import find_city, find_values, labelled_city, skills_after_cue, skills_in
from copilot.profiles.findings import MAX_TEXT_CHARS, Finding, Kind
from copilot.profiles.labels import Labelled, Meaning, labelled
from copilot.profiles.sentences import Span, cells, clauses, sentences, trimmed

MAX_FINDINGS = 60
_SHORTEST = 2
_NOTHING = re.compile(r"(?:暂无|没有|无|暂时没有|还没想好|none|n/?a|nothing|tbd|-+|/+)", re.IGNORECASE)
_COURTESY = re.compile(
    r"(?:大家|各位|老板们?|群友们?|伙伴们|朋友们|你们|哈喽|嗨|群主|老师们)*(?:好呀?|早上好|下午好|晚上好|午安)|请?多多?(?:关照|指教)|谢谢\S{0,6}|感谢\S{0,8}|"
    r"很?高兴\S{0,10}|幸会|新人|新来的?|报个?到|冒个?泡|签个?到|潜水\S{0,4}|出来说句话|\S{0,4}自我介绍\S{0,2}|按群规|介绍一下|说一下我自己吧?|我先来|来?交作业|"
    r"群主拉\S{0,4}|被?拉进来的?|叫我\S{1,8}就行|我(?:姓|叫|是(?!做|搞|开|干|卖|学|教|写))\S{1,3}(?=$|[，,。！!\s])|(?:在下|我是|我叫|叫我|这里是)\s?(?:阿\S|老\S|小\S|[A-Za-z]{2,12})|哈哈+|"
    r"\b(?:hi|hey|hello|evening|morning|afternoon|all|everyone|everybody|folks|there|thanks|thank you|nice to meet you(?: all)?|long time lurker|"
    r"(?:i'm|i am|my name is|name's|this is|it's) [A-Z]\w+|[A-Z]\w+ here|here|sorry|please)\b|供需|大家|各位|其他|另外|[+＋]",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"最好|预算|要求|优先|限\S{0,4}地|可谈|都行|equity|budget|ideally|preferably|remote ok", re.IGNORECASE
)
_WORDS = re.compile(r"[A-Za-z0-9]+|[\u3400-\u9fff]")
_PLACE_WORDS = re.compile(
    r"我们?|人|现|目前|坐标|在|是|的|住|常|驻|居|市|来自|\b(?:based?|in|at|the|from|hello|hi|i'm|i am)\b", re.IGNORECASE
)
# A clause without any of these only names the topic of the clause after it: 冷链车一周三趟到广州，能顺路带货.
_OF_SELF = re.compile(
    r"做|是|人|岁|[一二两三四五六七八九十\d]年|创业|公司|团队|来自|开[了店厂]|工作|毕业|"
    r"\b(?:i'm|we're|i am|we are|founder|run|work(?:ing)?|build(?:ing)?|make|based|here|former|ex)\b",
    re.IGNORECASE,
)


@dataclass
class _Reading:
    """What has been read so far: findings, and the spans that speak of the speaker for the fields."""

    source: str
    locale: str
    found: list[Finding] = field(default_factory=list)
    about: list[Span] = field(default_factory=list)

    def add(self, aspect: Kind, start: int, end: int) -> None:
        """Keep a sentence, cut at clauses where it is longer than a profile's line."""
        span = trimmed(self.source, start, end)
        while span.end - span.start > MAX_TEXT_CHARS:
            cut = _cut(self.source, span)
            self._keep(aspect, trimmed(self.source, span.start, cut))
            span = trimmed(self.source, cut, span.end)
        self._keep(aspect, span)

    def _keep(self, aspect: Kind, span: Span) -> None:
        if _says_something(self.source[span.start : span.end]):
            self.found.append(Finding.sentence(aspect, self.source, *span))


def read_introduction(text: str, locale: str) -> list[Finding]:
    """Return what a self-introduction says, sentences first, then fields; at most 60 findings, none for small talk.

    Args:
        text: Chinese, English or both; lists, labels, prose.
        locale: the language in which known cities and industries are named.
    """
    reading = _Reading(text, locale)
    values: list[Finding] = []
    current: Meaning | None = None
    for cell in cells(text):
        if cell.start == cell.end:
            current = None
            continue
        for part in labelled(text, *cell):
            if part.meaning is None:
                current = _read_unlabelled(reading, part, current, values)
            else:
                current = None if _read_labelled(reading, part, part.meaning, values) else part.meaning
    city = next((one for one in values if one.field == "city"), None) or find_city(text, reading.about, locale)
    own = [one for one in reading.found if one.aspect == "is"]
    values = [one for one in values if one.field != "city"]
    values += find_values(text, [Span(one.start, one.end) for one in own] or reading.about, locale)
    return _distinct([*reading.found, *([city] if city else []), *values])[:MAX_FINDINGS]


def _read_unlabelled(
    reading: _Reading, part: Labelled, current: Meaning | None, values: list[Finding]
) -> Meaning | None:
    """Read a cell without a label; below a label that stood alone it is one of its items."""
    if current is not None:
        _read_labelled(reading, part, current, values)
        return current
    _read_prose(reading, Span(part.start, part.end), values)
    return None


def _read_labelled(reading: _Reading, part: Labelled, meaning: Meaning, values: list[Finding]) -> bool:
    """Read the value of a label; return False when there is none yet, and the next lines are it."""
    source = reading.source
    value = trimmed(source, part.start, part.end)
    text = source[value.start : value.end]
    if not text:
        return False
    if meaning == "skip" or _NOTHING.fullmatch(text):
        return True
    if meaning == "city":
        city = labelled_city(source, value, reading.locale)
        values.extend([city] if city else [])
        rest = _after_city(source, value, city)
        if rest is not None:
            _read_prose(reading, rest, values)
        return True
    aspect: Kind = "has" if meaning == "skill" else meaning
    for number, sentence in enumerate(sentences(source, *value)):
        span = trimmed(source, *sentence)
        said = source[span.start : span.end]
        # Behind the first sentence of a value prose may begin, and speak for another side.
        heard = hear(said) if number or aspect == "is" else None
        if holds_contact(said) or _NOTHING.fullmatch(said):
            continue
        if heard is not None and heard.side not in {None, aspect}:
            _read_prose(reading, span, values)
            continue
        if aspect == "is":
            reading.about.append(span)
        reading.add(aspect, *span)
        if meaning == "skill" and not number:
            values.extend(skills_in(source, span))
    return True


def _after_city(source: str, value: Span, city: Finding | None) -> Span | None:
    """Return what follows the place on the same line: 坐标深圳，做跨境电商."""
    if city is None:
        return None
    rest = re.compile(r"[，,。；;]").search(source, city.end, value.end)
    return Span(rest.end(), value.end) if rest else None


def _read_prose(reading: _Reading, span: Span, values: list[Finding]) -> None:
    before: Kind | None = None
    for sentence in sentences(reading.source, *span):
        before = _read_sentence(reading, sentence, before, values)


class _Run:
    """Neighbouring clauses of one side within a sentence, which become one finding."""

    def __init__(self, reading: _Reading, side: Kind | None) -> None:
        self._reading = reading
        self._spans: list[Span] = []
        self._only_topic = True
        self.side = side

    def take(self, side: Kind, clause: Span, *, is_topic: bool) -> None:
        """Go on with a clause; a change of side ends the finding before it, unless that only named the topic."""
        if side != self.side and not (self._spans and self._only_topic and side != "is"):
            self.close()
        self._only_topic = is_topic and (self._only_topic or not self._spans)
        self.side = side
        self._spans.append(clause)

    def close(self) -> None:
        """Keep what was gathered."""
        if self._spans and self.side is not None:
            self._reading.add(self.side, self._spans[0].start, self._spans[-1].end)
        self._spans.clear()
        self._only_topic = True


def _read_sentence(reading: _Reading, sentence: Span, before: Kind | None, values: list[Finding]) -> Kind | None:
    """Read one sentence; return the side it ended on."""
    source = reading.source
    goes_on = before in {"has", "wants"} and _DETAIL.search(source, *sentence)
    run = _Run(reading, before if goes_on else None)
    of_others = dropped = False
    for clause in clauses(source, *sentence):
        text = source[clause.start : clause.end]
        heard = hear(text, of_others=of_others)
        of_others = heard.of_others
        if heard.side == "not_own" or of_others or holds_contact(text):
            run.close()
            run.side, dropped = None, True
            continue
        # What follows somebody else's wish, or a denial, without a word of the speaker's own belongs to it.
        if not _says_something(text) or (dropped and heard.side is None and run.side is None and not heard.in_person):
            continue
        is_said = heard.side is not None and not (heard.is_weak and heard.side == "has" and run.side in {"is", "wants"})
        side: Kind = heard.side if is_said and heard.side is not None else run.side or "is"
        if side == "is":
            reading.about.append(clause)
            if _is_bare_place(text):
                continue
        elif side == "has":
            values.extend(skills_after_cue(source, clause))
        run.take(side, clause, is_topic=not is_said and run.side is None and not _OF_SELF.search(text))
    run.close()
    return run.side


def _is_bare_place(text: str) -> bool:
    """Whether a clause only says where somebody is: that is a field, not a sentence."""
    places = find_cities(text)
    for _, start, end in reversed(places):
        text = text[:start] + text[end:]
    return bool(places) and not _WORDS.search(_PLACE_WORDS.sub("", text))


def _says_something(text: str) -> bool:
    """Whether more than courtesies is left of a text."""
    words = _WORDS.findall(_COURTESY.sub(" ", text))
    # 我是小林 is a name, 我是律师 a trade.
    return sum(2 if len(word) > 3 else 1 for word in words) >= _SHORTEST or find_industry(text) is not None


def _cut(source: str, span: Span) -> int:
    ends = [clause.end for clause in clauses(source, *span) if clause.end - span.start <= MAX_TEXT_CHARS]
    return ends[-1] if ends else span.start + MAX_TEXT_CHARS


def _distinct(found: list[Finding]) -> list[Finding]:
    """Return the findings without those that say the same again."""
    kept: dict[tuple[str, str, str], Finding] = {}
    for one in found:
        kept.setdefault((one.aspect, one.field, " ".join(one.text.casefold().split())), one)
    return list(kept.values())
