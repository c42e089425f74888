"""The context of a match beside its texts: city, industry, language, activity; each 0-1, none decides alone."""

from __future__ import annotations

import math

from copilot.community.cities import city_key
from copilot.matching.records import Party

# Messages in 30 days that count as fully active; more do not make a better match.
_FULLY_ACTIVE = 20
_UNKNOWN_LANGUAGE = 0.5
# The same industry under its usual Chinese and English names, lower case.
_INDUSTRIES = (
    ("人工智能", "ai", "artificial intelligence", "大模型"),
    ("游戏", "games", "gaming"),
    ("物流", "logistics", "供应链", "supply chain"),
    ("硬件", "hardware", "智能硬件"),
    ("新能源", "energy", "能源", "clean energy"),
    ("生物医药", "medtech", "biotech", "医疗", "healthcare", "medical"),
    ("教育", "education", "edtech"),
    ("法律服务", "legal services", "legal", "法律"),
    ("投资", "investment", "venture capital", "vc"),
    ("金融科技", "fintech"),
    ("企业软件", "enterprise software", "saas", "企业服务"),
    ("开发工具", "developer tools", "devtools"),
    ("农业", "agriculture", "agritech", "farming"),
    ("制造业", "manufacturing"),
    ("设计", "design"),
    ("跨境电商与外贸", "跨境电商", "外贸", "cross-border e-commerce", "e-commerce", "trade"),
    ("餐饮食品", "餐饮", "食品", "food", "food and beverage"),
    ("机器人", "robotics"),
    ("内容与mcn", "内容", "媒体", "media", "content"),
    ("财税服务", "accounting", "tax", "财税"),
)
_INDUSTRY_KEYS = {name: names[0] for names in _INDUSTRIES for name in names}


def industry_key(name: str) -> str:
    """Return one spelling for the usual names of an industry; unknown names are only folded."""
    folded = " ".join(name.split()).casefold()
    return _INDUSTRY_KEYS.get(folded, folded)


def same_city(asker: Party, target: Party) -> bool:
    """Whether both name the same city, in either language."""
    return bool(asker.city.strip()) and city_key(asker.city) == city_key(target.city)


def context_components(asker: Party, target: Party) -> dict[str, float]:
    """Return the components that apply to this kind of target, each 0-1.

    City and industry: 1 the same, else 0, also when unknown. Language: 1 shared, 0 different, 0.5 unknown. Activity:
    messages of the last 30 days on a logarithmic scale, 20 or more give 1.
    """
    city = {"city": float(same_city(asker, target))}
    if target.kind == "resource":
        return city
    industry = industry_key(asker.industry)
    return city | {
        "industry": float(bool(industry) and industry == industry_key(target.industry)),
        "language": _language(asker.language, target.language),
        "activity": min(1.0, math.log1p(target.messages) / math.log1p(_FULLY_ACTIVE)),
    }


def _language(mine: str, yours: str) -> float:
    if not mine or not yours:
        return _UNKNOWN_LANGUAGE
    return float(mine == yours)
