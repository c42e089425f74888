"""Alerts of the room on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.output import entry, job_progress, say

alerts_app = typer.Typer(no_args_is_help=True, help="What changed in the room beyond noise, and threads to look at.")
AlertArg = Annotated[str, typer.Argument(help="id of an alert")]


@alerts_app.command("list")
def list_alerts(
    community: Community = DEFAULT,
    status: Annotated[str | None, typer.Option(help="open or closed")] = None,
    held_back: Annotated[
        bool | None, typer.Option("--held-back/--announced", help="over the week's budget, or within it; both without")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List alerts, newest first."""
    with backend(community) as asked:
        found = asked.alerts.listing(status, held_back, limit)
    show(found, as_json, _alerts)


@alerts_app.command("show")
def show_alert(alert: AlertArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show an alert with its step, a draft, the messages, and what was measured after the step."""
    with backend(community) as asked:
        found = asked.alerts.show(alert)
    show(found, as_json, _alert)


@alerts_app.command("take")
def take(
    alert: AlertArg,
    note: Annotated[str, typer.Option(help="what was done, for colleagues")] = "",
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Note that the suggested step was taken."""
    with backend(community) as asked:
        found = asked.alerts.take(alert, note)
    show(found, as_json, _alert)


@alerts_app.command("dismiss")
def dismiss(
    alert: AlertArg,
    reason: Annotated[str, typer.Option(help="why the step is not taken")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Note why the suggested step is not taken."""
    with backend(community) as asked:
        found = asked.alerts.dismiss(alert, reason)
    show(found, as_json, _alert)


@alerts_app.command("look")
def look(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Store the readings of days and weeks and look for alerts now; the service does so every hour."""
    with backend(community) as asked, job_progress() as on_job:
        done = asked.run_job("snapshot", on_job)
    show(done["result"], as_json, _looked)


def _looked(result: Json) -> None:
    found = result["alerts"]
    say(f"snapshots new or changed: {result['snapshot']['snapshots']}")
    say("alerts: " + ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in found.items()))


def _alerts(items: list[Json]) -> None:
    say(f"alerts: {len(items)}")
    for item in items:
        state = item["status"] + (", held back" if item["held_back"] else "")
        opened = item["opened_at"][:16].replace("T", " ")
        entry(f"{opened}  {state}, step {item['step']['status']}  {item['id']}", [item["sentence"]])


def _alert(found: Json) -> None:
    step = found["step"]
    closed = "" if found["closed_at"] is None else f", closed {found['closed_at'][:16]}"
    held = "" if found["held_back"] is None else f", held back ({found['held_back'].replace('_', ' ')})"
    say(f"{found['id']}: opened {found['opened_at'][:16]}{closed}{held}")
    say(found["sentence"])
    say(found["false_alarms"])
    if found["found"]["evidence"]:
        say("messages: " + ", ".join(found["found"]["evidence"]))
    entry(
        f"{step['heading']}  [{step['passage_id']}]",
        [step["passage"], f"who: {step['who']}", f"status: {step['status']}"],
    )
    if step["draft"]:
        entry(f"draft  [{step['draft_id']}]", [step["draft"]])
    if found["effect"] is not None:
        say(found["effect"]["sentence"])
