"""Profiles on the command line: read an introduction or the chat, and see what waits for the member's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Json
from copilot.cli.output import say, table
from copilot.errors import InvalidInput

profile_app = typer.Typer(no_args_is_help=True, help="What members are, have and want, from their own words.")
_MOST_BYTES = 64_000


@profile_app.command("extract")
def extract(
    member: MemberArg,
    text: Annotated[str | None, typer.Option(help="the introduction itself")] = None,
    file: Annotated[Path | None, typer.Option(help="a text file with the introduction, UTF-8")] = None,
    chat: Annotated[bool, typer.Option("--chat", help="read the member's messages instead")] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Propose what an introduction, or the member's chat, says. The member confirms it with a key of their own."""
    if (text is not None) + (file is not None) + chat != 1:
        raise InvalidInput("give one of --text, --file and --chat", field="text")
    words = _read(file) if file is not None else text
    with backend(community) as asked:
        found_id = member_id(asked, member)
        found = asked.profiles.scan(found_id) if words is None else asked.profiles.introduce(found_id, words)
    show(found, as_json, _extraction)


@profile_app.command("proposals")
def proposals(
    member: MemberArg,
    status: Annotated[str | None, typer.Option(help="proposed, confirmed, edited or declined")] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """List what was proposed for a member's profile, oldest first."""
    with backend(community) as asked:
        found = asked.profiles.proposals(member_id(asked, member), status)
    show(found, as_json, _proposals)


@profile_app.command("confirm")
def confirm(
    member: MemberArg,
    ids: Annotated[list[str], typer.Argument(help="ids of proposals")],
    community: Community = DEFAULT,
) -> None:
    """Always refused: nobody confirms for a member. The member does, with a key of their own, over the API."""
    with backend(community) as asked:
        asked.profiles.confirm(member_id(asked, member), ids)


@profile_app.command("sources")
def sources(
    member: MemberArg,
    withdraw: Annotated[
        list[str] | None, typer.Option(help="introduction or chat: read it no longer; may be repeated")
    ] = None,
    delete_confirmed: Annotated[
        bool, typer.Option("--delete-confirmed", help="with --withdraw, remove what was confirmed from it, too")
    ] = False,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show which sources a profile may be read from, or withdraw one. Only the member says yes to one."""
    wrong = sorted(set(withdraw or []) - {"introduction", "chat"})
    if wrong:
        raise InvalidInput(f"a source is introduction or chat, not {', '.join(wrong)}", field="withdraw")
    if delete_confirmed and not withdraw:
        raise InvalidInput("--delete-confirmed needs --withdraw", field="delete_confirmed")
    changes: Json = dict.fromkeys(withdraw or [], False)
    if changes:
        changes["delete_confirmed"] = delete_confirmed
    with backend(community) as asked:
        found = asked.profiles.sources(member_id(asked, member), changes)
    show(found, as_json, _sources)


def _read(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{str(file)!r} cannot be read: {error.strerror}", field="file") from error
    if len(content) > _MOST_BYTES:
        raise InvalidInput(f"an introduction is a short text; {str(file)!r} has {len(content):,} bytes", field="file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{str(file)!r} is not UTF-8 text", field="file") from error


def _extraction(found: Json) -> None:
    _proposals(found["items"])
    if found["known"]:
        say(f"known or answered before: {found['known']}")
    for part in ("note", "degraded"):
        if found[part]:
            say(str(found[part].get("sentence") or found[part].get("message")))


def _proposals(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [
            p["aspect"],
            p["field"],
            p["text"],
            p["quote"] if p["quote"] != p["text"] else "",
            p["source"],
            p["status"],
            p["id"],
        ]
        for p in items
    ]
    table("proposed for the profile", ["aspect", "field", "text", "quote", "source", "status", "id"], rows)


def _sources(found: Json) -> None:
    words = {True: "yes", False: "no", None: "never asked"}
    say(f"introduction: {words[found['introduction']]}; chat: {words[found['chat']]}")
    if found["proposals_deleted"]:
        say(
            f"deleted: {found['proposals_deleted']} proposals, {found['texts_deleted']} sentences, {found['values_deleted']} values"
        )
    if found["note"]:
        say(str(found["note"]["sentence"]))
