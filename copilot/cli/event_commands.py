"""Events on the command line: publish, sign up, the door, reminders, feedback, review."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Backend, Json
from copilot.cli.output import say, table
from copilot.errors import NotFound

events_app = typer.Typer(no_args_is_help=True, help="Events from publishing to review.")
EventArg = Annotated[str, typer.Argument(metavar="EVENT", help="id or code of an event")]
Most = Annotated[int, typer.Option(min=1, max=200)]


@events_app.command("list")
def list_events(
    community: Community = DEFAULT,
    when: Annotated[str | None, typer.Option(help="coming or past")] = None,
    limit: Most = 50,
    as_json: AsJson = False,
) -> None:
    """List events; those to come soonest first, all others latest first."""
    with backend(community) as asked:
        found = asked.events.listing(when, limit)
    show(found, as_json, _events)


@events_app.command("show")
def show_event(event: EventArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show an event with its places."""
    with backend(community) as asked:
        found = asked.events.get(event_id(asked, event))
    show(found, as_json, _event)


@events_app.command("publish")
def publish(
    plan: Annotated[str, typer.Argument(help="id of a plan version")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make a plan version an event, or bring its event in line with it. Nobody is told."""
    with backend(community) as asked:
        found = asked.events.publish(plan)
    show(found, as_json, _published)


@events_app.command("cancel")
def cancel(
    event: EventArg,
    reason: Annotated[str, typer.Option(help="what people may be told")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Cancel an event; `events remind` then drafts what to tell whom."""
    with backend(community) as asked:
        found = asked.events.cancel(event_id(asked, event), reason)
    show(found, as_json, lambda done: say(f"{done['event']['title']}: cancelled; {done['to_tell']} to tell"))


@events_app.command("signups")
def signups(
    event: EventArg,
    status: Annotated[str | None, typer.Option(help="going, waitlisted, cancelled, attended or no_show")] = None,
    community: Community = DEFAULT,
    limit: Most = 200,
    as_json: AsJson = False,
) -> None:
    """List sign-ups, first come first."""
    with backend(community) as asked:
        found = asked.events.signups(event_id(asked, event), status, limit)
    show(found, as_json, _signups)


@events_app.command("signup")
def signup(event: EventArg, member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Sign a member up: a place, or the next one in the waiting list."""
    with backend(community) as asked:
        found = asked.events.sign_up(event_id(asked, event), member_id(asked, member))
    show(found, as_json, lambda made: _signups([made]))


@events_app.command("leave")
def leave(event: EventArg, member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Take a sign-up back; the waiting list moves up by itself."""
    with backend(community) as asked:
        found = asked.events.leave(event_id(asked, event), member_id(asked, member))
    show(found, as_json, lambda done: say(f"{done['signup']['name']}: cancelled; {done['moved_up']} moved up"))


@events_app.command("code")
def code(event: EventArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show the code for the door; it changes every five minutes."""
    with backend(community) as asked:
        found = asked.events.code(event_id(asked, event))
    show(found, as_json, lambda shown: say(f"{shown['code']}  until {shown['valid_until']}"))


@events_app.command("check-in")
def check_in(event: EventArg, member: MemberArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Check a member in at the door."""
    with backend(community) as asked:
        found = asked.events.check_in(event_id(asked, event), member_id(asked, member))
    show(found, as_json, lambda done: say(f"{'was there already' if done['was_there'] else 'in'}; {done['came']} came"))


@events_app.command("remind")
def remind(
    event: EventArg,
    kind: Annotated[
        str | None,
        typer.Option(help="attend, waiting, moved_up, changed, cancelled, feedback or missed; what fits if absent"),
    ] = None,
    community: Community = DEFAULT,
    limit: Most = 50,
    as_json: AsJson = False,
) -> None:
    """List whom to write to, with drafts. Nothing is sent."""
    with backend(community) as asked:
        found = asked.events.reminders(event_id(asked, event), kind, limit)
    show(found, as_json, lambda items: table("reminders", ["who", "draft"], [[i["name"], i["text"]] for i in items]))


@events_app.command("feedback")
def feedback(  # one argument per command-line option
    event: EventArg,
    member: MemberArg,
    rating: Annotated[int, typer.Argument(help="1 to 5", min=1, max=5)],
    comment: Annotated[str, typer.Option(help="what they said")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Type in a member's feedback from paper."""
    with backend(community) as asked:
        body: Json = {"rating": rating, "comment": comment}
        found = asked.events.feedback(event_id(asked, event), member_id(asked, member), body)
    show(found, as_json, lambda said: say(f"kept: {said['rating']}"))


@events_app.command("review")
def review(  # one argument per command-line option
    event: EventArg,
    lesson: Annotated[list[str] | None, typer.Option("--lesson", help="a lesson of yours; may be repeated")] = None,
    summary: Annotated[str | None, typer.Option(help="what happened, in your words")] = None,
    only_show: Annotated[bool, typer.Option("--show", help="show the review that was made, make none")] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Review an event that is over; its lessons enter the next plan."""
    body: Json = {"lessons": lesson or None, "summary": summary}
    with backend(community) as asked:
        found = asked.events.review(event_id(asked, event), None if only_show else body)
    show(found, as_json, _review)


@events_app.command("effects")
def effects(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Compare who stayed active: those who came to past events, and alike members who did not."""
    with backend(community) as asked:
        found = asked.events.effects()
    show(found, as_json, lambda read: say(str(read["sentence"])))


def event_id(asked: Backend, text: str) -> str:
    """Return the id of the event that `text`, an id or a code, names.

    Raises:
        NotFound: none of the latest 200.
    """
    if text.startswith("evt_"):
        return text
    found = next((row for row in asked.events.listing(None, 200) if row["code"] == text), None)
    if found is None:
        raise NotFound(f"there is no event {text!r}", kind="event", id=text)
    return str(found["id"])


def _events(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [
            item["code"],
            _clock(item, "starts_at"),
            item["title"],
            item["status"],
            _places(item),
            item["waiting"],
            item["id"],
        ]
        for item in items
    ]
    table("events", ["code", "starts", "title", "status", "places", "waiting", "id"], rows)


def _event(item: Json) -> None:
    _events([item])
    where = "online" if item["online"] else item["place"] or item["city"]
    say(
        f"{_clock(item, 'starts_at')} to {_clock(item, 'ends_at')} {item['timezone']}, {where}; plan {item['plan_id'] or '-'}"
    )


def _clock(item: Json, field: str) -> str:
    """Return a time on the community's clock."""
    moment = datetime.fromisoformat(item[field]).astimezone(ZoneInfo(item["timezone"]))
    return moment.strftime("%Y-%m-%d %H:%M")


def _places(item: Json) -> str:
    return f"{item['going']}" if item["capacity"] is None else f"{item['going']} of {item['capacity']}"


def _published(found: Json) -> None:
    _event(found["event"])
    changed = ", ".join(found["changed"])
    say(found["change"] + (f": {changed}" if changed else ""))
    if found["moved_up"]:
        say(f"{len(found['moved_up'])} moved up from the waiting list")
    for item in found["to_confirm"]:
        say(f"to confirm: {item}")


def _signups(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [item["name"], item["status"], item["position"], item["signed_up_at"][:16], item["member_id"]] for item in items
    ]
    table("sign-ups", ["who", "status", "in line", "since (UTC)", "member"], rows)


def _review(found: Json) -> None:
    came = found["attendance"]
    if came is not None:
        say(
            f"came {came['came']} of {came['signed_up']} signed up, goal {came['goal'] or '-'}; {came['waited']} waited"
        )
        for name, figure in (
            ("no-show", came["no_show"]), ("satisfaction", found["satisfaction"]), ("feedback", found["feedback_share"]),
        ):  # fmt: skip
            say(f"{name}: {_figure(figure)}")
    if found["interaction"] is not None:
        seen = found["interaction"]
        say(f"messages {seen['messages_before']} -> {seen['messages_after']} in {seen['days']} days each way; "
            f"change an attendee and day: {_figure(seen['change'])}")  # fmt: skip
    if found["relations"] is not None:
        born = found["relations"]
        say(
            f"introductions {born['introductions']}, connected {born['connected']}, co-operations {born['cooperations']}"
        )
    for theme in found["themes"]:
        say(
            f"{theme['label']} ({theme['comments']}, {theme['mood']}): "
            + " / ".join(q["text"] for q in theme["quotes"])
        )
    for note in found["notes"]:
        say(f"note: {note}")
    for number, lesson in enumerate(found["lessons"], start=1):
        say(f"{number}. {lesson['text']}  [{lesson['rests_on']}]")


def _figure(figure: Json) -> str:
    if figure["value"] is None:
        return f"no reading: {figure['why_none']}"
    between = "" if figure["low"] is None else f" ({figure['low']:.2f} to {figure['high']:.2f})"
    return f"{figure['value']:.2f}{between}, n {figure['n']}"
