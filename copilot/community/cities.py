"""Cities by their Chinese and English names, so that 深圳 on one record meets Shenzhen on another."""

from __future__ import annotations

import re

_PAIRS = (
    "北京 Beijing|上海 Shanghai|广州 Guangzhou|深圳 Shenzhen|杭州 Hangzhou|成都 Chengdu|重庆 Chongqing|武汉 Wuhan|"
    "西安 Xi'an|南京 Nanjing|苏州 Suzhou|天津 Tianjin|长沙 Changsha|郑州 Zhengzhou|青岛 Qingdao|厦门 Xiamen|"
    "宁波 Ningbo|无锡 Wuxi|东莞 Dongguan|佛山 Foshan|珠海 Zhuhai|合肥 Hefei|济南 Jinan|福州 Fuzhou|大连 Dalian|"
    "沈阳 Shenyang|昆明 Kunming|哈尔滨 Harbin|长春 Changchun|南昌 Nanchang|贵阳 Guiyang|南宁 Nanning|海口 Haikou|"
    "三亚 Sanya|义乌 Yiwu|嘉兴 Jiaxing|温州 Wenzhou|泉州 Quanzhou|中山 Zhongshan|惠州 Huizhou|常州 Changzhou|"
    "太原 Taiyuan|石家庄 Shijiazhuang|兰州 Lanzhou|大理 Dali|香港 Hong Kong|澳门 Macau|台北 Taipei|新加坡 Singapore|"
    "柏林 Berlin|伦敦 London|巴黎 Paris|多伦多 Toronto|温哥华 Vancouver|纽约 New York|旧金山 San Francisco|"
    "湾区 Bay Area|洛杉矶 Los Angeles|东京 Tokyo|首尔 Seoul|吉隆坡 Kuala Lumpur|曼谷 Bangkok|悉尼 Sydney|"
    "里斯本 Lisbon|波尔图 Porto|马德里 Madrid|巴塞罗那 Barcelona|罗马 Rome|米兰 Milan|慕尼黑 Munich|法兰克福 Frankfurt|"
    "汉堡 Hamburg|阿姆斯特丹 Amsterdam|布鲁塞尔 Brussels|苏黎世 Zurich|日内瓦 Geneva|维也纳 Vienna|布拉格 Prague|华沙 Warsaw|"
    "斯德哥尔摩 Stockholm|哥本哈根 Copenhagen|都柏林 Dublin|爱丁堡 Edinburgh|曼彻斯特 Manchester|波士顿 Boston|西雅图 Seattle|"
    "芝加哥 Chicago|奥斯汀 Austin|墨尔本 Melbourne|奥克兰 Auckland|大阪 Osaka|迪拜 Dubai|孟买 Mumbai|班加罗尔 Bangalore|"
    "雅加达 Jakarta|胡志明市 Ho Chi Minh City|河内 Hanoi"
)
_NAMES = [tuple(pair.split(" ", 1)) for pair in _PAIRS.split("|")]
_KEYS = {name.lower(): english for chinese, english in _NAMES for name in (chinese, english)} | {"xian": "Xi'an"}
_CHINESE = {english: chinese for chinese, english in _NAMES}
_FIND = re.compile(
    "|".join(
        re.escape(name) if not name.isascii() else rf"\b{re.escape(name)}\b"
        for name in sorted(_KEYS, key=len, reverse=True)
    ),
    re.IGNORECASE,
)


def find_cities(text: str) -> list[tuple[str, int, int]]:
    """Return (English name, start, end) of every known city in `text`, in order."""
    return [(_KEYS[found[0].lower()], found.start(), found.end()) for found in _FIND.finditer(text)]


def city_key(name: str) -> str:
    """Return one spelling for all names of a city; unknown names are only folded."""
    folded = name.strip().lower().removesuffix("市")
    return _KEYS.get(folded, folded)


def city_name(name: str, locale: str) -> str:
    """Return the city's name in the language of `locale`; unknown names stay as they are."""
    english = _KEYS.get(name.strip().lower().removesuffix("市"))
    if english is None:
        return name.strip()
    return english if locale == "en" else _CHINESE[english]


def city_spellings(name: str) -> list[str]:
    """Return the spellings under which records of the same city may be stored; none for a blank name."""
    stripped = name.strip()
    if not stripped:
        return []
    chinese, english = city_name(stripped, "zh-CN"), city_name(stripped, "en")
    with_suffix = f"{chinese}市" if not chinese.isascii() else chinese
    return list(dict.fromkeys([stripped, chinese, with_suffix, english, english.lower()]))
