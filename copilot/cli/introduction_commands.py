"""Introductions, what members said of matches, and the weights learnt from it, on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli import render
from copilot.cli.asking import DEFAULT, AsJson, Community, backend, member_id, show
from copilot.cli.output import say
from copilot.errors import InvalidInput

introductions_app = typer.Typer(no_args_is_help=True, help="Members on their way to each other.")
weights_app = typer.Typer(no_args_is_help=True, help="What each component of a score counts, learnt from outcomes.")
outcomes_app = typer.Typer(no_args_is_help=True, help="What members said of their matches.")
IntroductionArg = Annotated[str, typer.Argument(help="id of an introduction")]
_FORMS = ("csv", "jsonl")


@introductions_app.command("list")
def list_introductions(
    member: Annotated[
        str | None, typer.Argument(help="id, external id or exact name; all members when left out")
    ] = None,
    status: Annotated[str | None, typer.Option(help="of all members, only these: waiting, reported ...")] = None,
    community: Community = DEFAULT,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List introductions, newest first."""
    if member and status:
        raise InvalidInput("name a member or a status, not both", field="status")
    with backend(community) as asked:
        found = asked.introductions.listing(member_id(asked, member) if member else None, status, limit)
    show(found, as_json, render.introductions)


@introductions_app.command("show")
def show_introduction(introduction: IntroductionArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Show an introduction with the messages to both; contacts are for the two alone."""
    with backend(community) as asked:
        found = asked.introductions.get(introduction)
    show(found, as_json, render.introduction)


@introductions_app.command("answer")
def answer(
    introduction: IntroductionArg,
    reply: Annotated[str, typer.Argument(metavar="ANSWER", help="accept, decline or ignore")],
    key: Annotated[str, typer.Option(envvar="MEMBER_KEY", help="API key of the asked member: nobody else answers")],
    reason: Annotated[
        str | None, typer.Option(help="of a decline: not_now, not_relevant, know_each_other or other")
    ] = None,
    comment: Annotated[str, typer.Option(help="for operators alone")] = "",
    community: Community = DEFAULT,
) -> None:
    """Answer an introduction as the member who was asked."""
    body = {"answer": reply, "comment": comment} | ({"reason": reason} if reason else {})
    with backend(community) as asked:
        found = asked.introductions.answer(introduction, body, key)
    say(str(found["sentence"]))


@weights_app.command("list")
def list_weights(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List the versions that were learnt and what is in force."""
    with backend(community) as asked:
        found = asked.learning.weights()
    show(found, as_json, render.weights)


@weights_app.command("learn")
def learn(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Learn from outcomes; a version is put in force only if it is better on newer ones."""
    with backend(community) as asked:
        found = asked.learning.change("learn")
    show(found, as_json, render.lesson)


@weights_app.command("activate")
def activate(
    version: Annotated[int, typer.Argument(min=0, help="0: the weights of the code")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Bring back a version that was in force before."""
    with backend(community) as asked:
        found = asked.learning.change("activate", version)
    show(found, as_json, render.in_force)


@weights_app.command("rollback")
def roll_back(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """Return to the weights that were in force before."""
    with backend(community) as asked:
        found = asked.learning.change("rollback")
    show(found, as_json, render.in_force)


@outcomes_app.command("export")
def export(
    community: Community = DEFAULT,
    form: Annotated[str, typer.Option("--format", help="csv or jsonl")] = "csv",
    output: Annotated[Path | None, typer.Option("-o", help="file to write; standard output when left out")] = None,
) -> None:
    """Export members' last words on their matches with the figures of that moment: ids and numbers, no texts."""
    if form not in _FORMS:
        raise InvalidInput(f"format is one of {', '.join(_FORMS)}", field="format")
    with backend(community) as asked:
        lines = asked.learning.outcomes(form)
        if output is None:
            sys.stdout.writelines(lines)
        else:
            with output.open("w", encoding="utf-8") as file:
                file.writelines(lines)
