"""The table of results in README.md, made from the committed baseline, so that no figure there is typed by hand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from copilot.errors import InvalidInput
from eval.manifest import ROOT
from eval.marked import read_block
from eval.scores import Figure, RunFile

README = ROOT / "README.md"
ROWS_FILE = Path(__file__).resolve().parent / "readme_rows.toml"
BLOCK = "eval"
NO_BASELINE = "No baseline is committed yet: `make eval` measures, `python -m eval update-baseline` keeps."
_PLACE = re.compile(r"\{([a-z0-9_.]+)(?::(value|count))?\}")


class Row(BaseModel):
    """One row: what was measured, the figures, what they stand beside, and where they are weak or flatter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: str
    figure: str
    beside: str
    weak: str = ""

    @property
    def cells(self) -> tuple[str, str, str]:
        """The texts that hold figures."""
        return self.figure, self.beside, self.weak


def read_rows(path: Path = ROWS_FILE) -> list[Row]:
    """Return the rows.

    Raises:
        InvalidInput: the file is missing, no TOML, or a row is wrong.
    """
    try:
        return [Row.model_validate(row) for row in tomllib.loads(path.read_text("utf-8")).get("row", [])]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}", file=path.name) from error


def render_results(run: RunFile | None, rows: list[Row]) -> str:
    """Return the table, or one sentence without a baseline.

    Raises:
        InvalidInput: a row names a figure that the baseline does not have; all of them are named.
    """
    if run is None:
        return NO_BASELINE
    figures = run.figures()
    named = {name for row in rows for text in row.cells for name, _ in _PLACE.findall(text)}
    if missing := sorted(named - figures.keys()):
        raise InvalidInput(f"the baseline has no {', '.join(missing)}", field="figure")
    lines = [" | ".join([f"| {row.area}", *(_filled(text, figures) for text in row.cells)]) + " |" for row in rows]
    commit = str(run.manifest.get("commit") or "no commit")[:12]
    head = f"Measured at `{commit}`; 95 % intervals in brackets."
    return "\n".join([head, "", "| area | figure | beside | weak |", "|---|---|---|---|", *lines])


def drift(run: RunFile | None, readme: str, rows: list[Row]) -> str:
    """Return what is wrong with the README's table, empty when it says what the baseline says.

    Raises:
        InvalidInput: the README has no such block, or a row names an unknown figure.
    """
    shown, wanted = read_block(readme, BLOCK).splitlines(), render_results(run, rows).splitlines()
    if shown == wanted:
        return ""
    pairs = ((one, other) for one, other in zip(shown, wanted, strict=False) if one != other)
    first = next(pairs, None)
    where = f": {first[0]!r} should be {first[1]!r}" if first else f": {len(shown)} lines should be {len(wanted)}"
    return f"the results in README.md are not those of the baseline{where}; `python -m eval readme --write` renews them"


def _filled(text: str, figures: Mapping[str, Figure]) -> str:
    return _PLACE.sub(lambda found: _shown(figures[found[1]], found[2] or ""), text)


def _shown(figure: Figure, how: str) -> str:
    if figure.value is None:
        return f"unscored ({figure.unscored})"
    if how == "count":
        return f"{round(figure.value * figure.n):,} of {figure.n:,}"
    if how == "value" or figure.low is None or figure.high is None:
        return _number(figure.value)
    return f"{_number(figure.value)} [{_number(figure.low, 2)}, {_number(figure.high, 2)}]"


def _number(value: float, places: int = 3) -> str:
    """Return a number without the zero before its point, whole ones without a point."""
    if value == int(value):
        return f"{int(value):,}"
    text = f"{value:.{places}f}"
    if abs(value) < 1:
        text = text.replace("0.", ".", 1)
    return text if text.strip("-.0") else "0"
