"""What every command needs: its common options, the service or the stores to ask, and the printing of answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from copilot.cli.backend import Backend
from copilot.cli.output import print_json
from copilot.cli.remote import RemoteBackend
from copilot.cli.service_file import find
from copilot.errors import Conflict, CopilotError, NotFound, said_in
from copilot.loading import loading
from copilot.settings import Settings, load_settings

Community = Annotated[str, typer.Option("--community", "-c", envvar="COMMUNITY", help="slug of the community")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]
MemberArg = Annotated[str, typer.Argument(help="id, external id or exact name of a member")]
DEFAULT = "qihang"


def settings() -> Settings:
    """Build the settings from this process's environment."""
    return load_settings(os.environ)


@contextmanager
def backend(community: str) -> Iterator[Backend]:
    """Yield the running service of this data folder, or the stores themselves."""
    current = settings()
    running = find(current.data_dir)
    found: Backend
    if running is not None:
        found = RemoteBackend(running, community)
    else:
        # Late: the stores cost seconds to import, and asking a running service needs none of them.
        with loading():
            from copilot.cli.local import LocalBackend
            from copilot.services import Services

        services = Services(current)
        try:
            found = LocalBackend(services, community)
        except CopilotError:
            services.close()
            raise
    try:
        yield found
    except CopilotError as error:
        error.message = said_in(error, found.locale)
        raise
    finally:
        found.close()


def member_id(asked: Backend, text: str) -> str:
    """Return the id of the one member that `text` names.

    Raises:
        NotFound: nobody.
        Conflict: several; the message lists them.
    """
    candidates = asked.members(text)
    for field in ("id", "external_id", "name"):
        same = [row for row in candidates if row[field] == text]
        if len(same) == 1:
            return str(same[0]["id"])
        if len(same) > 1:
            names = ", ".join(f"{row['name']} ({row['external_id']})" for row in same[:10])
            raise Conflict(f"{text!r} is more than one member: {names}; use the external id")
    raise NotFound(f"there is no member {text!r}", kind="member", id=text)


def show(value: Any, as_json: bool, people: Callable[[Any], None]) -> None:
    """Print for programs or for people."""
    if as_json:
        print_json(value)
    else:
        people(value)
