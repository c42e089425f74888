"""How thresholds, back-tests and audits look at a terminal."""

from __future__ import annotations

from copilot.cli.backend import Json
from copilot.cli.output import entry, say


def rules(found: list[Json]) -> None:
    """Show a rule a line."""
    for rule in found:
        one_rule(rule)


def one_rule(rule: Json) -> None:
    """Show one rule."""
    say(rule_line(rule))


def backtests(found: list[Json]) -> None:
    """Show back-tests by name."""
    for row in found:
        heading(row)


def audits(found: list[Json]) -> None:
    """Show messages drawn by chance."""
    for row in found:
        audit(row)


def rule_line(rule: Json) -> str:
    """Return a rule as a line."""
    if rule["cut"] is None and rule["curve"] is None:
        what = "as shipped"
    else:
        cut = "each detector's own cut" if rule["cut"] is None else f"asks from {rule['cut']:.2f}"
        what = cut + ("" if rule["curve"] is None else f", recalibrated on {rule['curve']['n']} decisions")
    who = f"  by {rule['set_by']} {rule['set_at'][:16]}: {rule['reason']}" if rule["set_at"] else ""
    return f"{rule['category']:<22} v{rule['version']}  {what}{who}"


def proposal(found: Json) -> None:
    """Show the cut proposed, what other cuts would mean, and what nobody knows."""
    say(found["sentence"])
    for row in found["table"]:
        say(f"  {row['cut']:.2f}  precision {_share(row['precision'])}  {_load(row['cases_per_1000'])}")
    say(found["bias"])


def precisions(rows: list[Json]) -> None:
    """Show how right each detector was."""
    say(f"detectors: {len(rows)}")
    for row in rows:
        entry(f"{row['detector']}  {row['category']}", [_share(row["upheld"]), row["version"]])


def heading(found: Json) -> None:
    """Show what was tried."""
    candidate = found["spec"]["candidate"]
    what = next(str(candidate[key]) for key in ("pattern", "cut", "name") if key in candidate)
    state = "done" if found["finished_at"] else "not finished"
    entry(f"{found['spec']['category']}: {candidate['kind']} {what}  {state}", [found["id"]])


def backtest(found: Json) -> None:
    """Show a back-test beside what was in force, with messages to look at."""
    heading(found)
    result = found["result"]
    if result is None:
        return
    for name in ("in_force", "candidate"):
        side = result[name]
        lines = [
            f"precision {_share(side['precision'])}, recall of known {_share(side['recall'])}",
            f"{_load(side['cases_per_1000'])}, CPU {side['cpu_ms_per_1000']} ms per 1,000, tokens {side['tokens']}",
        ]
        entry(name.replace("_", " "), lines)
    for name in ("precision_change", "recall_change"):
        change = result[name]
        if change["value"] is not None:
            ends = "" if change["low"] is None else f" [{change['low']:+.3f}, {change['high']:+.3f}]"
            say(f"{name.replace('_', ' ')}: {change['value']:+.3f}{ends}, {change['n']} cases")
    say(f"newly flagged that nobody looked at: {result['newly_flagged_unlabelled']} of {result['messages']}")
    words = {row["message_id"]: row["text"] or "(not shown)" for row in found["excerpts"]}
    for name, ids in result["confusions"].items():
        if ids:
            entry(name.replace("_", " "), [f"{words.get(one, '(gone)')}  {one}" for one in ids])
    say(found["sentence"])


def audit(row: Json) -> None:
    """Show a message drawn by chance."""
    state = row["verdict"] or "waiting"
    case = f", case {row['case_id']}" if row["case_id"] else ""
    entry(f"{row['week']}  {state} {row['category']}{case}  {row['id']}", [row["text"] or "(not shown)"])


def _share(found: Json) -> str:
    if found["value"] is None:
        return "- (none)"
    return f"{found['value']:.2f} [{found['low']:.2f}, {found['high']:.2f}] ({found['hits']} of {found['n']})"


def _load(value: float | None) -> str:
    return "no messages read" if value is None else f"{value:g} cases per 1,000 messages"
