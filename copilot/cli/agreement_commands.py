"""Agreements on the command line: templates, versions, who accepted which."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from copilot.cli.asking import DEFAULT, AsJson, Community, backend, show
from copilot.cli.backend import Json
from copilot.cli.loan_commands import LoanArg
from copilot.cli.output import entry, say, table
from copilot.errors import InvalidInput, NotFound

agreements_app = typer.Typer(
    no_args_is_help=True, help="What the two sides of a loan agree on: records, not legal advice."
)
AgreementArg = Annotated[str, typer.Argument(help="id of one version")]
_PARTIES = ("lender", "borrower", "community")


@agreements_app.command("templates")
def templates(community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List the templates and what is to fill in."""
    with backend(community) as asked:
        found = asked.exchange.templates()
    show(found, as_json, _templates)


@agreements_app.command("propose")
def propose(
    loan: LoanArg,
    template: Annotated[str | None, typer.Option(help="key; what the resource asks in return when left out")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="field=value; money in minor units; may be repeated")] = None,
    shares: Annotated[list[str] | None, typer.Option(
        "--share", help="lender=62.5, borrower=..., community=... in per cent, 100 in all; may be repeated"
    )] = None,
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Propose a version for a loan; a change is a new version that both accept again."""
    with backend(community) as asked:
        known = {row["key"]: row for row in asked.exchange.templates()}
        if template is not None and template not in known:
            raise NotFound(f"there is no template {template!r}", kind="agreement_template", id=template)
        body: Json = {"template": template, "texts": [], "numbers": [], "days": [], "shares": _shares(shares)}
        kinds = _kinds(known, template)
        for text in settings or []:
            _put(body, kinds, text)
        found = asked.exchange.propose(loan, body)
    show([found], as_json, _versions)


@agreements_app.command("list")
def list_versions(loan: LoanArg, community: Community = DEFAULT, as_json: AsJson = False) -> None:
    """List the versions of a loan's agreement, the latest first."""
    with backend(community) as asked:
        found = asked.exchange.agreements(loan)
    show(found, as_json, _versions)


@agreements_app.command("accept")
def accept(
    agreement: AgreementArg,
    side: Annotated[str, typer.Argument(help="lender or borrower; for a member, it is noted as said to an operator")],
    content_hash: Annotated[str, typer.Argument(metavar="HASH", help="of the version that was read")],
    community: Community = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Accept the version with this hash for one side; when both have, it is in force."""
    if side not in {"lender", "borrower"}:
        raise InvalidInput(f"the side is lender or borrower, not {side!r}", field="side")
    with backend(community) as asked:
        found = asked.exchange.accept(agreement, {"side": side, "content_hash": content_hash})
    show([found], as_json, _versions)


@agreements_app.command("show")
def show_document(
    agreement: AgreementArg,
    form: Annotated[str, typer.Option("--format", help="markdown or html")] = "markdown",
    output: Annotated[Path | None, typer.Option("-o", help="file to write; printed when left out")] = None,
    community: Community = DEFAULT,
) -> None:
    """Show one version as a document."""
    if form not in {"markdown", "html"}:
        raise InvalidInput(f"the format is markdown or html, not {form!r}", field="format")
    with backend(community) as asked:
        text = asked.exchange.document(agreement, form)
    if output is None:
        say(text)
    else:
        output.write_text(text, encoding="utf-8")


def _kinds(known: dict[str, Json], template: str | None) -> dict[str, str]:
    """Return the kind of each field; without a template, of all templates: a key means the same in each."""
    chosen = [known[template]] if template is not None else list(known.values())
    return {field["key"]: field["kind"] for row in chosen for field in row["fields"]}


def _put(body: Json, kinds: dict[str, str], text: str) -> None:
    name, sign, value = text.partition("=")
    if not sign:
        raise InvalidInput(f"write field=value, not {text!r}", field="set")
    kind = kinds.get(name, "text")
    if kind in {"money", "days", "number"}:
        if not (value.isascii() and value.isdigit()):
            raise InvalidInput(f"{name} is a whole number, not {value!r}", field=name)
        body["numbers"].append({"field": name, "number": int(value)})
    elif kind == "day":
        body["days"].append({"field": name, "day": value})
    else:
        body["texts"].append({"field": name, "text": value})


def _shares(texts: list[str] | None) -> list[Json]:
    found = []
    for text in texts or []:
        party, _, share = text.partition("=")
        whole, _, rest = share.partition(".")
        if party not in _PARTIES or not (whole + rest).isascii() or not whole.isdigit() or len(rest) > 2:
            raise InvalidInput(f"write lender=62.5, not {text!r}", field="share")
        if rest and not rest.isdigit():
            raise InvalidInput(f"write lender=62.5, not {text!r}", field="share")
        found.append({"party": party, "basis_points": int(whole) * 100 + int(rest.ljust(2, "0") or 0)})
    return found


def _templates(found: list[Json]) -> None:
    for row in found:
        fields = [
            f"{item['key']} ({item['kind']}{'' if item['required'] else ', optional'}): {item['label']}"
            for item in row["fields"]
        ]
        entry(f"{row['key']}  {row['title']}", [row["when_to_use"], *fields, row["notice"]])


def _versions(found: list[Json]) -> None:
    rows = [
        [row["number"], row["title"], row["status"], ", ".join(item["side"] for item in row["accepted"]) or "-",
         row["content_hash"], row["id"]]
        for row in found
    ]  # fmt: skip
    table("agreements", ["version", "what", "status", "accepted by", "hash", "id"], rows)
