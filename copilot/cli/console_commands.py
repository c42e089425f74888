"""Links into the console, for whoever may read the data folder."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, settings, show
from copilot.cli.output import say
from copilot.community.models import Role

console_app = typer.Typer(no_args_is_help=True, help="The console in the browser.")


@console_app.command("link")
def link(  # noqa: PLR0913, PLR0917  # one parameter for each option
    community: Community = DEFAULT,
    role: Annotated[Role, typer.Option(help="whose pages it opens")] = Role.ADMIN,
    member: Annotated[str | None, typer.Option(help="for role member: id or external id")] = None,
    key: Annotated[str | None, typer.Option(help="id of the key to act with, in place of one for the role")] = None,
    minutes: Annotated[int, typer.Option(help="how long it lasts", min=1, max=1440)] = 15,
    setup: Annotated[bool, typer.Option("--setup", help="a link to create a community with, once")] = False,
    as_json: AsJson = False,
) -> None:
    """Print a one-time link into the console; before there is a community, one to create it with."""
    # Late: the store costs a second to import, and no other command of this group needs it.
    from copilot.cli.console_links import LinkFor, make

    made = make(settings(), community, LinkFor(role, member, key, minutes), setup=setup)
    show(made, as_json, lambda value: say(str(value["url"])))
