"""API keys on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli import render
from copilot.cli.asking import DEFAULT, AsJson, Community, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import say

keys_app = typer.Typer(no_args_is_help=True, help="API keys.")


@keys_app.command("list")
def list_keys(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List keys; secrets are stored nowhere."""
    with backend(community) as asked:
        found = asked.keys()
    show(found, as_json, render.keys)


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="what you will call it")],
    role: Annotated[str, typer.Option(help="member, moderator, operator, admin or care")],
    member: Annotated[str | None, typer.Option(help="for role member: whose key it is")] = None,
    expires: Annotated[str | None, typer.Option(help="ISO time with zone")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Make a key and show its secret once."""
    with backend(community) as asked:
        whose = member_id(asked, member) if member else None
        body: Json = {"name": name, "role": role, "member_id": whose, "expires_at": expires}
        made = asked.create_key(body)
    show(made, as_json, lambda value: say(f"{value['id']}: {value['secret']}"))


@keys_app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="id of a key")], community: Community = DEFAULT, as_json: AsJson = False
) -> None:
    """Make a key unusable from the next request on."""
    with backend(community) as asked:
        found = asked.revoke_key(key)
    show(found, as_json, lambda value: say(f"{value['id']} is revoked"))
