"""The files of a weekly report, drawn on this machine whoever made the report."""

from __future__ import annotations

from copilot.atmosphere.weekly.files import ReportFile, all_files, report_file
from copilot.atmosphere.weekly.models import WeeklyReport
from copilot.cli.backend import Json


def files_of(report: Json) -> list[ReportFile]:
    """Return the files of a report; the page, Markdown, JSON and charts."""
    return all_files(WeeklyReport.model_validate(report))


def markdown_of(report: Json) -> str:
    """Return a report as Markdown."""
    return report_file(WeeklyReport.model_validate(report), "markdown").content.decode()
