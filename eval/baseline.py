"""The committed baseline: the run that later ones are held against and compared with, cut down to what that takes.

`current.json` holds every figure, the cases of gated figures and the manifest. `history.jsonl` holds one line for each
baseline there was, with its gated figures, so that a trend can be drawn. Who has no public sets keeps the figures of whoever
had them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from copilot.errors import Conflict
from eval.cases import CaseRow
from eval.gates import Gate, Verdict, judge
from eval.runs import read_run, run_text, write_whole
from eval.scores import Figure, RunFile, SuiteRun

FOLDER = Path(__file__).resolve().parent / "baselines"
CURRENT = FOLDER / "current.json"
HISTORY = FOLDER / "history.jsonl"


def read_baseline(path: Path = CURRENT) -> RunFile | None:
    """Return the baseline, None where none was committed yet.

    Raises:
        InvalidInput: the file is no run file.
    """
    return read_run(path) if path.is_file() else None


def update_baseline(
    run: RunFile, gates: dict[str, Gate], path: Path = CURRENT, *, allow_dirty: bool = False, accept_drop: bool = False
) -> list[Verdict]:
    """Write a run as the baseline, and a line of history beside it; return the verdicts it was accepted with.

    Args:
        run: of every suite that has a gate.
        gates: by figure name.
        path: of the baseline.
        allow_dirty: accept a run of a tree with changes, which nobody can check out again.
        accept_drop: accept figures that fell further below the old baseline than their gate allows.

    Raises:
        Conflict: the tree had changes, a gate fails, or a figure fell; the message says which, and nothing is written.
    """
    if run.manifest.get("dirty") and not allow_dirty:
        raise Conflict("the run is of a tree with uncommitted changes; commit them, run again, or say --allow-dirty")
    failed = [verdict.name for verdict in judge(run, gates) if verdict.outcome == "failed"]
    if failed:
        raise Conflict(f"{len(failed)} gates fail: {_listed(failed)}; a baseline passes all of them", gates=len(failed))
    verdicts = judge(run, gates, baseline=read_baseline(path))
    fallen = [verdict.name for verdict in verdicts if verdict.outcome == "failed"]
    if fallen and not accept_drop:
        raise Conflict(f"{len(fallen)} figures fell: {_listed(fallen)}; if that is meant, say --accept-drop")
    kept = cut_down(_filled(run, gates, read_baseline(path)), gates)
    write_whole(path, run_text(kept, by_column=True))
    history = path.with_name(HISTORY.name)
    lines = history.read_text("utf-8").splitlines() if history.is_file() else []
    write_whole(history, "".join(f"{line}\n" for line in [*lines, history_line(kept, gates)]))
    return verdicts


def cut_down(run: RunFile, gated: Collection[str]) -> RunFile:
    """Return a run without texts and without the cases of figures that have no gate."""
    return RunFile(manifest=run.manifest, suites=[_cut_suite(suite, gated) for suite in run.suites])


def history_line(run: RunFile, gated: Collection[str]) -> str:
    """Return one line of JSON: commit, time, and value, ends of the interval and n of each gated figure."""
    figures = {
        name: [_short(figure.value), _short(figure.low), _short(figure.high), figure.n]
        for name, figure in run.figures().items()
        if name in gated and figure.value is not None
    }
    head = {name: run.manifest.get(name) for name in ("commit", "dirty", "started_at")}
    return json.dumps(head | {"figures": figures}, ensure_ascii=False, separators=(",", ":"))


def _filled(run: RunFile, gates: dict[str, Gate], old: RunFile | None) -> RunFile:
    """Return a run with the old baseline's figures where its own are unscored and may be: their data is not everywhere."""
    if old is None:
        return run
    known = {suite.name: suite for suite in old.suites}
    suites = []
    for suite in run.suites:
        before = known.get(suite.name)
        if before is None or before.version != suite.version:
            suites.append(suite)
            continue
        figures = {figure.name: figure for figure in before.figures if figure.value is not None}
        names = {
            one.name for one in suite.figures
            if one.value is None and (gate := gates.get(one.name)) is not None and gate.optional and one.name in figures
        }  # fmt: skip
        # Its cases are not kept: a mixture of two runs' cases would be neither's.
        filled = [
            figures[one.name].model_copy(update={"basis": None}) if one.name in names else one for one in suite.figures
        ]
        suites.append(suite.model_copy(update={"figures": filled}))
    return RunFile(manifest=run.manifest, suites=suites)


def _cut_suite(suite: SuiteRun, gated: Collection[str]) -> SuiteRun:
    columns = {figure.basis.column for figure in suite.figures if figure.basis is not None and figure.name in gated}
    figures = [_cut_figure(figure, columns) for figure in suite.figures]
    # Labels are kept where a figure of a slice needs them.
    labels = {name for figure in figures if figure.basis is not None for name in figure.basis.slice}
    rows = [
        CaseRow(
            id=row.id,
            cluster=row.cluster,
            slices={name: label for name, label in row.slices.items() if name in labels},
            scores={name: score for name, score in row.scores.items() if name in columns},
        )
        for row in suite.cases
        if columns & row.scores.keys()
    ]
    return suite.model_copy(update={"figures": figures, "cases": rows, "worst": []})


def _cut_figure(figure: Figure, columns: Collection[str]) -> Figure:
    if figure.basis is None or figure.basis.column in columns:
        return figure
    return figure.model_copy(update={"basis": None})


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _listed(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
