"""What a label in front of a colon means: 坐标, 能提供, 想找, Looking for, Can help with.

The same word stands on both sides: 我能提供的资源 is an offer, 资源需求 a need. The strongest word decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Meaning = Literal["is", "has", "wants", "city", "skill", "skip"]

_LABEL = re.compile(
    r"(?:(?<=^)|(?<=[\s,，;；。.|｜】）)]))"
    r"(?P<label>[A-Za-z][A-Za-z'’ /]{0,28}[A-Za-z]|[^\s,，。;；:：|｜!！?？、【】()（）]{1,12})\s*(?:[:：]|\s[-—–]\s)\s*",
    re.MULTILINE,
)
# These need no colon, since nothing else begins with them.
_BARE = re.compile(r"(?P<label>坐标|城市|所在地|行业|base[d]?(?: in)?|擅长)\s*(?=\S)", re.IGNORECASE)
# The first that fits decides.
_MEANINGS: tuple[tuple[Meaning, re.Pattern[str]], ...] = (
    (
        "skip",
        re.compile(
            r"^(?:姓名|名字|昵称|称呼|名称|花名|name|nick(?:name)?|微信号?|电话|手机号?|邮箱|联系方式?|wechat|wx|vx|e-?mail|phone|tel|qq|"
            r"公众号|网址|网站|链接|link|website|linkedin|twitter|生日|生肖|星座|日期|时间|介绍人|推荐人)$|不要|不接|不做|不找|不需要|雷区|"
            r"勿扰|谢绝|禁忌|not interested|no thanks|avoid|please don't|don't",
            re.IGNORECASE,
        ),
    ),
    ("wants", re.compile(r"^(?:我?的?求|需要|我需要|想要|我想要|希望(?:得到|获得|认识|找)|想得到|想获得)|需求|诉求", re.IGNORECASE)),
    ("skill", re.compile(r"擅长|技能|专长|特长|优势|能力$|skills?|super ?powers?|strengths?|good at|(?:can|could) help with|ask me", re.IGNORECASE)),
    (
        "has",
        re.compile(
            r"提供|能帮|可帮|可以帮|帮助大家|贡献|分享|能给|可以给|付出|供$|^供|can (?:offer|give|help|share|provide)|offer|happy to|give$|giving",
            re.IGNORECASE,
        ),
    ),
    (
        "wants",
        re.compile(
            r"需|求$|^求|想找|在找|寻|想(?:认识|链接|连接|对接|学|了解|请教)|希望|期待|期望|目标|我要$|困难|痛点|困扰|难题|缺|^找$|^我?找|"
            r"looking|need|seek|want|goals?|after$|hop(?:e|ing)|wish|challenge|^asks?$|searching",
            re.IGNORECASE,
        ),
    ),
    ("has", re.compile(r"资源|能力|我有$|^有$|手[里上头]有|有什么|^haves?$|resources?", re.IGNORECASE)),
    ("city", re.compile(r"坐标|城市|所在地|位置|地点|地区|常驻|现居|^base[d]?|based in|location|city|^where", re.IGNORECASE)),
    (
        "is",
        re.compile(
            r"行业|身份|职业|职位|公司|项目|产品|阶段|关于我|我是|是谁|^谁$|在做|做的事|主业|业务|标签|背景|经历|简介|爱好|兴趣|其他|自我介绍|"
            r"^who|what (?:i|we) do|role|industry|stage|building|about|background|company|product|working on|job|bio|doing",
            re.IGNORECASE,
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """A part of a cell and the label before it, None for what stands before the first label."""

    meaning: Meaning | None
    start: int
    end: int


def meaning_of(label: str) -> Meaning | None:
    """Return what a label means, None for one that says nothing of a profile."""
    folded = " ".join(label.replace("’", "'").split())
    return next((meaning for meaning, pattern in _MEANINGS if pattern.search(folded)), None)


def labelled(text: str, start: int, end: int) -> Iterator[Labelled]:
    """Yield the parts of a cell in order; a label without a value yields an empty part."""
    marks: list[tuple[Meaning, int, int]] = []
    for found in _LABEL.finditer(text, start, end):
        meaning = meaning_of(found["label"])
        if meaning is not None:
            marks.append((meaning, found.start(), found.end()))
    bare = _BARE.match(text, start, end)
    if bare and not (marks and marks[0][1] <= bare.end()) and (meaning := meaning_of(bare["label"])) is not None:
        marks.insert(0, (meaning, start, bare.end()))
    if not marks:
        yield Labelled(None, start, end)
        return
    if text[start : marks[0][1]].strip():
        yield Labelled(None, start, marks[0][1])
    ends = [mark[1] for mark in marks[1:]] + [end]
    for (meaning, _, after), stop in zip(marks, ends, strict=True):
        yield Labelled(meaning, after, max(after, stop))
