"""Industries by their usual Chinese and English names, so that 跨境电商 on one record meets e-commerce on another.

`industry_key` compares names that somebody gave; `find_industry` finds one in a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# For each industry: its Chinese name, its English name, other names of it, and words that a sentence gives it away by.
_TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("人工智能", "AI", "artificial intelligence|大模型", "llm|machine learning|aigc|机器学习|深度学习|智能体"),
    ("游戏", "Games", "gaming", "手游|独立游戏|indie game|game studio|桌游"),
    ("物流", "Logistics", "供应链|supply chain", "冷链|货代|仓储|海外仓|专线|freight|last-mile|warehousing|货运|快递"),
    ("硬件", "Hardware", "智能硬件", "电子产品|消费电子|传感器|可穿戴|录音笔|pcb|smt|wearables?|iot|物联网"),
    ("新能源", "Energy", "能源|clean energy", "光伏|储能|充电桩|电池|风电|solar|battery|batteries|ev charging"),
    (
        "生物医药", "Medtech", "biotech|医疗|healthcare|medical|医疗器械|医药",
        "诊所|药企|临床|clinics?|medical devices?|制药|康复|体外诊断",
    ),
    ("教育", "Education", "edtech", "培训|研学|早教|网课|课程|亲子阅读|绘本馆|tutor(?:ing)?|cohort courses?|留学"),
    ("法律服务", "Legal services", "legal|法律", "律师|律所|合规|lawyers?|law firm|知识产权|商标"),
    ("投资", "Investment", "venture capital|vc", "做投资|投资(?:人|经理|总监|机构)|创投|风投|看项目|angel investor|angel investing|基金"),
    ("金融科技", "Fintech", "", "支付|收款|payments?|清结算|信贷|invoicing"),
    ("企业软件", "Enterprise software", "saas|企业服务", "erp|crm|中台|b2b software|排产系统|低代码|进销存"),
    ("开发工具", "Developer tools", "devtools", "sdk|编程工具|ci/cd|developer tooling"),
    ("农业", "Agriculture", "agritech|farming", "农资|种植|养殖|果园|大棚|农场|海藻肥|farm|茶园|种子站"),
    ("制造业", "Manufacturing", "", "模具|注塑|五金|机床|冲压|代工厂|制造|毛衫厂|眼镜架|机加工|电镀|factory|injection moulding"),
    ("设计", "Design", "", "设计师|品牌设计|工业设计|designer|branding"),
    (
        "跨境电商与外贸", "Cross-border e-commerce", "跨境电商|外贸|e-commerce|trade|跨境",
        "亚马逊|独立站|shopify|amazon seller|出口|乐天|速卖通|temu",
    ),
    ("餐饮食品", "Food and beverage", "餐饮|食品|food", "烘焙|火锅|煎饼|咖啡|茶饮|小吃|预制菜|cafes?|restaurants?|snacks?|bakery|cold-brew"),
    ("机器人", "Robotics", "", "机械臂|robots?|无人机|drones?|agv"),
    ("内容与mcn", "Media", "内容|媒体|content", "mcn|短视频|直播|自媒体|播客|剪辑|podcasts?|video production|摄影"),
    ("财税服务", "Accounting", "tax|财税", "代账|记账|会计|审计事务|税务|accountants?|bookkeeping"),
    ("消费品", "Consumer goods", "", "女装|服装|美妆|母婴|宠物|家居|面料|鞋材|apparel|cosmetics|日化"),
    ("养老", "Elder care", "", "护理员|护理院|银发|适老化|elderly care|senior care"),
    ("空间与文旅", "Hospitality", "文旅", "民宿|酒店|景区|露营|hostel|hotels?|旅行社"),
)  # fmt: skip
_KEYS = {
    name.casefold(): chinese
    for chinese, english, others, _ in _TABLE
    for name in (chinese, english, *filter(None, others.split("|")))
}
_ENGLISH = {chinese: english for chinese, english, _, _ in _TABLE}


def _pattern(words: str) -> str:
    """Latin words stand alone; Chinese has no spaces to tell."""
    return "|".join(
        rf"(?<![A-Za-z]){word}(?![A-Za-z])" if word.isascii() else word for word in words.split("|") if word
    )


# Names that say how somebody works rather than in what would name half of all sentences.
_NOT_FOUND_BY = frozenset(
    {"trade", "content", "design", "food", "tax", "legal", "vc", "投资", "energy", "内容", "设计", "supply chain"}
)


def _finder(chinese: str, words: str) -> tuple[str, re.Pattern[str]]:
    return chinese, re.compile(_pattern(words), re.IGNORECASE)


def _names(chinese: str) -> str:
    return "|".join(re.escape(name) for name, key in _KEYS.items() if key == chinese and name not in _NOT_FOUND_BY)


# A name outweighs a word that only hints at one: 仓储机器人 is robotics, 跨境电商ERP is trade.
_FINDERS = (
    [_finder(row[0], names) for row in _TABLE if (names := _names(row[0]))],
    [_finder(row[0], row[3]) for row in _TABLE if row[3]],
)


@dataclass(frozen=True)
class FoundIndustry:
    """An industry and the half-open span of the word that gives it away."""

    key: str
    start: int
    end: int


def industry_key(name: str) -> str:
    """Return one spelling for the usual names of an industry; unknown names are only folded."""
    folded = " ".join(name.split()).casefold()
    return _KEYS.get(folded, folded)


def industry_spellings(name: str) -> list[str]:
    """Return the usual names of an industry, folded, as far as records may hold them; none for a blank name."""
    key = industry_key(name)
    return sorted({key, *(other for other, found in _KEYS.items() if found == key)} - {""})


def industry_name(key: str, locale: str) -> str:
    """Return the industry's name in the language of `locale`; an unknown one stays as it is."""
    known = industry_key(key)
    if locale == "en":
        return _ENGLISH.get(known, key)
    return "内容与MCN" if known == "内容与mcn" else known


def find_industry(text: str) -> FoundIndustry | None:
    """Return the first industry that `text` names, else the first that one of its words hints at; None without one.

    Where two start together the longer word counts.
    """
    for finders in _FINDERS:
        found = [
            FoundIndustry(chinese, match.start(), match.end())
            for chinese, pattern in finders
            if (match := pattern.search(text)) is not None
        ]
        if found:
            return min(found, key=lambda one: (one.start, one.start - one.end))
    return None
