"""Whether a sentence about oneself tells of something done, with figures, or only names, offers or wishes. Patterns only."""

from __future__ import annotations

import re

_NUMBER = re.compile(
    r"\d+(?:[.,]\d+)*|(?:[一二三四五六七八九十百千万亿两几]{1,6}多?(?=[\u4e00-\u9fff]))|"
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|hundred|thousand|"
    r"twice|decade)\b",
    re.IGNORECASE,
)
# What somebody did, measured or knows how to do; "过" only as the mark of the past.
_DONE = re.compile(
    r"[\u4e00-\u9fff]过(?!检|程|期|来|去|分|敏|渡)|做了|写[了成]|跑了|看了|装了|经手|自研|自己(?:修|调|写|做|扛|上手)|上线|交付|"
    r"连续做|从零|录[到进]|整理|处理|促成|执行经验|对照|评测|测试|失效分析|识别方法|怎么(?:挑|留|解|选|申请|算|谈|调)|"
    r"讲清|背下来|表都留着|获客|退货率|续费率|合格率|打开率|真实(?:转化|运行|账单)|失败案例|教材|题库|条[^，。；]{0,6}(?:流水|记录|数据)|召回|误报|漏报|回收|砍|版权都|[一二三四五六七八九十]+年|\d+年|"
    r"\b(?:I can (?:walk|explain|get)|years?|tested|reviewed|measured|built|shipped|walked|filings|trial|playbook|"
    r"compar(?:e|ed|ing)|rules|first-word|replans|scars|registration|registered|wrote|launched|ran|fixed|designed)\b",
    re.IGNORECASE,
)
# What is lent, sold or given: it says what one may have, not what one has learnt.
_OFFER = re.compile(
    r"随便借|白送|借用|可以借|短租|换工|免费给|免费倾听|愿意(?:按|去)|提成|拎包|减半|空着|全部系空|管饭|管够|随时能发|拆零|"
    r"可供评测|可以接|采购预算|能协调|looking for a home|standing empty|sits idle|can be borrowed|of list price",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[，,；;。]\s*")
_MOST_NUMBERS = 3
_MOST_DEEDS = 2
_PER_DEED = 2
_PER_OFFER = 5
# One deed with one figure, or two deeds.
LEAST = 3


def concreteness(text: str) -> int:
    """Return 0 for a sentence that tells of nothing done, else a score that rises with figures and deeds; see `LEAST`."""
    deeds = min(len(_DONE.findall(text)), _MOST_DEEDS)
    if not deeds:
        return 0
    figures = min(len(_NUMBER.findall(text)), _MOST_NUMBERS)
    return max(figures + _PER_DEED * deeds - _PER_OFFER * bool(_OFFER.search(text)), 0)


def from_deed(text: str) -> str:
    """Return the end of `text` that begins with the clause in which something is done; all of it without one."""
    deed = _DONE.search(text)
    if deed is None:
        return text
    starts = [mark.end() for mark in _CLAUSE.finditer(text, 0, deed.end()) if mark.end() <= deed.start() + 1]
    return text[starts[-1] :] if starts else text
