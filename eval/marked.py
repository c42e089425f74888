"""Blocks of a Markdown file that are generated: what stands between two comments is ours, everything else is not."""

from __future__ import annotations

from pathlib import Path

from copilot.errors import InvalidInput


def read_block(text: str, name: str) -> str:
    """Return what stands between `<!-- name:begin -->` and `<!-- name:end -->`, without the empty lines around it.

    Raises:
        InvalidInput: the comments are not there once each, in this order.
    """
    begin, end = _comments(name)
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(end) < text.index(begin):
        raise InvalidInput(f"a block needs {begin} and {end} once each, in this order", field=name)
    return text.partition(begin)[2].partition(end)[0].strip("\n")


def with_block(text: str, name: str, content: str) -> str:
    """Return the text with another content of the block.

    Raises:
        InvalidInput: as `read_block`.
    """
    read_block(text, name)
    begin, end = _comments(name)
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{content.strip()}\n{end}{rest.partition(end)[2]}"


def write_block(path: Path, name: str, content: str) -> bool:
    """Put a block into a file; return whether the file changed.

    Raises:
        InvalidInput: as `read_block`.
    """
    old = path.read_text("utf-8")
    new = with_block(old, name, content)
    if new == old:
        return False
    path.write_text(new, encoding="utf-8", newline="\n")
    return True


def _comments(name: str) -> tuple[str, str]:
    return f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
