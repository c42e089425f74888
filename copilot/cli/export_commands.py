"""What leaves a community as files: everything about one member, and production as cases for evaluation."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from copilot.cli.asking import DEFAULT, Community, MemberArg, backend, member_id
from copilot.cli.output import print_json
from copilot.errors import InvalidInput

_MEMBER = "member"
_KINDS = ("decisions", "matches", "topics", "plans", "claims")
_FILES = frozenset({"README.md", "manifest.json", *(f"{kind}.jsonl" for kind in _KINDS)})


class _OfMember(TyperGroup):
    """Takes `export NAME` for `export member NAME`: members were exported so before there was anything else."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that is named, or the one about members."""
        named = args and (self.get_command(ctx, args[0]) is not None or args[0].startswith("-"))
        return super().resolve_command(ctx, args if named else [_MEMBER, *args])


export_app = typer.Typer(cls=_OfMember, no_args_is_help=True, help="Export one member, or cases for evaluation.")


@export_app.command(_MEMBER)
def member(member: MemberArg, community: Community = DEFAULT) -> None:
    """Print everything stored about a member as JSON. `export NAME` does the same."""
    with backend(community) as asked:
        print_json(asked.export_member(member_id(asked, member)))


@export_app.command("eval-cases")
def eval_cases(
    folder: Annotated[Path, typer.Argument(help="a new or empty folder")],
    what: Annotated[list[str] | None, typer.Option(help=f"one of {', '.join(_KINDS)}; may be repeated")] = None,
    community: Community = DEFAULT,
) -> None:
    """Export decisions, feedback and outcomes as cases for `python -m eval`, with consent and without people."""
    if unknown := sorted(set(what or []) - set(_KINDS)):
        raise InvalidInput(f"--what is one of {', '.join(_KINDS)}, not {', '.join(unknown)}", field="what")
    with _own_folder(folder), backend(community) as asked:
        content = asked.eval_cases.export(what or [])
        written = _unpacked(content, folder)
    typer.echo(f"wrote {', '.join(written)} to {folder}")


@contextmanager
def _own_folder(folder: Path) -> Iterator[None]:
    """Make the folder before anything is exported, for its owner alone; take it away again when nothing came into it.

    Raises:
        InvalidInput: it is no folder, holds something (an older export would be mixed with this one), or nothing can be
            written there.
    """
    try:
        is_new = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = any(folder.iterdir())
        # Permissions tell less than trying does: the disk may be full, or mounted for reading alone.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (FileExistsError, NotADirectoryError) as error:
        raise InvalidInput(f"{folder} is not a folder", field="folder") from error
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be written: {error.strerror}", field="folder") from error
    if held:
        raise InvalidInput(f"{folder} is not empty; an export wants a folder of its own", field="folder")
    try:
        yield
    except BaseException:
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise


def _unpacked(content: bytes, folder: Path) -> list[str]:
    """Write the files of an export; return their names.

    Nothing but what an export holds is written, wherever a name would lead.

    Raises:
        InvalidInput: this is no export, or a file cannot be written.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = sorted(_FILES.intersection(archive.namelist()))
            for name in names:
                (folder / name).write_bytes(archive.read(name))
    except zipfile.BadZipFile as error:
        raise InvalidInput("the service answered with something that is no export", field="export") from error
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be written: {error.strerror}", field="folder") from error
    return names
