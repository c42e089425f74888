"""How a file is to be read."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from copilot.community.importers.base import ImportFormat, ImportKind
from copilot.errors import InvalidInput

DEFAULT_PLATFORM = "wechat"
_Name = Annotated[str, StringConstraints(max_length=200)]


class ImportOptions(BaseModel):
    """How to read a file; everything that is left out is found in the file itself.

    Attributes:
        mapping: column of the file -> field; `-` leaves the column out.
        channel: of a file with several channels the one to import (id or name); otherwise the id to store it under.
        platform: platform of members in tables and of chats that name none. Chat and tables must agree on it, so that
            one person stays one member.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: ImportFormat | None = None
    kind: ImportKind | None = None
    mapping: dict[_Name, _Name] = Field({}, max_length=200)
    dry_run: bool = False
    channel: _Name | None = None
    platform: str = Field(DEFAULT_PLATFORM, pattern=r"^[a-z0-9_-]{1,40}$")

    @classmethod
    def parse(cls, given: object) -> ImportOptions:
        """Return options that came from outside.

        Raises:
            InvalidInput: an unknown name or a wrong value; the message names it.
        """
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "options"
            raise InvalidInput(f"{field}: {first['msg']}", field=f"#/options/{field}") from error
