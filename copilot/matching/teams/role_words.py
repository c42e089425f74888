"""Roles that goals speak of, by their words: rules that turn a goal into slots, and a bank that role searches are held against.

Rules first: a goal that lists what it needs is taken at its word; else the roles its words stand for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from copilot.language.script import detect_language

MAX_LABEL_CHARS: Final = 40


@dataclass(frozen=True)
class Role:
    """A role: its label in both languages, and the words that stand for it in a goal."""

    zh: str
    en: str
    kind: Literal["skill", "industry"]
    words: tuple[str, ...]


ROLES: Final = (
    Role("软件开发", "software engineering", "skill", ("软件", "后端", "后台开发", "服务端", "系统", "工具", "插件", "自动化", "software", "backend", "server-side", "platform", "tool", "open-source", "plugin")),
    Role("前端与小程序", "frontend and mini programs", "skill", ("前端", "小程序", "网页开发", "网站", "frontend", "website", "web app", "mobile app", "app开发")),
    Role("算法与大模型", "machine learning", "skill", ("算法", "大模型", "智能体", "语音", "识别", "预测", "ai", "人工智能", "机器学习", "machine learning", "speech", "model", "agent")),
    Role("数据分析", "data analysis", "skill", ("数据", "dataset", "data")),
    Role("硬件与嵌入式", "hardware and embedded", "skill", ("硬件", "嵌入式", "传感器", "芯片", "雷达", "报警器", "设备", "机器人", "电机", "样机", "hardware", "sensor", "device", "robot")),
    Role("生产制造", "manufacturing", "industry", ("量产", "代工", "工厂", "开模", "生产线", "打样", "工人", "车间", "manufactur", "factory", "mass production")),
    Role("产品设计", "product design", "skill", ("产品经理", "用户体验", "工业设计", "外观", "ui", "product design", "industrial design", "user experience")),
    Role("品牌设计", "branding", "skill", ("品牌", "牌子", "包装", "视觉", "logo", "brand", "packaging")),
    Role("内容与短视频", "content and video", "skill", ("内容", "短视频", "直播", "文案", "播客", "剪辑", "拍摄", "绘本", "content", "video", "podcast", "newsletter", "copywriting")),
    Role("市场推广", "marketing", "skill", ("推广", "获客", "营销", "增长", "投放", "marketing", "growth", "user acquisition")),
    Role("渠道销售", "sales and channels", "skill", ("销售", "渠道", "卖到", "卖给", "铺货", "经销", "sales", "sell", "distribution", "retail")),
    Role("出海与外贸", "cross-border trade", "industry", ("出海", "外贸", "海外", "跨境", "报关", "出口", "欧洲", "东南亚", "北美", "印尼", "泰国", "越南", "马来", "新加坡", "日本", "韩国", "美国", "加拿大", "德国", "意大利", "overseas", "export", "cross-border", "abroad")),
    Role("社群运营", "community operations", "skill", ("社群", "社区运营", "用户运营", "志愿者", "community", "volunteers")),
    Role("法律与合规", "law and compliance", "skill", ("法律", "合同", "合规", "商标", "专利", "资质", "legal", "contract", "compliance", "trademark", "patent")),
    Role("财务与税务", "accounting and tax", "skill", ("财务", "税", "记账", "报账", "对账", "发票", "流水", "accounting", "tax", "bookkeeping")),
    Role("融资与投资", "fundraising", "skill", ("融资", "投资人", "天使轮", "补贴", "funding", "investor", "raise money", "grant")),
    Role("物流与冷链", "logistics", "industry", ("物流", "冷链", "仓储", "配送", "发货", "logistics", "shipping", "warehouse", "delivery")),
    Role("医疗健康", "healthcare", "industry", ("医院", "医疗", "医疗器械", "临床", "护理", "康复", "患者", "药", "hospital", "clinical", "patient", "medical", "healthcare")),
    Role("养老服务", "elderly care", "industry", ("养老", "老人", "独居", "elderly", "ageing", "seniors")),
    Role("教育培训", "education", "industry", ("教育", "老师", "课程", "培训", "学生", "孩子", "学校", "teacher", "school", "students", "course", "training")),
    Role("农业与产地", "agriculture", "industry", ("农", "果园", "种植", "产地", "茶", "核桃", "苹果", "养殖", "farm", "orchard", "crop", "harvest")),
    Role("食品餐饮", "food and beverage", "industry", ("食品", "餐饮", "饮料", "咖啡", "烘焙", "果汁", "火锅", "food", "beverage", "coffee", "restaurant", "snack")),
    Role("新能源", "clean energy", "industry", ("光伏", "储能", "电池", "充电", "节能", "电费", "solar", "batter", "energy")),
    Role("金融支付", "payments and finance", "industry", ("支付", "收款", "汇款", "结算", "信贷", "保险", "payment", "fintech", "insurance", "lending")),
    Role("活动会务", "events", "skill", ("活动", "线下", "展会", "办展", "大会", "沙龙", "路演", "event", "meetup", "conference", "exhibition")),
    Role("美妆护肤", "beauty", "industry", ("护肤", "美妆", "彩妆", "化妆品", "beauty", "skincare", "cosmetics")),
    Role("客户服务", "customer service", "skill", ("客服", "售后", "call centre", "customer service", "support desk")),
    Role("场地与空间", "venues", "industry", ("场地", "空间", "咖啡馆", "营地", "民宿", "露营", "venue", "space", "camp")),
    Role("翻译与本地化", "translation", "skill", ("翻译", "本地化", "双语", "translation", "localisation", "localization", "bilingual")),
    Role("心理与教练", "coaching", "skill", ("心理", "教练", "陪伴", "倾听", "coaching", "counselling", "mental")),
    Role("游戏制作", "game development", "industry", ("游戏", "steam", "game")),
    Role("宠物", "pets", "industry", ("宠物", "养猫", "猫", "狗", "pet", "cat", "dog")),
)  # fmt: skip
_NEED = re.compile(
    r"(?:需要|还缺|缺少|急缺|要找|想找|招募)(?P<zh>[^。！？!?；;\n]{2,120})"
    r"|(?:\bneeds?|\blooking for|\bseeking)\b(?P<en>[^.!?;\n]{2,200})",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[、，,]|\band\b|以及|还有|和|与", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:[一两三四五六七八九十\d]+[个位名家]|一些|会|懂|做|有|能|擅长|an?\b|the\b|some(?:one|body)?\b|people\b|who\b|knows?\b|can\b|has\b|with\b|\s)+",
    re.IGNORECASE,
)
# Words that make a clause of what would be the name of a role.
_CLAUSE = re.compile(r"[把让被了吗呢去]|\b(?:will|is|are|that|which)\b", re.IGNORECASE)
_MOST_HAN = 12
_TAIL = re.compile(r"(?:的人|的伙伴|的朋友|的同学|高手|方面|各?[一两三四五六七八九十\d]*[个位名]?)$")


def listed_slots(goal: str, most: int) -> list[str]:
    """Return what a goal says it needs, item by item, in its own words; empty where it lists fewer than two."""
    found = _NEED.search(goal)
    if found is None:
        return []
    text = found["zh"] or found["en"] or ""
    items = [_TAIL.sub("", _LEAD.sub("", part.strip())).strip() for part in _SPLIT.split(text)]
    kept = [item for item in dict.fromkeys(items) if _is_label(item)]
    # A part that is no name of a role is a piece of a sentence, and then the whole is no list.
    return kept[:most] if len(kept) >= 2 and len(kept) == len([item for item in items if item]) else []


def named_roles(goal: str, most: int) -> list[Role]:
    """Return the roles whose words stand in the goal, in the order of the words; empty where none does."""
    folded = goal.casefold()
    found: list[tuple[int, Role]] = []
    for role in ROLES:
        places = [place for word in role.words if (place := _find(word, folded)) >= 0]
        if places:
            found.append((min(places), role))
    return [role for _, role in sorted(found, key=lambda item: item[0])][:most]


def role_bank() -> list[str]:
    """Return the labels of all roles in both languages."""
    return [label for role in ROLES for label in (role.zh, role.en)]


def _find(word: str, folded: str) -> int:
    """Return where a word stands: Chinese anywhere, Latin at the start of a word, two letters as a whole word."""
    if not word.isascii():
        return folded.find(word)
    end = r"(?![a-z])" if len(word) <= 3 else ""
    found = re.search(rf"(?<![a-z]){re.escape(word)}{end}", folded)
    return found.start() if found else -1


def _is_label(item: str) -> bool:
    is_zh = detect_language(item) in {"zh", "mixed"}
    return 2 <= len(item) <= (_MOST_HAN if is_zh else MAX_LABEL_CHARS) and not _CLAUSE.search(item)
