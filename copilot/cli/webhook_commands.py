"""Webhooks on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.output import job_progress, say, table
from copilot.errors import CopilotError

webhooks_app = typer.Typer(no_args_is_help=True, help="Tell others what happens: signed messages to your own service.")
WebhookArg = Annotated[str, typer.Argument(help="id of a webhook")]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", help="such as match.proposed or action.mute; an unknown one lists all; may be repeated"),
]


@webhooks_app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="https address that takes the messages")],
    event: Events = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make a webhook and show its secret once."""
    with backend(community) as asked:
        made = asked.webhooks.add(url, event or [])
    show(made, as_json, _secret)


@webhooks_app.command("list")
def list_webhooks(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List webhooks; secrets are not shown."""
    with backend(community) as asked:
        found = asked.webhooks.listing()
    show(found, as_json, _webhooks)


@webhooks_app.command("change")
def change(
    webhook: WebhookArg,
    url: Annotated[str | None, typer.Option(help="where it leads from now on")] = None,
    event: Events = None,
    status: Annotated[str | None, typer.Option(help="active or disabled")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Change where a webhook leads, what it is told of, or whether it is told at all."""
    given: Json = {"url": url, "events": event or None, "status": status}
    with backend(community) as asked:
        found = asked.webhooks.change(webhook, {name: value for name, value in given.items() if value is not None})
    show(found, as_json, lambda value: _webhooks([value]))


@webhooks_app.command("rotate")
def rotate(webhook: WebhookArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Replace the secret and show the new one once."""
    with backend(community) as asked:
        found = asked.webhooks.rotate(webhook)
    show(found, as_json, _secret)


@webhooks_app.command("remove")
def remove(webhook: WebhookArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Delete a webhook with all that waits for it."""
    with backend(community) as asked:
        found = asked.webhooks.remove(webhook)
    show(found, as_json, lambda value: say(f"{value['id']} is removed"))


@webhooks_app.command("test")
def send_test(webhook: WebhookArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Send a message now and say what became of it; exit code 1 when it did not arrive."""
    with backend(community) as asked:
        sent = asked.webhooks.test(webhook)
    if sent["status"] != "delivered" and not as_json:
        raise CopilotError(_outcome(sent))
    show(sent, as_json, lambda value: say(_outcome(value)))


@webhooks_app.command("deliveries")
def deliveries(
    webhook: WebhookArg,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List what was sent or waits, newest first."""
    with backend(community) as asked:
        found = asked.webhooks.deliveries(webhook, limit)
    show(found, as_json, _deliveries)


@webhooks_app.command("retry")
def retry(
    delivery: Annotated[str, typer.Argument(help="id of a delivery")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Let a delivery that waits or was given up be sent again."""
    with backend(community) as asked:
        found = asked.webhooks.retry(delivery)
    show(found, as_json, lambda value: _deliveries([value]))


@webhooks_app.command("deliver")
def deliver(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Send what waits now; a running service does so by itself."""
    with backend(community) as asked, job_progress() as on_job:
        done = asked.run_job("webhooks", on_job)
    if done["status"] == "failed":
        raise CopilotError(str((done["error"] or {}).get("message", "the job failed")))
    show(done, as_json, lambda value: say(", ".join(f"{k} {v}" for k, v in value["result"]["webhooks"].items())))


def _secret(made: Json) -> None:
    say(f"{made['id']}: {made['secret']}")


def _outcome(sent: Json) -> str:
    return f"{sent['sentence']} [{sent['last_answer']}]"


def _webhooks(items: list[Json]) -> None:
    rows: list[list[object]] = [[w["id"], w["url"], ", ".join(w["events"]), w["status"]] for w in items]
    table("webhooks", ["id", "url", "events", "status"], rows)


def _deliveries(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [d["created_at"][:19], d["id"], d["event"], d["attempts"], d["sentence"], d["last_answer"]] for d in items
    ]
    table("deliveries", ["when", "id", "event", "tries", "what became of it", "answer"], rows)
