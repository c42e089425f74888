"""`cards member|ranking|event|write-up NAME -o FILE`: pictures to share, SVG or PNG by the file's name."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Backend, Json
from copilot.cli.event_commands import EventArg, event_id
from copilot.cli.output import say, table
from copilot.cli.recognition_commands import season_id
from copilot.errors import InvalidInput

cards_app = typer.Typer(no_args_is_help=True, help="Cards to share as pictures, 1080 x 1350.")


class Theme(StrEnum):
    """Colours of a card."""

    LIGHT = "light"
    NIGHT = "night"


class Language(StrEnum):
    """Languages of a card."""

    ZH_CN = "zh-CN"
    EN = "en"


Output = Annotated[Path, typer.Option("--output", "-o", help=".svg or .png; an existing file is not overwritten")]
ThemeOption = Annotated[Theme, typer.Option("--theme", help="its colours")]
LanguageOption = Annotated[Language | None, typer.Option("--language", help="the community's when left out")]
Link = Annotated[str, typer.Option("--link", help="a web address for a QR code")]


@cards_app.command("member")
def member(
    name: MemberArg, output: Output, community: Community = DEFAULT, theme: ThemeOption = Theme.LIGHT,
    language: LanguageOption = None, link: Link = "",
) -> None:  # fmt: skip
    """Draw a member who shows themselves to the community."""
    look = _look(theme, language, link)
    _write(community, output, lambda asked, form: asked.cards.member(member_id(asked, name), form, look))


@cards_app.command("ranking")
def ranking(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    season: Annotated[str, typer.Argument(help="id or name of a season")], output: Output, community: Community = DEFAULT,
    kind: Annotated[str, typer.Option(help="individual, newcomer or team")] = "individual",
    theme: ThemeOption = Theme.LIGHT, language: LanguageOption = None, link: Link = "",
) -> None:  # fmt: skip
    """Draw the first ten of a season's board; who opted out is not on it."""
    look = _look(theme, language, link)
    _write(community, output, lambda asked, form: asked.cards.ranking(season_id(asked, season), kind, form, look))


@cards_app.command("event")
def event(
    name: EventArg, output: Output, community: Community = DEFAULT, theme: ThemeOption = Theme.LIGHT,
    language: LanguageOption = None, link: Link = "",
) -> None:  # fmt: skip
    """Draw an event: when, what and where."""
    look = _look(theme, language, link)
    _write(community, output, lambda asked, form: asked.cards.event(event_id(asked, name), form, look))


@cards_app.command("write-up")
def write_up(
    post: Annotated[str, typer.Argument(help="id of a post")], output: Output, community: Community = DEFAULT,
    theme: ThemeOption = Theme.LIGHT, language: LanguageOption = None, link: Link = "",
) -> None:  # fmt: skip
    """Draw a post: its title and its most telling sentences."""
    look = _look(theme, language, link)
    _write(community, output, lambda asked, form: asked.cards.write_up(post, form, look))


@cards_app.command("link")
def link(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    kind: Annotated[str, typer.Argument(help="member, ranking or event")],
    name: Annotated[str, typer.Argument(help="a member, a season or an event: id or name")],
    community: Community = DEFAULT,
    board: Annotated[str, typer.Option(help="of a ranking: individual, newcomer or team")] = "individual",
    theme: ThemeOption = Theme.LIGHT,
    language: LanguageOption = None,
    as_json: AsJson = False,
) -> None:
    """Make an address for a QR code under which a card is seen without a key; it is printed here and never again."""
    body: Json = {"kind": kind, "board": board, **_look(theme, language, "")}
    del body["link"]
    with backend(community) as asked:
        if kind == "member":
            target = member_id(asked, name)
        else:
            target = event_id(asked, name) if kind == "event" else season_id(asked, name)
        found = asked.cards.link({**body, "target_id": target})
    show(found, as_json, lambda one: say(f"{one['id']}: {one['path']}"))


@cards_app.command("links")
def links(
    community: Community = DEFAULT, limit: Annotated[int, typer.Option(min=1, max=200)] = 50, as_json: AsJson = False
) -> None:
    """List links of cards, newest first, revoked ones included."""
    with backend(community) as asked:
        found = asked.cards.links(limit)
    rows = [[one["id"], one["kind"], one["target_id"], one["hint"], one["revoked_at"] or ""] for one in found]
    show(found, as_json, lambda _: table("links", ["id", "kind", "of", "ends in", "revoked"], rows))


@cards_app.command("unlink")
def unlink(
    link_id: Annotated[str, typer.Argument(metavar="LINK", help="id of a link")], community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Revoke a link: its address leads nowhere from now on."""
    with backend(community) as asked:
        found = asked.cards.unlink(link_id)
    show(found, as_json, lambda one: say(f"{one['id']}: revoked {one['revoked_at']}"))


def _look(theme: Theme, language: Language | None, link: str) -> Json:
    return {"theme": theme.value, "language": None if language is None else language.value, "link": link}


def _write(community: str, output: Path, draw: Callable[[Backend, str], bytes]) -> None:
    form = output.suffix.lower().removeprefix(".")
    if form not in {"svg", "png"}:
        raise InvalidInput("the file's name ends in .svg or .png", field="output")
    if output.exists():
        raise InvalidInput(f"{output} exists already", field="output")
    with backend(community) as asked:
        drawn = draw(asked, form)
    output.write_bytes(drawn)
    say(str(output))
