"""The report as one HTML page that opens from a file: figures beside baselines, intervals, matrices, worst cases, trend, cost.

Nothing is loaded from elsewhere and no script runs. Every text of a case is escaped and bounded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from eval.beside import beside, is_baseline
from eval.compare import Compared, compare
from eval.gates import Gate, Verdict, judge
from eval.page_cases import Matrix, Opened, matrices, opened
from eval.page_drawings import Marks, interval, trend
from eval.page_manifest import manifest_rows
from eval.report import short_number
from eval.scores import Figure, RunFile, SuiteRun

_TEMPLATES = Path(__file__).resolve().parent / "templates"
# Figures of what a draft or a call of the endpoint took; their n is how many there were.
_TOKENS = (".tokens_per_draft", ".tokens_per_call")
_PRICES = (".price_per_draft", ".price_per_call")
_NOTHING = Markup("")
# `compare` speaks of a first and a second run.
_ON_A_PAGE = {
    "only the first run has it": "only the baseline has it",
    "only the second run has it": "the baseline has none",
}
# What tells one run from another, in a manifest and in a line of history.
_WHICH_RUN = ("commit", "started_at")


@dataclass(frozen=True)
class Past:
    """What a run is seen against.

    Attributes:
        baseline: the committed one, None without one.
        history: a line for each baseline there was, the oldest first, as `eval/baseline.py` writes them.
    """

    baseline: RunFile | None = None
    history: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Row:
    """One figure of the page."""

    name: str
    value: str
    spread: str
    n: str
    unscored: str = ""
    drawing: Markup = _NOTHING
    verdict: Verdict | None = None
    baseline: str = ""
    change: Compared | None = None
    trend: Markup = _NOTHING
    others: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Section:
    """One suite of the page."""

    suite: SuiteRun
    about: str
    gated: Sequence[Row]
    rest: Sequence[Row]
    tally: Mapping[str, int]
    matrices: Sequence[Matrix] = ()
    worst: Sequence[Opened] = ()
    tokens: str = ""
    price: str = ""


@dataclass
class _Known:
    """Everything a row is made from."""

    verdicts: dict[str, Verdict]
    before: dict[str, Figure]
    changes: dict[str, Compared]
    series: dict[str, list[float]] = field(default_factory=dict)


def render_page(run: RunFile, gates: dict[str, Gate], past: Past, abouts: Mapping[str, str]) -> str:
    """Return the page.

    Args:
        run: to show.
        gates: by figure name; only those of suites that ran are judged.
        past: what it is seen against.
        abouts: what suites measure, by name, of runs that do not say it themselves.
    """
    ran = [suite.name for suite in run.suites]
    verdicts = judge(run, gates, ran, past.baseline)
    compared = compare(past.baseline, run, gates) if past.baseline is not None else None
    known = _Known(
        {verdict.name: verdict for verdict in verdicts},
        past.baseline.figures() if past.baseline is not None else {},
        {one.name: one for one in compared.figures} if compared is not None else {},
        _series(past.history, run.manifest),
    )
    sections = [_section(suite, known, suite.about or abouts.get(suite.name, "")) for suite in run.suites]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    environment.filters["breakable"] = _breakable
    page: str = environment.get_template("page.html.j2").render(
        css=Markup((_TEMPLATES / "page.css").read_text("utf-8")),  # noqa: S704  # our own file
        manifest=run.manifest, sections=sections, failed=[one for one in verdicts if one.outcome == "failed"],
        tally=_tally(verdicts), seconds=sum(suite.seconds for suite in run.suites),
        cpu_seconds=sum(suite.cpu_seconds for suite in run.suites), compared=compared, baselines=len(past.history),
        baseline=past.baseline.manifest if past.baseline is not None else None, rows=manifest_rows(run.manifest),
        unscored=[figure for suite in run.suites for figure in suite.figures if figure.value is None],
        refused=_by_reason(compared.refused) if compared is not None else {},
        any_tokens=any(section.tokens for section in sections), any_price=any(section.price for section in sections),
        is_baseline=past.baseline is not None and _same_run(past.baseline.manifest, run.manifest),
    )  # fmt: skip
    return page.lstrip()


def read_history(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a history; none where there is no file. What is no line of ours is left out."""
    if not path.is_file():
        return []
    found = []
    for line in path.read_text("utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("figures"), dict):
            found.append(row)
    return found


def _by_reason(refused: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, reason in refused.items():
        found.setdefault(_ON_A_PAGE.get(reason, reason), []).append(name)
    return found


def _breakable(name: str) -> Markup:
    """Return a figure's name that may be broken after its dots and underscores, and nowhere else."""
    return Markup(str(escape(name)).replace(".", ".<wbr>").replace("_", "_<wbr>"))  # noqa: S704  # escaped just here


def _series(history: Sequence[Mapping[str, Any]], manifest: Mapping[str, object]) -> dict[str, list[float]]:
    """Return the values of each figure in committed baselines, without that of the run itself, the oldest first."""
    found: dict[str, list[float]] = {}
    for line in history:
        # A baseline's own page ends with it; its line of history says the same, rounded.
        if _same_run(line, manifest):
            continue
        for name, parts in line["figures"].items():
            if isinstance(parts, list) and parts and isinstance(parts[0], int | float):
                found.setdefault(name, []).append(float(parts[0]))
    return found


def _same_run(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in _WHICH_RUN)


def _section(suite: SuiteRun, known: _Known, about: str) -> Section:
    figures = {figure.name: figure for figure in suite.figures}
    others = beside(figures)
    gated = [name for name in figures if name in known.verdicts]
    named = {name for group in (others.get(gate, []) for gate in gated) for name, _ in group}
    rest = [name for name in figures if name not in known.verdicts and name not in named]
    rows = {name: _row(figures[name], figures, others.get(name, []), known) for name in (*gated, *rest)}
    missing = [
        Row(verdict.name, "", "", "0", verdict.reason, verdict=verdict)
        for name, verdict in known.verdicts.items()
        if name.partition(".")[0] == suite.name and name not in figures
    ]
    return Section(
        suite, about, [*missing, *(rows[name] for name in gated)],
        [rows[name] for name in sorted(rest, key=is_baseline)],
        _tally([known.verdicts[name] for name in gated] + [row.verdict for row in missing if row.verdict]),
        matrices(suite, gated), opened(suite.worst), _total(suite, _TOKENS, ",.0f"), _total(suite, _PRICES, ",.4f"),
    )  # fmt: skip


def _row(figure: Figure, figures: Mapping[str, Figure], others: Sequence[tuple[str, str]], known: _Known) -> Row:
    verdict = known.verdicts.get(figure.name)
    before = known.before.get(figure.name)
    was = before.value if before is not None else None
    short = figure.name.partition(".")[2]
    measured = [(label, one) for name, label in others if (one := figures[name].value) is not None]
    if figure.value is None:
        return Row(short, "", "", str(figure.n), figure.unscored, verdict=verdict, baseline=short_number(was))
    low = figure.low if figure.low is not None else figure.value
    high = figure.high if figure.high is not None else figure.value
    bound, fails = _bound(verdict)
    marks = Marks(figure.value, low, high, bound, fails, was, [one for _, one in measured])
    value = short_number(figure.value)
    spread = f"{short_number(low)} to {short_number(high)}" if figure.low is not None else figure.interval
    values = [*known.series.get(figure.name, []), figure.value]
    return Row(
        short, value, spread, f"{figure.n:,}", "", interval(marks, f"{value}, {spread}"), verdict, short_number(was),
        known.changes.get(figure.name), trend(values, f"{len(values)} runs") if len(values) > 1 else _NOTHING,
        [(label, short_number(one)) for label, one in measured],
    )  # fmt: skip


def _bound(verdict: Verdict | None) -> tuple[float | None, int]:
    if verdict is None:
        return None, 0
    if verdict.gate.floor is not None:
        return verdict.gate.floor, -1
    return verdict.gate.ceiling, 1


def _total(suite: SuiteRun, endings: tuple[str, ...], shape: str) -> str:
    """Return what the endpoint took over all drafts and calls of the suite; empty where nothing was counted."""
    found = [one.value * one.n for one in suite.figures if one.name.endswith(endings) and one.value is not None]
    return format(sum(found), shape) if found else ""


def _tally(verdicts: Sequence[Verdict]) -> dict[str, int]:
    return {name: sum(one.outcome == name for one in verdicts) for name in ("passed", "failed", "skipped")}
