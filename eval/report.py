"""Runs and verdicts as Markdown, for terminals and pull requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from eval.gates import Verdict
from eval.scores import Figure, RunFile, SuiteRun


def render_run(run: RunFile) -> str:
    """Return the whole run: one line on what it was of, then a table per suite."""
    manifest = run.manifest
    commit = str(manifest.get("commit") or "no commit")[:12] + (" with changes" if manifest.get("dirty") else "")
    seconds = sum(suite.seconds for suite in run.suites)
    head = f"# Evaluation of {commit}\n\n{manifest.get('started_at', '')} · {seconds:.0f} s · intervals are 95 %\n"
    return "\n".join([head, *(_suite(suite) for suite in run.suites)])


def render_verdicts(verdicts: Sequence[Verdict]) -> str:
    """Return a table of gates, failures first, and the tally."""
    order = {"failed": 0, "skipped": 1, "passed": 2}
    rows = [
        f"| {v.outcome} | {v.name} | {short_number(v.value)} | {v.gate.bound} | {v.gate.measured:g} | {_baseline(v)} "
        f"| {v.reason} |"
        for v in sorted(verdicts, key=lambda v: order[v.outcome])
    ]
    tally = ", ".join(f"{sum(v.outcome == o for v in verdicts)} {o}" for o in ("passed", "failed", "skipped"))
    head = ["| gate | figure | value | bound | set from | baseline | why |", "|---|---|---|---|---|---|---|"]
    bare = Counter(v.without_baseline for v in verdicts if v.without_baseline)
    notes = [f"{times} without a baseline: {reason}" for reason, times in bare.most_common()]
    return "\n".join([*head, *rows, "", tally, *notes])


def _baseline(verdict: Verdict) -> str:
    """Return the committed figure, and how much worse than it the run may be."""
    if verdict.baseline is None:
        return "none"
    return f"{short_number(verdict.baseline)}, {verdict.gate.slack:.3g} may be lost"


def _suite(suite: SuiteRun) -> str:
    title = f"## {suite.name} (version {suite.version}, {suite.seconds:.1f} s)\n"
    if suite.error and not suite.figures:
        return f"{title}\ncould not run: {suite.error}\n"
    rows = [_row(figure) for figure in suite.figures]
    broken = [f"broken off: {suite.error}\n"] if suite.error else []
    return "\n".join([title, *broken, "| figure | value | 95 % | n |", "|---|---|---|---|", *rows, ""])


def _row(figure: Figure) -> str:
    name = figure.name.partition(".")[2]
    if figure.value is None:
        return f"| {name} | unscored | {figure.unscored} | {figure.n} |"
    interval = (
        f"{short_number(figure.low)} to {short_number(figure.high)}" if figure.low is not None else figure.interval
    )
    return f"| {name} | {short_number(figure.value)} | {interval} | {figure.n} |"


def short_number(value: float | None) -> str:
    """Return three decimals, or a whole number from 10 up; nothing for no value."""
    if value is None:
        return ""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
