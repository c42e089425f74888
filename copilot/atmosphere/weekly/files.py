"""A report as files: JSON, Markdown, an HTML page, and its charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copilot.atmosphere.weekly.charts import descriptions, draw_png, draw_svg
from copilot.atmosphere.weekly.layout import lay_out
from copilot.atmosphere.weekly.markdown import render_markdown
from copilot.atmosphere.weekly.models import ChartName, WeeklyReport
from copilot.atmosphere.weekly.page import render_html
from copilot.errors import NotFound

Format = Literal["json", "markdown", "html"]
_ENDINGS: dict[Format, tuple[str, str]] = {
    "json": ("application/json", "json"),
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "html": ("text/html; charset=utf-8", "html"),
}


@dataclass(frozen=True)
class ReportFile:
    """A file to store or to send."""

    name: str
    media_type: str
    content: bytes


def report_file(report: WeeklyReport, form: Format) -> ReportFile:
    """Return the report in one form; the page holds its charts, Markdown names them as files beside it."""
    if form == "json":
        content = report.model_dump_json(indent=1)
    elif form == "markdown":
        content = render_markdown(lay_out(report, descriptions(report)))
    else:
        shown = descriptions(report)
        content = render_html(lay_out(report, shown), {name: draw_svg(report, name) for name in shown})
    media_type, ending = _ENDINGS[form]
    return ReportFile(f"weekly-{report.week}-{report.audience}.{ending}", media_type, content.encode())


def chart_file(report: WeeklyReport, name: ChartName) -> ReportFile:
    """Return a chart as a PNG file.

    Raises:
        NotFound: this week has nothing to show in it.
    """
    if name not in descriptions(report):
        raise NotFound(f"the week {report.week} has nothing to show in the chart {name}", kind="chart", id=name)
    return ReportFile(f"{name}.png", "image/png", draw_png(report, name))


def all_files(report: WeeklyReport) -> list[ReportFile]:
    """Return the report in every form, with its charts."""
    forms: tuple[Format, ...] = ("html", "markdown", "json")
    return [
        *(report_file(report, form) for form in forms),
        *(chart_file(report, name) for name in descriptions(report)),
    ]
