"""A community that never was: a year of acts of 500 members, twenty-one ways to game the points, and a second count.

The honest part and each strategy run through the ledger's own pricing together, so that gaming accounts meet the same
graph as everybody. `counted_again` prices by the rules' words alone, with no state carried over, to check the ledger's.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations

from copilot.recognition.pricing import WHOLE, Claim, Memory
from copilot.recognition.rules import RuleSet

FIRST = date(2026, 1, 1)
DAYS = 365
MEMBERS, HELPERS, HOSTS, WRITERS, LENDERS = 500, 15, 6, 12, 40


@dataclass(frozen=True)
class Strategy:
    """A way to game: who gains, and what is done on which day of the year."""

    name: str
    mains: tuple[str, ...]
    claims: tuple[Claim, ...]


def on(day: int, earner: str, giver: str, rule: str = "answer_thanked") -> Claim:
    """Return a claim of the day of the year, from 0."""
    return Claim(rule, earner, giver, FIRST + timedelta(days=day))


def honest_year(draw: random.Random) -> list[Claim]:
    """Return what 500 members did for each other: thanks, welcomes, write-ups, loans and events."""
    members = [f"m{number:03d}" for number in range(MEMBERS)]
    # Some ask all the time, most hardly ever.
    weights = [1.0 / (1 + draw.randrange(MEMBERS)) ** 0.5 for _ in members]
    found: list[Claim] = []
    for day in range(DAYS):
        thanked = [
            helper for helper in members[:HELPERS] for _ in range(draw.choices((0, 1, 2, 3), (40, 35, 18, 7))[0])
        ]
        thanked += [draw.choice(members[HELPERS:]) for _ in range(draw.randrange(8, 20))]
        lent = [draw.choice(members[100 : 100 + LENDERS]) for _ in range(draw.randrange(0, 4))]
        written = [draw.choice(members[200 : 200 + WRITERS])] * draw.randrange(2, 8) if day % 3 == 0 else []
        done = [("answer_thanked", thanked), ("resource_returned", lent), ("write_up", written)]
        for rule, earners in done:
            givers = draw.choices(members, weights, k=len(earners))
            found += [
                on(day, earner, giver, rule) for earner, giver in zip(earners, givers, strict=True) if earner != giver
            ]
        found += _welcomes(day, members, draw) + _events(day, members, draw)
    return found


def _welcomes(day: int, members: list[str], draw: random.Random) -> list[Claim]:
    newcomers = [f"new{day}-{number}" for number in range(5 if day % 7 == 0 else 0)]
    return [on(day, one, new, "newcomer_welcomed") for new in newcomers for one in draw.sample(members[:60], 2)]


def _events(day: int, members: list[str], draw: random.Random) -> list[Claim]:
    guests = draw.sample(members[HOSTS:], draw.randrange(6, 25)) if day % 15 == 0 else []
    return [on(day, members[(day // 15) % HOSTS], guest, "event_hosted") for guest in guests]


def strategies(draw: random.Random) -> list[Strategy]:
    """Return twenty-one ways to game, each with accounts of its own."""
    return [*_alone(), *_among_two(), *_in_rings(), *_stars(draw), *_other_rules()]


def _alone() -> list[Strategy]:
    own = _accounts("self", 1)
    return [
        Strategy("thanks_oneself", own, _often([(own[0], own[0])])),
        # Posting alone proves nothing that counts, so it makes no claim at all.
        Strategy("floods_own_posts", _accounts("posts", 1), ()),
    ]


def _among_two() -> list[Strategy]:
    pair, oneway, flood, loans = (_accounts(name, 2) for name in ("pair", "oneway", "flood", "loans"))
    bursts = tuple(on(day, flood[0], flood[1]) for day in range(0, DAYS, 30) for _ in range(50))
    return [
        Strategy("pair_both_ways", pair, _often(_ring(pair))),
        Strategy("pair_one_way", oneway[:1], _often([(oneway[0], oneway[1])])),
        Strategy("flood_of_50_thanks_a_month", flood[:1], bursts),
        Strategy("lend_return_loop", loans, _often(_ring(loans), rule="resource_returned")),
    ]


def _in_rings() -> list[Strategy]:
    rings = {size: _accounts(f"ring{size}", size) for size in (3, 4, 10)}
    cliques = {size: _accounts(f"clique{size}", size) for size in (6, 12)}
    dense, loans = _accounts("dense", 21), _accounts("loanring", 5)
    ahead = [(dense[(place + step) % 21], name) for place, name in enumerate(dense) for step in range(1, 5)]
    return [
        *(Strategy(f"ring_of_{size}", names, _often(_ring(names))) for size, names in rings.items()),
        *(
            Strategy(f"clique_of_{size}", names, _often(list(permutations(names, 2)), 7))
            for size, names in cliques.items()
        ),
        Strategy("dense_ring_of_21_without_returns", dense, _often(ahead, 7)),
        Strategy("lend_return_ring_of_5", loans, _often(_ring(loans), rule="resource_returned")),
    ]


def _stars(draw: random.Random) -> list[Strategy]:
    small, large, hidden, clique = (
        _accounts("star10", 11), _accounts("star30", 31), _accounts("hidden", 9), _accounts("hiddenclique", 8),
    )  # fmt: skip
    return [
        Strategy("star_of_10", small[:1], _often([(small[0], name) for name in small[1:]])),
        Strategy("star_of_30", large[:1], _often([(large[0], name) for name in large[1:]], 7)),
        Strategy(
            "star_of_8_camouflaged", hidden[:1],
            _camouflaged(hidden[1:], _often([(hidden[0], name) for name in hidden[1:]], 7), draw),
        ),
        Strategy(
            "clique_of_8_camouflaged", clique, _camouflaged(clique, _often(list(permutations(clique, 2)), 7), draw)
        ),
    ]  # fmt: skip


def _other_rules() -> list[Strategy]:
    guests, hopper, fresh, farm = (
        _accounts(name, count) for name, count in (("events", 6), ("hopper", 4), ("fresh", 1), ("farm", 111))
    )
    rules = ("answer_thanked", "resource_returned", "write_up", "event_hosted", "newcomer_welcomed")
    hops = tuple(on(day, hopper[0], giver, rules[day % len(rules)]) for day in range(DAYS) for giver in hopper[1:])
    joined = [(day, f"fresh-{day}-{number}") for day in range(0, DAYS, 30) for number in range(2)]
    return [
        Strategy(
            "weekly_event_with_5_puppets", guests[:1],
            _often([(guests[0], name) for name in guests[1:]], 7, "event_hosted"),
        ),
        Strategy("all_rules_with_3_puppets", hopper[:1], hops),
        Strategy(
            "110_accounts_thank_once_each", farm[:1], tuple(on(day * 3, farm[0], one) for day, one in enumerate(farm[1:])),
        ),
        Strategy(
            "two_fresh_newcomers_a_month", fresh,
            tuple(on(day, fresh[0], name, "newcomer_welcomed") for day, name in joined),
        ),
    ]  # fmt: skip


def _accounts(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}-{number}" for number in range(count))


def _ring(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(names[(place + 1) % len(names)], name) for place, name in enumerate(names)]


def _often(pairs: Sequence[tuple[str, str]], every: int = 1, rule: str = "answer_thanked") -> tuple[Claim, ...]:
    return tuple(on(day, earner, giver, rule) for day in range(0, DAYS, every) for earner, giver in pairs)


def _camouflaged(puppets: Sequence[str], rest: Sequence[Claim], draw: random.Random) -> tuple[Claim, ...]:
    """Let each puppet thank two honest members first, so that its thanks count in full."""
    first = [
        on(day, f"m{honest:03d}", puppet)
        for day, puppet in enumerate(puppets)
        for honest in draw.sample(range(MEMBERS), 2)
    ]
    return (*first, *(claim for claim in rest if claim.on > FIRST + timedelta(days=len(puppets))))


def priced(claims: Sequence[Claim], rules: RuleSet) -> list[int]:
    """Return hundredths of points of claims in order of time, by the ledger's own pricing; one's own count for nothing."""
    memory, found = Memory(), list[int]()
    for number, claim in enumerate(claims, start=1):
        if claim.person_id == claim.giver_id:
            found.append(0)
            continue
        found.append(memory.price(claim, rules).hundredths)
        memory.remember(number, claim, rules)
    return found


def counted_again(claims: Sequence[Claim], rules: RuleSet) -> list[int]:
    """Return the same by the rules' words: for each claim, all earlier ones are looked at anew."""
    given: dict[str, list[Claim]] = defaultdict(list)
    received: dict[str, list[Claim]] = defaultdict(list)
    found: list[int] = []
    for claim in claims:
        earner, giver = claim.person_id, claim.giver_id
        if earner == giver:
            found.append(0)
            continue
        base = rules.rules[claim.rule].points
        same_day = sum(one.rule == claim.rule and one.on == claim.on for one in received[earner])
        to_earner = [one for one in given[giver] if one.person_id == earner]
        again = sum((claim.on - one.on).days < rules.pair_days for one in to_earner)
        others = len({one.person_id for one in given[giver]} - {earner})

        def amounts(name: str, today: date = claim.on) -> Counter[str]:
            recent = (one for one in given[name] if (today - one.on).days < rules.ring_days)
            total: Counter[str] = Counter()
            for one in recent:
                total[one.person_id] += rules.rules[one.rule].points
            return total

        breadth = rules.breadth[min(others, len(rules.breadth) - 1)] * 100
        lone = sum(
            (claim.on - one.on).days < rules.lone_days and not _had_others(one, given[one.giver_id])
            for one in received[earner]
        )
        if not others and rules.lone_cap is not None and lone >= rules.lone_cap:
            breadth = 0
        shares = [
            _decayed(rules.daily_decay, same_day),
            _decayed(rules.pair_decay, again),
            breadth,
            WHOLE - _returned(earner, giver, base, amounts) * rules.ring_discount // 100,
        ]
        product = base * 100
        for share in shares:
            product *= share
        found.append(product // WHOLE**4)
        given[giver].append(claim)
        received[earner].append(claim)
    return found


def _had_others(claim: Claim, given: Sequence[Claim]) -> bool:
    """Whether its giver had given to somebody else before this very claim."""
    for one in given:
        if one is claim:
            return False
        if one.person_id != claim.person_id:
            return True
    return False


def _returned(earner: str, giver: str, base: int, amounts: Callable[[str], Counter[str]]) -> int:
    out = amounts(earner)
    if not out:
        return 0
    direct = out[giver] * WHOLE // (amounts(giver)[earner] + base)
    total = out.total()
    by_walk = 0
    for first, amount in out.items():
        step = amount * WHOLE // total
        if first == giver:
            by_walk += step
            continue
        second = amounts(first)
        if not second:
            continue
        whole = second.total()
        by_walk += step * (second[giver] * WHOLE // whole) // WHOLE
        through = 0
        for middle, some in second.items():
            if middle not in {earner, first, giver}:
                third = amounts(middle)
                if third[giver]:
                    through += (some * WHOLE // whole) * (third[giver] * WHOLE // third.total())
        by_walk += step * through // WHOLE**2
    return min(WHOLE, max(direct, by_walk))


def _decayed(percent: int, times: int) -> int:
    times = min(times, 50)
    return int(WHOLE * percent**times // 100**times)


def year(seed: int) -> tuple[list[Claim], list[Strategy]]:
    """Return all claims of a year in order of time, the honest and the gaming ones, and the strategies."""
    draw = random.Random(seed)  # noqa: S311  # a simulation, seeded to be repeated
    claims = honest_year(draw)
    ways = strategies(draw)
    every = [*claims, *(claim for way in ways for claim in way.claims)]
    every.sort(key=lambda claim: claim.on)  # stable: within a day as they were drawn
    return every, ways


def totals(claims: Sequence[Claim], points: Sequence[int]) -> Counter[str]:
    """Return hundredths of points by account."""
    found: Counter[str] = Counter()
    for claim, hundredths in zip(claims, points, strict=True):
        found[claim.person_id] += hundredths
    return found
