"""Colours: two themes, and for each kind of card its own accent. Contrasts of text are at least 4.5 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "night"]
Kind = Literal["member", "ranking", "event", "write-up"]


@dataclass(frozen=True)
class Theme:
    """One set of colours."""

    paper: str
    panel: str
    ink: str
    soft: str
    line: str
    accent: str
    # The field of colour behind the large type, from its upper left to its lower right, and what is written on it.
    field_start: str
    field_end: str
    on_field: str
    on_field_soft: str


_LIGHT = {
    "member": ("#B8371A", "#F25C3B", "#C9304E"),
    "ranking": ("#8A5A00", "#EFA92B", "#D9722A"),
    "event": ("#0B6B63", "#0E8C80", "#0B5E73"),
    "write-up": ("#5636A8", "#7A55DB", "#4C3AA6"),
}
_NIGHT = {
    "member": ("#FF9B7D", "#7A2331", "#2B1633"),
    "ranking": ("#F6C25B", "#6B4614", "#2A1D1F"),
    "event": ("#5FD6C6", "#0C5A57", "#10283D"),
    "write-up": ("#BBA4FF", "#45308A", "#1D1B44"),
}


def theme(name: ThemeName, kind: Kind) -> Theme:
    """Return the colours of a kind of card."""
    if name == "night":
        accent, start, end = _NIGHT[kind]
        return Theme("#11131F", "#1B1E2E", "#F5F1E8", "#A9AEC2", "#2E3247", accent, start, end, "#FFFFFF", "#E9E2DE")
    accent, start, end = _LIGHT[kind]
    on_field, on_soft = ("#2A1A00", "#3D2800") if kind == "ranking" else ("#FFFFFF", "#FFFFFF")
    return Theme("#FBF7EF", "#FFFFFF", "#1D1F2B", "#5E6172", "#E5DED0", accent, start, end, on_field, on_soft)
