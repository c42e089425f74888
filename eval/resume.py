"""A run that was stopped: what it had finished, and whether a new one may go on from there."""

from __future__ import annotations

from pathlib import Path

from copilot.errors import InvalidInput
from eval.manifest import identity
from eval.runs import read_run, write_run
from eval.scores import RunFile, SuiteRun


class Unfinished:
    """The suites of a run that are over, kept beside the run file until all are."""

    def __init__(self, manifest: dict[str, object], out: Path) -> None:
        self._manifest = manifest
        self._path = out.with_name(f"{out.stem}.unfinished.json")
        self._suites: dict[str, SuiteRun] = {}

    def take_up(self, versions: dict[str, int]) -> tuple[list[str], str]:
        """Take over what a stopped run had finished.

        Args:
            versions: of the suites asked for, by name.

        Returns:
            The names of suites that need not run again, and why none are taken over when none are.
        """
        try:
            found = read_run(self._path)
        except InvalidInput as error:
            return [], "there is no stopped run" if not self._path.exists() else error.message
        theirs, ours = identity(found.manifest), identity(self._manifest)
        changed = [part for part in ours if theirs[part] != ours[part]]
        if changed:
            return [], f"the stopped run differs in {', '.join(changed)}"
        # One that could not run is tried again.
        over = [suite for suite in found.suites if versions.get(suite.name) == suite.version and not suite.error]
        self._suites = {suite.name: suite for suite in over}
        return list(self._suites), "" if over else "the stopped run had finished none of these suites"

    def keep(self, suite: SuiteRun) -> None:
        """Write down that a suite is over."""
        self._suites[suite.name] = suite
        write_run(RunFile(manifest=self._manifest, suites=list(self._suites.values())), self._path)

    def finished(self, order: list[str]) -> list[SuiteRun]:
        """Return all suites in running order, and forget the stopped run."""
        self._path.unlink(missing_ok=True)
        return [self._suites[name] for name in order]

    def __len__(self) -> int:
        return len(self._suites)
