"""How routes that answer with a file of rows describe it in OpenAPI."""

from __future__ import annotations

from typing import Any


def rows_as_files(csv_example: str, lines_example: str) -> dict[int | str, dict[str, Any]]:
    """Return the description of a streamed file that is CSV or JSON lines, with an example of each."""
    return {
        200: {
            "description": "the file",
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": csv_example},
                "application/x-ndjson": {"schema": {"type": "string"}, "example": lines_example},
            },
        }
    }
