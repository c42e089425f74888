"""Matches on the command line: of one member, of everybody, of any pairs; who should hear of what; newcomers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from copilot.cli import render
from copilot.cli.asking import DEFAULT, AsJson, Community, MemberArg, backend, member_id, show
from copilot.cli.backend import Backend, Json
from copilot.cli.output import job_progress, say, table
from copilot.errors import CopilotError, InvalidInput

MAX_LINES = 10_000
_MAX_LINE_CHARS = 2_000
_CHUNK = 200
_KINDS = ("member", "resource", "event", "thread")
KindOption = Annotated[str, typer.Option("--kind", help="member, resource, event or thread (an open question)")]


class _MemberFirst(TyperGroup):
    """`match M014` and `match --all` stand for `match of M014` and `match of --all`.

    A member whose name is that of a command is named by the id.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in front that is meant when none is named."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["of", *args]
        return super().parse_args(ctx, args)


match_app = typer.Typer(cls=_MemberFirst, no_args_is_help=True, help="Whom or what a member should meet, and why.")


@match_app.command("of")
def of_member(  # noqa: PLR0913, PLR0917  # one argument per command-line option
    member: Annotated[str, typer.Argument(help="id, external id or exact name of a member")] = "",
    community: Community = DEFAULT,
    kind: KindOption = "member",
    n: Annotated[int, typer.Option("-n", help="how many", min=1, max=50)] = 5,
    city: Annotated[str, typer.Option(help="only there; 成都 is Chengdu")] = "",
    industry: Annotated[str, typer.Option(help="only members of it")] = "",
    resource_type: Annotated[str, typer.Option("--type", help="only resources of it")] = "",
    wording: Annotated[str, typer.Option(help="template or model: who words the reasons")] = "template",
    everybody: Annotated[
        bool, typer.Option("--all", help="match everybody; the cap on exposure holds over all")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show whom or what a member should meet, and why; with --all, match everybody and print a line for each proposal."""
    if everybody == bool(member):
        raise InvalidInput("name a member, or match --all", field="member")
    narrowed = {"city": city, "industry": industry, "type": resource_type}
    if everybody:
        if any(narrowed.values()) or wording != "template":
            raise InvalidInput("--all takes --kind and -n alone", field="all")
        _everybody(community, kind, n, as_json)
        return
    with backend(community) as asked:
        options: Json = {"kind": kind, "n": n, "wording": wording, **narrowed}
        found = asked.matching.for_member(member_id(asked, member), options)
    show(found, as_json, render.matches)


def _everybody(community: str, kind: str, n: int, as_json: bool) -> None:
    with backend(community) as asked:
        with job_progress() as on_job:
            done = asked.matching.everybody(kind, n, on_job)
        if done["status"] == "failed":
            error = done["error"] or {}
            raise CopilotError(str(error.get("message", "the job failed")))
        if as_json:
            for item in asked.matching.listing(kind):
                _print_line(item)
            return
    report = done["result"].get("matches", {})
    say(f"{report.get('proposals', 0)} proposals for {report.get('members', 0)} members; "
        f"{report.get('without', 0)} have none; the most proposed was given to {report.get('most_exposed', 0)}")  # fmt: skip


@match_app.command("score")
def score(
    file: Annotated[str, typer.Argument(help="a JSONL file of pairs, or - for standard input")],
    community: Community = DEFAULT,
) -> None:
    """Score pairs: lines of {"member", "other", "kind"} in, a line with every component and exclusion out for each."""
    path = None if file == "-" else Path(file)
    if path is not None and not path.is_file():
        raise InvalidInput(f"there is no file {file!r}", field="file")
    opened = nullcontext(sys.stdin) if path is None else path.open(encoding="utf-8", errors="replace")
    with backend(community) as asked, opened as lines:
        numbered = _pairs(lines)
        while chunk := list(islice(numbered, _CHUNK)):
            for outcome in _scored(asked, chunk):
                _print_line(outcome)


def _pairs(lines: Iterable[str]) -> Iterator[tuple[int, Json | CopilotError]]:
    """Yield (line number, pair or what is wrong with the line); blank lines are skipped.

    Raises:
        InvalidInput: there are more than 10,000 lines.
    """
    for number, line in enumerate(lines, start=1):
        if number > MAX_LINES:
            raise InvalidInput(f"at most {MAX_LINES:,} lines are read; the rest was not", field="file", limit=MAX_LINES)
        if line.strip():
            try:
                yield number, _pair(line)
            except InvalidInput as error:
                yield number, error


def _pair(line: str) -> Json:
    if len(line) > _MAX_LINE_CHARS:
        raise InvalidInput(f"a line has at most {_MAX_LINE_CHARS} characters")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"no JSON: {error}") from error
    if not isinstance(value, dict) or not {"member", "other"} <= value.keys() <= {"member", "other", "kind"}:
        raise InvalidInput('a line is {"member": ..., "other": ..., "kind": ...}, the last may be left out')
    for name in ("member", "other"):
        if not isinstance(value[name], str) or not 1 <= len(value[name]) <= 200:
            raise InvalidInput(f"{name} is a text of 1 to 200 characters", field=name)
    if value.get("kind", "member") not in _KINDS:
        raise InvalidInput(f"kind is one of {', '.join(_KINDS)}", field="kind")
    return value


def _scored(asked: Backend, chunk: list[tuple[int, Json | CopilotError]]) -> Iterator[Json]:
    """Yield the outcome of each line in order, the line's number first."""
    pairs = [pair for _, pair in chunk if isinstance(pair, dict)]
    outcomes = iter(asked.matching.scores(pairs) if pairs else [])
    for number, pair in chunk:
        if isinstance(pair, dict):
            yield {"line": number, **next(outcomes)}
        else:
            yield {"line": number, "error": {"code": pair.code, "message": pair.message}}


@match_app.command("explain")
def explain(
    member: MemberArg,
    target: Annotated[str, typer.Argument(help="a member as above, or the id of a resource, event or message")],
    community: Community = DEFAULT,
    kind: KindOption = "member",
    as_json: AsJson = False,
) -> None:
    """Say why something is, or is not, proposed to a member: every component and every exclusion."""
    with backend(community) as asked:
        target_id = member_id(asked, target) if kind == "member" else target
        found = asked.matching.explanation(member_id(asked, member), target_id, kind)
    show(found, as_json, _explanation)


@match_app.command("audience")
def audience(
    target: Annotated[str, typer.Argument(help="id of a resource, event or message")],
    community: Community = DEFAULT,
    kind: Annotated[str, typer.Option(help="resource, event or thread")] = "resource",
    n: Annotated[int, typer.Option("-n", help="how many", min=1, max=50)] = 10,
    as_json: AsJson = False,
) -> None:
    """Say who should hear of a resource or an event, or who can answer a question. Nobody is told."""
    if kind not in _KINDS[1:]:
        raise InvalidInput(f"kind is one of {', '.join(_KINDS[1:])}, not {kind!r}", field="kind")
    with backend(community) as asked:
        found = asked.matching.audience(kind, target, n)
    show(found, as_json, _audience)


@match_app.command("newcomers")
def newcomers(
    community: Community = DEFAULT,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List who joined in the last 14 days, the latest first."""
    with backend(community) as asked:
        found = asked.matching.newcomers(limit)
    show(found, as_json, _newcomers)


@match_app.command("welcome")
def welcome(
    member: MemberArg,
    community: Community = DEFAULT,
    channel: Annotated[str | None, typer.Option(help="id, external id or name; all channels when left out")] = None,
    as_json: AsJson = False,
) -> None:
    """Draft a member's welcome: whom to mention, an introduction of own words, the hours to post it."""
    with backend(community) as asked:
        found = asked.matching.welcome(member_id(asked, member), channel)
    show(found, as_json, _welcome)


def _print_line(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _reasons(item: Json) -> str:
    return "\n".join(reason["text"] for reason in item["reasons"])


def _components(item: Json) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in item["components"].items())


def _explanation(found: Json) -> None:
    said = "nothing was compared" if found["score"] is None else f"score {found['score']:.2f}; {found['label']}"
    say(f"{found['kind']} {found['target_id']}: {said}")
    say(_components(found))
    for note in (*found["exclusions"], *found["reasons"], *found["notes"]):
        say(note["text"])


def _audience(found: Json) -> None:
    rows: list[list[object]] = [
        [item["rank"], item["member_name"], f"{item['score']:.2f}", item["strength"], _reasons(item)]
        for item in found["items"]
    ]
    table(f"who should hear of {found['target_name']}", ["#", "who", "score", "sure", "why"], rows)
    if found["note"]:
        say(found["note"])


def _newcomers(items: list[Json]) -> None:
    rows: list[list[object]] = [
        [i["joined_at"][:10], i["name"], i["city"], i["industry"], "yes" if i["may_be_matched"] else "no", i["sentences"]]
        for i in items
    ]  # fmt: skip
    table("newcomers", ["joined", "who", "city", "industry", "agreed to matching", "sentences"], rows)


def _welcome(found: Json) -> None:
    if found["introduction"]:
        say(found["introduction"])
    rows: list[list[object]] = [
        [person["member_name"], f"{person['score']:.2f}", person["label"], _reasons(person)]
        for person in found["people"]
    ]
    table("whom to mention", ["who", "score", "who helps whom", "why"], rows)
    say(found["awake"]["text"])
    for note in found["notes"]:
        say(note["text"])
