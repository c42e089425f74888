"""How cases look at a terminal: each fits a hundred columns, whatever its text."""

from __future__ import annotations

from copilot.cli import decision_render
from copilot.cli.backend import Json
from copilot.cli.output import entry, say

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def queue(items: list[Json], blur: str = "none") -> None:
    """Show a queue of cases, each with its sender, place, words and counts; words are blurred as `blur` says."""
    say(f"cases: {len(items)}")
    for case in items:
        counts = f"{case['messages']} message{'s' if case['messages'] != 1 else ''}"
        if case["reports"]:
            counts += f", {case['reports']} report{'s' if case['reports'] != 1 else ''}"
        heading = f"{case['priority']:.2f}  {', '.join(case['categories'])} ({case['severity']})  {case['status']}"
        place = f"{case['sender_name'] or 'unknown sender'} in {case['channel_name'] or case['channel_id']}"
        entry(
            heading,
            [
                f"{place}, {_moment(case['sent_at'])}; {counts}; waits {age(case['age_seconds'])}",
                _shown(case, blur),
                f"{case['detector']} {case['score']:.2f}  {case['id']}",
            ],
        )


def detail(found: Json) -> None:
    """Show a case with everything to know before deciding."""
    queue([found["case"]])
    say(found["priority_sentence"])
    if found["clause"]:
        clause = found["clause"]
        say(f"clause {clause['id']}: {clause.get('title_zh') or ''} {clause.get('title_en') or ''}".rstrip())
    entry("the words", [_line(line) for line in found["lines"]])
    entry("how it was found", [_item(item) for item in found["items"]] + [_finding(one) for one in found["findings"]])
    if found["reports"]:
        voices = f"reports: {len(found['reports'])}, counted as {found['voices']}"
        entry(voices, [_report(report) for report in found["reports"]])
    if found["affected"]:
        entry("whom it was done to", [f"{person['name']} ({person['how']})" for person in found["affected"]])
    if found["history"]:
        entry("the sender before", _history(found["history"]))
    if found["suggestion"]:
        say(found["suggestion"]["sentence"])
    if found["proposal"]:
        decision_render.proposal(found["proposal"])
    for decision in found["decisions"]:
        undone = f", taken back {_moment(decision['undone_at'])}" if decision["undone_at"] else ""
        until = f" until {_moment(decision['until'])}" if decision["until"] else ""
        clause = f" (clause {decision['clause_id']})" if decision["clause_id"] else ""
        who = " and ".join(filter(None, (decision["decided_by"], decision["confirmed_by"])))
        verdict = f"{decision['verdict']}, {decision['action']}{until}{clause}: {decision['reason']}"
        entry(f"decided {_moment(decision['decided_at'])} by {who}{undone}", [verdict, decision["id"]])


def _shown(case: Json, blur: str) -> str:
    if not case["excerpt"]:
        return "(taken back)"
    if blur == "all" or (blur == "severe" and case["severity"] == "high"):
        return f"{'▒' * min(12, len(case['excerpt']))}  (blurred; `cases show` or --reveal opens it)"
    return str(case["excerpt"])


def report(found: Json) -> None:
    """Show what became of a report."""
    say(f"{found['id']}: {found['sentence']}")


def message(found: Json) -> None:
    """Show a message with those around it."""
    if found["parent"]:
        entry("answers", [_said(found["parent"])])
    for one in found["before"]:
        say(_said(one))
    entry(f"{found['message']['channel_name']}, {found['message']['id']}", [_said(found["message"])])
    for one in found["after"]:
        say(_said(one))


def age(seconds: int) -> str:
    """Return a span of time in its largest unit."""
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "less than a minute"


def _moment(text: str | None) -> str:
    return text[:16].replace("T", " ") if text else ""


def _line(line: Json) -> str:
    mark = {"subject": ">", "also": "+", "parent": "^"}.get(line["role"], " ")
    return f"{mark} {_moment(line['sent_at'])} {line['sender_name'] or '?'}: {line['text']}"


def _said(one: Json) -> str:
    return f"{_moment(one['sent_at'])} {one['sender_name'] or '?'}: {one['text'] or one['withheld_sentence'] or ''}"


def _item(item: Json) -> str:
    gone = ", not found any more" if item["withdrawn_at"] else ""
    certain = "" if item["found_by"] == "report" else f" {item['score']:.2f} (asks from {item['threshold']:.2f})"
    source = f"{item['detector']} {item['detector_version']}{certain}{gone}"
    return f"{item['category']} ({item['severity']}): “{item['quote']}”, {source}"


def _finding(one: Json) -> str:
    sentence = one["evidence"].get("sentence") or {}
    words = next(iter(sentence.values()), "")
    return f"{one['category']}: {words} {one['detector']} {one['detector_version']} {one['score']:.2f}"


def _report(one: Json) -> str:
    who = one["reporter_name"] or "a member"
    borne = f"{one['reliability']:.2f} of theirs expected to be upheld, {one['decided']} decided"
    return f"{who}, {_moment(one['created_at'])}, {one['category']}: {one['text']} ({borne})"


def _history(history: Json) -> list[str]:
    counts = f"{history['upheld']} upheld, {history['not_upheld']} not, {history['overturned']} taken back"
    strikes = f"{history['strikes_in_force']} strikes in force"
    if history["last_strike_expires_at"]:
        strikes += f" until {history['last_strike_expires_at'][:10]}"
    return [
        f"{counts}; {strikes}",
        *(
            f"{past['decided_at'][:10]} {past['category']}: {past['verdict']}, {past['action']}"
            + (f", taken back {past['undone_at'][:10]}" if past["undone_at"] else "")
            for past in history["latest"]
        ),
    ]
