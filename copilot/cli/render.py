"""How each answer looks to a person at a terminal."""

from __future__ import annotations

from typing import Any

from copilot.cli.backend import Json
from copilot.cli.output import entry, say, table


def community(made: Json) -> None:
    """Show a community that was made or brought in line, and its key if there is a new one."""
    state = "ready" if made["is_new"] else "in line with what was given"
    key = f"admin key (shown once): {made['key']}" if made["key"] else "no key was made; --new-key makes one"
    say(f"community {made['slug']} is {state}; {key}")


def job(done: Json) -> None:
    """Show the outcome of a job."""
    if done["status"] != "done":
        say(f"{done['kind']}: {done['status']}")
        return
    for stage, result in done["result"].items():
        if stage == "import":
            _import(result)
        else:
            say(f"{stage}: " + ", ".join(f"{k} {v}" for k, v in result.items() if isinstance(v, int | float | str)))


def _import(report: Json) -> None:
    mode = " (dry run: nothing was written)" if report["dry_run"] else ""
    say(f"{report['format']} {report['kind']}: {report['rows_read']} rows{mode}")
    rows = [[name, c["inserted"], c["updated"], c["unchanged"]] for name, c in report["counts"].items()]
    table("written", ["table", "new", "changed", "unchanged"], rows)
    for reason, count in report["skipped"].items():
        say(f"skipped, {reason}: {count}")
    if report["recalled"]:
        say(f"recalled: {report['recalled']}")
    if report["error_count"]:
        shown = report["errors"][:20]
        rows = [[e["line"], e.get("field") or "", e["message"]] for e in shown]
        table(f"{report['error_count']} rows with errors", ["line", "field", "what"], rows)


def matches(found: Json) -> None:
    """Show matches with reasons and components."""
    say(f"{found['kind']} matches: {len(found['items'])}")
    for item in found["items"]:
        parts = ", ".join(f"{name} {value:.2f}" for name, value in item["components"].items())
        heading = f"{item['rank']}. {item['target_name']}  {item['score']:.2f}  {item['label']}"
        entry(heading, [*(reason["text"] for reason in item["reasons"]), parts])
    if found["degraded"]:
        say(found["degraded"]["message"])
    for note in found["notes"]:
        say(_sentence(note))


def topics(found: Json) -> None:
    """Show topic suggestions."""
    say(f"topics for {found['member_name']}: {len(found['topics'])}")
    for number, item in enumerate(found["topics"], start=1):
        heading = f"{number}. {item['titles'][0]}  ({item['framework_title']})"
        entry(
            heading,
            [
                item["opening"],
                f"why this member: {item['reason']}",
                f"message to send: {item['message']}",
                *_incentives(item),
            ],
        )
    if found.get("note"):
        say(_sentence(found["note"]))


def _incentives(topic: Json) -> list[str]:
    """Return what may be offered for it; the operator decides."""
    offers = [f"{offer['offer']} ({offer['kind'].replace('_', ' ')})" for offer in topic["incentives"]]
    return [f"you might offer: {' / '.join(offers)}"] if offers else []


def suggested(items: list[Json]) -> None:
    """Show topics that were suggested."""
    rows: list[list[object]] = [
        [item["created_at"][:10], item["member_id"], item["status"], item["topic"]["titles"][0], item["topic"]["id"]]
        for item in items
    ]
    table("topics suggested so far", ["day", "member", "status", "topic", "id"], rows)


def atmosphere(reading: Json) -> None:
    """Show a reading of the room, or why there is none."""
    window, counts = reading["window"], reading["counts"]
    say(f"{window.get('group') or window['channel_name'] or 'all channels'}, {window['start']} to {window['end']}")
    read = "" if counts["coverage"] is None else f", {counts['coverage']:.0%} of them read"
    say(f"{counts['messages']} messages by {counts['speakers']} of {counts['known_members']} members{read}")
    if reading["no_reading"]:
        say(_sentence(reading["no_reading"]))
        return
    tone = [reading["sentiment"][side] for side in ("negative", "neutral", "positive")]
    rows = [_measure("sentiment", measure) for measure in tone]
    for name, dimension in reading["dimensions"].items():
        rows.extend(_measure(name, measure) for measure in dimension["measures"])
    table("the room", ["dimension", "measure", "value", "95 % interval", "usual", "n"], rows)
    if reading["suggestion"]:
        say(_sentence(reading["suggestion"]))
        say(f"{reading['suggestion']['passage']} [{reading['suggestion']['passage_id']}]")


def atmosphere_days(days: list[Json], title: str = "the room by day") -> None:
    """Show a line for each day, or week."""
    rows: list[list[object]] = []
    for day in days:
        counts, tone = day["counts"], day["sentiment"]
        measures = {
            (name, m["name"]): m["value"] for name, dim in day["dimensions"].items() for m in dim["measures"]
        } if day["dimensions"] else {}  # fmt: skip
        rows.append([
            day["window"]["start"][:10], counts["messages"], counts["speakers"],
            *("" if tone is None or tone[side]["value"] is None else f"{tone[side]['value']:.0%}"
              for side in ("negative", "neutral", "positive")),
            "" if (reply := measures.get(("interaction_quality", "reply_rate"))) is None else f"{reply:.0%}",
            day["no_reading"]["code"] if day["no_reading"] else "",
        ])  # fmt: skip
    table(title, ["from", "messages", "people", "neg.", "neutr.", "pos.", "answered", "no reading"], rows)


def atmosphere_weeks(weeks: list[Json]) -> None:
    """Show a line for each week."""
    atmosphere_days(weeks, "the room by week")


def reply_pairs(pairs: list[Json]) -> None:
    """Show who answers whom."""
    rows: list[list[object]] = [[pair["from_name"], pair["to_name"], pair["count"]] for pair in pairs]
    table("who answers whom", ["who", "whom", "replies"], rows)


def _measure(dimension: str, measure: Json) -> list[object]:
    low, high = measure["low"], measure["high"]
    interval = "" if low is None else f"{_figure(low)} to {_figure(high)}"
    value = f"- ({measure['reason']})" if measure["value"] is None else _figure(measure["value"])
    counted = f"{measure['n']} {measure['n_of'].replace('_', ' ')}"
    usual = measure.get("baseline") or {}
    ordinary = "" if usual.get("low") is None else f"{_figure(usual['low'])} to {_figure(usual['high'])} ({usual['n']})"
    return [dimension.replace("_", " "), measure["name"].replace("_", " "), value, interval, ordinary, counted]


def _figure(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3g}"


def introductions(items: list[Json]) -> None:
    """Show introductions."""
    rows: list[list[object]] = [
        [i["created_at"][:10], _person(i["asker"]), _person(i["target"]), i["status"], i["expires_at"][:10], i["id"]]
        for i in items
    ]
    table("introductions", ["asked on", "who", "whom", "status", "until", "id"], rows)


def introduction(found: Json) -> None:
    """Show one introduction with its messages."""
    introductions([found])
    say(str(found["sentence"]))
    ending = found.get("ending")
    if ending:
        say(f"ended by {ending['by']}: {ending['code']} {ending['comment']}".rstrip())
    for draft in found.get("drafts", []):
        say(f"\n{draft['purpose']} to {draft['to']}:\n{draft['text']}")


def _person(person: Json) -> str:
    return str(person["name"] or person["member_id"])


def weights(found: Json) -> None:
    """Show versions of the weights and what is in force."""
    rows: list[list[object]] = []
    for item in found["items"]:
        loss, gap = item["figures"].get("log_loss", {}), item["figures"].get("difference", {})
        judged = f"{loss['current']:.4f} -> {loss['learnt']:.4f}" if loss else ""
        between = f"{gap['low']:+.4f} to {gap['high']:+.4f}" if gap else ""
        rows.append([item["version"], item["status"], _shares(item["shares"]), judged, between])
    table(
        "learnt weights", ["version", "status", "shares", "log loss on newer outcomes", "95 % of the difference"], rows
    )
    in_force(found["in_force"])


def in_force(found: Json) -> None:
    """Show the weights that scores are made with."""
    say(f"in force: version {found['version']} ({_shares(found['shares'])})")


def lesson(found: Json) -> None:
    """Show what learning came to."""
    say(str(found["sentence"]))
    in_force(found["in_force"])


def _shares(shares: Json) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in shares.items())


def keys(items: list[Json]) -> None:
    """Show keys."""
    rows: list[list[object]] = [
        [k["id"], k["name"], k["role"], "..." + k["hint"], k["expires_at"], k["revoked_at"]] for k in items
    ]
    table("keys", ["id", "name", "role", "ends with", "expires", "revoked"], rows)


def _sentence(value: Any) -> str:
    return str(value.get("sentence") or value.get("text") or value) if isinstance(value, dict) else str(value)
