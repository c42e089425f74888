"""A place that a brief names: 科兴科学园, at Harbour Hub. Words only; whether a record of it exists is seen later. Pure."""

from __future__ import annotations

import re

from copilot.community.cities import find_cities
from copilot.events.briefs.when import Found

_KINDS_ZH = (
    "科学园|科技园|产业园|创业园|工业园|孵化器|路演厅|报告厅|会议室|展览中心|会议中心|体育馆|图书馆|美术馆|博物馆|咖啡馆|咖啡厅|茶馆|书店|"
    "酒店|饭店|餐厅|酒楼|酒吧|大厦|广场|中心|大学|学院|俱乐部|办公室|会所|基地|空间|大楼|园区|公园|工厂"
)
_NOT_IN_NAME = ":在于到去从请找借用和与及的,。;;、!?|\\s\\d"
_WITHIN = r"(?:[A-Za-z]?\d{0,4}\s?[座栋楼层室厅](?![\u4e00-\u9fff]))?"  # 科学园B栋
_PLACE_ZH = re.compile(
    rf"(?:(?:地点|地址|场地|会场)\s*(?:定在|安排在|选在|在|是|为|[::-])?\s*|在|于|去|到)\s*(?P<name>[^{_NOT_IN_NAME}]{{1,16}}?(?:{_KINDS_ZH}){_WITHIN})"
    rf"(?![\u4e00-\u9fff]*(?:主题|话题|行业))|(?:^|[,。;;、\s|])(?P<bare>(?![聊讲做看办说谈参观关想面]|地[点址]|场地|会场)[^{_NOT_IN_NAME}]{{2,12}}?(?:{_KINDS_ZH}){_WITHIN})(?=[,。;;、\s|]|$)"
)
_KINDS_EN = (
    r"hub|hall|caf[eé]|coffee|house|centre|center|hotel|bar|library|studio|loft|campus|university|college|park|club|space|building|tower|"
    r"room|office|museum|gallery|theatre|theater|restaurant|pub|lab|works"
)
_PLACE_EN = re.compile(
    rf"\b(?:[Aa]t|[Vv]enue(?: is)?:?)\s+(?:the\s+)?(?P<name>(?:[A-Z][\w&'’-]*\s+){{1,4}}?(?i:{_KINDS_EN})|(?:[A-Z][\w&'’-]+\s+){{1,3}}[A-Z][\w&'’-]+)(?=[\s,.;|]|$)"
)
# What sounds like a place and is the subject, the host or any such place.
_ANY_PLACE = re.compile(
    r"^(?:一个|一家|某|任意|哪|这|那|我们|公司|企业|共享|线上|社区|附近|本地|安静|[A-Za-z]?\d*)?(?:会议室|办公室|咖啡馆|咖啡厅|茶馆|书店|酒店|饭店|餐厅|酒吧|空间|中心|大学|学院|工厂|园区|孵化器|广场|公园|基地)$"
)


def find_place(text: str) -> Found[str] | None:
    """Return the place a text names, at most 60 characters, or None; a kind of place without a name is none."""
    for pattern in (_PLACE_ZH, _PLACE_EN):
        for match in pattern.finditer(text):
            group = match.lastgroup or "name"
            said = match[group] or ""
            name = said.strip()
            if name and not _ANY_PLACE.match(name) and not _is_city(name):
                start = match.start(group)
                return Found(name[:60], start, start + len(said), name[:60])
    return None


def _is_city(name: str) -> bool:
    return any(end - start == len(name) for _, start, end in find_cities(name))
