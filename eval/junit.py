"""A run as JUnit XML, which every build server shows: a test suite a suite, a test case a gate and one for having run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from eval.gates import Verdict
from eval.runs import write_whole
from eval.scores import RunFile

# What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(run: RunFile, verdicts: Sequence[Verdict], path: Path) -> None:
    """Write the run and what became of its gates, whole or not at all."""
    write_whole(path, junit_text(run, verdicts))


def junit_text(run: RunFile, verdicts: Sequence[Verdict]) -> str:
    """Return the XML. A suite that could not run is an error, a gate that fails a failure, an optional one skipped."""
    root = Element("testsuites", name="evaluation")
    for suite in run.suites:
        own = [verdict for verdict in verdicts if verdict.name.partition(".")[0] == suite.name]
        part = SubElement(
            root, "testsuite", name=suite.name, tests=str(len(own) + 1), errors=str(int(bool(suite.error))),
            failures=str(sum(one.outcome == "failed" for one in own)),
            skipped=str(sum(one.outcome == "skipped" for one in own)),
            time=f"{suite.seconds:.2f}", timestamp=str(run.manifest.get("started_at", "")),
        )  # fmt: skip
        ran = SubElement(
            part, "testcase", classname=f"eval.{suite.name}", name="runs", time=f"{suite.seconds:.2f}"
        )  # fmt: skip
        if suite.error:
            SubElement(ran, "error", message=_clean(suite.error))
        for verdict in own:
            _case(part, suite.name, verdict)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(part.get(name, "0")) for part in root)))
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, "unicode") + "\n"


def _case(part: Element, suite: str, verdict: Verdict) -> None:
    case = SubElement(part, "testcase", classname=f"eval.{suite}", name=_clean(verdict.name), time="0")
    value = "unscored" if verdict.value is None else f"{verdict.value:.6g}"
    told = f"{value}, must be {verdict.gate.bound}" + (f": {verdict.reason}" if verdict.reason else "")
    if verdict.outcome != "passed":
        SubElement(case, "failure" if verdict.outcome == "failed" else "skipped", message=_clean(told))
    lines = [told, f"baseline: {verdict.without_baseline or verdict.baseline}"]
    SubElement(case, "system-out").text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
