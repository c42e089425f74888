"""A plan as Markdown in its own language, for people to read, edit and paste. Data in, text out."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.events.export.sections import Cell, Mention, Named, Row, Section, plan_sheet
from copilot.events.models import CheckResult, Degraded, PlanContent


def render_markdown(
    plan: PlanContent, drafted_by: str, degraded: Degraded | None = None, checks: Sequence[CheckResult] = ()
) -> str:
    """Return the plan as Markdown with a note on who drafted it; cells cannot break out of their tables."""
    sheet = plan_sheet(plan, drafted_by, degraded, checks)
    blocks = [f"# {_line(sheet.title)}", *(f"> {_line(note)}" for note in sheet.notes)]
    blocks.append("\n".join(f"- **{name}**: {_line(value)}" for name, value in sheet.facts))
    blocks += [_section(section) for section in sheet.sections]
    return "\n\n".join(blocks) + "\n"


def _section(section: Section) -> str:
    lines = [f"## {section.title}", ""]
    if section.columns:
        lines.append("| " + " | ".join(section.columns) + " |")
        lines.append("|" + " --- |" * len(section.columns))
        lines += ["| " + " | ".join(_cells(row)) + " |" for row in section.rows]
    lines += [f"- {_item(item)}" for item in section.items]
    if section.note:
        lines += ["", _line(section.note)]
    return "\n".join(lines)


def _item(item: str | Mention) -> str:
    return _line(item) if isinstance(item, str) else _line(f"{item.kind} `{item.id}` {item.detail}")


def _cells(row: Row) -> list[str]:
    texts = [_line(_text(cell)).replace("|", "\\|") for cell in row.cells]
    return [f"**{text}**" if row.is_strong and text else text for text in texts]


def _text(cell: Cell) -> str:
    return f"{cell.name} `{cell.id}`" if isinstance(cell, Named) else cell


def _line(text: str) -> str:
    """One line, with what Markdown or HTML would act on made harmless."""
    return " ".join(text.split()).replace("<", "&lt;").replace("![", "!\\[").replace("](", "]\\(")
