"""The fields of a request that not every endpoint takes, and what is left out once an endpoint has refused it by name."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

_LIMITS: Final = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
# Fields that an answer can do without. `stream_options` is the client's own, hence its flag.
OPTIONAL: Final = ("temperature", "thinking", "enable_thinking", "chat_template_kwargs", "stream_options")


class Wire:
    """The body's extra fields for one endpoint; learns from refusals. Safe between threads."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._lock = threading.Lock()
        self._fields = dict(fields)
        self._renamed: set[str] = set()
        self._has_stream_options = True

    def fields(self) -> dict[str, Any]:
        """Return what to send now."""
        with self._lock:
            return dict(self._fields)

    @property
    def has_stream_options(self) -> bool:
        """Whether usage may be asked for in a stream."""
        return self._has_stream_options

    def give_way(self, parameter: str, sent: Mapping[str, Any]) -> bool:
        """Leave out, or rename, a field of `sent` that the endpoint refused; False when there is nothing left to try."""
        with self._lock:
            if parameter == "stream_options":
                changed, self._has_stream_options = self._has_stream_options, False
                return changed
            if parameter not in self._fields:
                return parameter in sent  # another call found out meanwhile
            value = self._fields.pop(parameter)
            if parameter in _LIMITS:
                # The limit is never left out: local servers have none of their own.
                other = _LIMITS[parameter]
                if other in self._renamed:
                    self._fields[parameter] = value
                    return False
                self._renamed.add(parameter)
                self._fields[other] = value
            return True
