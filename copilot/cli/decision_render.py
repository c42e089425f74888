"""How decisions, proposals, appeals and terms look at a terminal."""

from __future__ import annotations

from copilot.cli.backend import Json
from copilot.cli.output import entry, say


def proposals(items: list[Json]) -> None:
    """Show rulings that wait or waited for a second person."""
    say(f"proposals: {len(items)}")
    for one in items:
        proposal(one)


def proposal(one: Json) -> None:
    """Show a ruling that waits or waited for a second person."""
    hours = f", {one['mute_hours']} h" if one["mute_hours"] else ""
    lines = [
        f"{one['verdict']}, {one['action']}{hours}, clause {one['clause_id'] or '-'}: {one['reason']}",
        f"proposed {_moment(one['proposed_at'])} by {one['proposed_by']}, until {_moment(one['expires_at'])}",
    ]
    if one["answered_by"]:
        lines.append(
            f"{one['status']} {_moment(one['answered_at'])} by {one['answered_by']}: {one['answer']}".rstrip(": ")
        )
    entry(f"{one['id']}  {one['status']}  case {one['case_id']}", lines)


def decision(one: Json) -> None:
    """Show a decision just made."""
    until = f" until {_moment(one['until'])}" if one["until"] else ""
    second = f", confirmed by {one['confirmed_by']}" if one["confirmed_by"] else ""
    say(f"{one['id']}: {one['verdict']}, {one['action']}{until}, clause {one['clause_id'] or '-'}{second}")


def appeals(items: list[Json]) -> None:
    """Show appeals."""
    say(f"appeals: {len(items)}")
    for one in items:
        appeal(one)


def appeal(one: Json) -> None:
    """Show an appeal and what became of it."""
    lines = [one["text"], one["sentence"]]
    if one["answer"]:
        lines.append(one["answer"])
    heading = f"{one['id']}  {one['outcome'] or 'waiting'}  {_moment(one['created_at'])}"
    entry(heading, [f"decision {one['decision_id']}, case {one['case_id']}, member {one['member_id']}", *lines])


def standing(one: Json) -> None:
    """Show how a member stands."""
    say(f"strikes in force: {one['strikes_in_force']}")
    for strike in one["strikes"]:
        state = "voided" if strike["voided_at"] else "in force" if strike["is_in_force"] else "expired"
        say(f"  {strike['severity'] or '-'}, {strike['created_at'][:10]} to {strike['expires_at'][:10]}, {state}")
    for sanction in one["sanctions"]:
        until = f" until {_moment(sanction['until'])}" if sanction["until"] else ""
        state = "lifted" if sanction["lifted_at"] else "in force" if sanction["is_in_force"] else "over"
        say(f"  {sanction['kind']}{until}, since {_moment(sanction['created_at'])}, {state}")
    for decided in one["decisions"]:
        clause = f"{decided['clause_id']} {decided['clause']}".strip() or "-"
        entry(
            f"{_moment(decided['decided_at'])}  {decided['category']} ({decided['severity']}), {decided['action']}",
            [f"clause {clause}: {decided['reason']}", decided["sentence"], decided["id"]],
        )


def terms(found: Json) -> None:
    """Show a community's terms."""
    content = found["terms"]
    days = ", ".join(f"{name} {count or 'none'}" for name, count in content["strike_days"].items())
    say(f"terms, version {found['version']}")
    say(f"  days a strike lasts: {days}")
    for step in content["ladder"]:
        hours = f" for {step['mute_hours']} h" if step["mute_hours"] else ""
        say(f"  {step['strikes']} in force: suggests {step['action']}{hours}")
    two = [*content["second_opinion_actions"], *content["second_opinion_categories"]]
    say(f"  takes two people: {', '.join(two)}; a proposal lapses after {content['proposal_hours']} h")
    say(f"  appeals: within {content['appeal_days']} days, once")
    say(
        f"  a moderator sees at most {content['severe_per_day']} severe cases a day; "
        f"a break after {content['break_after_minutes']} min"
    )


def wellness(found: Json) -> None:
    """Show a moderator's own day."""
    say(found["sentence"])
    say(
        f"blur: {found['blur']}; severe cases today: {found['severe_today']} of {found['severe_per_day']}, "
        f"anew at {_moment(found['resets_at'])}; at work for {found['minutes_at_work']} min, "
        f"a break after {found['break_after_minutes']}"
    )


def _moment(text: str | None) -> str:
    return text[:16].replace("T", " ") if text else ""
