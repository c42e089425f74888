"""Knowledge on the command line: playbooks, articles and frameworks are validated before a service loads them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from copilot.assets import knowledge_dir
from copilot.cli.asking import AsJson, settings
from copilot.cli.output import print_json, say
from copilot.errors import KnowledgeInvalid

_KINDS = {
    "playbooks": "playbooks",
    "articles": "articles",
    "frameworks": "frameworks",
    "care": "files of care",
    "agreements": "agreements",
}
knowledge_app = typer.Typer(no_args_is_help=True, help="Playbooks, articles, frameworks and agreements.")


@knowledge_app.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="your own folder; the shipped and the configured ones when left out")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name every mistake with its file, line and field, and say what is allowed; exit code 1 when there is one."""
    # Late: the check brings the models of events and topics with it, which no other command needs to start.
    from copilot.cli.knowledge_check import check_folder

    shipped = knowledge_dir()
    folders = [folder] if folder is not None else [shipped, *settings().knowledge_dirs]
    reports = []
    before: list[Path] = []
    for item in folders:
        base = [shipped] if folder is not None and item.resolve() != shipped.resolve() else list(before)
        reports.append(check_folder(item, base))
        before.append(item)
    findings = [finding for report in reports for finding in report.findings]
    totals = {name: sum(report.files.get(name, 0) for report in reports) for name in _KINDS}
    if as_json:
        print_json({"valid": not findings, "files": totals, "findings": [asdict(finding) for finding in findings]})
        if findings:
            raise typer.Exit(1)
        return
    for finding in findings:
        say(str(finding))
    if findings:
        files = len({finding.file for finding in findings})
        raise KnowledgeInvalid(
            f"{len(findings)} {'mistake' if len(findings) == 1 else 'mistakes'} in {files} {'place' if files == 1 else 'places'}"
        )
    say("knowledge is valid. " + ", ".join(f"{count} {_KINDS[name]}" for name, count in totals.items()))
