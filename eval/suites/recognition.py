"""Recognition: twenty-one ways to game a simulated year against an honest helper; the year and its ledger counted again."""

from __future__ import annotations

from statistics import median

from copilot.assets import knowledge_dir
from copilot.recognition.pricing import Memory
from copilot.recognition.rules import RuleSet, load_rules
from eval.ledger_year import compare
from eval.metrics.intervals import SEED
from eval.recognition_simulation import HELPERS, MEMBERS, counted_again, priced, totals, year
from eval.scores import Figure, count, mean
from eval.suite import Findings, Suite
from eval.world import Worlds

_SEEDS = tuple(range(SEED, SEED + 3))
# The second count looks at all earlier claims for each one: it gets a year's first part, the ledger's own gets it all.
_COUNTED_AGAIN = 10_000
# One act in so many of the year, from its first day to its last, goes through the ledger's own tables.
_WRITTEN_EVERY = 40


def measure(worlds: Worlds) -> Findings:
    """Run a year for each seed; what a strategy earns is its best account's points over the median helper's."""
    rules = load_rules([knowledge_dir()])
    earned: dict[str, list[float]] = {}
    rows: list[dict[str, object]] = []
    lost: list[float] = []
    differing = 0
    for seed in _SEEDS:
        shares, wrong = one_year(rules, seed)
        differing += wrong
        for name, found in shares.items():
            earned.setdefault(name, []).append(found)
            rows.append({"seed": seed, "strategy": name, "of_helper": round(found, 4)})
        lost.append(_lost_to_rings(seed, rules))
    figures: list[Figure] = [mean(f"recognition.gamed.{name}", found, better="lower") for name, found in earned.items()]
    figures += [
        mean("recognition.gamed.worst", [max(found[place] for found in earned.values()) for place in range(len(_SEEDS))], better="lower"),
        mean("recognition.honest_lost_to_rings", lost, better="lower"),
        count("recognition.recount_differs", differing, len(_SEEDS) * _COUNTED_AGAIN, "lower"),
    ]  # fmt: skip
    differs, accounts, is_equal = compare(
        worlds.new_folder() / "ledger.sqlite", year(SEED)[0][::_WRITTEN_EVERY], rules
    )  # fmt: skip
    figures += [
        count("recognition.ledger_differs", differs, accounts, "lower"),
        count("recognition.ledger_recount_differs", int(not is_equal), 1, "lower"),
    ]
    return Findings(figures, rows)


def one_year(
    rules: RuleSet, seed: int, recounted_by: RuleSet | None = None, recounted: int = _COUNTED_AGAIN
) -> tuple[dict[str, float], int]:
    """Return what each strategy's best account earns of the median helper's points, and how many claims the recount prices otherwise."""
    claims, ways = year(seed)
    points = priced(claims, rules)
    again = counted_again(claims[:recounted], recounted_by or rules)
    by_account = totals(claims, points)
    helper = median(by_account[f"m{number:03d}"] for number in range(HELPERS))
    shares = {way.name: max(by_account[main] for main in way.mains) / helper for way in ways}
    return shares, sum(one != other for one, other in zip(points, again, strict=False))


def _lost_to_rings(seed: int, rules: RuleSet) -> float:
    """Return which share of their points the honest members lose to the discount of rings."""
    claims, ways = year(seed)
    gaming = {name for way in ways for claim in way.claims for name in (claim.person_id, claim.giver_id)}
    gaming -= {f"m{number:03d}" for number in range(MEMBERS)}
    memory = Memory()
    kept = whole = 0
    for number, claim in enumerate(claims, start=1):
        if claim.person_id == claim.giver_id:
            continue
        price = memory.price(claim, rules)
        memory.remember(number, claim, rules)
        if not gaming & {claim.person_id, claim.giver_id}:
            shares = price.day_share * price.pair_share * price.breadth_share
            whole += price.base * 100 * shares // 10_000**3
            kept += price.hundredths
    return 1 - kept / whole


SUITE = Suite("recognition", 1, "twenty-one ways to game a year of points, and the year counted a second way", measure)
