"""Requests for a change in words: 把预算压到1万, 改成线上, 换个嘉宾, 推迟一周, make it 40 people. Pure; nothing is guessed."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from copilot.community.cities import city_key
from copilot.community.text import clean_line, clean_text
from copilot.currency import minor_units
from copilot.errors import InvalidInput, TooLarge
from copilot.events.briefs.amounts import MONEY_SIGN, currency_of
from copilot.events.briefs.brief import Understood
from copilot.events.briefs.reading import read_brief
from copilot.events.briefs.settling import SettledBrief
from copilot.events.revisions.wishes import ALL_SPEAKERS, HOST, SPEAKERS, VENUE, Wish
from copilot.events.revisions.wording import other_currency, refusal
from copilot.language.numerals import NUMBER, read_number

MAX_REQUEST_CHARS = 500
_TO = r"(?:到|至|成|为|在|\bto\b|\bat\b)"
_AMOUNT = rf"(?P<n>{NUMBER})"
_OTHER = r"换|另找|另请|另选|重新(?:找|请|选)|重选|找别的|\bchange\b|\breplace\b|\bswap\b|\banother\b|\bdifferent\b|\bother\b|\bnew\b"
_SLOTS = {
    SPEAKERS: r"嘉宾|讲师|讲者|分享人|演讲人|演讲者|\bspeakers?\b|\bguests?\b",
    HOST: r"主持人?|\bhosts?\b|\bmoderators?\b|\bemcee\b",
    VENUE: r"场地|会场|地点|地方|\bvenues?\b|\bplaces?\b|\blocations?\b|\brooms?\b",
}
_ALL = re.compile(r"所有|全部|都|全换|\ball\b|\bspeakers\b|\bguests\b", re.IGNORECASE)
_LATER = r"推迟|延后|延期|顺延|往后[推延挪移]?|后移|晚|\bpostpone\w*|\bdelay\w*|push(?:ed)?(?: it)? back|\blater\b|\bmove(?: it)? back"
_EARLIER = r"提前|往前[推挪移]?|前移|早|\bearlier\b|bring(?: it)? forward|\bmove(?: it)? (?:up|forward)|\bsooner\b"
_UNIT = r"(?P<unit>个?小时|分钟|个?星期|个?礼拜|周|个?月|天|日|hours?|minutes?|mins?|weeks?|months?|days?)"
_BY = re.compile(rf"(?:{_LATER}|{_EARLIER})\s*(?:了|it|the event)?\s*(?:by|for)?\s*{_AMOUNT}\s*{_UNIT}", re.IGNORECASE)
_BY_AFTER = re.compile(rf"{_AMOUNT}\s*{_UNIT}\s*(?:{_LATER}|{_EARLIER})", re.IGNORECASE)
_IS_EARLIER = re.compile(_EARLIER, re.IGNORECASE)
_MORE = r"增加|追加|再加|多加|加|提高|上调|多|\badd\b|\bincrease\w*|\braise\w*|\bextra\b"
_LESS = r"减少|削减|砍掉|砍|降低|下调|减|少|\bcut\b|\breduce\w*|\bdecrease\w*|\blower\b|\btrim\b"
_MONEY_WORD = r"预算|经费|费用|花费|成本|\bbudget\b|\bcosts?\b|\bspend\w*"
# Whose sign it is decides `_money`: an amount in another currency than the plan's is not taken.
_YUAN = rf"(?P<after>{MONEY_SIGN})"
_BEFORE = rf"(?P<before>{MONEY_SIGN})"
_BUDGET_BY = re.compile(
    rf"(?:(?:{_MONEY_WORD}).{{0,6}}?(?P<verb>{_MORE}|{_LESS})|(?P<verb2>{_MORE}|{_LESS}).{{0,8}}?(?:{_MONEY_WORD}))"
    rf"\s*(?:了|by)?\s*{_AMOUNT}\s*(?P<percent>%|％|percent)?\s*{_YUAN}?",
    re.IGNORECASE,
)
_BUDGET_HALF = re.compile(
    rf"(?:{_MONEY_WORD}).{{0,4}}?(?:减半|砍半|砍一半|减一半)|\bhalve (?:the )?budget|\bcut (?:the )?budget in half",
    re.IGNORECASE,
)
_BUDGET_OPEN = re.compile(
    rf"(?:{_MONEY_WORD})\s*(?:不限|不设上限|没有上限|放开)|\bno (?:budget )?(?:cap|limit)\b|\buncap\w*", re.IGNORECASE
)
_BUDGET_TO = re.compile(
    rf"(?:{_MONEY_WORD})[^,，。;；\d]{{0,8}}?{_TO}\s*{_BEFORE}?\s*{_AMOUNT}\s*{_YUAN}?(?!\s*(?:人|位|people))",
    re.IGNORECASE,
)
# 压到1万: nothing else in a plan comes in thousands.
_BARE_TO = re.compile(
    rf"[压降减控砍提加升]\w{{0,2}}?(?:到|至|成|在)\s*{_AMOUNT}\s*{_YUAN}?(?!\s*(?:人|位|名|个|点|号|月|小时|分钟|天))"
)
_LEAST_BARE = 1000
_PEOPLE_WORD = r"(?:人|位|名|people|persons?|guests?|attendees?|seats?)"
_PEOPLE_BY = re.compile(
    rf"(?P<verb>{_MORE}|{_LESS})\s*(?:了|by)?\s*{_AMOUNT}\s*(?:个|more\s*)?\s*{_PEOPLE_WORD}", re.IGNORECASE
)
_PEOPLE_TO = re.compile(
    rf"(?:人数|规模|名额|参加人数|head ?count|attendance|number of people)[^,，。;；\d]{{0,8}}?{_TO}\s*{_AMOUNT}",
    re.IGNORECASE,
)
_LENGTH_BY = re.compile(
    rf"(?P<verb>延长|加长|拉长|缩短|减短|extend\w*|lengthen\w*|shorten\w*)\s*(?:了|it|by)?\s*(?:by\s*)?(?P<n>{NUMBER}|半)\s*(?P<unit>个?小时|分钟|hours?|minutes?|mins?)",
    re.IGNORECASE,
)
_SHORTER = re.compile("缩|减|short", re.IGNORECASE)
_NEW_TOPIC = re.compile(
    r"(?:主题|话题|\btopic\b)\s*(?:改成|改为|换成|改到|定为|\bto\b|:)\s*:?\s*[「『“\"]?(?P<text>[^」』”\",，。;；\n]{2,80})",
    re.IGNORECASE,
)
_NEW_TITLE = re.compile(
    r"(?:标题|名字|名称|\btitle\b)\s*(?:改成|改为|换成|\bto\b|:)\s*:?\s*[「『“\"]?(?P<text>[^」』”\",，。;；\n]{2,120})",
    re.IGNORECASE,
)
# What something was says nothing about what it is to be: 从2万降到1万, from 60 to 40.
_WAS = re.compile(
    r"从\s*[^,，。;；]{1,12}?(?=\s*(?:改|降|升|减|增|提|调|压|缩|延|挪|换|到|至))|\bfrom\s+[^,.;]{1,20}?(?=\s+to\b)",
    re.IGNORECASE,
)
_A_LITTLE = ("一点", "1点")  # 有趣一点 names no time
_READ_AS_BRIEF = (
    "starts_on",
    "start_time",
    "duration_minutes",
    "city",
    "online",
    "headcount",
    "budget_cents",
    "format",
)


@dataclass
class _Notes:
    """What reading one request collects."""

    said: str
    text: str
    brief: dict[str, Any] = field(default_factory=dict)
    repick: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)
    understood: list[Understood] = field(default_factory=list)

    def keep(self, name: str, value: Any, match: re.Match[str]) -> None:
        """Note a field of the brief, and blank its words so that nothing is read twice."""
        self.brief[name] = value
        self.note(name, match)

    def note(self, name: str, match: re.Match[str]) -> None:
        self.understood.append(Understood(name, self.said[match.start() : match.end()].strip()))
        self.text = f"{self.text[: match.start()]}{'|' * len(match[0])}{self.text[match.end() :]}"


def read_request(text: str, base: SettledBrief, now: datetime, names: Mapping[str, str]) -> Wish:
    """Read what is to change.

    Args:
        text: at most 500 characters, Chinese or English.
        base: the brief of the plan as it stands: what "a week later" and "5,000 less" count from.
        now: aware, in the community's time zone.
        names: id -> name of the records the plan has picked, so that one can be asked to be replaced by name.

    Raises:
        InvalidInput: nothing that can be changed is named; `reason` is `revision_not_understood`. Or a value is out
            of bounds.
        TooLarge: the text is longer than the bound.
    """
    if len(text) > MAX_REQUEST_CHARS:
        raise TooLarge(
            f"a request has at most {MAX_REQUEST_CHARS} characters", field="request", pointer="/request",
            limit=MAX_REQUEST_CHARS, reason="request_too_long", sentence=refusal("too_long", limit=MAX_REQUEST_CHARS),
        )  # fmt: skip
    said = unicodedata.normalize("NFKC", clean_text(text))
    notes = _Notes(said, said)
    for read in (_read_texts, _read_picks, _read_shift, _read_budget, _read_people, _read_length):
        read(notes, base, names)
    _read_rest(notes, base, now)
    changed = {name: value for name, value in notes.brief.items() if not _is_current(base, name, value)}
    wish = Wish(changed, frozenset(notes.repick), {}, notes.values, tuple(notes.understood))
    if not notes.understood:
        raise InvalidInput(
            "this request names nothing that can be changed", field="request", pointer="/request",
            reason="revision_not_understood", sentence=refusal("not_understood"),
        )  # fmt: skip
    if wish.is_empty:
        raise InvalidInput(
            "the plan is like that already", field="request", pointer="/request",
            reason="revision_changes_nothing", sentence=refusal("nothing"),
        )  # fmt: skip
    return wish


def _current(base: SettledBrief, name: str) -> Any:
    local = base.local_start
    shown = {"starts_on": local.date(), "start_time": local.time().replace(tzinfo=None)}
    return shown[name] if name in shown else getattr(base, name)


def _is_current(base: SettledBrief, name: str, value: Any) -> bool:
    current = _current(base, name)
    return city_key(value) == city_key(current) if name == "city" and current else bool(value == current)


def _read_texts(notes: _Notes, _base: SettledBrief, _names: Mapping[str, str]) -> None:
    if match := _NEW_TOPIC.search(notes.text):
        notes.keep("topic", clean_line(match["text"]), match)
    if match := _NEW_TITLE.search(notes.text):
        notes.values["title"] = clean_line(match["text"])
        notes.note("title", match)


def _read_picks(notes: _Notes, _base: SettledBrief, names: Mapping[str, str]) -> None:
    for slot, word in [*((key, re.escape(name)) for key, name in names.items() if len(name) > 1), *_SLOTS.items()]:
        # "换个嘉宾", "嘉宾换一位", "another speaker", but not "场地改成线上".
        pattern = rf"(?:{_OTHER})[^,，。;；|]{{0,8}}?(?:{word})|(?:{word})[^,，。;；|]{{0,4}}?(?:换(?!成(?!别|其他|另))|重选|重新)"
        if match := re.search(pattern, notes.text, re.IGNORECASE):
            notes.repick.add(ALL_SPEAKERS if slot == SPEAKERS and _ALL.search(notes.text) else slot)
            notes.note(slot if slot in _SLOTS else "person_or_resource", match)


def _read_shift(notes: _Notes, base: SettledBrief, _names: Mapping[str, str]) -> None:
    match = _BY.search(notes.text) or _BY_AFTER.search(notes.text)
    number = read_number(match["n"]) if match else None
    if match is None or number is None or number > 10_000:
        return
    count = -int(number) if _IS_EARLIER.search(match[0]) else int(number)
    unit, local = match["unit"].lower(), base.local_start.replace(tzinfo=None)
    if "月" in unit or unit.startswith("month"):
        notes.keep("starts_on", _months_later(local.date(), count), match)
        return
    days = {"周": 7, "星期": 7, "礼拜": 7, "week": 7, "天": 1, "日": 1, "day": 1}
    step = next((length for word, length in days.items() if word in unit), 0)
    minutes = 0 if step else 60 if "小时" in unit or unit.startswith("hour") else 1
    moved = local + timedelta(days=count * step, minutes=count * minutes)
    if moved.date() != local.date() or step:
        notes.keep("starts_on", moved.date(), match)
    if minutes:
        notes.brief["start_time"] = moved.time()
        notes.note("start_time", match)


def _months_later(day: date, months: int) -> date:
    """Return the same day some months on, or the last of a shorter month."""
    count = min(max(day.year * 12 + day.month - 1 + months, 12), 9999 * 12)
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _read_budget(notes: _Notes, base: SettledBrief, _names: Mapping[str, str]) -> None:
    notes.text = _WAS.sub(lambda match: "|" * len(match[0]), notes.text)
    cap = base.budget_cents
    if match := _BUDGET_OPEN.search(notes.text):
        notes.keep("budget_cents", None, match)
    elif (match := _BUDGET_HALF.search(notes.text)) and cap is not None:
        notes.keep("budget_cents", cap // 2, match)
    elif match := _BUDGET_TO.search(notes.text):
        amount = _money(match, base)
        if amount is not None:
            notes.keep("budget_cents", amount, match)
    elif (match := _BARE_TO.search(notes.text)) and (match["after"] or (read_number(match["n"]) or 0) >= _LEAST_BARE):
        notes.keep("budget_cents", _money(match, base), match)
    elif match := _BUDGET_BY.search(notes.text):
        number = read_number(match["n"])
        if number is None or cap is None:
            return
        amount = int(cap * number / 100) if match["percent"] else _money(match, base) or 0
        is_less = re.fullmatch(_LESS, match["verb"] or match["verb2"], re.IGNORECASE)
        notes.keep("budget_cents", cap - amount if is_less else cap + amount, match)


def _money(match: re.Match[str], base: SettledBrief) -> int | None:
    """Return an amount in minor units of the plan's currency.

    Raises:
        InvalidInput: it is in another currency: nothing is converted.
    """
    number = read_number(match["n"])
    sign = (match.groupdict().get("before") or match["after"] or "").lower()
    if currency_of(sign, base.currency) != base.currency:
        raise other_currency(match[0].strip(), base.currency)
    return None if number is None else minor_units(min(number, Decimal(10**13)), base.currency)


def _read_people(notes: _Notes, base: SettledBrief, _names: Mapping[str, str]) -> None:
    match = _PEOPLE_TO.search(notes.text)
    number = read_number(match["n"]) if match else None
    if match is not None and number is not None:
        notes.keep("headcount", int(min(number, Decimal(10**9))), match)
        return
    match = _PEOPLE_BY.search(notes.text)
    number = read_number(match["n"]) if match else None
    if match is not None and number is not None:
        count = int(min(number, Decimal(10**9)))
        is_less = re.fullmatch(_LESS, match["verb"], re.IGNORECASE)
        notes.keep("headcount", base.headcount - count if is_less else base.headcount + count, match)


def _read_length(notes: _Notes, base: SettledBrief, _names: Mapping[str, str]) -> None:
    match = _LENGTH_BY.search(notes.text)
    number = None if match is None else Decimal("0.5") if match["n"] == "半" else read_number(match["n"])
    if match is None or number is None:
        return
    minutes = int(
        min(number, Decimal(10**4)) * (60 if "小时" in match["unit"] or match["unit"].lower().startswith("h") else 1)
    )
    notes.keep(
        "duration_minutes", base.duration_minutes + (-minutes if _SHORTER.search(match["verb"]) else minutes), match
    )


def _read_rest(notes: _Notes, base: SettledBrief, now: datetime) -> None:
    """Read what is said as in a brief: 改到下周六, 40人, 下午三点, 改成线上, 换成工作坊."""
    if not notes.text.strip(" |,，。;；"):
        return
    reading = read_brief(notes.text.replace("|", " "), now, currency=base.currency)
    if reading.brief.currency and "budget_cents" not in notes.brief:
        said = next(item.words for item in reading.understood if item.field == "budget_cents")
        raise other_currency(said, base.currency)
    words: dict[str, str] = {item.field: item.words for item in reading.understood}
    for name in _READ_AS_BRIEF:
        value = getattr(reading.brief, name)
        is_said = name in words and words[name] not in _A_LITTLE
        if is_said and name not in notes.brief and value not in (None, ""):
            notes.brief[name] = value
            notes.understood.append(Understood(name, words[name]))
