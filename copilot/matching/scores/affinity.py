"""The context of a match beside its texts: city, industry, language, activity, recency, trust; each 0-1, none decides alone."""

from __future__ import annotations

import math
from functools import lru_cache

from copilot.community.cities import city_key
from copilot.community.industries import industry_key
from copilot.matching.records import Party

# Messages in 30 days that count as fully active; more do not make a better match.
_FULLY_ACTIVE = 20
_UNKNOWN_LANGUAGE = 0.5
# Few names of cities and fields are met again and again: they are folded once.
_city, _industry = (lru_cache(maxsize=4096)(key) for key in (city_key, industry_key))


def same_city(asker: Party, target: Party) -> bool:
    """Whether both name the same city, in either language."""
    return bool(asker.city.strip()) and _city(asker.city) == _city(target.city)


def same_industry(asker: Party, target: Party) -> bool:
    """Whether both name the same industry, in either language."""
    key = _industry(asker.industry)
    return bool(key) and key == _industry(target.industry)


def shared_skills(asker: Party, target: Party) -> list[tuple[str, str]]:
    """Return the skills both list, as each of them spells it, in the asker's order."""
    theirs = {" ".join(skill.split()).casefold(): skill for skill in target.skills}
    pairs = ((skill, theirs.get(" ".join(skill.split()).casefold(), "")) for skill in asker.skills)
    return [(mine, yours) for mine, yours in pairs if mine.strip() and yours]


def context_components(asker: Party, target: Party) -> dict[str, float]:
    """Return the components that apply to this kind of target, each 0-1.

    City and industry: 1 the same, else 0, also when unknown; an event online has no city that could count. Language: 1
    shared, 0 different, 0.5 unknown. Activity: messages of the last 30 days on a logarithmic scale, 20 or more give 1.
    Recency and trust: as `track_record` measures them.
    """
    if target.kind == "event":
        return {"city": float(same_city(asker, target))} if target.city else {}
    if target.kind == "thread":
        return {"language": _language(asker.language, target.language), "recency": target.recency}
    city = {"city": float(same_city(asker, target))}
    if target.kind == "resource":
        return city
    return city | {
        "industry": float(same_industry(asker, target)),
        "language": _language(asker.language, target.language),
        "activity": min(1.0, math.log1p(target.messages) / math.log1p(_FULLY_ACTIVE)),
        "recency": target.recency,
        "trust": target.trust,
    }


def _language(mine: str, yours: str) -> float:
    if not mine or not yours:
        return _UNKNOWN_LANGUAGE
    return float(mine == yours)


__all__ = ["context_components", "industry_key", "same_city"]
