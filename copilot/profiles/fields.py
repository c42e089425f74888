"""Single values in what somebody says of themselves: city, industry, role, stage and skills. Pure functions on spans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from copilot.community.cities import city_name, find_cities
from copilot.community.industries import find_industry, industry_name
from copilot.profiles.findings import Field, Finding
from copilot.profiles.sentences import Span, trimmed

MAX_SKILLS = 8
_SKILL_CHARS = 30
_CITY_CHARS = 12
# How surely the words before a city say that somebody lives there; a city without any may be a market or a memory.
_LIVES = (
    (
        4,
        re.compile(
            r"(?:坐标|现居|常驻|人在|住在|常年在|现在在|刚回|base[d]?(?: in| at)?|living in|live in|now in)[\s:：是在]*$",
            re.IGNORECASE,
        ),
    ),
    (
        2,
        re.compile(
            r"(?:在|位于|\b(?:in|near|from|out of)) ?$|基地在$|实验室在$|公司在$|来自$|我是$|^\s*(?:报到|签到|我)?\s*[,，]?\s*$",
            re.IGNORECASE,
        ),
    ),
)
_LIVES_AFTER = re.compile(r"^(?:人(?![群才气])|的?老\S|市?(?:开|做)|土著|本地|这边|两头|边上|\s*[,，、。|/·]|\s*$)")
_ELSEWHERE = re.compile(
    r"(?:老家|出生|长大|毕业|去过|想去|打算去|出差|发货到|发到|卖到|客户在|市场在|工厂在|一趟到|三趟到|到|去|飞)[^，,。]{0,3}$|"
    r"(?:sell(?:ing)? (?:in|to)|clients? in|customers? in|born in|moved from|grew up in|shipping to|used to live in)\s*$",
    re.IGNORECASE,
)
_GREW_UP = re.compile(r"^\s*(?:长大|出生|毕业|读书|那边|市场|客户)")
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("investor", re.compile(r"投资(?:人|经理|总监|合伙人)|天使投资|\b(?:angel )?investor\b|\bvc partner\b", re.IGNORECASE)),
    ("freelancer", re.compile(r"自由职业(?:者)?|独立(?:摄影师|设计师|开发者|撰稿人|插画师|顾问)|\bfreelanc(?:e|er|ing)\b|\bsolo developer\b", re.IGNORECASE)),
    ("aspiring_founder", re.compile(r"(?:还没想好|没想好)做什么|准备创业|打算创业|想创业|\baspiring founder\b", re.IGNORECASE)),
    (
        "founder",
        re.compile(r"(?:联合|联创|共同)?创始人|联创|创业者|主理人|店主|厂长|老板(?!们|娘)|\b(?:co-?)?founder\b|\bCEO\b|\bowner of\b", re.IGNORECASE),
    ),
    ("service_provider", re.compile(r"律师|会计师|税务师|专利代理师|\blawyer\b(?! turned)|\baccountant\b", re.IGNORECASE)),
    ("advisor", re.compile(r"顾问|\badvis[eo]r\b|\bconsultant\b", re.IGNORECASE)),
    ("retired", re.compile(r"退休|\bretired\b", re.IGNORECASE)),
    ("student_founder", re.compile(r"(?:在读|大[一二三四]|研[一二三])(?:学生)?|\bundergraduate\b", re.IGNORECASE)),
)  # fmt: skip
_STAGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("pre-seed", re.compile(r"\bpre-?seed\b", re.IGNORECASE)),
    ("seed", re.compile(r"天使轮|种子轮|\bseed(?: stage| round)?\b", re.IGNORECASE)),
    ("pre-A", re.compile(r"pre-?\s?a轮?(?![A-Za-z])", re.IGNORECASE)),
    ("A", re.compile(r"(?<![A-Za-z-])A\+?轮|\bseries a\b", re.IGNORECASE)),
    ("B", re.compile(r"(?<![A-Za-z-])B\+?轮|\bseries b\b", re.IGNORECASE)),
    ("mvp", re.compile(r"(?<![A-Za-z])MVP(?![A-Za-z])|内测|原型阶段|\bprototype\b|\bin beta\b", re.IGNORECASE)),
    ("idea", re.compile(r"idea\s*(?:阶段|stage)|想法阶段|只有(?:一个)?想法|\bidea stage\b", re.IGNORECASE)),
    ("profitable", re.compile(r"盈利|(?:都|已经?|开始)赚钱|\bprofitable\b|\bcash.?flow positive\b", re.IGNORECASE)),
    ("bootstrapped", re.compile(r"没拿过?(?:投资|融资)|自有资金|自筹|自负盈亏|\bbootstrap(?:ped|ping)\b", re.IGNORECASE)),
    ("growth", re.compile(r"增长期|成长期|规模化|\bgrowing \d|\bgrowth stage\b|\bscaling up\b", re.IGNORECASE)),
)  # fmt: skip
_NOT = re.compile(
    r"(?:不是|并非|没有?|还没|未|尚未|不|前|曾是|曾任)[^，,。、]{0,5}$|\b(?:not|ex-?|former(?:ly)?|yet to be|never)\s*(?:an? |the )?\s*$",
    re.IGNORECASE,
)
_ITEM_END = re.compile(
    r"[、，,；;/＋+&]|\band\b|(?<=[\u4e00-\u9fff])[和与及跟]|(?<=[A-Za-z])\s*[和与及]\s*", re.IGNORECASE
)
_SKILL_CUE = re.compile(r"擅长|精通|(?:good|great) at|speciali[sz]e in|expert in", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def find_city(source: str, spans: Sequence[Span], locale: str) -> Finding | None:
    """Return the city somebody lives in, by what stands around the names of cities; the surest, then the first."""
    best: tuple[int, Finding] | None = None
    for span in spans:
        text = source[span.start : span.end]
        for name, start, end in find_cities(text):
            sureness = _lives(text[:start], text[end:])
            if sureness and (best is None or sureness > best[0]):
                found = Finding.value("city", city_name(name, locale), source, span.start + start, span.start + end)
                best = (sureness, found)
    return best[1] if best else None


def _lives(before: str, after: str) -> int:
    if _ELSEWHERE.search(before) or _GREW_UP.match(after):
        return 0
    sure = next((score for score, pattern in _LIVES if pattern.search(before)), 0)
    return sure or int(bool(_LIVES_AFTER.match(after)))


def labelled_city(source: str, span: Span, locale: str) -> Finding | None:
    """Return the city that a label names; one we do not know is taken as it is written, if it is short."""
    text = source[span.start : span.end]
    known = find_cities(text)
    if known:
        name, start, end = known[0]
        return Finding.value("city", city_name(name, locale), source, span.start + start, span.start + end)
    first = re.split(r"[，,、；;。/·|（( ]", text, maxsplit=1)[0]
    inner = trimmed(source, span.start, span.start + len(first))
    named = source[inner.start : inner.end]
    return Finding.value("city", named, source, *inner) if 1 < len(named) <= _CITY_CHARS else None


def find_values(source: str, spans: Sequence[Span], locale: str) -> Iterator[Finding]:
    """Yield the industry, the role and the stage in what somebody says they are, at most one of each."""
    for span in spans:
        text = source[span.start : span.end]
        if (found := find_industry(text)) is not None:
            name = industry_name(found.key, locale)
            yield Finding.value("industry", name, source, span.start + found.start, span.start + found.end)
            break
    tables: tuple[tuple[Field, tuple[tuple[str, re.Pattern[str]], ...]], ...] = (("role", _ROLES), ("stage", _STAGES))
    for field, table in tables:
        value = next((one for span in spans if (one := _first_of(source, span, field, table)) is not None), None)
        if value is not None:
            yield value


def _first_of(source: str, span: Span, field: Field, table: tuple[tuple[str, re.Pattern[str]], ...]) -> Finding | None:
    text = source[span.start : span.end]
    hits = [
        (found.start(), order, code, found.end())
        for order, (code, pattern) in enumerate(table)
        for found in pattern.finditer(text)
        if not _NOT.search(text[: found.start()])
    ]
    if not hits:
        return None
    start, _, code, end = min(hits)
    return Finding.value(field, code, source, span.start + start, span.start + end)


def skills_in(source: str, span: Span) -> list[Finding]:
    """Return the items of a list of skills; what is too long for one is a sentence, not a skill."""
    found: list[Finding] = []
    at = span.start
    for mark in [*_ITEM_END.finditer(source, span.start, span.end), None]:
        inner = trimmed(source, at, mark.start() if mark else span.end)
        at = mark.end() if mark else span.end
        text = source[inner.start : inner.end]
        limit = 10 if _HAN.search(text) else _SKILL_CHARS
        if 1 < len(text) <= limit and len(found) < MAX_SKILLS:
            found.append(Finding.value("skill", text, source, *inner))
    return found


def skills_after_cue(source: str, span: Span) -> list[Finding]:
    """Return the skills that follow 擅长 or `good at` in a clause; none without such a cue."""
    cue = _SKILL_CUE.search(source, span.start, span.end)
    return skills_in(source, Span(cue.end(), span.end)) if cue else []
