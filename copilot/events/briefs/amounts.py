"""Head counts and budgets as people write them: 60人, 20-30人, 预算2万, ¥20k, budget 20,000 yuan, $500. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from copilot.currency import CNY, CURRENCIES, SHARED_SIGNS, minor_units
from copilot.events.briefs.when import MAX_FOUND, Found, before
from copilot.language.numerals import CHINESE, NUMBER, read_number

_TO = r"\s*(?:-|–|—|~|到|至|to)\s*"
_PEOPLE = (
    r"(?:个|名|位|号)?\s*(?:人|创始人|创业者|投资人(?!评)|程序员|设计师|老板|学员|新人|小白|宝妈|学生|大学生|家长|小伙伴|开发者|产品经理|成员|群友|观众|听众|同学|会员|选手)|位|名"
    r"|\s*-?\s*(?:people|ppl|persons?|attendees?|viewers?|listeners?|hackers?|students?|guests?|participants?|founders?|members?|developers?|builders?|pax|seats?|investors?|engineers?|designers?|owners?|creators?|makers?|women|friends|newcomers|teams? leads?)\b|\s+of us\b"
)
_HEADCOUNT = re.compile(
    rf"(?:(?P<low>{NUMBER}){_TO})?(?P<n>{NUMBER})\s*(?:多|来|余|几|\+)?\s*(?P<unit>{_PEOPLE})(?!均|民币|数)",
    re.IGNORECASE,
)
_HEADCOUNT_NAMED = re.compile(  # 人数50-60, 观众60, 40 in the audience
    rf"(?:人数|规模|观众|名额|席位|headcount|attendance)\s*(?:约|大概|大约|预计|控制在|of|is)?\s*[::]?\s*(?:(?P<low>{NUMBER}){_TO})?(?P<n>{NUMBER})(?P<unit>)"
    rf"|\baudience(?: of)?\s*:?\s*(?:(?P<low4>{NUMBER}){_TO})?(?P<n4>{NUMBER})(?!\s*(?:%|k\b))"
    rf"|\b(?:no more than|at most|max(?:imum)?(?: of)?|up to)\s+(?P<n5>[1-9]\d{{0,3}})(?=\s*(?:[,.;|]|$))"
    rf"|(?P<n2>{NUMBER})\s+in the (?:audience|room)\b"
    r"|\b(?:for|about|around|roughly)\s+(?P<n3>[1-9]\d{0,3})(?=\s*(?:[,.;|]|$|(?:in|on|at|this|next|today|tonight|tomorrow)\b))",
    re.IGNORECASE,
)
# People who are not the audience: speakers, judges, teams.
_NOT_AUDIENCE_AFTER = re.compile(
    r"\s*(?:的)?(?:分享)?(?:嘉宾|讲师|讲者|评委|主持|志愿者|工作人员|导师|投资人评|一[组队桌]|每[组队]|per (?:team|table|group)|speakers?|judges|mentors)",
    re.IGNORECASE,
)
_NOT_AUDIENCE_BEFORE = re.compile(
    r"(?:拉新|新增|转化|获客|招募?到?|签约|每[组队桌]|teams? of|groups? of|其中|粉丝|用户|嘉宾|讲师|讲者|评委|导师|speakers?|judges?|mentors?)[::]?\s*(?:约|最多|至少)?\s*$",
    re.IGNORECASE,
)
_INVITED = re.compile(r"(?:邀请|请|\bw/|\bwith)\s*$", re.IGNORECASE)
_GUESTS = re.compile(r"people|ppl|members|friends|newcomers", re.IGNORECASE)  # coffee with 6 newcomers
_AT_LEAST = re.compile(
    r"(?:至少|最少|不少于|不低于|at least|minimum(?: of)?|no (?:less|fewer) than)\s*$", re.IGNORECASE
)
_FEW = 10  # whoever is invited by name or profession is few
# Words of letters must not be the tail of another word: amateur 20 is not in euros.
_WORDS = {
    c.code: "|".join(rf"(?<![a-z]){w}" if w[0].isalpha() and w[0].isascii() else w for w in c.words.split("|"))
    for c in CURRENCIES.values()
}
MONEY_SIGN = "|".join([*_WORDS.values(), *(pattern for pattern, _ in SHARED_SIGNS)])
_MONEY = re.compile(
    rf"(?:(?P<before>{MONEY_SIGN})\s*)?(?:(?P<low>{NUMBER}){_TO}(?:(?:{MONEY_SIGN})\s*)?)?(?P<n>{NUMBER})"
    rf"(?:\s*(?P<after>{MONEY_SIGN}))?(?![a-z\d])",
    re.IGNORECASE,
)
_KEYWORD_BEFORE = re.compile(
    r"(?:预算|经费|费用|花费|成本|开销|总共|一共|[不别]超过|不能超过|不要超过|最多花|控制在|钱的话|budget|spend|cost|under|at most|up to|within|cap)"
    r"[^,。;;!?\n\d¥$€£一二三四五六七八九十两]{0,12}$",
    re.IGNORECASE,
)
_KEYWORD_AFTER = re.compile(
    r"\s*(?:左右)?(?:的?(?:预算|经费)(?![::约大概是为]*[\d¥$一二两三四五六七八九十])|以内|以下|封顶|之内|\s*(?:budget|cap|max|at most|or less))",
    re.IGNORECASE,
)
# Money that is not the budget: prizes, revenue, rounds, tickets.
_OTHER_MONEY = re.compile(
    r"(?:收费|收取|会费|奖金|奖品|奖励|一等奖|营收|流水|融资|融了|估值|票价|门票|客单价|月入|年入|GMV|ARR|MRR|报名费|单价|"
    r"prize|revenue|raised|ticket|valuation|fee)[^,。;;!?\n\d]{0,8}$",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"\d[\d.,]*\s*(?:万\d?千?|w|k)|{CHINESE}+万{CHINESE}*", re.IGNORECASE)
_PLAIN_YUAN = 1000  # "no more than 9000" is money, "no more than 60" may be people
_SEPARATORS = " ,.。;;、\n|"
_PER_HEAD = re.compile(
    r"(?:人均|每人|每位|每个人|一个人|一人|一位|AA(?:制)?|per (?:person|head)|a head)\s*(?:预算|费用|标准|约|大概|budget)?\s*[::]?\s*$",
    re.IGNORECASE,
)
_PER_HEAD_AFTER = re.compile(
    r"\s*(?:/\s*(?:人|位)|每人|每位|一个人|一人|一位|(?:per|a|/) ?(?:person|head|pax)|pp\b|each\b|apiece\b)",
    re.IGNORECASE,
)
_NO_MONEY = re.compile(
    r"零预算|无预算|没有?预算|不花钱|免费办|zero[- ]budget|no (?:budget|money)|without (?:a )?budget|预算(?:为|是)?[::]?\s*(?:零|没有|无)(?!\w)",
    re.IGNORECASE,
)
_UNLIMITED = re.compile(
    r"预算(?:不限|充足|没上限|没有上限)|不限预算|unlimited budget|budget is (?:open|no issue)", re.IGNORECASE
)


@dataclass(frozen=True)
class People:
    """A head count; of a range, the upper end counts, so that nobody stands."""

    count: int
    low: int | None = None


@dataclass(frozen=True)
class Money:
    """An amount in minor units of its currency, never converted; `cents` is None when no limit was set."""

    cents: int | None
    currency: str = CNY
    amount: Decimal = Decimal(0)
    is_per_head: bool = False
    is_budget: bool = False
    is_range: bool = False


_BELOW = r"(?:[-−]|负|\bminus\s)"
_NEGATIVE = re.compile(
    rf"(?<![\w)]){_BELOW}(?:(?:¥|[$€£])\s?{NUMBER}|{NUMBER}\s*(?:{_PEOPLE}|{MONEY_SIGN}))"
    rf"|(?:预算|经费|费用|人数|budget|headcount)(?:是|为|is)?(?:\s*:\s*)?{_BELOW}(?:¥|[$€£])?{NUMBER}(?:\s*(?:{MONEY_SIGN}|人))?",
    re.IGNORECASE,
)
# 地点-深圳 人数-50: a hyphen behind several labels is a colon.
_LABEL_HYPHEN = re.compile(r"((?:^|[\s,。;、|])[\u4e00-\u9fffA-Za-z]{1,10})-(?=\S)")


def with_colons(text: str) -> str:
    """Return the text, as long as it was, with colons for the hyphens of a list: 地点-深圳 人数-50."""
    return _LABEL_HYPHEN.sub(r"\1:", text) if len(_LABEL_HYPHEN.findall(text)) > 1 else text


def find_negative(text: str) -> str | None:
    """Return the words of a head count or an amount below zero, or None."""
    match = _NEGATIVE.search(text)
    return match[0].strip() if match else None


def find_people(text: str) -> list[Found[People]]:
    """Return the head counts of the audience that `text` names, in order."""
    found, invited = [], []
    for match in islice(_HEADCOUNT.finditer(text), MAX_FOUND):
        if _NOT_AUDIENCE_AFTER.match(text, match.end()) or _NOT_AUDIENCE_BEFORE.search(before(text, match.start())):
            continue
        number = read_number(match["n"])
        low = read_number(match["low"]) if match["low"] else None
        if number is None or number != int(number):
            continue
        if number < _FEW and (with_them := _INVITED.search(before(text, match.start()))):
            if with_them[0].strip().lower().startswith("w") and _GUESTS.search(match["unit"]):
                invited.append(Found(People(int(number)), match.start(), match.end(), match[0].strip()))
            continue
        if match["unit"].strip() in {"人", "个人", "位", "名"} and match["n"] in {"一", "两", "a", "an"}:
            continue  # 一位, 两位: somebody in particular
        count = People(int(min(number, Decimal(10**9))), int(min(low, number)) if low is not None else None)
        found.append(Found(count, match.start(), match.end(), match[0].strip()))
    for match in islice(_HEADCOUNT_NAMED.finditer(text), MAX_FOUND):
        number = read_number(next(match[name] for name in ("n", "n2", "n3", "n4", "n5") if match[name]))
        least = match["low"] or match["low4"]
        low = read_number(least) if least else None
        if number is not None and not any(match.start() < o.end and o.start < match.end() for o in found):
            count = People(int(min(number, Decimal(10**9))), int(min(low, number)) if low is not None else None)
            found.append(Found(count, match.start(), match.end(), match[0].strip()))
    found = sorted(found or invited[:1], key=lambda item: item.start)
    # At least 20, no more than 40: the lower end says nothing beside the upper one.
    lows = [item for item in found if _AT_LEAST.search(before(text, item.start))]
    return [item for item in found if item not in lows] if 0 < len(lows) < len(found) else found


def find_money(text: str, own: str = CNY) -> list[Found[Money]]:
    """Return the amounts of money that `text` names as its budget; amounts that are plainly something else are left out.

    Args:
        text: the brief, NFKC.
        own: the community's currency: that of an amount without one, and of a sign that several currencies share.
    """
    found = [Found(Money(0, own, is_budget=True), m.start(), m.end(), m[0]) for m in _NO_MONEY.finditer(text)]
    found += [Found(Money(None, own, is_budget=True), m.start(), m.end(), m[0]) for m in _UNLIMITED.finditer(text)]
    for match in islice(_MONEY.finditer(text), MAX_FOUND):
        if any(match.start() < other.end and other.start < match.end() for other in found):
            continue
        money = _read_money(match, text, own)
        if money is not None:
            start, end = _with_per_head(match, text) if money.is_per_head else (match.start(), match.end())
            found.append(Found(money, start, end, text[start:end].strip()))
    # Beside a budget other amounts are something else, but for one a head, which is a budget too.
    named = [item for item in found if item.value.is_budget or item.value.is_per_head]
    has_budget = any(item.value.is_budget for item in found)
    return sorted(named if has_budget else found, key=lambda item: item.start)


def _read_money(match: re.Match[str], text: str, own: str) -> Money | None:
    said_before, after = before(text, match.start()), match.end()
    if match["n"].lower() in {"a", "an"}:
        return None  # "a budget" is no amount
    if _OTHER_MONEY.search(said_before):
        return None
    keyword = bool(_KEYWORD_BEFORE.search(said_before) or _KEYWORD_AFTER.match(text, after))
    per_head = bool(_PER_HEAD.search(said_before) or _PER_HEAD_AFTER.match(text, after))
    sign = (match["before"] or match["after"] or "").lower()
    is_alone = bool(_ALONE.fullmatch(match["n"])) and _is_clause(text, match.start(), after)
    words_around = said_before + text[after : after + 8]
    named = keyword and re.search("预算|经费|费用|钱|budget|spend|cost|花", words_around, re.IGNORECASE)
    number = read_number(match["n"])
    if number is None:
        return None
    is_plain = keyword and number >= _PLAIN_YUAN
    if not (sign or is_alone or per_head or named or is_plain):
        return None
    if not sign and re.match(
        rf"\s*(?:多|来|余)?\s*(?:个?半?小时|分钟|天|点|号|月|年|周|次|%|{_PEOPLE})", text[after:], re.IGNORECASE
    ):
        return None
    currency = currency_of(sign, own)
    # Beyond any sense the brief refuses the amount by name.
    cents = minor_units(number, currency) if number < 10**15 else 10**17
    return Money(cents, currency, number, per_head, keyword, bool(match["low"]))


def _with_per_head(match: re.Match[str], text: str) -> tuple[int, int]:
    """Return the span of an amount with the words that say it is for one person: they are about nothing else."""
    said_before = before(text, match.start())
    ahead, behind = _PER_HEAD.search(said_before), _PER_HEAD_AFTER.match(text, match.end())
    start = match.start() - (len(said_before) - ahead.start() if ahead else 0)
    return start, behind.end() if behind else match.end()


def _is_clause(text: str, start: int, end: int) -> bool:
    """Whether nothing but this amount stands between two separators: "300人,20w"."""
    return (start == 0 or text[start - 1] in _SEPARATORS) and (end == len(text) or text[end] in _SEPARATORS)


def currency_of(sign: str, own: str) -> str:
    """Return what a sign means: its own currency, or among those that share it the community's, else the commonest."""
    if not sign:
        return own
    for pattern, sharing in SHARED_SIGNS:
        if re.fullmatch(pattern, sign, re.IGNORECASE):
            return own if own in sharing else sharing[0]
    return next(code for code, pattern in _WORDS.items() if re.fullmatch(pattern, sign, re.IGNORECASE))
